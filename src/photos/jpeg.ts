/**
 * JPEG (ITU-T T.81, JFIF in T.871): the tables, frame and scans of the first picture, what decoders need to know of its
 * colours (JFIF, ICC, Adobe), and its orientation. Everything else is cut out: EXIF with GPS and thumbnail, XMP, IPTC,
 * comments, the index of further pictures (MPF), and what follows the picture's end, like a motion photo's film.
 */
import { type Cut, damaged, join, judgeSize, MAX_PARTS, TOO_MANY_PARTS, TRUNCATED, textAt, viewOf } from "./cut.ts";
import { readOrientation, turned, writeOrientation } from "./exif.ts";

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DNL = 0xdc;
/** What a scan is decoded with: DHT, DAC, DQT, DRI. */
const TABLES = new Set([0xc4, 0xcc, 0xdb, 0xdd]);
/** Baseline, extended, progressive; with Huffman or arithmetic coding. */
const FRAMES = new Set([0xc0, 0xc1, 0xc2, 0xc9, 0xca]);
/** Lossless and hierarchical frames. */
const OTHER_FRAMES = new Set([0xc3, 0xc5, 0xc6, 0xc7, 0xcb, 0xcd, 0xce, 0xcf]);

/** Markers that are no segment of their own: a stuffed 0xFF, TEM and restarts. */
const standsAlone = (marker: number) => marker <= 1 || (marker >= 0xd0 && marker <= 0xd7);

/**
 * Reads a JPEG.
 * @param bytes a file that begins with SOI
 * @returns why it is refused, when it is
 */
export function cutJpeg(bytes: Uint8Array): Cut | string {
	const view = viewOf(bytes);
	const parts: Uint8Array[] = [];
	let jfif: Uint8Array | undefined;
	let orientation: number | undefined;
	let frame: Uint8Array | undefined;
	let isScanned = false;
	let at = 2;
	for (let count = 0; count < MAX_PARTS; count++) {
		// Decoders skip what stands between segments, fill bytes or not.
		at = bytes.indexOf(0xff, at);
		if (at < 0) return TRUNCATED;
		at = endOfFill(bytes, at);
		const marker = bytes[at++];
		if (marker === EOI) return finish(parts, { jfif, orientation, frame, isScanned });
		if (marker !== undefined && standsAlone(marker)) continue;
		if (marker === undefined || at + 2 > bytes.length) return TRUNCATED;
		const length = view.getUint16(at);
		if (marker < 0xc0 || marker === SOI || length < 2) return damaged(`no segment is at byte ${at - 2}`);
		if (at + length > bytes.length) return TRUNCATED;
		const from = at - 2;
		const data = bytes.subarray(at + 2, at + length);
		at += length;
		if (FRAMES.has(marker)) {
			const reason = frame ? damaged("it has two frames") : judgeFrame(data);
			if (reason) return reason;
			// A copy: its height may have to be set.
			frame = bytes.slice(from, at);
			parts.push(frame);
		} else if (OTHER_FRAMES.has(marker)) {
			return "must be a baseline or progressive JPEG: no browser shows others";
		} else if (marker === SOS) {
			if (!frame) return damaged("it has a scan without a frame");
			at = endOfScan(bytes, at);
			if (at < 0) return TRUNCATED;
			parts.push(bytes.subarray(from, at));
			isScanned = true;
		} else if (TABLES.has(marker)) {
			parts.push(bytes.subarray(from, at));
		} else if (marker === DNL && frame && data.length === 2) {
			// The height stands behind the first scan, where browsers don't look for it.
			if (heightOf(frame) === 0) frame.set(data, 5);
		} else if (!isScanned) {
			const colours = readColours(marker, data);
			if (colours) parts.push(colours);
			else if (marker === 0xe0) jfif ??= readJfif(data);
			else if (marker === 0xe1 && textAt(data, 0, 5) === "Exif\0") orientation ??= readOrientation(data);
		}
	}
	return TOO_MANY_PARTS;
}

/** What decoders know the colours by: a profile (ICC in APP2), or Adobe's transform (12 bytes in APP14). */
function readColours(marker: number, data: Uint8Array): Uint8Array | undefined {
	if (marker === 0xe2 && textAt(data, 0, 12) === "ICC_PROFILE\0") return segment(marker, data);
	if (marker === 0xee && textAt(data, 0, 5) === "Adobe" && data.length >= 12)
		return segment(marker, data.subarray(0, 12));
	return undefined;
}

/** JFIF's version and density, without its thumbnail, as a segment; undefined for anything else in APP0. */
const readJfif = (data: Uint8Array) =>
	textAt(data, 0, 5) === "JFIF\0" && data.length >= 14
		? segment(0xe0, join([data.subarray(0, 12), new Uint8Array(2)]))
		: undefined;

/** A segment: marker, length, data. */
const segment = (marker: number, data: Uint8Array) =>
	join([Uint8Array.of(0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 0xff), data]);

/** Why a frame is refused; one without a height gets it after its first scan. */
function judgeFrame(data: Uint8Array): string | null {
	const components = data[5];
	if (!components || data.length < 6 + 3 * components) return damaged("its frame is incomplete");
	const view = viewOf(data);
	return judgeSize(view.getUint16(3), view.getUint16(1) || 1);
}

const heightOf = (frame: Uint8Array) => viewOf(frame).getUint16(5);

function finish(
	parts: Uint8Array[],
	found: Record<"jfif" | "frame", Uint8Array | undefined> & { orientation: number | undefined; isScanned: boolean },
): Cut | string {
	const { jfif, orientation = 1, frame, isScanned } = found;
	if (!frame || !isScanned) return damaged("it ends without a picture");
	const width = viewOf(frame).getUint16(7);
	const height = heightOf(frame);
	const reason = judgeSize(width, height);
	if (reason) return reason;
	const head: Uint8Array[] = [Uint8Array.of(0xff, SOI)];
	if (jfif) head.push(jfif);
	if (orientation > 1) {
		// "Exif", and two zeros.
		head.push(segment(0xe1, join([Uint8Array.of(0x45, 0x78, 0x69, 0x66, 0, 0), writeOrientation(orientation)])));
	}
	return { ...turned(width, height, orientation), parts: [...head, ...parts, Uint8Array.of(0xff, EOI)] };
}

/** Any number of 0xFF may stand before a marker (B.1.1.2): where the last of them ends. */
function endOfFill(bytes: Uint8Array, at: number): number {
	while (bytes[at] === 0xff) at++;
	return at;
}

/** Where a scan ends: at the next marker that is none of its restarts (B.1.1.5); -1 when there is none. */
function endOfScan(bytes: Uint8Array, at: number): number {
	for (let begin = nextFill(bytes, at); begin >= 0; begin = nextFill(bytes, at)) {
		at = endOfFill(bytes, begin);
		const marker = bytes[at++];
		if (marker === undefined) return -1;
		if (!standsAlone(marker)) return begin;
	}
	return -1;
}

/** Where the next 0xFF is, -1 when there is none: `indexOf` is fast, but a call of it takes as long as some bytes here. */
function nextFill(bytes: Uint8Array, at: number): number {
	for (const near = at + 16; at < near; at++) if (bytes[at] === 0xff) return at;
	return bytes.indexOf(0xff, at);
}
