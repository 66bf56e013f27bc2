import type { Page } from "playwright-core";
import { beforeEach, expect, test } from "vitest";
import samples from "../../scripts/samples.json" with { type: "json" };
import { newStateFolder, startServer } from "../server.ts";
import { findBarriers, openPage } from "./browser.ts";
import { close, focusedOf, formOf, noticesOf, PHONE, restingPlace, useShelter } from "./shelter.ts";

const { open, elsewhere, url, browser } = useShelter();

const names = (page: Page) => page.locator("#list h3").allTextContents();
const status = (page: Page) => page.locator("#count").textContent();
const cardOf = (page: Page, name: string) =>
	page.getByRole("listitem").filter({ has: page.getByRole("heading", { name, exact: true }) });

/** Makes the list this one. */
async function fill(animals: object[]) {
	for (let left = -1; left !== 0; ) {
		const there: { id: number }[] = await elsewhere("GET", "/rescues");
		for (const { id } of there) await elsewhere("DELETE", `/rescues/${id}`);
		left = there.length;
	}
	if (animals.length > 0) await elsewhere("POST", "/rescues/import", animals);
}
const many = (count: number) =>
	Array.from({ length: count }, (_, index) => ({ name: `Animal ${index + 1}`, species: "dog", age: index % 15 }));
/** Scrolls down, as a person does, until something is so. */
async function scrollUntil(page: Page, isSo: () => Promise<boolean>) {
	for (let turn = 0; turn < 300 && !(await isSo()); turn++) {
		await page.mouse.move(300, 400);
		await page.mouse.wheel(0, 1500);
		await page.waitForTimeout(60);
	}
	expect(await isSo()).toBe(true);
}

beforeEach(() => fill([]));

test("an empty service invites to add the first animal, which has the focus then", async () => {
	const watched = await open();
	const { page } = watched;
	await page.getByText("No animals yet.").waitFor();
	expect(await findBarriers(page)).toEqual([]);
	await page.getByRole("button", { name: "Add the first animal" }).click();
	await formOf(page).getByLabel("Name").fill("Rex");
	await formOf(page).getByLabel("Species").fill("dog");
	await formOf(page).getByLabel("Age in years").fill("3");
	await page.keyboard.press("Enter");
	await expect.poll(() => noticesOf(page)).toEqual(["Rex is added."]);
	expect(await names(page)).toEqual(["Rex"]);
	await expect.poll(() => focusedOf(page)).toBe("Rex");
	expect(await status(page)).toBe("1 animal");
	await close(watched);
});

test("the sample animals are loaded, and shown in order", async () => {
	const watched = await open();
	const { page } = watched;
	await page.getByRole("button", { name: "Load sample animals" }).click();
	await expect.poll(() => status(page)).toBe("40 animals");
	expect(await names(page)).toEqual(samples.map(({ name }) => name));
	expect(await findBarriers(page)).toEqual([]);
	await close(watched);
});

test("a name and a description that are markup stay text", async () => {
	const name = "<img src=x onerror=alert(1)>";
	await fill([{ name, age: 1, species: "<b>cat</b>", description: "<script>alert(1)</script>" }]);
	const watched = await open();
	const { page } = watched;
	await cardOf(page, name).waitFor();
	expect(await page.locator("#list img[src=x], #list b, #list script").count()).toBe(0);
	expect(await cardOf(page, name).locator(".text").textContent()).toBe("<script>alert(1)</script>");
	await page.goto(`${url()}/?view=table`);
	await page.getByRole("row").filter({ hasText: name }).waitFor();
	expect(await page.locator("#list img[src=x], #list b, #list script").count()).toBe(0);
	await close(watched);
});

