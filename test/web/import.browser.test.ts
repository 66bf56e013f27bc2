import { writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newStateFolder, type Server, startServer } from "../server.ts";
import { delayFrames, findBarriers, openPage } from "./browser.ts";
import { launchBrowser } from "./chromium.ts";

const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true };

let server: Server;
let browser: Browser;
const folder = newStateFolder();
beforeAll(async () => {
	const tokens = [
		"--var",
		"OPEN_WRITES:false",
		"--var",
		"WRITE_TOKENS:anna:anna-s-key",
		"--var",
		"READ_TOKENS:ben:ben-s-key",
	];
	[server, browser] = await Promise.all([startServer(newStateFolder(), tokens), launchBrowser()]);
});
afterAll(() => Promise.all([browser?.close(), server?.stop()]));

/** A file as somebody has it on a disk. */
function fileOf(name: string, content: string | Uint8Array): string {
	const path = join(folder, name);
	writeFileSync(path, content);
	return path;
}

/** The page, for who is signed in with this key. */
async function open(key: string | null, options: BrowserContextOptions = {}) {
	const watched = await openPage(browser, `${server.url}/import`, options);
	if (key !== null) {
		await watched.page.evaluate((value) => sessionStorage.setItem("token", value), key);
		await watched.page.reload();
	}
	return watched;
}

const choose = (page: Page, path: string) => page.locator('input[type="file"]').setInputFiles(path);
const listed = async () =>
	(await (await fetch(`${server.url}/rescues?limit=1000`, { headers: { "Cache-Control": "no-cache" } })).json()) as {
		name: string;
	}[];
const download = async (page: Page, button: string) => {
	const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button }).click()]);
	return readFile(await file.path(), "utf8");
};

const SHEET = `Animal Name,Type,DOB,Sex,Shelf,External ID
Rex,Dog,03/25/2021,Neutered Male,A1,E-1
Mia,Cat,12/24/2023,F,B2,E-2
,Dog,01/02/2020,M,C3,E-3
Tom,Cat,02/30/2022,M,D4,E-4
`;

test("a visitor, and who may only look, is asked to sign in", async () => {
	const { page, faults } = await open(null);
	await page.getByText("you have to be signed in").waitFor();
	expect(await page.locator('input[type="file"]').count()).toBe(0);
	expect(await findBarriers(page)).toEqual([]);
	await page.evaluate(() => sessionStorage.setItem("token", "ben-s-key"));
	await page.reload();
	await page.getByText("you have to be signed in").waitFor();
	await page.locator("#import").getByRole("button", { name: "Sign in" }).click();
	await page.getByLabel("Your access key").fill("anna-s-key");
	await page.keyboard.press("Enter");
	await page.getByText("Choose a file, or drop it here").waitFor();
	expect(faults).toEqual([]);
	await page.context().close();
});

test.each([
	["a phone", { ...PHONE, colorScheme: "dark" as const }],
	["a desktop", {}],
])(
	"on %s a spreadsheet with mistakes is looked at, brought in without them, and its problems are a file",
	async (_, options) => {
		const { page, faults } = await open("anna-s-key", options);
		const before = (await listed()).length;
		await choose(page, fileOf("animals.csv", SHEET));
		const row = (heading: string) =>
			page.locator("tr", { has: page.getByRole("rowheader", { name: heading, exact: true }) });
		await row("DOB").getByText("Date of birth").waitFor();
		expect(await row("DOB").textContent()).toContain("as MM/DD/YYYY");
		expect(await row("Sex").textContent()).toContain("Male");
		expect(await row("Shelf").textContent()).toContain("Left out");
		await page.getByRole("heading", { name: "Rows that can’t be brought in" }).waitFor();
		expect(await page.locator(".counts").textContent()).toMatch(/2 can’t be brought in/);
		const problems = page.locator(".problems tbody tr");
		expect(await problems.allInnerTexts()).toEqual([
			expect.stringMatching(/^4\s+Animal Name\s+is required/),
			expect.stringMatching(/^5\s+Tom\s+DOB\s+must be/),
		]);
		// Nothing is in before one says so.
		expect(await listed()).toHaveLength(before);
		expect(await findBarriers(page)).toEqual([]);
		const report = await download(page, "Download the list");
		expect(report).toContain("Row,Animal,Column,Problem");
		expect(report).toContain('5,Tom,DOB,"must be');
		await page.getByRole("button", { name: "Bring in the 2 good rows" }).click();
		await page.getByRole("heading", { name: "Done" }).waitFor();
		await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Done");
		expect((await listed()).map(({ name }) => name)).toEqual(["Rex", "Mia"]);
		expect(await findBarriers(page)).toEqual([]);
		await page.getByRole("link", { name: "See the animals" }).click();
		await page.getByText("Rex").first().waitFor();
		expect(faults).toEqual([]);
		await page.context().close();
	},
);

