import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newStateFolder, type Server, startServer } from "../server.ts";
import { findBarriers, openPage } from "./browser.ts";
import { launchBrowser } from "./chromium.ts";

const KEY = "correct-horse-battery";
let server: Server;
let browser: Browser;
beforeAll(async () => {
	const flags = ["OPEN_WRITES:false", `WRITE_TOKENS:anna:${KEY}`, "READ_TOKENS:rita:read-horse-battery"];
	const vars = flags.flatMap((flag) => ["--var", flag]);
	[server, browser] = await Promise.all([startServer(newStateFolder(), vars), launchBrowser()]);
	await fetch(`${server.url}/rescues`, {
		method: "POST",
		headers: { "Content-Type": "application/json", Authorization: `Bearer ${KEY}` },
		body: JSON.stringify({ name: "Rex", age: 3, species: "dog", notes: "Pulls.", status: "available" }),
	});
});
afterAll(() => Promise.all([browser?.close(), server?.stop()]));

const open = (path: string, options = {}) => openPage(browser, `${server.url}${path}`, options);
const tab = async (context: BrowserContext, path: string) => {
	const page = await context.newPage();
	await page.goto(`${server.url}${path}`);
	return page;
};
/** What the page's header says, and its button. */
const session = async (page: Page) => {
	await page.locator(".session button").waitFor();
	return (await page.locator(".session :is(span, button)").allTextContents()).filter(Boolean);
};
const OUT = ["Sign in"];
const IN = ["Signed in as anna (write)", "Sign out"];
async function signIn(page: Page, { kept = false, key = KEY } = {}) {
	await page.getByRole("button", { name: "Sign in" }).click();
	await page.getByLabel("Your access key").fill(key);
	if (kept) await page.getByLabel("Stay signed in on this device").check();
	await page.getByRole("dialog").getByRole("button", { name: "Sign in" }).click();
}

test.each([
	["a phone in the dark", "/animals/1", { colorScheme: "dark", viewport: { width: 360, height: 740 } }],
	["a desktop", "/", {}],
])("on %s one signs in by keyboard, and is told in the dialog what is wrong", async (_name, path, options) => {
	const { page, faults } = await open(path, options);
	await expect.poll(() => session(page)).toEqual(OUT);
	const button = page.getByRole("button", { name: "Sign in" });
	await button.focus();
	await page.keyboard.press("Enter");
	const dialog = page.getByRole("dialog", { name: "Sign in" });
	await dialog.waitFor();
	expect(await page.evaluate(() => document.activeElement?.id)).toBe("access-key");
	expect(await findBarriers(page)).toEqual([]);
	const said = () => dialog.getByRole("alert").textContent();
	await page.keyboard.press("Enter");
	await expect.poll(said).toBe("Type your access key, or paste it.");
	for (const wrong of ["wrong", "two words", "schlüssel"]) {
		await page.keyboard.press("ControlOrMeta+a");
		await page.keyboard.insertText(wrong);
		await page.keyboard.press("Enter");
		await expect.poll(said).toBe("This key isn’t known here. Is it complete, with nothing before or behind it?");
		expect(await page.getByLabel("Your access key").inputValue()).toBe(wrong);
	}
	expect(await findBarriers(page)).toEqual([]);
	await page.route("**/me", (route) => route.abort());
	await page.keyboard.press("ControlOrMeta+a");
	await page.keyboard.insertText(` ${KEY} `);
	await page.keyboard.press("Enter");
	await expect.poll(said).toBe("The service can’t be reached. Try again in a moment.");
	await page.unroute("**/me");
	await page.keyboard.press("Enter");
	await expect.poll(() => session(page)).toEqual(IN);
	expect(await dialog.count()).toBe(0);
	// Nowhere would be the top of the page.
	expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Sign out");
	expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
	await page.keyboard.press("Enter");
	await expect.poll(() => session(page)).toEqual(OUT);
	expect(faults).toEqual([]);
	await page.context().close();
});

test("Escape and Cancel leave the dialog, and everything as it was", async () => {
	const { page, faults } = await open("/animals/1");
	await page.getByRole("button", { name: "Sign in" }).click();
	await page.getByLabel("Your access key").fill(KEY);
	await page.keyboard.press("Escape");
	expect(await page.getByRole("dialog").count()).toBe(0);
	expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Sign in");
	await page.getByRole("button", { name: "Sign in" }).click();
	expect(await page.getByLabel("Your access key").inputValue()).toBe("");
	// Left, and asked for again before the page is told that it was left.
	await page.evaluate(`document.querySelector("dialog.sign-in").close();
		document.querySelector(".session button").click()`);
	await page.getByLabel("Your access key").waitFor();
	await page.getByRole("button", { name: "Cancel" }).click();
	expect(await session(page)).toEqual(OUT);
	expect(await page.evaluate(() => sessionStorage.length + localStorage.length)).toBe(0);
	expect(faults).toEqual([]);
	await page.context().close();
});