test("a card leads to the animal's page wherever one clicks, in another tab too, but for its buttons", async () => {
	const photos = ["https://photos.example/rex.jpg"];
	await fill([{ name: "Rex", species: "dog", age: 3, description: "Loves water.", photos }]);
	const watched = await open();
	const { page } = watched;
	const [{ id }] = await elsewhere("GET", "/rescues");
	// The photo can't be had: the drawing behind it is seen.
	await cardOf(page, "Rex").locator("svg").waitFor();
	await expect.poll(() => cardOf(page, "Rex").locator("img").isHidden()).toBe(true);
	// On a busy machine Chromium doesn't tell of each tab that it opens: then it is asked for another one.
	const openAside = async () => {
		const told = page.context().waitForEvent("page", { timeout: 5_000 });
		await cardOf(page, "Rex").locator(".picture").click({ button: "middle", force: true });
		const other = await told.catch(() => undefined);
		await other?.waitForURL(`**/animals/${id}`, { timeout: 5_000 }).catch(() => {});
		const opened = other?.url();
		await other?.close();
		return opened;
	};
	await expect.poll(openAside, { timeout: 120_000 }).toBe(`${url()}/animals/${id}`);
	await page.getByRole("button", { name: "Edit Rex" }).click();
	await formOf(page).waitFor();
	await page.keyboard.press("Escape");
	await expect.poll(() => formOf(page).count()).toBe(0);
	await cardOf(page, "Rex").locator(".text").click({ force: true });
	await page.waitForURL(`**/animals/${id}`);
	await close(watched);
});

test("the list goes on as one scrolls, then has an end that one can reach; Show more goes on, by keyboard too", async () => {
	await fill(many(500));
	const watched = await open();
	const { page } = watched;
	await expect.poll(() => status(page)).toBe("48 of 500 animals");
	const isInView = () =>
		page.evaluate(() => (document.querySelector("footer")?.getBoundingClientRect().top ?? 1e6) < innerHeight);
	const shown = 48 * 6;
	await scrollUntil(page, async () => (await names(page)).length === shown);
	await scrollUntil(page, isInView);
	await page.waitForTimeout(500);
	expect([(await names(page)).length, await isInView()]).toEqual([shown, true]);
	await page.getByRole("button", { name: "Show more" }).press("Enter");
	await expect.poll(() => names(page).then(({ length }) => length)).toBeGreaterThan(shown);
	await expect.poll(() => focusedOf(page)).toBe(`Animal ${shown + 1}`);
	await scrollUntil(page, async () => (await names(page)).length === 500);
	expect(await names(page)).toEqual(many(500).map(({ name }) => name));
	expect(await page.getByRole("button", { name: "Show more" }).count()).toBe(0);
	expect(await status(page)).toBe("500 animals");
	await close(watched);
});

test("who saves data reads on only when they ask for it", async () => {
	await fill(many(60));
	const { page, faults } = await open(PHONE, "/openapi.json");
	await page.addInitScript("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })");
	await page.goto(url());
	await expect.poll(() => names(page)).toHaveLength(48);
	await page.evaluate("scrollTo(0, document.body.scrollHeight)");
	await page.waitForTimeout(500);
	expect(await names(page)).toHaveLength(48);
	await page.getByRole("button", { name: "Show more" }).click();
	await expect.poll(() => names(page)).toHaveLength(60);
	await close({ page, faults });
});

test.each([
	["on a desk", {}],
	["on a phone", PHONE],
])("reload, and Back from an animal's page, lead to the same place in the list: %s", async (_, options) => {
	await fill(many(300));
	const watched = await open(options, "/?sort=-age");
	const { page } = watched;
	await expect.poll(() => names(page)).toHaveLength(48);
	for (let turn = 0; turn < 300 && (await names(page)).length < 192; turn++) {
		await page.evaluate("scrollBy(0, 2500)");
		await page.waitForTimeout(80);
	}
	const target = (await names(page))[170] as string;
	await cardOf(page, target).evaluate((card) => card.scrollIntoView({ block: "center" }));
	const top = async () => Math.round((await cardOf(page, target).boundingBox())?.y ?? -1);
	const before = Math.round((await restingPlace(cardOf(page, target)))?.y ?? -1);
	expect(before).toBeGreaterThan(0);
	await page.reload();
	await cardOf(page, target).waitFor();
	await expect.poll(async () => Math.abs((await top()) - before)).toBeLessThanOrEqual(2);
	await cardOf(page, target).getByRole("link").click();
	await page.waitForURL("**/animals/*");
	await page.goBack();
	await cardOf(page, target).waitFor();
	await expect.poll(async () => Math.abs((await top()) - before)).toBeLessThanOrEqual(2);
	// A step within the page, and back.
	await page.evaluate("scrollTo(0, 0)");
	await page.waitForTimeout(500);
	await page.getByRole("link", { name: "Table" }).click();
	await page.getByRole("table").waitFor();
	await page.goBack();
	await expect.poll(() => page.getByRole("table").count()).toBe(0);
	await close(watched);
});

