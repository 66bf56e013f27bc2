import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import samples from "../../scripts/samples.json" with { type: "json" };
import { delayFrames, findBarriers, openPage } from "./browser.ts";
import { close, focusedOf, PHONE, useShelter } from "./shelter.ts";

const TOKENS = ["--var", "OPEN_WRITES:false", "--var", "READ_TOKENS:rita:reads", "--var", "WRITE_TOKENS:anna:writes"];
const { open, openAs, elsewhere, url, browser } = useShelter(TOKENS);

const CHIP = "985112001007919";
beforeAll(async () => {
	for (const sample of samples) await elsewhere("POST", "/rescues", sample, "writes");
});

const names = (page: Page) => page.locator("#list h3").allTextContents();
const search = (page: Page) => new URL(page.url()).search;
const chips = async (page: Page) =>
	(await page.getByRole("list", { name: "Set filters" }).locator(".chip").allTextContents()).map((text) =>
		text.replace(" ×", ""),
	);

test("each filter and the order are in the address, and each is a step that Back takes back", async () => {
	const watched = await open();
	const { page } = watched;
	await expect.poll(() => names(page)).toHaveLength(40);
	await page.getByLabel("Status").selectOption("Adoption pending");
	await expect.poll(() => names(page)).toEqual(["Biscuit", "Hazel"]);
	await page.getByLabel("Sort by").selectOption("Youngest");
	await expect.poll(() => names(page)).toEqual(["Hazel", "Biscuit"]);
	expect(search(page)).toBe("?status=pending&sort=age");
	await page.getByLabel("Good with dogs").selectOption("Yes");
	await expect.poll(() => chips(page)).toEqual(["Status: Adoption pending", "Good with dogs: yes"]);
	const right = samples.filter(({ status, goodWithDogs }) => status === "pending" && goodWithDogs === true);
	await expect.poll(() => names(page)).toHaveLength(right.length);
	await page.goBack();
	await expect.poll(() => names(page)).toEqual(["Hazel", "Biscuit"]);
	await expect.poll(() => page.getByLabel("Good with dogs").inputValue()).toBe("");
	await page.goBack();
	await expect.poll(() => names(page)).toEqual(["Biscuit", "Hazel"]);
	await expect.poll(() => page.getByLabel("Sort by").inputValue()).toBe("id");
	await page.goBack();
	await expect.poll(() => names(page)).toHaveLength(40);
	await page.goForward();
	await expect.poll(() => names(page)).toEqual(["Biscuit", "Hazel"]);
	await close(watched);
});

test.each([
	["sex", "female", (one: Sample) => one.sex === "female"],
	["size", "large", (one: Sample) => one.size === "large"],
	["goodWithChildren", "true", (one: Sample) => one.goodWithChildren === true],
	["goodWithDogs", "false", (one: Sample) => one.goodWithDogs === false],
	["goodWithCats", "true", (one: Sample) => one.goodWithCats === true],
	["neutered", "false", (one: Sample) => one.neutered === false],
	["species", "Rabbit", (one: Sample) => one.species === "rabbit"],
] as const)("an address with %s=%s opens the list for whoever is sent it", async (name, value, isRight) => {
	const watched = await open({}, `/?${name}=${value}`);
	const right = samples.filter(isRight).map((one) => one.name);
	expect(right.length).toBeGreaterThan(0);
	await expect.poll(() => names(watched.page)).toEqual(right);
	await expect.poll(() => watched.page.locator(`[name=${name}]`).inputValue()).toBe(value);
	await close(watched);
});
type Sample = (typeof samples)[number];

test("what an address can't mean is left out, and what isn't the page's doesn't matter", async () => {
	const watched = await open({}, "/?status=gone&sex=male&sort=colour&size=&fbclid=1");
	await expect.poll(() => chips(watched.page)).toEqual(["Sex: Male"]);
	await expect
		.poll(() => names(watched.page))
		.toEqual(samples.filter(({ sex }) => sex === "male").map(({ name }) => name));
	await close(watched);
});

test("what is typed is found as one types, and is one step", async () => {
	const watched = await open({}, "/?sex=female");
	const { page } = watched;
	const females = samples.filter(({ sex }) => sex === "female").map(({ name }) => name);
	await expect.poll(() => names(page)).toEqual(females);
	// Later than the next key.
	await delayFrames(page);
	await page.getByRole("searchbox", { name: "Search" }).pressSequentially("göttingen", { delay: 250 });
	await expect.poll(() => search(page)).toBe("?q=g%C3%B6ttingen&sex=female");
	await expect.poll(() => names(page)).toEqual(["Rosie"]);
	await page.goBack();
	await expect.poll(() => search(page)).toBe("?sex=female");
	const typed = () => page.getByRole("searchbox", { name: "Search" }).inputValue();
	await expect.poll(typed).toBe("");
	await page.goForward();
	await expect.poll(() => names(page)).toEqual(["Rosie"]);
	await expect.poll(typed).toBe("göttingen");
	await page.reload();
	await expect.poll(() => names(page)).toEqual(["Rosie"]);
	await close(watched);
});

test("by keyboard a chip is taken away and the next one has the focus; all are with one key", async () => {
	const watched = await open({}, "/?q=e&sex=female&status=available");
	const { page } = watched;
	await expect.poll(() => chips(page)).toEqual(["“e”", "Status: Available", "Sex: Female"]);
	await page.getByRole("button", { name: "Remove Status: Available" }).press("Enter");
	await expect.poll(() => chips(page)).toEqual(["“e”", "Sex: Female"]);
	expect(await focusedOf(page)).toBe("Remove Sex: Female");
	expect(search(page)).toBe("?q=e&sex=female");
	await page.getByRole("button", { name: "Clear all" }).press("Enter");
	await expect.poll(() => names(page)).toHaveLength(40);
	expect([await chips(page), search(page), await focusedOf(page)]).toEqual([[], "", "q"]);
	await page.goBack();
	await expect.poll(() => chips(page)).toEqual(["“e”", "Sex: Female"]);
	await close(watched);
});

