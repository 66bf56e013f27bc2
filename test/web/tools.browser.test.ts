import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import samples from "../../scripts/samples.json" with { type: "json" };
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { newStateFolder, type Server, startServer } from "../server.ts";
import { findBarriers, openPage } from "./browser.ts";
import { launchBrowser } from "./chromium.ts";

let server: Server;
let browser: Browser;
beforeAll(async () => {
	[server, browser] = await Promise.all([startServer(newStateFolder()), launchBrowser()]);
});
afterAll(() => Promise.all([browser?.close(), server?.stop()]));

/** GraphiQL has a tab with the close button inside, Swagger UI a button with a link inside and no h2. */
const UPSTREAM = ["nested-interactive", "heading-order", "region"];

const answerOf = async (page: Page, run: () => Promise<void>) => {
	const [response] = await Promise.all([
		page.waitForResponse(
			(response) => response.request().method() === "POST" && !response.request().postData()?.includes("__schema"),
		),
		run(),
	]);
	return response.json();
};

const OPERATIONS = ["ListRescues", "GetRescue", "CreateRescue", "UpdateRescue", "DeleteRescue"];

/** Opens GraphiQL's tabs one after the other, runs what is there, and gives the answers. */
async function runExamples(page: Page): Promise<Record<string, unknown>[]> {
	const answers: Record<string, unknown>[] = [];
	for (const operation of OPERATIONS) {
		await page.getByRole("tab", { name: operation }).click();
		// GraphiQL runs what it has taken note of, a tenth of a second after its editor has changed.
		const noted = () => page.evaluate(() => localStorage.getItem("graphiql:query"));
		await expect.poll(noted).toMatch(new RegExp(`^(query|mutation) ${operation}\\(`, "m"));
		const answer = await answerOf(page, () => page.getByRole("button", { name: /^Execute query/ }).click());
		expect(answer).not.toHaveProperty("errors");
		await expect.poll(() => page.locator(".squiggly-error").count()).toBe(0);
		const shown = () => page.locator(".graphiql-response").textContent();
		await expect.poll(shown).toContain("data");
		// What was shown there before was of another animal: the next tab is about the new one when this answer is shown.
		const [{ id }] = Object.values(answer.data as Record<string, { id?: string }>).map((value) => value ?? {}) as [
			{ id?: string },
		];
		if (id) await expect.poll(async () => (await shown())?.replaceAll(/\s/g, "")).toContain(`"id":"${id}"`);
		answers.push(answer.data);
	}
	return answers;
}

const fresh = { headers: { "Cache-Control": "no-cache" } };
const readAll = async () => (await fetch(`${server.url}/rescues`, fresh)).json() as Promise<AnimalRescue[]>;

test("GraphiQL's examples run as they are, from left to right, on an empty service, and again", async () => {
	const { page, faults } = await openPage(browser, `${server.url}/graphql`);
	await expect.poll(() => page.getByRole("tab").allInnerTexts()).toEqual(OPERATIONS);
	for (const id of ["1", "2"]) {
		expect(await runExamples(page)).toMatchObject([
			{ rescues: { totalCount: 0 } },
			{ rescue: null },
			{ createRescue: { id, version: 1 } },
			{ updateRescue: { id, status: "PENDING", version: 2 } },
			{ deleteRescue: { id, version: 2 } },
		]);
	}
	await expect.poll(() => page.locator(".graphiql-response").textContent()).toContain("deleteRescue");
	expect(faults).toEqual([]);
	await page.context().close();
});

