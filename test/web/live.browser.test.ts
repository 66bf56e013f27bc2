import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { freePort, newStateFolder, type Server, startServer } from "../server.ts";
import { findBarriers, openPage } from "./browser.ts";
import { launchBrowser } from "./chromium.ts";
import { formOf, noticesOf, restingPlace } from "./shelter.ts";

const state = newStateFolder();
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
// So few changes that a page comes again and again.
const start = () => startServer(state, ["--var", "STREAM_EVENTS:3"], port);
let server: Server;
let browser: Browser;
beforeAll(async () => {
	[server, browser] = await Promise.all([start(), launchBrowser()]);
});
afterAll(() => Promise.all([browser?.close(), server?.stop()]));

async function write(method: string, path: string, body?: object) {
	const init = { method, headers: { "Content-Type": "application/json" } };
	const response = await fetch(`${url}${path}`, { ...init, ...(body && { body: JSON.stringify(body) }) });
	expect(response.ok).toBe(true);
	return response.status === 204 ? null : ((await response.json()) as { id: number });
}
const create = async (name: string, more: object = {}) =>
	(await write("POST", "/rescues", { name, age: 3, species: "dog", ...more }))?.id as number;
const names = (page: Page) => page.locator("#list h3").allTextContents();
const status = (page: Page) => page.locator("#count").textContent();

/** The animals that each test begins with. */
let rex = 0;
let tom = 0;
beforeEach(async () => {
	// Not from KV, which may be behind.
	const fresh = { headers: { "Cache-Control": "no-cache" } };
	const there = (await (await fetch(`${url}/rescues`, fresh)).json()) as { id: number }[];
	for (const { id } of there) await write("DELETE", `/rescues/${id}`);
	rex = await create("Rex", { status: "available" });
	tom = await create("Tom", { status: "hold" });
});

/** An open page that is told of changes. */
async function open(path = "/") {
	const watched = await openPage(browser, `${url}${path}`);
	await watched.told;
	await watched.page.locator("#list > li").first().waitFor();
	return watched;
}
const close = async ({ page, faults }: Awaited<ReturnType<typeof open>>) => {
	expect(faults).toEqual([]);
	await page.context().close();
};

test("cards change, appear and go on an open page, and are counted", async () => {
	const watched = await open();
	const { page } = watched;
	await write("PATCH", `/rescues/${rex}`, { name: "Rexi", age: 1 });
	await expect.poll(() => names(page)).toEqual(["Rexi", "Tom"]);
	await page.getByText("1 year").waitFor();
	const bella = await create("Bella");
	await expect.poll(() => names(page)).toEqual(["Rexi", "Tom", "Bella"]);
	await expect.poll(() => status(page)).toBe("3 animals");
	await write("DELETE", `/rescues/${tom}`);
	await expect.poll(() => names(page)).toEqual(["Rexi", "Bella"]);
	await write("POST", `/rescues/${tom}/restore`);
	await expect.poll(() => names(page)).toEqual(["Rexi", "Tom", "Bella"]);
	await expect.poll(() => status(page)).toBe("3 animals");
	for (const id of [rex, tom, bella]) await write("DELETE", `/rescues/${id}`);
	await page.getByText("No animals yet.").waitFor();
	expect(await findBarriers(page)).toEqual([]);
	await close(watched);
});

test("a search shows who belongs to it, in its order", async () => {
	const watched = await open("/?status=available&sort=name");
	const { page } = watched;
	expect(await names(page)).toEqual(["Rex"]);
	await write("PATCH", `/rescues/${tom}`, { status: "available", name: "Max" });
	await expect.poll(() => names(page)).toEqual(["Max", "Rex"]);
	await create("Nora");
	await create("Pia", { status: "available" });
	await expect.poll(() => names(page)).toEqual(["Max", "Pia", "Rex"]);
	await expect.poll(() => status(page)).toBe("3 animals");
	await write("PATCH", `/rescues/${rex}`, { status: "adopted" });
	await expect.poll(() => names(page)).toEqual(["Max", "Pia"]);
	await expect.poll(() => status(page)).toBe("2 animals");
	await close(watched);
});

test("what is beyond the part that is shown is counted, and not shown before it is asked for", async () => {
	for (let number = 1; number <= 49; number++) await create(`Animal ${number}`);
	const watched = await open();
	const { page } = watched;
	await expect.poll(() => status(page)).toBe("48 of 51 animals");
	const last = await create("Last");
	await expect.poll(() => status(page)).toBe("48 of 52 animals");
	await write("DELETE", `/rescues/${last}`);
	await expect.poll(() => status(page)).toBe("48 of 51 animals");
	await page.getByRole("button", { name: "Show more" }).dispatchEvent("click");
	await expect.poll(() => status(page)).toBe("51 animals");
	await close(watched);
});