test("nothing that is found is said, with the way back to all", async () => {
	const watched = await open({}, "/?q=no+such+animal");
	const { page } = watched;
	await page.getByText("No animal is like that.").waitFor();
	expect(await findBarriers(page)).toEqual([]);
	await page.getByRole("button", { name: "Show all" }).click();
	await expect.poll(() => names(page)).toHaveLength(40);
	expect(await focusedOf(page)).toBe("q");
	await close(watched);
});

test("on a phone the filters are behind a button that says how many are set", async () => {
	const watched = await open({ ...PHONE, colorScheme: "dark" }, "/?sex=female");
	const { page } = watched;
	await page.getByRole("button", { name: "Filters (1)" }).click();
	await page.getByLabel("Status", { exact: true }).selectOption("Available");
	await page.getByRole("button", { name: "Filters (2)" }).waitFor();
	const right = samples.filter(({ sex, status }) => sex === "female" && status === "available");
	await page.getByRole("button", { name: `Show ${right.length} animals` }).waitFor();
	expect(await findBarriers(page)).toEqual([]);
	expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
	await page.getByRole("button", { name: `Show ${right.length} animals` }).click();
	expect(await page.getByLabel("Status", { exact: true }).isHidden()).toBe(true);
	expect(await focusedOf(page)).toBe("animals");
	expect(await names(page)).toHaveLength(right.length);
	await close(watched);
});

test.each([
	["as a scanner gives it", "985 112 001 007 919"],
	["with dashes", "985-112-001007919"],
	["as it is stored", CHIP],
	["its last digits", "007 919"],
	["its last digits with a dash", "007-919"],
])("who may read finds an animal by its microchip: %s", async (_, q) => {
	const watched = await openAs("reads");
	const { page } = watched;
	await page.getByPlaceholder("Name, breed, microchip …").fill(q);
	await page.keyboard.press("Enter");
	await expect.poll(() => names(page)).toEqual(["Rex"]);
	await expect.poll(() => page.getByRole("searchbox").inputValue()).toBe(q);
	const [file] = await Promise.all([
		page.waitForEvent("download"),
		page.getByRole("button", { name: "Export" }).click(),
	]);
	let text = "";
	for await (const chunk of await file.createReadStream()) text += chunk;
	expect(text).toMatch(/^\d+,Rex,/m);
	// It is told of changes by what it was found by.
	await elsewhere("PATCH", "/rescues/2", { microchip: null }, "writes");
	await elsewhere("PATCH", "/rescues/1", { notes: `Seen: ${q}` }, "writes");
	await page.locator("#list .told-0, #list .told-1").waitFor();
	expect(await names(page)).toEqual(["Rex"]);
	await page.reload();
	await expect.poll(() => names(page)).toEqual(["Rex"]);
	await close(watched);
});

test("what is exported is what one asks for, while the list is still on its way too", async () => {
	const watched = await openAs("reads", `/?q=${encodeURIComponent("985-112-001007919")}`);
	const { page } = watched;
	await expect.poll(() => names(page)).toEqual(["Rex"]);
	let go = () => {};
	const held = new Promise<void>((resolve) => {
		go = resolve;
	});
	await page.route("**/rescues?**", async (route) => {
		await held;
		await route.continue();
	});
	const asked = page.waitForRequest((request) => request.url().includes("/rescues?"));
	await page.getByRole("searchbox").fill("labrador");
	await asked;
	const [exported] = await Promise.all([
		page.waitForRequest((request) => request.url().includes("/rescues/export")),
		page.getByRole("button", { name: "Export" }).click(),
	]);
	expect(new URL(exported.url()).searchParams.get("q")).toBe("labrador");
	go();
	await close(watched);
});

test("the public finds nobody by a microchip, and isn't told that one could be", async () => {
	for (const q of [CHIP, "985 112 001 007 919", "007 919"]) {
		const watched = await open({}, `/?q=${encodeURIComponent(q)}`);
		await watched.page.getByText("No animal is like that.").waitFor();
		expect(await watched.page.locator("main").innerHTML()).not.toMatch(/microchip/i);
		await close(watched);
	}
});

test("words that only look long are words, and a name with digits is found as it is written", async () => {
	const watched = await openAs("writes");
	await elsewhere("POST", "/rescues", { name: "K-9 12345678", species: "dog", age: 1 }, "writes");
	await watched.page.getByRole("searchbox").fill("K-9 12345678");
	await expect.poll(() => names(watched.page)).toEqual(["K-9 12345678"]);
	await watched.page.getByRole("searchbox").fill("labrador mix");
	await expect.poll(() => names(watched.page)).toContain("Rex");
	await close(watched);
});

test("signing in and out shows the list again as one may see it", async () => {
	const watched = await openPage(browser(), `${url()}/?q=${CHIP}`);
	const { page } = watched;
	await page.getByText("No animal is like that.").waitFor();
	await page.getByRole("button", { name: "Sign in" }).click();
	await page.getByLabel("Your access key").fill("reads");
	await page.keyboard.press("Enter");
	await expect.poll(() => names(page)).toEqual(["Rex"]);
	await page.getByRole("button", { name: "Sign out" }).click();
	await page.getByText("No animal is like that.").waitFor();
	await close(watched);
});
