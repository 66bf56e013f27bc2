import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { beforeEach, expect, test } from "vitest";
import { findBarriers } from "./browser.ts";
import { GPS_MARK, makeJpeg } from "./pictures.ts";
import { close, focusedOf, formOf, noticesOf, PHONE, useShelter } from "./shelter.ts";

const { open, elsewhere, url } = useShelter();
const folder = mkdtempSync(join(tmpdir(), "photos-"));

/** An animal that each test begins with. */
let id = 0;
let name = "";
beforeEach(async () => {
	({ id, name } = await elsewhere("POST", "/rescues", { name: `Rex ${id}`, age: 3, species: "dog" }));
});
const photosNow = async (): Promise<string[]> => (await elsewhere("GET", `/rescues/${id}`)).photos;

async function edit(options = {}) {
	const watched = await open(options);
	await watched.page.getByRole("button", { name: `Edit ${name}` }).click();
	const form = formOf(watched.page);
	await form.waitFor();
	await watched.told;
	return { ...watched, form, chooser: form.getByLabel("Choose pictures") };
}
const save = (page: Page) => formOf(page).getByRole("button", { name: "Save" }).click();
const saved = (page: Page) => expect.poll(() => noticesOf(page)).toEqual([`${name} is saved.`]);
const items = (page: Page) => formOf(page).locator(".photo");
const ready = (page: Page, count: number) =>
	expect.poll(() => formOf(page).locator(".photo.ready").count()).toBe(count);

/** A picture on disk. */
async function file(page: Page, title: string, width = 400, height = 300, orientation = 1) {
	const path = join(folder, title);
	const bytes = await makeJpeg(page, width, height, orientation);
	writeFileSync(path, bytes);
	expect(bytes.includes(GPS_MARK)).toBe(true);
	return path;
}

/** Three addresses of pictures that the service has. */
async function upload(page: Page, count: number): Promise<string[]> {
	const urls: string[] = [];
	for (let index = 0; index < count; index++) {
		const body = new Uint8Array(await makeJpeg(page, 40 + index, 30, 1));
		const response = await fetch(`${url()}/photos`, {
			method: "POST",
			body,
			headers: { "Content-Type": "image/jpeg" },
		});
		urls.push(((await response.json()) as { url: string }).url);
	}
	return urls;
}

test("two pictures from disk are made smaller, stored without where they were taken, and shown on the card and the animal's page", async () => {
	const { page, form, chooser, faults } = await edit();
	await form.getByText("Up to 10 photos").waitFor();
	expect(await findBarriers(page)).toEqual([]);
	await chooser.setInputFiles([await file(page, "big.jpg", 4000, 3000, 6), await file(page, "small.jpg")]);
	await form.locator(".photo img").nth(1).waitFor();
	expect(await form.locator(".cover").count()).toBe(1);
	await save(page);
	await saved(page);
	const photos = await photosNow();
	expect(photos).toHaveLength(2);
	for (const photo of photos) {
		expect(photo.startsWith(`${url()}/photos/`)).toBe(true);
		const bytes = Buffer.from(await (await fetch(photo)).arrayBuffer());
		expect(bytes.length).toBeGreaterThan(100);
		expect(bytes.includes(GPS_MARK)).toBe(false);
	}
	const sizes = await page.evaluate<number[][]>(`Promise.all(${JSON.stringify(photos)}.map(async (src) => {
		const bitmap = await createImageBitmap(await (await fetch(src)).blob(), { imageOrientation: "from-image" });
		return [bitmap.width, bitmap.height];
	}))`);
	// The first is upright: it was taken with the phone turned.
	expect(sizes).toEqual([
		[1200, 1600],
		[400, 300],
	]);
	const onCard = page.locator(`[data-id="${id}"] img`);
	await expect.poll(() => onCard.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1200);
	await page.goto(`${url()}/animals/${id}`);
	const onPage = page.locator("#content .large img");
	await expect.poll(() => onPage.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1200);
	await page.getByRole("button", { name: "Edit" }).click();
	await form.getByRole("button", { name: "Move photo 2 left" }).click();
	await save(page);
	await saved(page);
	await expect.poll(() => onPage.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(400);
	expect(await findBarriers(page)).toEqual([]);
	await close({ page, faults });
});

test("saving waits for the photos; one that fails says so and is sent again; one can be taken out on its way", async () => {
	const { page, form, chooser, faults } = await edit({ colorScheme: "dark" });
	let go = () => {};
	const held = new Promise<void>((resolve) => {
		go = resolve;
	});
	let tries = 0;
	await page.route("**/photos", async (route) => {
		if (++tries === 1) {
			const body = { code: "UNAVAILABLE", detail: "Storage can't be reached right now. Try again in a moment." };
			return route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify(body) });
		}
		await held;
		await route.continue().catch(() => {});
	});
	await chooser.setInputFiles([await file(page, "one.jpg"), await file(page, "two.jpg", 410)]);
	await items(page).nth(0).getByText("Storage can't be reached right now.").waitFor();
	expect(await form.getByRole("progressbar").count()).toBe(1);
	expect(await findBarriers(page)).toEqual([]);
	await save(page);
	await form.getByRole("button", { name: "Sending …" }).waitFor();
	expect(await photosNow()).toEqual([]);
	// A third is taken out before it is there.
	await chooser.setInputFiles(await file(page, "three.jpg", 420));
	await form.getByRole("button", { name: "Remove photo 3" }).click();
	go();
	await form.getByText("Please look at:").waitFor();
	await expect.poll(() => focusedOf(page)).toBe("Send again: photo 1");
	await form.getByRole("button", { name: "Send again: photo 1" }).click();
	await ready(page, 2);
	await expect.poll(() => form.locator(".wrong").count()).toBe(0);
	await save(page);
	await saved(page);
	expect(await photosNow()).toHaveLength(2);
	await close({ page, faults });
});