test("1,050 rows go in part by part; stopped and gone on with, each is in once", async () => {
	const { page, faults } = await open("anna-s-key");
	const before = (await listed()).length;
	const rows = Array.from({ length: 1050 }, (_, n) => `Cat ${n},3,cat`);
	await choose(page, fileOf("many.csv", `name,age,species\n${rows.join("\n")}\n`));
	// Or all would be in before one can stop it.
	const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
	await page.route("**/rescues/import?dryRun=false", async (route) => {
		await held;
		await route.continue();
	});
	const asksBeforeLeaving = () => page.evaluate("!dispatchEvent(new Event('beforeunload', { cancelable: true }))");
	await delayFrames(page);
	expect(await asksBeforeLeaving()).toBe(false);
	await page.getByRole("button", { name: "Bring in 1,050 rows" }).click();
	await page.getByRole("button", { name: "Stop" }).waitFor();
	expect(await asksBeforeLeaving()).toBe(true);
	await page.getByRole("button", { name: "Stop" }).click();
	letGo();
	await page.getByRole("button", { name: "Go on" }).click();
	await page.getByRole("heading", { name: "Done" }).waitFor();
	expect(await asksBeforeLeaving()).toBe(false);
	expect(await page.locator(".counts").textContent()).toMatch(/1,050 added/);
	const exported = await (await fetch(`${server.url}/rescues/export?format=json`)).json();
	expect(exported).toHaveLength(before + 1050);
	expect(faults).toEqual([]);
	await page.context().close();
});

test("what can't be read is said in words that help, and Excel's own CSV is read with its accents", async () => {
	const { page, faults } = await open("anna-s-key");
	await choose(page, fileOf("animals.xlsx", "PK"));
	await page.getByText("take “CSV UTF-8”").waitFor();
	await choose(page, fileOf("none.csv", "a,b\n1,2\n"));
	await page.getByText("The first row must be headings").waitFor();
	await choose(page, fileOf("empty.csv", "name,age\n"));
	await page.getByText("empty.csv has no rows.").waitFor();
	expect(await findBarriers(page)).toEqual([]);
	await choose(page, fileOf("latin.csv", Buffer.from("name,age,species\nZoë,3,dog\n", "latin1")));
	await page.getByText("This file isn’t in UTF-8").waitFor();
	await page.getByText("Zoë").waitFor();
	await page.getByRole("button", { name: "Bring in 1 row" }).waitFor();
	expect(faults).toEqual([]);
	await page.context().close();
});

test("the empty spreadsheet has every column, and each is understood", async () => {
	const { page, faults } = await open("anna-s-key");
	const head = await download(page, "Download an empty spreadsheet");
	await choose(page, fileOf("template.csv", `${head.trim()}\nRex,3,dog\n`));
	await page.getByText("This is how the columns are read").waitFor();
	expect(await page.locator(".left-out").count()).toBe(0);
	expect(await page.locator("tbody th").count()).toBeGreaterThan(20);
	expect(faults).toEqual([]);
	await page.context().close();
});

test("who was signed out meanwhile signs in and goes on", async () => {
	const { page, faults } = await open("anna-s-key");
	await choose(page, fileOf("few.csv", "name,age,species,externalId\nBo,3,dog,B-1\n"));
	const go = page.getByRole("button", { name: "Bring in 1 row" });
	await go.waitFor();
	await page.evaluate(() => sessionStorage.setItem("token", "gone"));
	await go.click();
	await page.getByText("You have been signed out.").waitFor();
	await page.getByRole("button", { name: "Sign in and go on" }).click();
	await page.getByLabel("Your access key").fill("anna-s-key");
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: "Done" }).waitFor();
	expect(await (await fetch(`${server.url}/rescues?externalId=B-1`)).json()).toMatchObject([{ name: "Bo" }]);
	expect(faults).toEqual([]);
	await page.context().close();
});
