import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { findBarriers } from "./browser.ts";
import { close, focusedOf, noticesOf, PHONE, useShelter } from "./shelter.ts";

const TOKENS = [
	...["--var", "OPEN_WRITES:false", "--var", "READ_TOKENS:rita:reads", "--var", "WRITE_TOKENS:anna:writes"],
	...["--var", "ADMIN_TOKENS:boss:rules"],
];
const { open, openAs, elsewhere } = useShelter(TOKENS);

const names = (page: Page) => page.locator(".deleted h3").allTextContents();
const write = (method: string, path: string, body?: object) => elsewhere(method, path, body, "writes");
const openDeleted = (token: string) => openAs(token, "/?view=deleted");

// One story: each test goes on from where the one before left the service.

test("who may write sees what is deleted, when and by whom, and brings it back by keyboard", async () => {
	for (const name of ["Rex", "Tom", "Mia"]) {
		const { id } = await write("POST", "/rescues", { name, species: "dog", age: 3, breed: "Collie" });
		await write("DELETE", `/rescues/${id}`);
	}
	const watched = await openAs("writes", "/");
	const { page } = watched;
	await page.getByRole("link", { name: "Deleted" }).click();
	await expect.poll(() => names(page)).toEqual(["Mia", "Tom", "Rex"]);
	const first = page.getByRole("list", { name: "Deleted animals" }).getByRole("listitem").first();
	expect(await first.textContent()).toMatch(/dog · Collie · 3.years.*Deleted \w+ \d+, \d{4}.* by anna/);
	expect(await first.getByRole("link", { name: "History of Mia" }).getAttribute("href")).toBe("/animals/3?history=1");
	expect(await findBarriers(page)).toEqual([]);
	await page.getByRole("button", { name: "Restore Tom" }).press("Enter");
	await expect.poll(() => noticesOf(page)).toEqual(["Tom is back."]);
	await expect.poll(() => names(page)).toEqual(["Mia", "Rex"]);
	expect(await focusedOf(page)).toBe("Restore Rex");
	expect(await elsewhere("GET", "/rescues/2")).toMatchObject({ name: "Tom", version: 3 });
	await page.goBack();
	await page.getByRole("listitem").filter({ hasText: "Tom" }).waitFor();
	await close(watched);
});

test("what others delete, bring back and erase comes and goes", async () => {
	const watched = await openDeleted("writes");
	const { page } = watched;
	await expect.poll(() => names(page)).toEqual(["Mia", "Rex"]);
	await write("DELETE", "/rescues/2");
	await expect.poll(() => names(page)).toEqual(["Tom", "Mia", "Rex"]);
	await write("POST", "/rescues/3/restore");
	await expect.poll(() => names(page)).toEqual(["Tom", "Rex"]);
	await elsewhere("DELETE", "/rescues/1/history", undefined, "rules");
	await expect.poll(() => names(page)).toEqual(["Tom"]);
	await page.reload();
	await expect.poll(() => names(page)).toEqual(["Tom"]);
	await close(watched);
});

test("what can't be brought back any more says why", async () => {
	const watched = await openDeleted("writes");
	const { page } = watched;
	await write("PATCH", "/rescues/3", { microchip: "985112001007919" });
	await write("DELETE", "/rescues/3");
	await write("POST", "/rescues", { name: "Other", species: "cat", age: 1, microchip: "985112001007919" });
	await page.getByRole("button", { name: "Restore Mia" }).click();
	await page.getByText("It is not brought back: another animal has its microchip now.").waitFor();
	expect(await names(page)).toContain("Mia");
	await close(watched);
});

test("a list that can't be read says so, and can be tried again; on a phone in the dark it fits", async () => {
	const { page, faults } = await openAs("writes", "/", { ...PHONE, colorScheme: "dark" });
	let isDown = true;
	await page.route("**/rescues/deleted?**", (route) => (isDown ? route.abort() : route.continue()));
	await page.getByRole("link", { name: "Deleted" }).click();
	await page.getByText("The service can’t be reached.").waitFor();
	isDown = false;
	await page.getByRole("button", { name: "Try again" }).click();
	await expect.poll(() => names(page)).toEqual(["Mia", "Tom"]);
	expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
	expect(await findBarriers(page)).toEqual([]);
	await close({ page, faults });
});

test("who may not write isn't offered it, and is asked to sign in under its address", async () => {
	const reader = await openAs("reads", "/");
	await reader.page.getByRole("navigation", { name: "Views" }).waitFor();
	expect(await reader.page.getByRole("link", { name: "Deleted" }).count()).toBe(0);
	await close(reader);
	const visitor = await open({}, "/?view=deleted");
	const { page } = visitor;
	await page.getByText("Deleted animals are for those who may bring them back.").waitFor();
	expect(await findBarriers(page)).toEqual([]);
	await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
	await page.getByLabel("Your access key").fill("writes");
	await page.keyboard.press("Enter");
	await expect.poll(() => names(page)).toEqual(["Mia", "Tom"]);
	await close(visitor);
});

test("what happens while a part of the list is on its way is in the list", async () => {
	for (let number = 0; number < 51; number++) {
		const { id } = await write("POST", "/rescues", { name: `Pup ${number}`, species: "dog", age: 1 });
		await write("DELETE", `/rescues/${id}`);
	}
	const watched = await openDeleted("writes");
	const { page } = watched;
	await expect.poll(() => names(page)).toHaveLength(50);
	const read = Promise.withResolvers<void>();
	const held = Promise.withResolvers<void>();
	await page.route("**/rescues/deleted?**", async (route) => {
		const response = await route.fetch();
		read.resolve();
		await held.promise;
		await route.fulfill({ response });
	});
	await page.getByRole("button", { name: "Show more" }).click();
	await read.promise;
	await write("POST", "/rescues/2/restore");
	await write("DELETE", "/rescues/4");
	await expect.poll(async () => (await names(page))[0]).toBe("Other");
	held.resolve();
	const pups = Array.from({ length: 51 }, (_, number) => `Pup ${50 - number}`);
	await expect.poll(() => names(page)).toEqual(["Other", ...pups, "Mia"]);
	await close(watched);
});
