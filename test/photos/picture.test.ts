import fc from "fast-check";
import { expect, inject, test } from "vitest";
import { type Picture, readPicture } from "../../src/photos/picture.ts";
import {
	concat,
	exif,
	exifSegment,
	find,
	insert,
	latin1,
	loaded,
	PICTURES,
	pngChunk,
	SECRET,
	segment,
	webp,
	webpChunk,
} from "./pictures.ts";

const NAMES = Object.keys(PICTURES) as (keyof typeof PICTURES)[];
const FORMATS = { jpeg: PICTURES.restarts, png: PICTURES.palette, webp: PICTURES.lossyAlpha };

function cut(bytes: Uint8Array): Picture {
	const read = readPicture(bytes);
	if (!read.ok) throw new Error(read.errors?.[0]?.message);
	return read.value;
}
/** Why a picture is refused. */
function refusal(bytes: Uint8Array): string | undefined {
	const read = readPicture(bytes);
	if (read.ok) return undefined;
	expect(read).toMatchObject({ code: "INVALID_INPUT", detail: "Not valid: photo.", errors: [{ path: ["photo"] }] });
	return read.errors?.[0]?.message;
}
const replaced = (bytes: Uint8Array, at: number, ...by: number[]) =>
	concat(bytes.subarray(0, at), by, bytes.subarray(at + by.length));

test.each(NAMES)("a picture with nothing to hide stays as it is, byte for byte: %s", (name) => {
	const picture = cut(PICTURES[name]);
	expect(picture).toMatchObject({ width: 24, height: 16 });
	expect(latin1(picture.bytes)).toBe(latin1(PICTURES[name]));
	expect(picture.bytes.buffer.byteLength).toBe(picture.bytes.length);
});

test.each(NAMES)("what it isn't drawn by is cut out, and cutting twice changes nothing: %s", (name) => {
	for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
		const dirty = loaded(PICTURES[name], orientation);
		const before = dirty.slice();
		const picture = cut(dirty);
		expect(latin1(dirty)).toBe(latin1(before));
		expect(latin1(picture.bytes)).not.toContain("SECRET");
		expect(latin1(cut(picture.bytes).bytes)).toBe(latin1(picture.bytes));
		expect([picture.width, picture.height]).toEqual(orientation < 5 ? [24, 16] : [16, 24]);
		// Of the 26 bytes that say the orientation nothing is left when there is nothing to say.
		const tag = `\x01\x12\0\x03\0\0\0\x01\0${String.fromCharCode(orientation)}\0\0`;
		expect(latin1(picture.bytes).split(tag).length - 1).toBe(orientation === 1 ? 0 : 1);
		if (orientation === 1 && !name.startsWith("loss")) expect(latin1(picture.bytes)).toBe(latin1(PICTURES[name]));
	}
});

test("each format has its type and extension", () => {
	const typed = Object.values(FORMATS).map((bytes) => {
		const { type, extension } = cut(bytes);
		return [type, extension];
	});
	expect(typed).toEqual([
		["image/jpeg", "jpg"],
		["image/png", "png"],
		["image/webp", "webp"],
	]);
});

test("a JPEG keeps its colour profile and Adobe's transform; a thumbnail in JFIF goes", () => {
	const profile = segment(0xe2, "ICC_PROFILE\0\x01\x01", "colours");
	const adobe = segment(0xee, "Adobe", [0, 100, 0, 0, 0, 0, 1]);
	const jfif = "JFIF\0\x01\x01\0\0\x01\0\x01";
	const plain = insert(PICTURES.restarts, 20, profile, adobe);
	const long = segment(0xee, "Adobe", [0, 100, 0, 0, 0, 0, 1], SECRET);
	expect(latin1(cut(insert(PICTURES.restarts, 20, profile, long)).bytes)).toBe(latin1(plain));
	const thumbnail = segment(0xe0, jfif, [1, 1, 9, 9, 9]);
	const rest = PICTURES.restarts.subarray(20);
	expect(latin1(cut(concat("\xff\xd8", thumbnail, profile, adobe, rest)).bytes)).toBe(latin1(plain));
	// As decoders do, JFIF is read wherever it stands, and is no more than its first 14 bytes.
	expect(latin1(cut(concat("\xff\xd8", profile, thumbnail, adobe, rest)).bytes)).toBe(latin1(plain));
});

