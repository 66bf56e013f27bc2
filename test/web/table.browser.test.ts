import type { Page } from "playwright-core";
import { beforeEach, expect, test } from "vitest";
import { findBarriers } from "./browser.ts";
import { close, focusedOf, noticesOf, PHONE, useShelter } from "./shelter.ts";

const TOKENS = ["--var", "OPEN_WRITES:false", "--var", "READ_TOKENS:rita:reads", "--var", "WRITE_TOKENS:anna:writes"];
const { open, openAs, elsewhere } = useShelter(TOKENS);

const REX = { name: "Rex", species: "dog", breed: "Collie", age: 3, status: "available", intakeDate: "2026-09-02" };
let rex = 0;
let tom = 0;
beforeEach(async () => {
	const there: { id: number }[] = await elsewhere("GET", "/rescues");
	for (const { id } of there) await elsewhere("DELETE", `/rescues/${id}`, undefined, "writes");
	const hidden = { location: "Kennel 4", microchip: "985112001007919" };
	({ id: rex } = await elsewhere("POST", "/rescues", { ...REX, ...hidden }, "writes"));
	({ id: tom } = await elsewhere(
		"POST",
		"/rescues",
		{ name: "Tom", species: "cat", age: 9, status: "hold" },
		"writes",
	));
});

/** The table, for who has signed in. */
async function openTable(token: string, path = "/?view=table", options = {}) {
	const watched = await openAs(token, path, options);
	await watched.page.locator("#list [data-id]").first().waitFor();
	return watched;
}
const rows = (page: Page) => page.locator("#list tbody th").allTextContents();
const cells = async (page: Page, name: string) =>
	page.getByRole("row").filter({ hasText: name }).locator("td:not(.cell-status)").allTextContents();
const statusOf = (page: Page, name: string) => page.getByLabel(`Status of ${name}`);
const stored = async (id: number) => (await elsewhere("GET", `/rescues/${id}`)).status;

test("staff see the animals as a table, which the address remembers; visitors see cards there", async () => {
	const watched = await openTable("writes", "/");
	const { page } = watched;
	await page.getByRole("link", { name: "Table" }).press("Enter");
	await page.getByRole("table", { name: "Animals" }).waitFor();
	expect(new URL(page.url()).search).toBe("?view=table");
	expect(await page.getByRole("link", { name: "Table" }).getAttribute("aria-current")).toBe("page");
	expect(await page.getByRole("columnheader").allTextContents()).toEqual([
		...["Name ↕", "Species", "Breed", "Age ↕", "Status", "Location", "Microchip", "Came in on"],
	]);
	expect(await cells(page, "Rex")).toEqual([
		...["dog", "Collie", "3 years", "Kennel 4", "985112001007919", "2026-09-02"],
	]);
	expect(await findBarriers(page)).toEqual([]);
	await page.getByRole("link", { name: "Rex" }).click();
	await page.waitForURL(`**/animals/${rex}`);
	await page.goBack();
	await page.getByRole("table").waitFor();
	await page.goBack();
	await page.getByRole("listitem").filter({ hasText: "Rex" }).waitFor();
	await close(watched);

	const visitor = await open({}, "/?view=table");
	await visitor.page.getByRole("listitem").filter({ hasText: "Rex" }).waitFor();
	expect(await visitor.page.getByRole("table").count()).toBe(0);
	await close(visitor);
});

test("a status is changed in place, taken back, and leaves the list it isn't of any more", async () => {
	const watched = await openTable("writes", "/?status=available&view=table");
	const { page } = watched;
	await statusOf(page, "Rex").selectOption("Adoption pending");
	await expect.poll(() => noticesOf(page)).toEqual(["Rex is marked “Adoption pending”."]);
	expect(await stored(rex)).toBe("pending");
	await page.getByText("No animal is like that.").waitFor();
	await page.getByRole("button", { name: /^Undo/ }).click();
	await expect.poll(() => rows(page)).toEqual(["Rex"]);
	expect(await statusOf(page, "Rex").inputValue()).toBe("available");
	await close(watched);
});

