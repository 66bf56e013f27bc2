import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
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

test("GraphiQL's examples run as they are, from left to right, on an empty service", async () => {
	const { page, faults } = await openPage(browser, `${server.url}/graphql`);
	const operations = ["ListRescues", "GetRescue", "CreateRescue", "UpdateRescue", "DeleteRescue"];
	await expect.poll(() => page.getByRole("tab").allInnerTexts()).toEqual(operations);
	const answers: Record<string, unknown>[] = [];
	for (const operation of operations) {
		await page.getByRole("tab", { name: operation }).click();
		// GraphiQL runs what it has taken note of, a tenth of a second after its editor has changed.
		await expect.poll(() => page.evaluate(() => localStorage.getItem("graphiql:query"))).toContain(operation);
		const answer = await answerOf(page, () => page.getByRole("button", { name: /^Execute query/ }).click());
		expect(answer).not.toHaveProperty("errors");
		await expect.poll(() => page.locator(".squiggly-error").count()).toBe(0);
		answers.push(answer.data);
	}
	expect(answers).toMatchObject([
		{ rescues: { totalCount: 0 } },
		{ rescue: null },
		{ createRescue: { id: "1", version: 1 } },
		{ updateRescue: { id: "1", status: "PENDING", version: 2 } },
		{ deleteRescue: { id: "1", version: 2 } },
	]);
	await expect.poll(() => page.locator(".graphiql-response").textContent()).toContain("deleteRescue");
	expect(faults).toEqual([]);
	await page.context().close();
});

test("GraphiQL opens again with the same tabs and with the headers that were given", async () => {
	const { page, faults } = await openPage(browser, `${server.url}/graphql`);
	await page.getByRole("button", { name: "Headers" }).click();
	await page.getByRole("region", { name: "Headers" }).getByRole("code").click();
	await page.keyboard.insertText('{ "Authorization": "Bearer abc" }');
	const [request] = await Promise.all([
		page.waitForRequest((request) => !!request.postData()?.includes("ListRescues")),
		page.keyboard.press("ControlOrMeta+Enter"),
	]);
	expect(await request.headerValue("Authorization")).toBe("Bearer abc");
	// GraphiQL saves half a second after the last key.
	await expect
		.poll(() => page.evaluate(() => localStorage.getItem("graphiql:tabState")), { timeout: 5000 })
		.toContain("Bearer abc");
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

test("Swagger UI's first click succeeds", async () => {
	const { page, faults } = await openPage(browser, `${server.url}/docs`);
	await page.locator(".opblock").first().waitFor();
	expect(await findBarriers(page, UPSTREAM)).toEqual([]);
	// An earlier test has deleted the rescue 1, which the examples name.
	await fetch(`${server.url}/rescues/1/restore`, { method: "POST" });
	const operations = ["createRescue", "listRescues", "importRescues", "updateRescue", "deleteRescue", "restoreRescue"];
	const answers: [string, boolean][] = [];
	for (const operation of operations) {
		const block = page.locator(`[id$="-${operation}"].opblock`);
		await block.locator(".opblock-summary-control").click();
		const [response] = await Promise.all([
			page.waitForResponse((response) => response.url().includes("/rescues")),
			block.getByRole("button", { name: "Execute" }).click(),
		]);
		answers.push([operation, response.ok()]);
		await block.locator(".live-responses-table .response-col_status").first().waitFor();
	}
	expect(answers).toEqual(operations.map((operation) => [operation, true]));
	expect(faults).toEqual([]);
	await page.context().close();
});