test("the order is changed by keyboard, which is told, and by dragging; the first is the cover; any can be taken out", async () => {
	const { page, form, faults } = await edit();
	const urls = await upload(page, 3);
	await elsewhere("PATCH", `/rescues/${id}`, { photos: urls });
	await expect.poll(() => items(page).count()).toBe(3);
	await form.getByRole("button", { name: "Move photo 3 left" }).focus();
	await page.keyboard.press("Enter");
	await form.getByText("Photo 2 of 3.").waitFor();
	await expect.poll(() => focusedOf(page)).toBe("Move photo 2 left");
	await page.keyboard.press("Enter");
	await form.getByText("Photo 1 of 3, the cover.").waitFor();
	// There is no further.
	await expect.poll(() => focusedOf(page)).toBe("Move photo 1 right");
	await items(page).nth(1).dragTo(items(page).nth(2));
	await form.getByText("Photo 3 of 3.").waitFor();
	expect(await findBarriers(page)).toEqual([]);
	await save(page);
	await saved(page);
	expect(await photosNow()).toEqual([urls[2], urls[1], urls[0]]);
	await page.getByRole("button", { name: `Edit ${name}` }).click();
	await form.getByRole("button", { name: "Remove photo 2" }).press("Enter");
	await expect.poll(() => focusedOf(page)).toBe("Remove photo 2");
	await save(page);
	await expect.poll(photosNow).toEqual([urls[2], urls[0]]);
	await close({ page, faults });
});

test("of photos that two have added both may stay", async () => {
	const { page, form, chooser, faults } = await edit();
	await chooser.setInputFiles(await file(page, "mine.jpg"));
	await ready(page, 1);
	const [theirs] = await upload(page, 1);
	await elsewhere("PATCH", `/rescues/${id}`, { photos: [theirs] });
	await form.getByRole("group", { name: "Photos: whose is right?" }).getByRole("button", { name: "Keep both" }).click();
	await ready(page, 2);
	await save(page);
	await saved(page);
	expect(await photosNow()).toEqual([expect.stringMatching(/\/photos\//), theirs]);
	await close({ page, faults });
});

test("pictures are dropped; what has no room, or can't be read, is said", async () => {
	const { page, form, faults } = await edit();
	await elsewhere("PATCH", `/rescues/${id}`, { photos: await upload(page, 8) });
	await form.getByText("2 more have room").waitFor();
	const bytes = (await makeJpeg(page, 60, 40, 1)).toString("base64");
	const data = await page.evaluateHandle((bytes) => {
		const transfer = new DataTransfer();
		const picture = Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0));
		transfer.items.add(new File([picture], "dropped.jpg", { type: "image/jpeg" }));
		transfer.items.add(new File(["ftypheic"], "IMG_1.HEIC", { type: "image/heic" }));
		transfer.items.add(new File([picture], "more.jpg", { type: "image/jpeg" }));
		return transfer;
	}, bytes);
	await form.locator(".photos").dispatchEvent("drop", { dataTransfer: data });
	await form.getByText("1 had no room: an animal has 10 photos at most.").waitFor();
	await form.getByText("This browser can’t read HEIC pictures.").waitFor();
	await form.getByText("That is 10 photos, as many as an animal can have.").waitFor();
	await ready(page, 9);
	expect(await findBarriers(page)).toEqual([]);
	expect(await form.getByRole("button", { name: "Send again: photo 10" }).count()).toBe(0);
	await form.getByRole("button", { name: "Remove photo 10" }).click();
	await save(page);
	await saved(page);
	expect(await photosNow()).toHaveLength(9);
	await close({ page, faults });
});

test("an address of elsewhere can be added; one that doesn't load says so; what the service refuses is said at the photo", async () => {
	const { page, form, faults } = await edit(PHONE);
	await form.getByText("Take a photo").waitFor();
	await form.getByText("Add one that is on the web").click();
	await form.getByLabel("Address of a picture").fill("https://photos.example/rex.jpg");
	await form.getByLabel("Address of a picture").press("Enter");
	await form.getByText("This picture doesn’t load.").waitFor();
	await form.getByLabel("Address of a picture").fill("http://photos.example/rex.jpg");
	await form.getByRole("button", { name: "Add", exact: true }).click();
	await form.getByText("An address begins with https://").waitFor();
	expect(await items(page).count()).toBe(1);
	const nowhere = `${url()}/photos/${"0".repeat(64)}.jpg`;
	const { promise: held, resolve: go } = Promise.withResolvers<void>();
	await page.route(nowhere, async (route) => {
		await held;
		await route.continue();
	});
	await form.getByLabel("Address of a picture").fill(nowhere);
	await form.getByRole("button", { name: "Add", exact: true }).click();
	await expect.poll(() => items(page).count()).toBe(2);
	await save(page);
	await form.locator("#editor-photos-error").waitFor();
	expect(await form.locator("#editor-photos-error").textContent()).toMatch(/^Photo 2 /);
	const saidOfIt = () => items(page).nth(1).locator(".error").textContent();
	await expect.poll(saidOfIt).toMatch(/^It (?!.*load)/);
	// That it doesn't load, which comes late, is less than that.
	go();
	await items(page).nth(1).getByText("Can’t be shown:").waitFor();
	expect(await saidOfIt()).toMatch(/^It (?!.*load)/);
	expect(await findBarriers(page)).toEqual([]);
	await form.getByRole("button", { name: "Remove photo 2" }).click();
	await save(page);
	await saved(page);
	expect(await photosNow()).toEqual(["https://photos.example/rex.jpg"]);
	await close({ page, faults });
});
