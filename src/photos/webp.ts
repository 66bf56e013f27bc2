/**
 * WebP (RFC 9649): the picture or the frames, the colour profile, and the orientation. Everything else is cut out: EXIF,
 * XMP, chunks that the RFC doesn't know, in frames too, and what follows the picture's end.
 */
import {
	type Cut,
	damaged,
	join,
	judgeSize,
	MAX_PARTS,
	sizeText,
	TOO_MANY_PARTS,
	TRUNCATED,
	textAt,
	viewOf,
} from "./cut.ts";
import { readOrientation, turned, writeOrientation } from "./exif.ts";

/** The flags of VP8X (section 2.7). */
const ICC = 0x20;
const ALPHA = 0x10;
const EXIF = 0x08;
const ANIMATION = 0x02;

interface Chunk {
	type: string;
	data: Uint8Array;
}

interface Size {
	width: number;
	height: number;
}

/**
 * Reads a WebP.
 * @param bytes a file that begins with RIFF, its size and WEBP
 * @returns why it is refused, when it is
 */
export function cutWebp(bytes: Uint8Array): Cut | string {
	const end = 8 + viewOf(bytes).getUint32(4, true);
	if (end > bytes.length) return TRUNCATED;
	const chunks = readChunks(bytes.subarray(0, end), 12);
	if (typeof chunks === "string") return chunks;
	const [first] = chunks;
	if (first?.type === "VP8X") return cutExtended(first.data, chunks);
	const size = first && sizeOf(first);
	if (!size) return damaged("it doesn't begin with a picture");
	return judgeSize(size.width, size.height) ?? { ...size, parts: wrap([first]) };
}

/** A file with more than one chunk: what is drawn, in the RFC's order. */
function cutExtended(header: Uint8Array, chunks: Chunk[]): Cut | string {
	if (header.length < 10) return damaged("its header is incomplete");
	const flags = header[0] as number;
	const canvas = { width: 1 + uint24(header, 4), height: 1 + uint24(header, 7) };
	const reason = judgeSize(canvas.width, canvas.height);
	if (reason) return reason;
	const find = (type: string, flag: number) => (flags & flag ? chunks.find((chunk) => chunk.type === type) : undefined);
	const drawn = flags & ANIMATION ? cutAnimation(chunks, canvas) : cutStill(chunks, canvas);
	if (typeof drawn === "string") return drawn;
	const profile = find("ICCP", ICC);
	const exif = find("EXIF", EXIF);
	const orientation = exif ? readOrientation(exif.data) : 1;
	const kept = [...(profile ? [profile] : []), ...drawn];
	if (orientation > 1) kept.push({ type: "EXIF", data: writeOrientation(orientation) });
	const newFlags = (flags & (ALPHA | ANIMATION)) | (profile ? ICC : 0) | (orientation > 1 ? EXIF : 0);
	const newHeader = Uint8Array.of(newFlags, 0, 0, 0, ...header.subarray(4, 10));
	return {
		...turned(canvas.width, canvas.height, orientation),
		parts: wrap([{ type: "VP8X", data: newHeader }, ...kept]),
	};
}

/** The frames of an animation, each without what doesn't belong to it. */
function cutAnimation(chunks: Chunk[], canvas: Size): Chunk[] | string {
	const settings = chunks.find(({ type }) => type === "ANIM");
	const frames = chunks.filter(({ type }) => type === "ANMF");
	if (!settings || settings.data.length < 6 || frames.length === 0) return damaged("it is an animation without frames");
	const kept = [{ type: "ANIM", data: settings.data.subarray(0, 6) }];
	for (const { data } of frames) {
		if (data.length < 16) return damaged("a frame is incomplete");
		const size = { width: 1 + uint24(data, 6), height: 1 + uint24(data, 9) };
		const isInside =
			2 * uint24(data, 0) + size.width <= canvas.width && 2 * uint24(data, 3) + size.height <= canvas.height;
		if (!isInside) return damaged("a frame is larger than the picture");
		const inside = readChunks(data, 16);
		const drawn = typeof inside === "string" ? inside : cutStill(inside, size);
		if (typeof drawn === "string") return drawn;
		kept.push({ type: "ANMF", data: join([data.subarray(0, 16), ...drawn.flatMap(write)]) });
	}
	return kept;
}

/** The picture among chunks, with its transparency; refused when it isn't as large as it has to be. */
function cutStill(chunks: Chunk[], expected: Size): Chunk[] | string {
	const index = chunks.findIndex(({ type }) => type === "VP8 " || type === "VP8L");
	const picture = chunks[index];
	const size = picture && sizeOf(picture);
	if (!size) return damaged("it has no picture");
	if (size.width !== expected.width || size.height !== expected.height) {
		return damaged(
			`it says that it is ${sizeText(expected.width, expected.height)}, and is ${sizeText(size.width, size.height)}`,
		);
	}
	const alpha = picture.type === "VP8 " ? chunks.slice(0, index).find(({ type }) => type === "ALPH") : undefined;
	return alpha ? [alpha, picture] : [picture];
}

/** The size that a bitstream has: VP8 (RFC 6386, section 9.1), VP8L (RFC 9649, section 3.4); null when it is none. */
function sizeOf({ type, data }: Chunk): Size | null {
	const view = viewOf(data);
	if (type === "VP8 " && data.length >= 10) {
		const isKeyFrame = ((data[0] as number) & 1) === 0 && textAt(data, 3, 3) === "\x9d\x01\x2a";
		return isKeyFrame ? { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff } : null;
	}
	if (type === "VP8L" && data.length >= 5 && data[0] === 0x2f) {
		const bits = view.getUint32(1, true);
		return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
	}
	return null;
}

const uint24 = (bytes: Uint8Array, at: number) =>
	viewOf(bytes).getUint16(at, true) + 0x10000 * (bytes[at + 2] as number);

/** The chunks from a byte on, or why there are none (RFC 9649, section 2.3). */
function readChunks(bytes: Uint8Array, at: number): Chunk[] | string {
	const view = viewOf(bytes);
	const chunks: Chunk[] = [];
	// One byte may be left over: the padding of what is around.
	while (at + 1 < bytes.length) {
		if (chunks.length === MAX_PARTS) return TOO_MANY_PARTS;
		if (at + 8 > bytes.length) return damaged(`no chunk is at byte ${at}`);
		const size = view.getUint32(at + 4, true);
		if (at + 8 + size > bytes.length) return damaged(`its chunk at byte ${at} is longer than the file`);
		chunks.push({ type: textAt(bytes, at, 4), data: bytes.subarray(at + 8, at + 8 + size) });
		at += 8 + size + (size % 2);
	}
	return chunks;
}

/** A chunk as it stands in a file: type, size, data, padding to an even length. */
function write({ type, data }: Chunk): Uint8Array[] {
	const head = new Uint8Array(8);
	for (let index = 0; index < 4; index++) head[index] = type.charCodeAt(index);
	viewOf(head).setUint32(4, data.length, true);
	return data.length % 2 ? [head, data, new Uint8Array(1)] : [head, data];
}

/** Chunks as a file. */
function wrap(chunks: Chunk[]): Uint8Array[] {
	const parts = chunks.flatMap(write);
	const size = parts.reduce((sum, part) => sum + part.length, 4);
	const head = Uint8Array.of(0x52, 0x49, 0x46, 0x46, 0, 0, 0, 0, 0x57, 0x45, 0x42, 0x50);
	viewOf(head).setUint32(4, size, true);
	return [head, ...parts];
}