test("one stays signed in for the tab, or for the device if one says so; one sign-out is for all tabs", async () => {
	const { page, faults } = await open("/animals/1");
	const context = page.context();
	await signIn(page);
	await expect.poll(() => session(page)).toEqual(IN);
	await page.reload();
	await expect.poll(() => session(page)).toEqual(IN);
	const other = await tab(context, "/");
	expect(await session(other)).toEqual(OUT);
	await signIn(other, { kept: true });
	const docs = await tab(context, "/docs");
	const graphiql = await tab(context, "/graphql");
	for (const one of [other, docs, graphiql]) await expect.poll(() => session(one)).toEqual(IN);
	await docs.getByRole("button", { name: "Sign out" }).click();
	for (const one of [page, other, docs, graphiql]) await expect.poll(() => session(one)).toEqual(OUT);
	// Other tabs follow a sign-in too.
	await signIn(graphiql, { kept: true });
	for (const one of [page, other, docs]) await expect.poll(() => session(one)).toEqual(IN);
	const later = await tab(context, "/animals/1");
	await expect.poll(() => session(later)).toEqual(IN);
	await later.getByRole("button", { name: "Sign out" }).click();
	await expect.poll(() => session(graphiql)).toEqual(OUT);
	const left = await page.evaluate(() => [...Object.values(localStorage), ...Object.values(sessionStorage)].join());
	expect(left).not.toContain(KEY);
	expect(faults).toEqual([]);
	await context.close();
});

test("GraphiQL asks as who has signed in, unless its Headers tab says otherwise", async () => {
	const { page, faults } = await open("/graphql");
	await page.getByRole("tab", { name: "GetRescue" }).click();
	await expect.poll(() => page.getByRole("region", { name: "Variables" }).textContent()).toContain('"1"');
	// GraphiQL runs what it has taken note of, a tenth of a second after its editor has changed.
	await expect.poll(() => page.evaluate(() => localStorage.getItem("graphiql:query"))).toContain("GetRescue(");
	const run = async () => {
		const [request] = await Promise.all([
			page.waitForRequest((request) => !!request.postData()?.includes("GetRescue(")),
			page.getByRole("button", { name: /^Execute query/ }).click(),
		]);
		await request.response();
		return request.headerValue("Authorization");
	};
	expect(await run()).toBeNull();
	await signIn(page);
	await expect.poll(() => session(page)).toEqual(IN);
	expect(await run()).toBe(`Bearer ${KEY}`);
	await page.getByRole("button", { name: "Headers" }).click();
	await page.getByRole("region", { name: "Headers" }).getByRole("code").click();
	await page.keyboard.insertText('{ "authorization": "Bearer read-horse-battery" }');
	await expect.poll(() => page.evaluate(() => localStorage.getItem("graphiql:headers"))).toContain("read-horse");
	expect(await run()).toBe("Bearer read-horse-battery");
	await page.getByRole("region", { name: "Headers" }).getByRole("code").click();
	await page.keyboard.press("ControlOrMeta+a");
	await page.keyboard.press("Delete");
	await expect.poll(() => page.evaluate(() => localStorage.getItem("graphiql:headers") || "none")).toBe("none");
	expect(await run()).toBe(`Bearer ${KEY}`);
	await page.getByRole("button", { name: "Sign out" }).click();
	await expect.poll(() => session(page)).toEqual(OUT);
	expect(await run()).toBeNull();
	expect(faults).toEqual([]);
	await page.context().close();
});

test("the REST docs ask as who has signed in; a lock opens the same dialog", async () => {
	const { page, faults } = await open("/docs");
	const block = page.locator('[id$="-getRescue"].opblock');
	await block.waitFor();
	await block.locator(".opblock-summary-control").click();
	await block.locator("tr[data-param-name=id] input").fill("1");
	const run = async () => {
		const [response] = await Promise.all([
			page.waitForResponse((response) => response.url().endsWith("/rescues/1")),
			block.getByRole("button", { name: "Execute" }).click(),
		]);
		return ((await response.json()) as { notes?: string }).notes;
	};
	expect(await run()).toBeUndefined();
	await page.locator('[id$="-createRescue"] .authorization__btn').click();
	await page.getByLabel("Your access key").fill(KEY);
	await page.keyboard.press("Enter");
	await expect.poll(() => session(page)).toEqual(IN);
	await page.locator('[id$="-createRescue"] .authorization__btn .locked').waitFor();
	expect(await run()).toBe("Pulls.");
	await page.getByRole("button", { name: "Sign out" }).click();
	await page.locator('[id$="-createRescue"] .authorization__btn .unlocked').waitFor();
	expect(await run()).toBeUndefined();
	expect(await page.evaluate(() => localStorage.getItem("authorized"))).toBeNull();
	expect(faults).toEqual([]);
	await page.context().close();
});

test("on a service that is open to all there is nothing to sign in to, and the pages say so", async () => {
	const free = await startServer(newStateFolder());
	try {
		for (const path of ["/", "/animals/1", "/docs", "/graphql"]) {
			const { page, faults } = await openPage(browser, `${free.url}${path}`);
			await page.getByText("Everyone may edit here").waitFor();
			expect(await page.locator(".session button").count()).toBe(0);
			expect(faults).toEqual([]);
			await page.context().close();
		}
	} finally {
		await free.stop();
	}
});