test("nothing moves while the animals come, on a desk and on a phone", async () => {
	await fill(many(30));
	for (const options of [{}, PHONE]) {
		const { page, faults } = await open(options, "/openapi.json");
		await page.addInitScript(`window.moved = 0; new PerformanceObserver((list) => {
			for (const entry of list.getEntries()) moved += entry.value;
		}).observe({ type: "layout-shift", buffered: true })`);
		const { promise: held, resolve: go } = Promise.withResolvers<void>();
		await page.route("**/rescues?**", async (route) => {
			await held;
			await route.continue();
		});
		await page.goto(url());
		await page.locator(".skeleton").first().waitFor();
		expect(await findBarriers(page)).toEqual([]);
		go();
		await expect.poll(() => names(page)).toHaveLength(30);
		await page.waitForTimeout(300);
		expect(await page.evaluate("moved")).toBeLessThan(0.02);
		await close({ page, faults });
	}
});

test("a list that can't be read says so where one looks, and can be tried again; so does a part of it", async () => {
	await fill(many(60));
	const { page, faults } = await open({ colorScheme: "dark" }, "/openapi.json");
	let isDown = true;
	await page.route("**/rescues?**", (route) => (isDown ? route.abort() : route.continue()));
	await page.goto(url());
	await page.getByText("The service can’t be reached.").waitFor();
	expect(await findBarriers(page)).toEqual([]);
	isDown = false;
	await page.getByRole("button", { name: "Try again" }).press("Enter");
	await expect.poll(() => names(page)).toHaveLength(48);
	isDown = true;
	await page.getByRole("button", { name: "Show more" }).click();
	await page.locator(".more").getByText("The service can’t be reached.").waitFor();
	expect(await names(page)).toHaveLength(48);
	isDown = false;
	await page.getByRole("button", { name: "Try again" }).click();
	await expect.poll(() => names(page)).toHaveLength(60);
	await close({ page, faults });
});

test("a list that can't be brought up to date stays, and says so", async () => {
	await fill(many(3));
	const { page, faults } = await open();
	await expect.poll(() => names(page)).toHaveLength(3);
	await page.route("**/rescues?**", (route) => route.abort());
	// As after a long time out of sight.
	await page.evaluate(`
		const show = (isHidden) => {
			Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
			document.dispatchEvent(new Event("visibilitychange"));
		};
		const now = Date.now;
		show(true);
		Date.now = () => now() + 6 * 60_000;
		show(false);
		Date.now = now;
	`);
	await page.getByText("The service can’t be reached.").waitFor();
	expect(await names(page)).toHaveLength(3);
	await page.unroute("**/rescues?**");
	await page.getByRole("button", { name: "Try again" }).click();
	await expect.poll(() => page.getByText("The service can’t be reached.").count()).toBe(0);
	expect(await names(page)).toHaveLength(3);
	await close({ page, faults });
});

