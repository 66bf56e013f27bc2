import type { Page } from "playwright-core";
import { beforeEach, expect, test } from "vitest";
import { findBarriers } from "./browser.ts";
import { close, focusedOf, noticesOf, PHONE, useShelter } from "./shelter.ts";

const { open, elsewhere } = useShelter();

/** An animal that each test begins with. */
let id = 0;
beforeEach(async () => {
	const there: { id: number }[] = await elsewhere("GET", "/rescues");
	for (const { id } of there) await elsewhere("DELETE", `/rescues/${id}`);
	({ id } = await elsewhere("POST", "/rescues", { name: "Rex", age: 3, species: "dog", status: "hold" }));
});
const now = () => elsewhere("GET", `/rescues/${id}`);
const statusOf = (page: Page) => page.locator("#list .status").allTextContents();

/** A page that isn't told of what others do. */
async function openUntold() {
	const watched = await open();
	await watched.page.route("**/rescues/changes", (route) => route.abort());
	await watched.page.reload();
	await watched.page.getByRole("button", { name: "Edit Rex" }).waitFor();
	return watched;
}
const adopt = (page: Page) => page.getByRole("button", { name: "Mark adopted: Rex" }).click();
const undo = (page: Page) => page.getByRole("button", { name: /^Undo/ });

test("an adoption is taken back with one tap, to what it was before", async () => {
	const watched = await open(PHONE);
	const { page } = watched;
	await adopt(page);
	await expect.poll(() => noticesOf(page)).toEqual(["Rex is marked “Adopted”."]);
	expect(await now()).toMatchObject({ status: "adopted", outcomeDate: expect.any(String) });
	expect(await findBarriers(page)).toEqual([]);
	const box = await undo(page).boundingBox();
	expect(box && box.height >= 44 && box.y + box.height <= 844).toBe(true);
	await undo(page).click();
	await expect.poll(() => noticesOf(page)).toEqual(["Rex is “On hold” again."]);
	expect(await now()).toMatchObject({ status: "hold", outcomeDate: null, version: 3 });
	await expect.poll(() => statusOf(page)).toEqual(["On hold"]);
	await close(watched);
});

test("a deletion asks nothing, and is taken back by keyboard", async () => {
	const watched = await open();
	const { page } = watched;
	await page.getByRole("button", { name: "Delete Rex" }).press("Enter");
	await expect.poll(() => noticesOf(page)).toEqual(["Rex is deleted."]);
	await expect.poll(() => page.locator("#list > li").count()).toBe(0);
	await page.keyboard.press("Control+z");
	await expect.poll(() => noticesOf(page)).toEqual(["Rex is back."]);
	await expect.poll(() => statusOf(page)).toEqual(["On hold"]);
	expect(await now()).toMatchObject({ name: "Rex", version: 3 });
	await close(watched);
});

test("a notice is there for ten seconds, longer while it has the focus, and not after it is closed", async () => {
	const watched = await open();
	const { page } = watched;
	// The page's clock stands but for what is run here: what the machine takes doesn't count.
	const begun = new Date();
	await page.clock.install({ time: begun });
	await page.clock.pauseAt(begun.getTime() + 60_000);
	const untilThere = () =>
		expect
			.poll(async () => {
				await page.clock.runFor(50);
				return undo(page).count();
			})
			.toBe(1);
	await adopt(page);
	await untilThere();
	await page.clock.runFor(9000);
	await undo(page).focus();
	await page.clock.runFor(9000);
	expect(await undo(page).count()).toBe(1);
	await page.getByRole("button", { name: "Edit Rex" }).focus();
	await page.clock.runFor(9000);
	expect(await undo(page).count()).toBe(1);
	await page.clock.runFor(2000);
	expect(await undo(page).count()).toBe(0);
	await page.getByRole("button", { name: "Delete Rex" }).click();
	await untilThere();
	await page.locator(".notices").getByRole("button", { name: "Close" }).click();
	await expect.poll(() => undo(page).count()).toBe(0);
	await page.keyboard.press("Control+z");
	await page.clock.runFor(1000);
	expect((await fetch(`${new URL(page.url()).origin}/rescues/${id}`)).status).toBe(404);
	await close(watched);
});