test("what one does oneself is shown and counted once, and a card that changes keeps the focus", async () => {
	const watched = await open();
	const { page } = watched;
	const form = formOf(page);
	await page.getByRole("button", { name: "Add an animal" }).click();
	await form.getByLabel("Name").fill("Bella");
	await form.getByLabel("Species").fill("dog");
	await form.getByLabel("Age in years").fill("3");
	await form.getByRole("button", { name: "Save" }).click();
	await expect.poll(() => noticesOf(page)).toEqual(["Bella is added."]);
	await expect.poll(() => names(page)).toEqual(["Rex", "Tom", "Bella"]);
	await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Bella");
	await page.getByRole("button", { name: "Edit Tom" }).focus();
	await write("PATCH", `/rescues/${tom}`, { name: "Tommy" });
	await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Edit Tommy");
	await create("Nora");
	await expect.poll(() => status(page)).toBe("4 animals");
	expect(await names(page)).toHaveLength(4);
	await close(watched);
});

test("further down nothing jumps: what changes changes where it is, what goes stays until one looks, what is new waits", async () => {
	for (let number = 1; number <= 40; number++) await create(`Animal ${number}`, { breed: "Collie" });
	const watched = await open("/?sort=name");
	const { page } = watched;
	await expect.poll(() => names(page)).toHaveLength(42);
	const cardOf = (name: string) =>
		page.getByRole("listitem").filter({ has: page.getByRole("heading", { name, exact: true }) });
	await cardOf("Animal 35").scrollIntoViewIfNeeded();
	await expect
		.poll(() => page.evaluate(() => document.getElementById("list")?.getBoundingClientRect().top))
		.toBeLessThan(0);
	const before = await restingPlace(cardOf("Animal 35"));
	const id = Number(await cardOf("Animal 35").getAttribute("data-id"));
	await create("Aaron");
	await create("Abel");
	await write("DELETE", `/rescues/${id - 1}`);
	await write("PATCH", `/rescues/${id}`, { name: "Zora" });
	await cardOf("Zora").waitFor();
	expect(await cardOf("Zora").boundingBox()).toEqual(before);
	expect(await cardOf("Animal 34").locator(".status").textContent()).toBe("Deleted");
	expect(await cardOf("Animal 34").getByRole("button").count()).toBe(0);
	expect(await status(page)).toBe("42 of 43 animals");
	expect(await findBarriers(page)).toEqual([]);
	// What one does oneself is shown at once, and nothing else.
	await page.getByRole("button", { name: "Delete Animal 36" }).press("Enter");
	await expect.poll(() => cardOf("Animal 36").count()).toBe(0);
	expect(await cardOf("Animal 34").locator(".status").textContent()).toBe("Deleted");
	expect(await cardOf("Aaron").count()).toBe(0);
	await page.getByRole("button", { name: /^Undo/ }).click();
	await expect.poll(() => noticesOf(page)).toEqual(["Animal 36 is back."]);
	await expect
		.poll(async () => (await names(page)).filter((name) => /3[67]/.test(name)))
		.toEqual(["Animal 36", "Animal 37"]);
	expect(await cardOf("Aaron").count()).toBe(0);
	await page.getByRole("button", { name: "2 new animals" }).click();
	await expect.poll(() => names(page)).toHaveLength(43);
	const now = await names(page);
	expect([now[0], now[1], now.at(-1), now.includes("Animal 34")]).toEqual(["Aaron", "Abel", "Zora", false]);
	expect(await status(page)).toBe("43 animals");
	expect(await cardOf("Aaron").isVisible()).toBe(true);
	await close(watched);
});

test("through restarts and ends of streams a page is told everything, and EventSource each change once", async () => {
	const watched = await open();
	const { page } = watched;
	const { cursor } = (await (await fetch(`${url}/rescues/changes?limit=1000`)).json()) as { cursor: string };
	// Text, because Vitest would put names of its own into a function.
	await page.evaluate(`
		window.told = [];
		const source = new EventSource("/rescues/changes?since=${cursor}");
		source.addEventListener("change", ({ lastEventId, data }) => told.push([Number(lastEventId), Number(JSON.parse(data).cursor)]));
	`);
	const first = Number(cursor) + 1;
	const told = () => page.evaluate<[number, number][]>("told");
	const all = (count: number) => Array.from({ length: count }, (_, i) => [first + i, first + i]);
	for (let age = 1; age <= 8; age++) await write("PATCH", `/rescues/${rex}`, { age });
	await expect.poll(told).toEqual(all(8));
	await server.stop("SIGKILL");
	server = await start();
	await write("PATCH", `/rescues/${rex}`, { name: "Rexi" });
	await write("PATCH", `/rescues/${tom}`, { name: "Tommy" });
	// The longer the service was away, the longer a page waits before it comes again.
	await expect.poll(told, { timeout: 120_000 }).toEqual(all(10));
	await expect.poll(() => names(page), { timeout: 120_000 }).toEqual(["Rexi", "Tommy"]);
	await close(watched);
});