test("who is adopted leaves the available ones, the focus goes on, and an undo brings it back to its place", async () => {
	await fill(["Ada", "Bo", "Cleo"].map((name) => ({ name, species: "dog", age: 1, status: "available" })));
	const watched = await open({}, "/?status=available&sort=name");
	const { page } = watched;
	await page.getByRole("button", { name: "Mark adopted: Bo" }).press("Enter");
	await expect.poll(() => names(page)).toEqual(["Ada", "Cleo"]);
	expect(await status(page)).toBe("2 animals");
	await expect.poll(() => focusedOf(page)).toBe("Cleo");
	await page.getByRole("button", { name: /^Undo/ }).click();
	await expect.poll(() => names(page)).toEqual(["Ada", "Bo", "Cleo"]);
	expect(await status(page)).toBe("3 animals");
	await page.getByRole("button", { name: "Edit Ada" }).click();
	await formOf(page).getByLabel("Name").fill("Zoe");
	await formOf(page).getByRole("button", { name: "Save" }).click();
	await expect.poll(() => names(page)).toEqual(["Bo", "Cleo", "Zoe"]);
	await close(watched);
});

test("who is adopted and stays in the list has the focus still", async () => {
	await fill([{ name: "Ada", species: "dog", age: 1, status: "available" }]);
	const watched = await open(PHONE);
	const { page } = watched;
	await page.getByRole("button", { name: "Mark adopted: Ada" }).press("Enter");
	await expect.poll(() => cardOf(page, "Ada").locator(".status").textContent()).toBe("Adopted");
	await expect.poll(() => focusedOf(page)).toBe("Ada");
	await close(watched);
});

test("a new cat isn't shown among dogs, but it is said that it is saved, with the way to it", async () => {
	await fill([{ name: "Rex", species: "dog", age: 3 }]);
	const watched = await open({}, "/?species=dog");
	const { page } = watched;
	await expect.poll(() => names(page)).toEqual(["Rex"]);
	await page.getByRole("button", { name: "Add an animal" }).click();
	await formOf(page).getByLabel("Name").fill("Mia");
	await formOf(page).getByLabel("Species").fill("cat");
	await formOf(page).getByLabel("Age in years").fill("2");
	await formOf(page).getByRole("button", { name: "Save" }).click();
	await expect.poll(() => noticesOf(page)).toEqual(["Mia is added, but isn’t among the animals that are shown here."]);
	expect(await findBarriers(page)).toEqual([]);
	expect([await names(page), await status(page)]).toEqual([["Rex"], "1 animal"]);
	await page.getByRole("link", { name: "Open Mia" }).click();
	await page.waitForURL("**/animals/*");
	await page.getByRole("heading", { name: "Mia", level: 1 }).waitFor();
	await close(watched);
});

test("what was written counts when the list is read again as it was before", async () => {
	await fill(["Ada", "Bo", "Cleo"].map((name) => ({ name, species: "dog", age: 1, status: "available" })));
	const { page, faults } = await open();
	await expect.poll(() => names(page)).toHaveLength(3);
	// KV gives for a minute what it gave before.
	const kept = new Map<string, { body: string; headers: Record<string, string> }>();
	await page.route("**/rescues?**", async (route) => {
		const address = route.request().url();
		if (!kept.has(address)) {
			const answer = await fetch(address);
			kept.set(address, { body: await answer.text(), headers: Object.fromEntries(answer.headers) });
		}
		const { body, headers } = kept.get(address) as { body: string; headers: Record<string, string> };
		await route.fulfill({ body, headers });
	});
	const choose = (value: string) => page.getByLabel("Status", { exact: true }).selectOption(value);
	await choose("available");
	await choose("");
	await choose("adopted");
	await page.getByText("No animal is like that.").waitFor();
	await choose("");
	await expect.poll(() => names(page)).toEqual(["Ada", "Bo", "Cleo"]);
	await page.getByRole("button", { name: "Mark adopted: Bo" }).click();
	await expect.poll(() => noticesOf(page)).toEqual(["Bo is marked “Adopted”."]);
	await page.getByRole("button", { name: "Delete Cleo" }).click();
	await expect.poll(() => names(page)).toEqual(["Ada", "Bo"]);
	await choose("available");
	await expect.poll(() => names(page)).toEqual(["Ada"]);
	expect(await status(page)).toBe("1 animal");
	await choose("adopted");
	await expect.poll(() => names(page)).toEqual(["Bo"]);
	expect(await status(page)).toBe("1 animal");
	await choose("");
	await expect.poll(() => names(page)).toEqual(["Ada", "Bo"]);
	expect(await cardOf(page, "Bo").locator(".status").textContent()).toBe("Adopted");
	await close({ page, faults });
});

