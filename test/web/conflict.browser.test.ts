import type { Page } from "playwright-core";
import { beforeEach, expect, test } from "vitest";
import { findBarriers } from "./browser.ts";
import { close, focusedOf, formOf, noticesOf, PHONE, useShelter } from "./shelter.ts";

const { open, elsewhere } = useShelter();

/** An animal that each test begins with. */
let id = 0;
beforeEach(async () => {
	const there: { id: number }[] = await elsewhere("GET", "/rescues");
	for (const { id } of there) await elsewhere("DELETE", `/rescues/${id}`);
	({ id } = await elsewhere("POST", "/rescues", { name: "Rex", age: 3, species: "dog", color: "black" }));
});
const now = () => elsewhere("GET", `/rescues/${id}`);

/** The form of Rex on a page that is told of changes; or that isn't, and learns of them when it saves. */
async function edit(isTold: boolean, options = {}) {
	const watched = await open(options);
	const { page } = watched;
	if (isTold) await watched.told;
	else {
		await page.route("**/rescues/changes", (route) => route.abort());
		await page.reload();
	}
	await page.getByRole("button", { name: "Edit Rex" }).click();
	await formOf(page).waitFor();
	return { ...watched, form: formOf(page) };
}
const save = (page: Page) => formOf(page).getByRole("button", { name: "Save" }).click();

/** How the page learns of what others did. */
const WAYS = [
	["at once", true],
	["when it is saved", false],
] as const;

test.each(WAYS)(
	"what only somebody else changed is taken over, and said, %s; what one typed stays and is saved",
	async (_, isTold) => {
		const { page, form, faults } = await edit(isTold);
		await form.getByLabel("Breed or mix").fill("Collie");
		await elsewhere("PATCH", `/rescues/${id}`, { status: "pending", description: "Loves water." });
		if (isTold) {
			await form.getByText("Somebody else changed Rex meanwhile").waitFor();
			const said = "Description is now “Loves water.”; Status is now “Adoption pending”.";
			expect(await form.locator(".said p").textContent()).toContain(said);
			expect(await form.getByLabel("Description").inputValue()).toBe("Loves water.");
			expect(await form.locator("#editor-status").inputValue()).toBe("pending");
			expect(await form.getByLabel("Breed or mix").inputValue()).toBe("Collie");
			// The focus stays where one types.
			expect(await focusedOf(page)).toBe("editor-breed");
			expect(await findBarriers(page)).toEqual([]);
			// What one types over it isn't theirs.
			await form.getByLabel("Description").fill("Loves ponds.");
			expect(await form.locator(".said p").textContent()).toContain(said);
			await form.getByLabel("Description").fill("Loves water.");
		}
		await save(page);
		await expect.poll(() => noticesOf(page)).toEqual(["Rex is saved."]);
		expect(await now()).toMatchObject({ breed: "Collie", status: "pending", description: "Loves water.", version: 3 });
		await close({ page, faults });
	},
);

test.each(WAYS)("what both changed is shown twice, and asked for, %s: that field alone", async (_, isTold) => {
	const { page, form, faults } = await edit(isTold, { colorScheme: "dark" });
	await form.getByLabel("Breed or mix").fill("Collie");
	await form.getByLabel("Color").fill("brown");
	await form.getByLabel("Special needs").fill("A pill.");
	await elsewhere("PATCH", `/rescues/${id}`, { breed: "Labrador", color: "golden", specialNeeds: "A pill.", age: 4 });
	if (isTold) await form.getByRole("group", { name: "Breed or mix: whose is right?" }).waitFor();
	await save(page);
	await form.getByText("Choose whose is right:").waitFor();
	expect(await form.locator(".to-field").allTextContents()).toEqual(["Breed or mix", "Color"]);
	await expect
		.poll(() => page.evaluate(() => document.activeElement?.closest("fieldset")?.id))
		.toBe("editor-breed-clash");
	expect(await form.locator(".clash p").allTextContents()).toEqual([
		"Somebody else changed this too: Labrador",
		"Somebody else changed this too: golden",
	]);
	expect(await findBarriers(page)).toEqual([]);
	expect(await now()).toMatchObject({ version: 2 });
	const choice = (name: string) => form.getByRole("group", { name: `${name}: whose is right?` });
	await choice("Breed or mix").getByRole("button", { name: "Keep mine" }).click();
	await expect.poll(() => focusedOf(page)).toBe("editor-breed");
	await choice("Color").getByRole("button", { name: "Take theirs" }).click();
	expect(await form.getByLabel("Color").inputValue()).toBe("golden");
	await expect.poll(() => form.locator(".wrong").count()).toBe(0);
	await save(page);
	await expect.poll(() => noticesOf(page)).toEqual(["Rex is saved."]);
	const merged = { breed: "Collie", color: "golden", specialNeeds: "A pill.", age: 4 };
	expect(await now()).toMatchObject({ ...merged, version: 3 });
	await close({ page, faults });
});

test("a choice survives what else is changed, and a page that is loaded again", async () => {
	const { page, form, faults } = await edit(true);
	await form.getByLabel("Breed or mix").fill("Collie");
	await elsewhere("PATCH", `/rescues/${id}`, { breed: "Labrador" });
	await form.getByText("Somebody else changed this too: Labrador").waitFor();
	await elsewhere("PATCH", `/rescues/${id}`, { breed: "Poodle", age: 4 });
	await form.getByText("Somebody else changed this too: Poodle").waitFor();
	await expect.poll(() => form.getByLabel("Age in years").inputValue()).toBe("4");
	page.on("dialog", (question) => void question.accept());
	await page.reload();
	await page.getByRole("button", { name: "Edit Rex" }).click();
	await form.getByText("Somebody else changed this too: Poodle").waitFor();
	expect(await form.locator("#editor-breed").inputValue()).toBe("Collie");
	await close({ page, faults });
});

test("what is deleted meanwhile is said at once, and comes back with what was typed", async () => {
	const { page, form, faults } = await edit(true, PHONE);
	await form.getByLabel("Breed or mix").fill("Collie");
	await elsewhere("DELETE", `/rescues/${id}`);
	await form.getByText("Somebody else deleted Rex while you were editing.").waitFor();
	expect(await findBarriers(page)).toEqual([]);
	await form.getByRole("button", { name: "Bring Rex back" }).click();
	await expect.poll(() => form.locator(".wrong").count()).toBe(0);
	expect(await form.getByLabel("Breed or mix").inputValue()).toBe("Collie");
	await save(page);
	await expect.poll(() => noticesOf(page)).toEqual(["Rex is saved."]);
	expect(await now()).toMatchObject({ breed: "Collie", version: 4 });
	await close({ page, faults });
});

test("what is deleted and not told of is said when it is saved", async () => {
	const { page, form, faults } = await edit(false);
	await form.getByLabel("Breed or mix").fill("Collie");
	await elsewhere("DELETE", `/rescues/${id}`);
	await save(page);
	await form.getByText("Somebody else deleted Rex while you were editing.").waitFor();
	expect(await form.getByLabel("Breed or mix").inputValue()).toBe("Collie");
	await close({ page, faults });
});