test("by keyboard one passes statuses without writing them: Enter saves, Escape takes back", async () => {
	const watched = await openTable("writes");
	const { page } = watched;
	await statusOf(page, "Rex").focus();
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("ArrowDown");
	await expect.poll(() => statusOf(page, "Rex").inputValue()).toBe("hold");
	await page.waitForTimeout(300);
	expect(await stored(rex)).toBe("available");
	await page.keyboard.press("Escape");
	await expect.poll(() => statusOf(page, "Rex").inputValue()).toBe("available");
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("Enter");
	await expect.poll(() => noticesOf(page)).toEqual(["Rex is marked “Adoption pending”."]);
	expect(await stored(rex)).toBe("pending");
	expect(await focusedOf(page)).toBe("Status of Rex");
	await page.keyboard.press("ArrowUp");
	await page.keyboard.press("Tab");
	await expect.poll(() => stored(rex)).toBe("available");
	await close(watched);
});

test("a status that isn't written goes back to what it was, and that is said", async () => {
	const { page, faults } = await openTable("writes");
	await page.route(`**/rescues/${rex}`, (route) => route.abort());
	await statusOf(page, "Rex").selectOption("Adopted");
	await page.getByText("Rex is not marked “Adopted”.").waitFor();
	await expect.poll(() => statusOf(page, "Rex").inputValue()).toBe("available");
	await close({ page, faults });
});

test("what others change is shown in its line, and a status that is being chosen stays", async () => {
	const watched = await openTable("writes");
	const { page } = watched;
	await statusOf(page, "Rex").focus();
	await page.keyboard.press("ArrowDown");
	await expect.poll(() => statusOf(page, "Rex").inputValue()).toBe("pending");
	await elsewhere("PATCH", `/rescues/${rex}`, { breed: "Poodle" }, "writes");
	await elsewhere("PATCH", `/rescues/${tom}`, { status: "adopted" }, "writes");
	await expect.poll(async () => (await cells(page, "Rex"))[1]).toBe("Poodle");
	await expect.poll(() => statusOf(page, "Tom").inputValue()).toBe("adopted");
	expect([await statusOf(page, "Rex").inputValue(), await focusedOf(page)]).toEqual(["pending", "Status of Rex"]);
	await page.keyboard.press("Enter");
	await expect.poll(() => stored(rex)).toBe("pending");
	await close(watched);
});

test("heads sort, forwards and backwards, by keyboard too, as a step that Back takes back", async () => {
	const watched = await openTable("reads");
	const { page } = watched;
	const head = (name: string) => page.getByRole("columnheader", { name });
	await head("Age").getByRole("button").press("Enter");
	await expect.poll(() => rows(page)).toEqual(["Rex", "Tom"]);
	expect(await head("Age").getAttribute("aria-sort")).toBe("ascending");
	await head("Age").getByRole("button").press("Enter");
	await expect.poll(() => rows(page)).toEqual(["Tom", "Rex"]);
	expect(await head("Age").getAttribute("aria-sort")).toBe("descending");
	expect(new URL(page.url()).search).toBe("?sort=-age&view=table");
	expect(await page.getByLabel("Sort by").inputValue()).toBe("-age");
	await page.goBack();
	await expect.poll(() => rows(page)).toEqual(["Rex", "Tom"]);
	// Who may read only changes nothing.
	expect(await page.locator("#list select").count()).toBe(0);
	expect(await page.locator("#list .status").allTextContents()).toEqual(["Available", "On hold"]);
	await close(watched);
});

test("the heads stay in sight, and on a phone each line is a block that fits", async () => {
	const more = Array.from({ length: 40 }, (_, index) => ({ name: `Animal ${index}`, species: "dog", age: 1 }));
	await elsewhere("POST", "/rescues/import", more, "writes");
	const desk = await openTable("writes", "/?view=table", { colorScheme: "dark" });
	await expect.poll(() => rows(desk.page)).toHaveLength(42);
	await desk.page.evaluate("scrollTo(0, 1500)");
	await expect.poll(async () => (await desk.page.locator("#list thead th").first().boundingBox())?.y).toBe(0);
	expect(await findBarriers(desk.page)).toEqual([]);
	await close(desk);
	const phone = await openTable("writes", "/?view=table", PHONE);
	await expect.poll(() => rows(phone.page)).toHaveLength(42);
	expect(await phone.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
	expect(await findBarriers(phone.page)).toEqual([]);
	await statusOf(phone.page, "Rex").selectOption("Adopted");
	await expect.poll(() => noticesOf(phone.page)).toEqual(["Rex is marked “Adopted”."]);
	await close(phone);
});