test("visitors see what there is, and no button that they can't use; who signs in sees theirs", async () => {
	const closed = await startServer(newStateFolder(), [
		...["--var", "OPEN_WRITES:false", "--var", "WRITE_TOKENS:anna:writes", "--var", "READ_TOKENS:rita:reads"],
	]);
	try {
		const { page, faults, told } = await openPage(browser(), closed.url);
		await page.getByText("No animals yet.").waitFor();
		await told;
		expect(await page.getByRole("main").getByRole("button").allTextContents()).toEqual([]);
		const body = JSON.stringify({ name: "Rex", species: "dog", age: 3, microchip: "985112001007919" });
		const headers = { "Content-Type": "application/json", Authorization: "Bearer writes" };
		await fetch(`${closed.url}/rescues`, { method: "POST", headers, body });
		await cardOf(page, "Rex").waitFor();
		expect(await cardOf(page, "Rex").getByRole("button").count()).toBe(0);
		expect(await page.getByRole("navigation").count()).toBe(0);
		await page.getByRole("button", { name: "Sign in" }).click();
		await page.getByLabel("Your access key").fill("reads");
		await page.keyboard.press("Enter");
		await page.getByRole("navigation", { name: "Views" }).waitFor();
		expect(await page.getByRole("navigation").getByRole("link").allTextContents()).toEqual(["Cards", "Table"]);
		expect(await page.getByRole("main").getByRole("button").allTextContents()).toEqual(["Export"]);
		const [file] = await Promise.all([
			page.waitForEvent("download"),
			page.getByRole("button", { name: "Export" }).click(),
		]);
		expect(file.suggestedFilename()).toBe("animals.csv");
		let text = "";
		for await (const chunk of await file.createReadStream()) text += chunk;
		expect(text).toContain("985112001007919");
		await page.getByRole("button", { name: "Sign out" }).click();
		await page.getByRole("navigation").waitFor({ state: "detached" });
		await page.getByRole("button", { name: "Sign in" }).click();
		await page.getByLabel("Your access key").fill("writes");
		await page.keyboard.press("Enter");
		await cardOf(page, "Rex").getByRole("button", { name: "Delete Rex" }).waitFor();
		expect(faults).toEqual([]);
		await page.context().close();
	} finally {
		await closed.stop();
	}
});

test.each([
	["light", { viewport: { width: 360, height: 740 } }],
	["dark", { viewport: { width: 360, height: 740 } }],
	["dark", { viewport: { width: 1280, height: 900 } }],
] as const)("it reads well in the %s, and fits (%o)", async (colorScheme, options) => {
	await fill(samples.slice(0, 8));
	const watched = await open({ colorScheme, ...options }, "/?sex=female");
	const { page } = watched;
	await page.locator("#list > li").first().waitFor();
	expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(options.viewport.width);
	expect(await findBarriers(page)).toEqual([]);
	await close(watched);
});

test("without JavaScript it is a list of links that lead somewhere", async () => {
	const { page } = await open({ javaScriptEnabled: false });
	const links = await page.getByRole("link").evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
	expect(links).toEqual(
		expect.arrayContaining(["/graphql", "/docs", "/rescues", "/openapi.json", "/built/schema.graphql"]),
	);
	for (const link of links.filter((link) => link.startsWith("/"))) {
		expect([link, (await fetch(url() + link, { headers: { Accept: "text/html" } })).status]).toEqual([link, 200]);
	}
	expect(await page.locator("noscript").textContent()).toContain("needs JavaScript");
	await page.context().close();
});
