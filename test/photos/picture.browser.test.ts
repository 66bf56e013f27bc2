import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Picture, readPicture } from "../../src/photos/picture.ts";
import { launchBrowser } from "../web/chromium.ts";
import { find, insert, latin1, loaded, PICTURES, segment } from "./pictures.ts";

let browser: Browser;
let page: Page;
beforeAll(async () => {
	browser = await launchBrowser();
	page = await browser.newPage();
	// A page of https, which ImageDecoder wants.
	await page.route("https://photos.example/", (route) => route.fulfill({ body: "", contentType: "text/html" }));
	await page.goto("https://photos.example/");
});
afterAll(() => browser?.close());

interface Shown {
	width: number;
	height: number;
	/** Red, green, blue and alpha of all pixels, upright. */
	pixels: string;
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

/** What the browser shows of a file; an error when it shows nothing. */
const show = (bytes: Uint8Array) =>
	page.evaluate<Shown, string>(async (data) => {
		const image = new Image();
		image.src = `data:;base64,${data}`;
		await image.decode();
		const { naturalWidth: width, naturalHeight: height } = image;
		const context = new OffscreenCanvas(width, height).getContext("2d") as OffscreenCanvasRenderingContext2D;
		context.drawImage(image, 0, 0);
		return { width, height, pixels: String(context.getImageData(0, 0, width, height).data) };
	}, base64(bytes));

/** A picture that this browser encodes: four colours with a gradient over them. */
const draw = (type: string, colorSpace: "srgb" | "display-p3", width = 30, height = 20) =>
	page
		.evaluate(
			async ({ type, colorSpace, width, height }) => {
				const canvas = new OffscreenCanvas(width, height);
				const context = canvas.getContext("2d", { colorSpace }) as OffscreenCanvasRenderingContext2D;
				for (const [index, colour] of ["#d22", "#2a4", "#24d", "#eb2"].entries()) {
					context.fillStyle = colour;
					context.fillRect((index % 2) * (width / 2), index > 1 ? height / 2 : 0, width / 2, height / 2);
				}
				const gradient = context.createLinearGradient(0, 0, width, height);
				gradient.addColorStop(0, "#fff0");
				gradient.addColorStop(1, "#000a");
				context.fillStyle = gradient;
				context.fillRect(0, 0, width, height);
				const blob = await canvas.convertToBlob({ type, quality: 0.9 });
				const reader = new FileReader();
				reader.readAsDataURL(blob);
				await new Promise((resolve) => reader.addEventListener("load", resolve));
				return String(reader.result).split(",")[1] as string;
			},
			{ type, colorSpace, width, height },
		)
		.then((data) => new Uint8Array(Buffer.from(data, "base64")));

function cut(bytes: Uint8Array): Picture {
	const read = readPicture(bytes);
	if (!read.ok) throw new Error(read.errors?.[0]?.message);
	return read.value;
}

/** Cuts a picture that is full of other things, in all eight orientations, and compares what the browser shows. */
async function compare(plain: Uint8Array) {
	const upright = await show(plain);
	const shown = new Set<string>();
	for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
		const file = loaded(plain, orientation);
		const { type, width, height, bytes } = cut(file);
		const [before, after] = [await show(file), await show(bytes)];
		expect(after).toEqual(before);
		expect(latin1(bytes)).not.toContain("SECRET");
		shown.add(after.pixels);
		if (orientation === 1) expect(after).toEqual(upright);
		// Chrome and Firefox don't turn WebP, Safari does: the size is what EXIF says.
		const isTurned = orientation > 4 && type === "image/webp";
		expect([width, height]).toEqual(isTurned ? [after.height, after.width] : [after.width, after.height]);
	}
	return shown.size;
}

test.each([
	["image/jpeg", "srgb", 8],
	["image/jpeg", "display-p3", 8],
	["image/png", "srgb", 8],
	["image/png", "display-p3", 8],
	["image/webp", "srgb", 1],
	["image/webp", "display-p3", 1],
] as const)("the browser shows the same of its own %s in %s, in each orientation", async (type, space, ways) => {
	const plain = await draw(type, space);
	const profile = { "image/jpeg": "ICC_PROFILE", "image/png": "iCCP", "image/webp": "ICCP" }[type];
	const kept = latin1(cut(loaded(plain, 1)).bytes).includes(profile);
	expect(kept).toBe(latin1(plain).includes(profile));
	expect(kept || space === "srgb").toBe(true);
	expect(await compare(plain)).toBe(ways);
});

test.each(Object.keys(PICTURES) as (keyof typeof PICTURES)[])(
	"the browser shows the same of other encoders' pictures: %s",
	async (name) => {
		const ways = await compare(PICTURES[name]);
		// On a canvas the frames of an animation aren't turned, only its size is.
		if (name === "animatedPng") expect(ways).toBe(2);
		else expect(ways).toBe(cut(PICTURES[name]).type === "image/webp" ? 1 : 8);
	},
);

test.each(["animatedPng", "animatedWebp"] as const)("all frames are there: %s", async (name) => {
	const file = cut(loaded(PICTURES[name], 1));
	const frames = await page.evaluate(
		async ({ data, type }) => {
			const decoder = new ImageDecoder({ data: Uint8Array.from(atob(data), (c) => c.charCodeAt(0)), type });
			await decoder.tracks.ready;
			const count = decoder.tracks.selectedTrack?.frameCount ?? 0;
			for (let frameIndex = 0; frameIndex < count; frameIndex++) await decoder.decode({ frameIndex });
			return count;
		},
		{ data: base64(file.bytes), type: file.type },
	);
	expect(frames).toBe(3);
});

test("a JPEG that says its height behind the first scan is shown after it was cut", async () => {
	const jpeg = PICTURES.restarts;
	const late = insert(jpeg, jpeg.length - 2, segment(0xdc, [0, 16]));
	late.set([0, 0], find(late, "\xff\xc0") + 5);
	await expect(show(late)).rejects.toThrow();
	expect(await show(cut(late).bytes)).toEqual(await show(jpeg));
});

test.each(["image/jpeg", "image/png", "image/webp"])("one pixel and a large one go through: %s", async (type) => {
	const one = cut(loaded(await draw(type, "srgb", 1, 1), 1));
	expect(one).toMatchObject({ type, width: 1, height: 1 });
	expect(await show(one.bytes)).toMatchObject({ width: 1, height: 1 });
	const large = await draw(type, "srgb", 2000, 1500);
	expect(cut(large)).toMatchObject({ width: 2000, height: 1500 });
	expect(base64(cut(large).bytes)).toBe(base64(large));
});
