/**
 * PNG (W3C PNG, third edition; APNG is part of it): the chunks that the picture is drawn by, and its orientation.
 * Everything else is cut out: EXIF, texts (XMP is one), the time, what programs keep there for themselves, and what
 * follows the picture's end.
 */
import { type Cut, damaged, judgeSize, MAX_PARTS, TOO_MANY_PARTS, TRUNCATED, textAt, viewOf } from "./cut.ts";
import { readOrientation, turned, writeOrientation } from "./exif.ts";

/** What the picture is, its transparency, its colours, the shape of its pixels, its animation. */
const KEPT = new Set("PLTE IDAT tRNS gAMA cHRM sRGB iCCP cICP mDCV cLLI sBIT bKGD pHYs acTL fcTL fdAT".split(" "));

/** What every PNG begins with. */
export const PNG_SIGNATURE = "\x89PNG\r\n\x1a\n";

/**
 * Reads a PNG.
 * @param bytes a file that begins with the signature
 * @returns why it is refused, when it is
 */
export function cutPng(bytes: Uint8Array): Cut | string {
	const view = viewOf(bytes);
	if (bytes.length < 8 + 25) return TRUNCATED;
	if (view.getUint32(8) !== 13 || textAt(bytes, 12, 4) !== "IHDR") return damaged("it doesn't begin with a header");
	const width = view.getUint32(16);
	const height = view.getUint32(20);
	const reason = judgeSize(width, height);
	if (reason) return reason;
	const parts: Uint8Array[] = [];
	let orientation = 0;
	let isDrawn = false;
	let at = 33;
	for (let count = 0; count < MAX_PARTS; count++) {
		if (at + 12 > bytes.length) return TRUNCATED;
		const type = textAt(bytes, at + 4, 4);
		const from = at;
		at += 12 + view.getUint32(at);
		if (!/^[A-Za-z]{4}$/.test(type)) return damaged(`no chunk is at byte ${from}`);
		if (at > bytes.length) return TRUNCATED;
		if (type === "IEND") {
			if (!isDrawn || at !== from + 12) return damaged("it ends without a picture");
			parts.push(bytes.subarray(from, at));
			const head = [bytes.subarray(0, 33)];
			if (orientation > 1) head.push(exifChunk(orientation));
			return { ...turned(width, height, orientation), parts: [...head, ...parts] };
		}
		if (KEPT.has(type)) parts.push(bytes.subarray(from, at));
		// A capital letter first: whoever doesn't know the chunk can't draw the picture (section 5.4).
		else if (type < "a") return damaged(`no browser knows its chunk ${type}`);
		// Behind the picture it isn't looked at (section 11.3.4.5).
		else if (type === "eXIf" && !isDrawn) orientation ||= readOrientation(bytes.subarray(from + 8, at - 4));
		isDrawn ||= type === "IDAT";
	}
	return TOO_MANY_PARTS;
}

/** The orientation as a chunk: length, type, EXIF, checksum. */
function exifChunk(orientation: number): Uint8Array {
	const exif = writeOrientation(orientation);
	const chunk = Uint8Array.of(0, 0, 0, exif.length, 0x65, 0x58, 0x49, 0x66, ...exif, 0, 0, 0, 0);
	viewOf(chunk).setUint32(chunk.length - 4, checksum(chunk.subarray(4, -4)));
	return chunk;
}

/** CRC-32 of a few bytes (section 5.5). */
function checksum(bytes: Uint8Array): number {
	let crc = -1;
	for (const byte of bytes) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc >>> 0;
}