test("it is in reach in front of an open form, and its key is the form's while one types there", async () => {
	const watched = await open();
	const { page } = watched;
	await adopt(page);
	await undo(page).waitFor();
	await page.getByRole("button", { name: "Edit Rex" }).click();
	await page.locator("dialog.editor .notices").waitFor();
	await page.keyboard.press("Escape");
	await expect.poll(() => page.locator("dialog.editor").count()).toBe(0);
	expect(await undo(page).isVisible()).toBe(true);
	await page.getByRole("button", { name: "Edit Rex" }).click();
	const breed = page.locator("dialog.editor").getByLabel("Breed or mix");
	await breed.focus();
	await page.keyboard.type("Collie");
	await page.keyboard.press("Control+z");
	expect(await undo(page).count()).toBe(1);
	expect(await findBarriers(page)).toEqual([]);
	await undo(page).press("Enter");
	await expect.poll(() => noticesOf(page)).toEqual(["Rex is “On hold” again."]);
	// The focus is back where one typed.
	expect(await focusedOf(page)).toBe("editor-breed");
	await expect.poll(() => page.locator("#editor-status").inputValue()).toBe("hold");
	await close(watched);
});

test("what somebody else changed besides stays, and is said", async () => {
	const watched = await openUntold();
	const { page } = watched;
	await elsewhere("PATCH", `/rescues/${id}`, { breed: "Collie" });
	await adopt(page);
	await expect.poll(() => noticesOf(page)).toEqual(["Rex is marked “Adopted”."]);
	await elsewhere("PATCH", `/rescues/${id}`, { color: "black", age: 4 });
	await undo(page).click();
	await expect.poll(() => noticesOf(page)).toEqual(["Rex is “On hold” again. Somebody else has changed: age, color."]);
	expect(await now()).toMatchObject({ status: "hold", breed: "Collie", color: "black", age: 4, version: 5 });
	await close(watched);
});

test("a status that somebody else has given meanwhile is not overwritten, by the action or by its undo", async () => {
	const watched = await openUntold();
	const { page } = watched;
	await elsewhere("PATCH", `/rescues/${id}`, { status: "fostered" });
	await adopt(page);
	await expect.poll(() => noticesOf(page)).toEqual(["Rex is “In foster care” now: somebody else has changed it."]);
	expect(await findBarriers(page)).toEqual([]);
	await expect.poll(() => statusOf(page)).toEqual(["In foster care"]);
	await adopt(page);
	await expect.poll(() => noticesOf(page)).toEqual(["Rex is marked “Adopted”."]);
	await elsewhere("PATCH", `/rescues/${id}`, { status: "returned_to_owner" });
	await undo(page).click();
	await expect
		.poll(() => noticesOf(page))
		.toEqual(["Not taken back: somebody else has marked Rex “Back with its owner” meanwhile."]);
	await expect.poll(() => statusOf(page)).toEqual(["Back with its owner"]);
	expect(await now()).toMatchObject({ status: "returned_to_owner" });
	await close(watched);
});

test("what somebody else has just changed is not deleted before one has seen it", async () => {
	const watched = await openUntold();
	const { page } = watched;
	await elsewhere("PATCH", `/rescues/${id}`, { name: "Rexi", breed: "Collie" });
	await page.getByRole("button", { name: "Delete Rex" }).click();
	await expect
		.poll(() => noticesOf(page))
		.toEqual(["Rex is not deleted: somebody else has just changed name, breed. Look at it, then delete it again."]);
	expect(await focusedOf(page)).toContain("Rexi");
	await page.getByRole("button", { name: "Delete Rexi" }).click();
	await expect.poll(() => noticesOf(page)).toEqual(["Rexi is deleted."]);
	// Somebody else is faster.
	await elsewhere("POST", `/rescues/${id}/restore`);
	await undo(page).click();
	await expect.poll(() => noticesOf(page)).toEqual(["Rexi is back already."]);
	await elsewhere("DELETE", `/rescues/${id}`);
	await page.getByRole("button", { name: "Delete Rexi" }).click();
	await expect.poll(() => noticesOf(page)).toEqual(["Rexi has been deleted already."]);
	await close(watched);
});

test("without a network it says that it isn't done", async () => {
	const watched = await openUntold();
	const { page } = watched;
	await page.route("**/rescues/*", (route) => route.abort());
	await adopt(page);
	await expect
		.poll(() => noticesOf(page))
		.toEqual(["Rex is not marked “Adopted”. The service can’t be reached. Try again in a moment."]);
	await page.unroute("**/rescues/*");
	await adopt(page);
	await expect.poll(() => noticesOf(page)).toEqual(["Rex is marked “Adopted”."]);
	await close(watched);
});