test("of several EXIF the first one before the picture counts, as in browsers", () => {
	const at = (jpeg: Uint8Array) => cut(jpeg).width;
	const jpeg = PICTURES.restarts;
	const scan = find(jpeg, "\xff\xda");
	expect(at(insert(jpeg, 2, exifSegment(6), exifSegment(1)))).toBe(16);
	expect(at(insert(jpeg, 2, exifSegment(1), exifSegment(6)))).toBe(24);
	expect(at(insert(jpeg, 2, segment(0xe1, "Exif\0\0broken"), exifSegment(6)))).toBe(24);
	expect(at(insert(jpeg, scan, exifSegment(6)))).toBe(16);
	expect(at(insert(jpeg, jpeg.length - 2, exifSegment(6)))).toBe(24);
	const png = PICTURES.palette;
	expect(at(insert(png, png.length - 12, pngChunk("eXIf", exif(6))))).toBe(24);
});

test.each<[string, Uint8Array]>([
	["no number of 16 bits", concat("II*\0\x08\0\0\0\x01\0", [0x12, 1, 4, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0])],
	["two numbers", concat("II*\0\x08\0\0\0\x01\0", [0x12, 1, 3, 0, 2, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0])],
	["0", exif(0)],
	["9", exif(9)],
	["a directory behind the end", concat("MM\0*\xff\xff\xff\xff", "\0\x01")],
	["a directory that ends early", concat("MM\0*\0\0\0\x08\xff\xff\x01\x12\0\x03\0\0\0\x01\0")],
	["nothing", new Uint8Array(0)],
	["another byte order", concat("XX*\0", exif(6).subarray(4))],
])("an orientation that is %s is none", (_what, block) => {
	expect(cut(insert(PICTURES.restarts, 2, segment(0xe1, "Exif\0\0", block)))).toMatchObject({ width: 24 });
	expect(cut(insert(PICTURES.palette, 33, pngChunk("eXIf", block)))).toMatchObject({ width: 24 });
});

test("a JPEG that says its height behind the first scan says it at the beginning afterwards", () => {
	const jpeg = PICTURES.restarts;
	const frame = find(jpeg, "\xff\xc0");
	const unknown = replaced(jpeg, frame + 5, 0, 0);
	const late = insert(unknown, jpeg.length - 2, segment(0xdc, [0, 16]));
	expect(latin1(cut(late).bytes)).toBe(latin1(jpeg));
	expect(refusal(unknown)).toBe("must have pixels: it is 24 × 0");
	const huge = insert(replaced(unknown, frame + 7, 0xff, 0xff), jpeg.length - 2, segment(0xdc, [0xff, 0xff]));
	expect(refusal(huge)).toBe("must have 50 megapixels at most: it is 65,535 × 65,535");
});

test("restarts, fill bytes, arithmetic coding and bytes between segments are a JPEG's own business", () => {
	const jpeg = PICTURES.restarts;
	const frame = find(jpeg, "\xff\xc0");
	const end = jpeg.length - 2;
	for (const marker of [0xc1, 0xc2, 0xc9, 0xca]) expect(cut(replaced(jpeg, frame + 1, marker)).height).toBe(16);
	for (const marker of [0xc3, 0xc5, 0xcb, 0xcf]) {
		expect(refusal(replaced(jpeg, frame + 1, marker))).toBe(
			"must be a baseline or progressive JPEG: no browser shows others",
		);
	}
	const between = insert(jpeg, frame, "junk", [0xff, 0, 0xff, 1, 0xff, 0xff, 0xff]);
	expect(latin1(cut(between).bytes)).toBe(latin1(jpeg));
	const inside = insert(jpeg, end, [0xff, 0xff, 0xff, 0, 7, 0xff, 0xff, 0xd7, 0xff, 0, 0xff, 1]);
	expect(latin1(cut(inside).bytes)).toBe(latin1(inside));
	expect(latin1(cut(insert(jpeg, end, [0xff, 0xff])).bytes)).toBe(latin1(jpeg));
});