test("GraphiQL's examples, run from left to right twice, leave every animal that was there untouched", async () => {
	for (const sample of samples)
		await fetch(`${server.url}/rescues`, {
			method: "POST",
			headers: { "Content-Type": "application/json" },
			body: JSON.stringify(sample),
		});
	const before = await readAll();
	expect(before).toHaveLength(samples.length);
	const { page } = await openPage(browser, `${server.url}/graphql`);
	await page.getByRole("tab").nth(4).waitFor();
	const made = new Set<unknown>();
	for (let run = 0; run < 2; run++) {
		const answers = (await runExamples(page)) as Record<string, Record<string, unknown>>[];
		expect(answers[1]).toMatchObject({ rescue: { name: samples.at(-1)?.name } });
		made.add(answers[2]?.createRescue?.id);
	}
	expect(made.size).toBe(2);
	expect(await readAll()).toEqual(before);
	// Nor does what was made then belong to the examples when the page is opened again: other data may be there by now.
	await page.reload();
	await page.getByRole("tab", { name: "DeleteRescue" }).click();
	await expect.poll(() => page.getByRole("region", { name: "Variables" }).textContent()).toMatch(/"id":\s"0"/);
	await page.context().close();
});

test("a link brings an operation with its variables into GraphiQL, once, and no headers", async () => {
	const { page, faults } = await openPage(browser, `${server.url}/graphql`, {
		permissions: ["clipboard-read", "clipboard-write"],
	});
	await page.getByRole("tab", { name: "GetRescue" }).click();
	await expect.poll(() => page.getByRole("region", { name: "Variables" }).textContent()).toContain('"id"');
	await page.getByRole("button", { name: "Share" }).click();
	await page.getByText("Link copied").waitFor();
	const link = await page.evaluate(() => navigator.clipboard.readText());
	expect(new URL(link).pathname).toBe("/graphql");
	await page.context().close();

	const other = await openPage(browser, link);
	await expect.poll(() => other.page.getByRole("tab").allInnerTexts()).toEqual(OPERATIONS);
	const changed = new URL(link);
	changed.searchParams.set("variables", '{ "id": "4" }');
	await other.page.goto(String(changed));
	await expect.poll(() => other.page.getByRole("tab").allInnerTexts()).toEqual(["GetRescue", ...OPERATIONS]);
	const run = () => other.page.getByRole("button", { name: /^Execute query/ }).click();
	expect(await answerOf(other.page, run)).toMatchObject({ data: { rescue: { id: "4" } } });
	await other.page.reload();
	await expect.poll(() => other.page.getByRole("tab").count()).toBe(6);
	expect([faults, other.faults]).toEqual([[], []]);
	await other.page.context().close();
});

test("GraphiQL reads well in the dark and works on a phone", async () => {
	const { page, faults } = await openPage(browser, `${server.url}/graphql`, {
		colorScheme: "dark",
		viewport: { width: 390, height: 844 },
	});
	await page.getByText("# Animals to adopt, the newest first.").waitFor();
	expect(await findBarriers(page, UPSTREAM)).toEqual([]);
	expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
	await page.getByRole("button", { name: /^Execute query/ }).click();
	const answer = page.locator(".graphiql-response");
	await expect.poll(() => answer.textContent()).toContain("totalCount");
	expect((await answer.boundingBox())?.width).toBeGreaterThan(340);
	await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
	await page.locator(".graphiql-doc-explorer").getByText("Query", { exact: true }).waitFor();
	expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
	expect(faults).toEqual([]);
	await page.context().close();
});

test("GraphiQL opens again with the same tabs and with the headers that were given", async () => {
	const { page, faults } = await openPage(browser, `${server.url}/graphql`);
	await page.getByRole("button", { name: "Headers" }).click();
	await page.getByRole("region", { name: "Headers" }).getByRole("code").click();
	await page.keyboard.insertText('{ "Authorization": "Bearer abc" }');
	// GraphiQL sends what it has taken note of.
	await expect.poll(() => page.evaluate(() => localStorage.getItem("graphiql:headers"))).toContain("Bearer abc");
	const [request] = await Promise.all([
		page.waitForRequest((request) => !!request.postData()?.includes("ListRescues")),
		page.keyboard.press("ControlOrMeta+Enter"),
	]);
	expect(await request.headerValue("Authorization")).toBe("Bearer abc");
	// GraphiQL saves half a second after the last key.
	await expect.poll(() => page.evaluate(() => localStorage.getItem("graphiql:tabState"))).toContain("Bearer abc");
	await page.reload();
	await expect.poll(() => page.getByRole("tab").count()).toBe(5);
	await expect.poll(() => page.locator(".graphiql-query-editor").textContent()).toContain("ListRescues");
	await expect.poll(() => page.getByRole("region", { name: "Variables" }).textContent()).toContain("AVAILABLE");
	expect(faults).toEqual([]);
	await page.context().close();
});

