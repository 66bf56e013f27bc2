import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { findBarriers, openPage } from "./browser.ts";
import { close, focusedOf, formOf, noticesOf, PHONE, useShelter } from "./shelter.ts";

const KEY = "correct-horse-battery";
const vars = ["OPEN_WRITES:false", `WRITE_TOKENS:anna:${KEY}`, "READ_TOKENS:rita:read-horse-battery"];
const shelter = useShelter(vars.flatMap((flag) => ["--var", flag]));
const anna = (method: string, path: string, body?: object) => shelter.elsewhere(method, path, body, KEY);
const DARK_PHONE = { ...PHONE, viewport: { width: 360, height: 740 }, colorScheme: "dark" } as const;

/** Six years and a half ago: she is six for as long as the tests run, whatever the day is. */
const born = new Date(Date.now() - 6.5 * 365.25 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
const luna = {
	id: 7,
	name: "Luna",
	species: "cat",
	birthDate: born,
	breed: "European Shorthair",
	status: "available",
	description: "She wants to sit where she sees everything.\n\nHer balcony needs a net.",
	photos: ["https://photos.example/1.jpg", "https://photos.example/2.jpg"],
	goodWithDogs: false,
	specialNeeds: "Half a tablet with breakfast.",
	notes: "Bites when her belly is touched.",
	location: "Room 3",
};
beforeAll(async () => {
	await anna("POST", "/rescues", luna);
});

/** A page, for a visitor or for somebody who has signed in. */
async function open(path: string, { token = "", ...options }: { token?: string; [option: string]: unknown } = {}) {
	const watched = await openPage(shelter.browser(), `${shelter.url()}/shared/icon.svg`, options);
	await watched.page
		.context()
		.route("https://photos.example/*.jpg", (route) => route.fulfill({ contentType: "image/svg+xml", body: SQUARE }));
	// The drawing's own policy reports nothing of ours.
	watched.faults.length = 0;
	if (token) await watched.page.evaluate(`sessionStorage.setItem("token", ${JSON.stringify(token)})`);
	await watched.page.goto(`${shelter.url()}${path}`);
	return watched;
}
const SQUARE =
	'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><rect width="8" height="6" fill="teal"/></svg>';
const buttons = (page: Page) => page.locator("#tools button").allTextContents();
const fits = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
const statusOf = (page: Page) => page.locator(".status").textContent();

describe.each([
	["a phone in the dark", DARK_PHONE],
	["a desktop", {}],
])("on %s", (_name, options) => {
	test("a visitor reads everything without scripts", async () => {
		const watched = await openPage(shelter.browser(), `${shelter.url()}/animals/7`, {
			...options,
			javaScriptEnabled: false,
		});
		const { page } = watched;
		await page.getByRole("heading", { level: 1, name: "Luna" }).waitFor();
		await page.getByText("Her balcony needs a net.").waitFor();
		expect(await page.getByText("Bites").count()).toBe(0);
		await page.getByRole("link", { name: "What changed" }).click();
		await page.getByRole("heading", { name: "What changed" }).waitFor();
		expect(await page.getByRole("button").count()).toBe(0);
		await page.getByRole("link", { name: "All animals" }).click();
		await page.waitForURL(`${shelter.url()}/`);
		await page.context().close();
	});

	test("a visitor has no buttons that are not for visitors, and the page asks for nothing more", async () => {
		const watched = await open("/animals/7", options);
		const { page } = watched;
		const asked: string[] = [];
		page.on("request", (request) => asked.push(new URL(request.url()).pathname));
		await page.reload();
		await expect.poll(() => buttons(page)).toEqual(["Share", "Print"]);
		await expect.poll(() => asked).toContain("/rescues/changes");
		expect(asked.filter((path) => /^\/(rescues(?!\/changes)|me|graphql)/.test(path))).toEqual([]);
		expect(await fits(page)).toBe(true);
		expect(await findBarriers(page)).toEqual([]);
		expect(await page.context().cookies()).toEqual([]);
		await close(watched);
	});

	test("whoever has signed in sees what is private, and who changed what", async () => {
		const watched = await open("/animals/7?history=1", { ...options, token: KEY });
		const { page } = watched;
		await page.getByText("Bites when her belly is touched.").waitFor();
		await page.getByRole("heading", { name: "Added by anna" }).waitFor();
		expect(await fits(page)).toBe(true);
		expect(await findBarriers(page)).toEqual([]);
		await page.getByRole("button", { name: "Sign out" }).click();
		await expect.poll(() => page.getByText("Bites").count()).toBe(0);
		await page.getByRole("heading", { name: "Added", exact: true }).waitFor();
		await expect.poll(() => buttons(page)).toEqual(["Share", "Print"]);
		await close(watched);
	});
});

test("who may only read sees all, and has no buttons that write", async () => {
	const watched = await open("/animals/7", { token: "read-horse-battery" });
	await watched.page.getByText("Room 3").waitFor();
	expect(await buttons(watched.page)).toEqual(["Share", "Print"]);
	await close(watched);
});

test("a small photo is shown large in its place; one that can't be loaded leaves the drawing", async () => {
	const watched = await open("/animals/7");
	const { page } = watched;
	await page.getByRole("link", { name: "Luna, 2 of 2" }).click();
	expect(await page.locator(".large img").getAttribute("src")).toBe(luna.photos[1]);
	expect(await page.locator(".large").getAttribute("href")).toBe(luna.photos[1]);
	expect(new URL(page.url()).pathname).toBe("/animals/7");
	expect(await page.locator(".large img").isVisible()).toBe(true);
	await page.context().unroute("https://photos.example/*.jpg");
	await page.reload();
	await expect.poll(() => page.locator(".large img").isVisible()).toBe(false);
	expect(await page.locator(".large svg").isVisible()).toBe(true);
	await close(watched);
});

test("a link to it is shared as the device does that, or copied", async () => {
	const watched = await open("/animals/7?fbclid=abc", { permissions: ["clipboard-read", "clipboard-write"] });
	const { page } = watched;
	const link = `${shelter.url()}/animals/7`;
	await page.evaluate('Object.defineProperty(navigator, "share", { value: undefined, configurable: true })');
	await page.getByRole("button", { name: "Share" }).click();
	await expect.poll(() => noticesOf(page)).toEqual(["The link is copied: paste it where you want to send it."]);
	expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
	await page.evaluate(
		'Object.defineProperty(navigator, "share", { value: async (given) => { window.given = given; }, configurable: true })',
	);
	await page.getByRole("button", { name: "Share" }).click();
	await expect
		.poll(() => page.evaluate("window.given"))
		.toEqual({ title: "Luna: cat, European Shorthair, 6 years · Animal Rescue", url: link });
	await close(watched);
});

test("it is edited, and its status set and taken back, where one looks at it", async () => {
	await anna("POST", "/rescues", { id: 20, name: "Rex", species: "dog", age: 3, status: "available" });
	const watched = await open("/animals/20", { token: KEY, ...PHONE });
	const { page } = watched;
	await expect.poll(() => buttons(page)).toEqual(["Edit", "Mark adopted", "Share", "Print", "Delete"]);
	await page.getByRole("button", { name: "Edit" }).click();
	await formOf(page).getByLabel("Name").fill("Rexi");
	await formOf(page).getByRole("button", { name: "Save" }).click();
	await page.getByRole("heading", { level: 1, name: "Rexi" }).waitFor();
	expect(await page.title()).toBe("Rexi: dog, 3 years · Animal Rescue");
	await page.getByRole("button", { name: "Mark adopted" }).click();
	await expect.poll(() => statusOf(page)).toBe("Adopted");
	expect(await page.getByRole("button", { name: "Mark adopted" }).count()).toBe(0);
	// The button that was pressed is gone; one is still on the page.
	await expect.poll(() => page.evaluate(() => document.activeElement !== document.body)).toBe(true);
	await page.getByRole("button", { name: /^Undo/ }).click();
	await expect.poll(() => statusOf(page)).toBe("Available");
	await page.getByLabel("Status").selectOption("On hold");
	await expect.poll(() => statusOf(page)).toBe("On hold");
	expect(await page.getByLabel("Status").inputValue()).toBe("hold");
	expect(await findBarriers(page)).toEqual([]);
	expect(await anna("GET", "/rescues/20")).toMatchObject({ name: "Rexi", status: "hold" });
	await close(watched);
});

test("a status that can't be set is shown as it is", async () => {
	await anna("POST", "/rescues", { id: 21, name: "Max", species: "dog", age: 3, status: "available" });
	const watched = await open("/animals/21", { token: KEY });
	const { page } = watched;
	await page.route("**/rescues/21", (route) =>
		route.request().method() === "PATCH" ? route.abort() : route.continue(),
	);
	await page.getByLabel("Status").selectOption("On hold");
	await expect.poll(() => noticesOf(page)).toEqual([expect.stringContaining("is not marked “On hold”")]);
	await expect.poll(() => page.getByLabel("Status").inputValue()).toBe("available");
	await close(watched);
});

test("a deleted one is brought back by who may, from its page, then and later", async () => {
	await anna("POST", "/rescues", { id: 22, name: "Tom", species: "cat", age: 3 });
	const watched = await open("/animals/22", { token: KEY });
	const { page } = watched;
	await page.getByRole("button", { name: "Delete" }).click();
	await page.getByRole("heading", { name: "Tom is no longer listed" }).waitFor();
	expect(await buttons(page)).toEqual(["Bring it back"]);
	// Not on another button: a second Enter would press that.
	await expect.poll(() => focusedOf(page)).toBe("animal");
	expect(await findBarriers(page)).toEqual([]);
	await page.getByRole("button", { name: "Bring it back" }).click();
	await page.getByRole("heading", { level: 1, name: "Tom", exact: true }).waitFor();
	await watched.told;
	await anna("DELETE", "/rescues/22");
	await page.getByRole("heading", { name: "Tom is no longer listed" }).waitFor();

	const visitor = await open("/animals/22");
	await visitor.page.getByRole("heading", { name: "Tom is no longer listed" }).waitFor();
	await visitor.page.getByRole("button", { name: "Sign in" }).waitFor();
	await visitor.told;
	expect(await buttons(visitor.page)).toEqual([]);
	expect(await findBarriers(visitor.page)).toEqual([]);
	// What is told of it reaches the visitor as well.
	await page.reload();
	await page.getByRole("button", { name: "Bring it back" }).click();
	await visitor.page.getByRole("heading", { level: 1, name: "Tom", exact: true }).waitFor();
	await close(visitor);
	await close(watched);
});

test("a step of the history is taken back later too, as far as nothing came of it since", async () => {
	await anna("POST", "/rescues", { id: 23, name: "Ben", species: "dog", age: 3, status: "available" });
	await anna("PATCH", "/rescues/23", { status: "adopted", breed: "Collie" });
	await anna("PATCH", "/rescues/23", { breed: "Sheltie" });
	const watched = await open("/animals/23?history=1", { token: KEY });
	const { page } = watched;
	const back = page.getByRole("button", { name: "Take this back" });
	await expect.poll(() => back.count()).toBe(2);
	await back.nth(1).click();
	await expect.poll(() => statusOf(page)).toBe("Available");
	expect(await anna("GET", "/rescues/23")).toMatchObject({ status: "available", outcomeDate: null, breed: "Sheltie" });
	await expect.poll(() => page.locator(".steps h3").count()).toBe(4);
	await close(watched);
});

test("what is changed elsewhere is shown as it happens, where one is on the page", async () => {
	await anna("POST", "/rescues", { id: 24, name: "Kim", species: "dog", age: 3, description: "Long.\n\n".repeat(60) });
	for (const token of ["", KEY]) {
		const watched = await open("/animals/24", { token, ...PHONE });
		const { page } = watched;
		await watched.told;
		if (token) await page.getByRole("button", { name: "Edit" }).waitFor();
		await page.evaluate(() => scrollTo(0, 900));
		const notes = `Seen at ${Date.now()}`;
		await anna("PATCH", "/rescues/24", { color: token ? "black" : "white", notes });
		await page.getByText(token ? "black" : "white", { exact: true }).waitFor();
		expect(await page.locator("#news").textContent()).toBe("This page has just been brought up to date.");
		expect(await page.evaluate(() => scrollY)).toBe(900);
		expect(await page.getByText(notes).count()).toBe(token ? 1 : 0);
		await close(watched);
	}
});

test("the way back leads to the list as one left it, or to the list", async () => {
	const watched = await open("/?q=Luna");
	const { page } = watched;
	await page.getByRole("link", { name: "Luna" }).click();
	await page.getByRole("heading", { level: 1, name: "Luna" }).waitFor();
	await page.getByRole("link", { name: "What changed" }).click();
	await page.getByRole("heading", { name: "What changed" }).waitFor();
	// The script is there.
	await page.getByRole("button", { name: "Share" }).waitFor();
	await page.getByRole("link", { name: "All animals" }).click();
	await expect.poll(() => page.url()).toBe(`${shelter.url()}/?q=Luna`);
	await close(watched);
	// In a new tab the link has the same address, and there is nothing to go back to.
	const direct = await open("/animals/7");
	await direct.page.getByRole("button", { name: "Share" }).waitFor();
	await direct.page.getByRole("link", { name: "All animals" }).click();
	await expect.poll(() => direct.page.url()).toBe(`${shelter.url()}/`);
	await close(direct);
});

test("for the kennel it is printed on one sheet, however much there is to say", async () => {
	const name = "Bartholomew of the very long name";
	const texts = {
		description: "A story. ".repeat(500),
		notes: "A note. ".repeat(600),
		specialNeeds: "Need. ".repeat(80),
	};
	await anna("POST", "/rescues", { id: 25, name, species: "dog", age: 3, goodWithDogs: true, ...texts });
	const watched = await open("/animals/25", { token: KEY });
	const { page } = watched;
	await page.getByText("A note.").first().waitFor();
	const sheets = (pdf: Buffer) => pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length;
	expect(sheets(await page.pdf({ preferCSSPageSize: true }))).toBe(1);
	await page.goto(`${shelter.url()}/animals/7`);
	await page.getByText("Room 3").waitFor();
	expect(sheets(await page.pdf({ preferCSSPageSize: true }))).toBe(1);
	await page.emulateMedia({ media: "print" });
	for (const unprinted of ["#tools", ".session", ".links", ".thumbs"]) {
		expect([unprinted, await page.locator(unprinted).isVisible()]).toEqual([unprinted, false]);
	}
	for (const printed of ["h1", ".good-with", ".needs", ".inside", ".large"]) {
		expect([printed, await page.locator(printed).isVisible()]).toEqual([printed, true]);
	}
	await close(watched);
});

test.each(["/animals/99", "/animals/rex"])("%s says that there is no such animal", async (path) => {
	const watched = await open(path, DARK_PHONE);
	const { page } = watched;
	await page.getByRole("heading", { name: "There is no such animal" }).waitFor();
	await page.getByRole("button", { name: "Sign in" }).waitFor();
	expect(await buttons(page)).toEqual([]);
	expect(await findBarriers(page)).toEqual([]);
	expect(await fits(page)).toBe(true);
	await page.getByRole("link", { name: "See all animals" }).click();
	await page.waitForURL(`${shelter.url()}/`);
	await close(watched);
});

test("hostile names and texts stay text, with the script as without", async () => {
	const evil = `<img src=x onerror=alert(1)></script><script>alert(1)</script>`;
	await anna("POST", "/rescues", { id: 26, name: evil, species: "<b>cat</b>", age: 1, description: evil, notes: evil });
	await anna("PATCH", "/rescues/26", { color: evil.slice(0, 50) });
	const watched = await open("/animals/26?history=1", { token: KEY });
	const { page } = watched;
	await page.getByRole("heading", { name: "Changed by anna" }).waitFor();
	expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(evil);
	expect(await page.locator("main b:not(li b, summary b), main script, main img[src=x]").count()).toBe(0);
	await close(watched);
});

test("by keyboard one skips to the animal and reaches everything", async () => {
	const watched = await open("/animals/7", { token: KEY });
	const { page } = watched;
	await page.getByRole("button", { name: "Edit" }).waitFor();
	await page.keyboard.press("Tab");
	expect(await focusedOf(page)).toBe("Skip to the animal");
	await page.keyboard.press("Enter");
	await expect.poll(() => focusedOf(page)).toBe("animal");
	const reached: unknown[] = [];
	for (let tab = 0; tab < 9; tab++) {
		await page.keyboard.press("Tab");
		reached.push(await focusedOf(page));
	}
	expect(reached.slice(0, 6)).toEqual(["Edit", "Status", "Mark adopted", "Share", "Print", "Delete"]);
	await close(watched);
});