test("an animation's frames are cut as well, and must be as they say", () => {
	const animated = PICTURES.animatedWebp;
	const frame = find(animated, "ANMF");
	const chunk = (type: string) => latin1(animated).split(type).length - 1;
	expect([chunk("ANMF"), cut(animated).bytes.length]).toEqual([3, animated.length]);
	const head = animated.subarray(frame + 8, frame + 24);
	const size = (animated[frame + 4] ?? 0) + 256 * (animated[frame + 5] ?? 0);
	const drawn = animated.subarray(frame + 24, frame + 8 + size);
	const before = animated.subarray(12, frame);
	const withNote = webpChunk("ANMF", head, webpChunk("note", SECRET), drawn, webpChunk("EXIF", SECRET));
	const clean = webp(before, webpChunk("ANMF", head, drawn));
	expect(latin1(cut(webp(before, withNote, webpChunk("note", SECRET))).bytes)).toBe(latin1(clean));
	expect(refusal(webp(before))).toBe("is damaged: it is an animation without frames");
	expect(refusal(webp(before, webpChunk("ANMF", replaced(head, 0, 1), drawn)))).toContain("larger than the picture");
	expect(refusal(webp(before, webpChunk("ANMF", replaced(head, 6, 4), drawn)))).toContain("it says that it is 5 × 16");
	expect(refusal(webp(before, webpChunk("ANMF", head)))).toBe("is damaged: it has no picture");
	// What isn't said to be there isn't looked for.
	const still = webp(webpChunk("VP8X", [0, 0, 0, 0, 23, 0, 0, 15, 0, 0]), PICTURES.lossy.subarray(12));
	const more = insert(still, still.length, withNote, webpChunk("ICCP", SECRET), webpChunk("EXIF", exif(6)));
	const whole = webp(more.subarray(12));
	expect(latin1(cut(whole).bytes)).toBe(latin1(still));
});

test.each(NAMES)("a picture that ends early is refused, wherever it does: %s", (name) => {
	for (const whole of [PICTURES[name], cut(loaded(PICTURES[name], 6)).bytes]) {
		for (let length = 12; length < whole.length; length++) {
			expect(refusal(whole.slice(0, length))).toBe("is truncated: the file ends before the picture does");
		}
	}
});

test("a picture that ends within what is cut out is refused too", () => {
	const dirty = insert(PICTURES.restarts, 2, exifSegment(1));
	for (let length = 12; length < dirty.length; length++) {
		expect(refusal(dirty.slice(0, length))).toBe("is truncated: the file ends before the picture does");
	}
});