test("GraphiQL completes a field, shows the docs' descriptions and explores", async () => {
	const { page, faults } = await openPage(browser, `${server.url}/graphql`);
	await page.getByRole("tab").nth(4).waitFor();
	expect(await findBarriers(page, UPSTREAM)).toEqual([]);
	await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
	await page
		.locator(".graphiql-doc-explorer")
		.getByRole("link", { name: "Query" })
		.or(page.getByText("Query", { exact: true }))
		.first()
		.click();
	await expect
		.poll(() => page.locator(".graphiql-doc-explorer").textContent())
		.toContain("One rescue, null when there is none");
	await page.getByRole("button", { name: "Show GraphiQL Explorer" }).click();
	await expect.poll(() => page.locator(".graphiql-plugin").textContent()).toContain("sharedData");
	await page.locator(".graphiql-query-editor .monaco-editor").click();
	await page.keyboard.press("ControlOrMeta+a");
	await page.keyboard.type("{ sharedData { n");
	await page.keyboard.press("Control+Space");
	await expect.poll(() => page.locator(".suggest-widget").textContent()).toContain("name");
	expect(faults).toEqual([]);
	await page.context().close();
});

test("Swagger UI's first click succeeds, any number of times, and leaves every animal that was there untouched", async () => {
	const before = await readAll();
	const { page, faults } = await openPage(browser, `${server.url}/docs`);
	await page.locator(".opblock").first().waitFor();
	expect(await findBarriers(page, UPSTREAM)).toEqual([]);
	const open = async (operation: string) => {
		const block = page.locator(`[id$="-${operation}"].opblock`);
		await block.locator(".opblock-summary-control").click();
		await block.getByRole("button", { name: "Execute" }).waitFor();
		return block;
	};
	const blocks: Record<string, Locator> = {};
	for (const operation of ["updateRescue", "deleteRescue"]) {
		// Whose id it is one has to say.
		const block = await open(operation);
		await block.getByRole("button", { name: "Execute" }).click();
		await block.locator(".parameters tr[data-param-name=id] .invalid").waitFor();
		blocks[operation] = block;
	}
	const operations = ["createRescue", "listRescues", "importRescues", "updateRescue", "deleteRescue", "restoreRescue"];
	for (let run = 0; run < 2; run++) {
		const answers: [string, boolean][] = [];
		for (const operation of operations) {
			blocks[operation] ??= await open(operation);
			const [response] = await Promise.all([
				page.waitForResponse((response) => response.url().includes("/rescues")),
				blocks[operation].getByRole("button", { name: "Execute" }).click(),
			]);
			answers.push([operation, response.ok()]);
			await blocks[operation].locator(".live-responses-table .response-col_status").first().waitFor();
			// An answer of before may be shown there still: the next ones ask for what this one has made when they say so.
			const asksFor = (next: string, name: string) =>
				blocks[next]?.locator(`.parameters tr[data-param-name="${name}"] input`).inputValue();
			if (operation === "createRescue") {
				const { id } = await response.json();
				await expect.poll(() => asksFor("updateRescue", "id")).toBe(String(id));
			}
			if (operation === "createRescue" || operation === "updateRescue") {
				await expect.poll(() => asksFor("deleteRescue", "If-Match")).toBe(response.headers().etag);
			}
		}
		expect(answers).toEqual(operations.map((operation) => [operation, true]));
	}
	expect((await readAll()).slice(0, before.length)).toEqual(before);
	expect(await readAll()).toHaveLength(before.length + 2);
	expect(faults).toEqual([]);
	await page.context().close();
}, 480_000);