test.each<[string, Uint8Array | string]>([
	["; it is empty", ""],
	["", "hello"],
	["", "\xff"],
	["", new Uint8Array(5000)],
	[", not a GIF", "GIF89a\x01\0\x01\0"],
	[", not a HEIC picture", "\0\0\0\x18ftypheic\0\0\0\0"],
	[", not a HEIC picture", "\0\0\0\n ftypmif1\0\0\0\0".replace(" ", "")],
	[", not an AVIF picture", "\0\0\0\x1cftypavif\0\0\0\0"],
	[", not a film", "\0\0\0\x18ftypmp42\0\0\0\0"],
	[", not a TIFF or raw picture", "II*\0\x08\0\0\0"],
	[", not a BMP", "BM\x36\0\0\0"],
	[", not a PDF", "%PDF-1.7\n"],
	[", not an SVG", '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
	[", not an SVG", '\xef\xbb\xbf<?xml version="1.0"?>\n<!-- mine -->\n<svg/>'],
	[", not HTML", "\n<!DOCTYPE html><title>x</title>"],
	[", not HTML", "<script>alert(1)</script>"],
	["", "RIFF\x04\0\0\0WAVE"],
])("what is no picture of the three formats is refused%s", (what, bytes) => {
	expect(refusal(concat(bytes))).toBe(`must be a JPEG, PNG or WebP picture${what}`);
});

test("more than 50 megapixels are refused by what the header says", () => {
	const { jpeg, png } = FORMATS;
	const frame = find(jpeg, "\xff\xc0");
	const large = (width: number, height: number) => [height >> 8, height & 255, width >> 8, width & 255];
	expect(refusal(replaced(jpeg, frame + 5, ...large(50_000, 50_000)))).toBe(
		"must have 50 megapixels at most: it is 50,000 × 50,000",
	);
	expect(cut(replaced(jpeg, frame + 5, ...large(10_000, 5_000)))).toMatchObject({ width: 10_000, height: 5_000 });
	expect(refusal(replaced(jpeg, frame + 5, ...large(10_001, 5_000)))).toContain("10,001 × 5,000");
	// The rest of the file isn't even looked for.
	const sized = (width: number, height: number) => {
		const header = concat(png.subarray(0, 33));
		new DataView(header.buffer).setUint32(16, width);
		new DataView(header.buffer).setUint32(20, height);
		return header;
	};
	expect(refusal(sized(50_000, 50_000))).toContain("50,000 × 50,000");
	expect(refusal(sized(0xffffffff, 0xffffffff))).toContain("must have 50 megapixels at most");
	const extended = webpChunk("VP8X", [0, 0, 0, 0, 0xff, 0xff, 0, 0xff, 0xff, 0]);
	expect(refusal(webp(extended))).toContain("65,536 × 65,536");
	expect(refusal(webp(webpChunk("VP8 ", [0, 0, 0, 0x9d, 1, 0x2a, 0xff, 0x3f, 0xff, 0x3f])))).toContain(
		"16,383 × 16,383",
	);
	const small = webpChunk("VP8X", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
	expect(refusal(webp(small, PICTURES.lossy.subarray(12)))).toBe(
		"is damaged: it says that it is 1 × 1, and is 24 × 16",
	);
	expect(refusal(sized(0, 5))).toBe("must have pixels: it is 0 × 5");
	expect(refusal(replaced(jpeg, frame + 5, ...large(0, 16)))).toBe("must have pixels: it is 0 × 16");
	expect(refusal(webp(webpChunk("VP8 ", [0, 0, 0, 0x9d, 1, 0x2a, 0, 0, 1, 0])))).toBe("must have pixels: it is 0 × 1");
});

test("a damaged structure is refused, and says what is wrong", () => {
	const { jpeg, png } = FORMATS;
	const frame = find(jpeg, "\xff\xc0");
	const scan = find(jpeg, "\xff\xda");
	expect(refusal(concat("\xff\xd8\xff\xd9"))).toBe("is damaged: it ends without a picture");
	expect(refusal(concat(jpeg.subarray(0, scan), "\xff\xd9"))).toBe("is damaged: it ends without a picture");
	expect(refusal(concat("\xff\xd8", jpeg.subarray(scan)))).toBe("is damaged: it has a scan without a frame");
	expect(refusal(insert(jpeg, frame, jpeg.subarray(frame, frame + 19)))).toBe("is damaged: it has two frames");
	expect(refusal(insert(jpeg, 2, "\xff\xfe\0\x01"))).toBe("is damaged: no segment is at byte 2");
	expect(refusal(insert(jpeg, 2, "\xff\x42\0\x02"))).toBe("is damaged: no segment is at byte 2");
	expect(refusal(insert(jpeg, 2, "\xff\xc0\0\x08\x08\0\x10\0\x10\x01"))).toBe("is damaged: its frame is incomplete");
	expect(refusal(insert(jpeg, 2, "\xff\xfe\0\x02".repeat(20_000)))).toContain("more than 20,000 parts");
	expect(refusal(insert(png, 8, pngChunk("PLTE", [0, 0, 0])))).toBe("is damaged: it doesn't begin with a header");
	expect(refusal(insert(png, 33, pngChunk("CgBI", [0])))).toBe("is damaged: no browser knows its chunk CgBI");
	expect(refusal(insert(png, 33, pngChunk("12\0\0")))).toBe("is damaged: no chunk is at byte 33");
	expect(refusal(concat(png.subarray(0, 33), png.subarray(-12), new Uint8Array(9)))).toContain("without a picture");
	expect(refusal(insert(png, 33, pngChunk("IEND", SECRET)))).toContain("without a picture");
	expect(refusal(insert(png, 33, ...Array.from({ length: 20_000 }, () => pngChunk("teXt"))))).toContain("20,000 parts");
	expect(refusal(webp())).toBe("is damaged: it doesn't begin with a picture");
	expect(refusal(webp(webpChunk("EXIF", exif(1)), PICTURES.lossy.subarray(12)))).toContain("begin with a picture");
	expect(refusal(webp(webpChunk("VP8X", [0])))).toBe("is damaged: its header is incomplete");
	expect(refusal(webp(PICTURES.lossy.subarray(12), "EXIF\xff\0\0\0"))).toContain("longer than the file");
	expect(refusal(webp(PICTURES.lossy.subarray(12), "EXIF"))).toContain("no chunk is at byte");
	// Not a key frame; another signature.
	expect(refusal(replaced(PICTURES.lossy, 20, 1))).toContain("begin with a picture");
	expect(refusal(replaced(PICTURES.lossless, 20, 1))).toContain("begin with a picture");
});

test("no bytes make it throw; what it accepts stays as it is when it is cut again", () => {
	const seed = inject("seed");
	const starts = ["", "\xff\xd8", "\xff\xd8\xff\xc0\0\x0b\x08\0\x10\0\x10\x01\0\0\0", "RIFF\x20\0\0\0WEBP"].map(
		(start) => concat(start),
	);
	const signed = [...starts, PICTURES.palette.slice(0, 8), PICTURES.palette.slice(0, 33)];
	const random = fc
		.tuple(fc.constantFrom(...signed), fc.uint8Array({ maxLength: 300 }))
		.map(([start, bytes]) => concat(start, bytes));
	const sources = NAMES.flatMap((name) => [PICTURES[name], loaded(PICTURES[name], 6)]);
	const mutated = fc
		.tuple(
			fc.constantFrom(...sources),
			fc.array(fc.tuple(fc.nat(4000), fc.constantFrom(0, 1, 2, 3), fc.uint8Array({ minLength: 1, maxLength: 6 }))),
		)
		.map(([source, changes]) =>
			changes.reduce((bytes, [at, kind, by]) => {
				const from = at % (bytes.length + 1);
				if (kind === 0) return replaced(bytes, from, ...by);
				if (kind === 1) return insert(bytes, from, by);
				if (kind === 2) return concat(bytes.subarray(0, from), bytes.subarray(from + by.length));
				return concat(bytes.subarray(0, from), [0xff, by[0] ?? 0], bytes.subarray(from));
			}, source),
		);
	let accepted = 0;
	fc.assert(
		fc.property(fc.oneof(random, { weight: 3, arbitrary: mutated }), (bytes) => {
			const read = readPicture(bytes);
			if (!read.ok) {
				expect(read.errors?.[0]?.message).toMatch(/^(must|is) .+/);
				return;
			}
			accepted++;
			const { value } = read;
			expect(value.width * value.height).toBeLessThanOrEqual(50_000_000);
			expect(value.bytes.length).toBeLessThanOrEqual(bytes.length + 64);
			expect(latin1(cut(value.bytes).bytes)).toBe(latin1(value.bytes));
		}),
		{ numRuns: 3000, ...(seed !== null && { seed }) },
	);
	expect(accepted).toBeGreaterThan(100);
});
