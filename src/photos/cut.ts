/** What the readers of the formats have in common: what they give, what they refuse, and how they read bytes. */
import { grouped } from "../core/issues.ts";

/** A picture without what doesn't belong to it. */
export interface Cut {
	/** Pixels, as the picture is shown. */
	width: number;
	height: number;
	/** Put one after the other they are the file; most are parts of the one that was read. */
	parts: Uint8Array[];
}

/** Decoded it takes 200 MB in whoever shows it; phones take 12 to 50. */
const MAX_PIXELS = 50_000_000;

/** More segments or chunks than any encoder makes of 5 MiB. It bounds the memory: each costs some 200 bytes. */
export const MAX_PARTS = 20_000;

/** Why a file of more is refused. */
export const TOO_MANY_PARTS = `is damaged: it has more than ${grouped(MAX_PARTS)} parts`;

/** Why a file is refused that is shorter than it says of itself. */
export const TRUNCATED = "is truncated: the file ends before the picture does";

/** Why a file is refused that no decoder can make sense of. */
export const damaged = (what: string) => `is damaged: ${what}`;

/** A size for people: 4,000 × 3,000. */
export const sizeText = (width: number, height: number) => `${grouped(width)} × ${grouped(height)}`;

/** Why a picture of this size is refused, null when it isn't. */
export function judgeSize(width: number, height: number): string | null {
	if (width === 0 || height === 0) return `must have pixels: it is ${sizeText(width, height)}`;
	if (width * height <= MAX_PIXELS) return null;
	return `must have ${MAX_PIXELS / 1e6} megapixels at most: it is ${sizeText(width, height)}`;
}

/** A view for reading numbers of a part of a file. */
export const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) => new DataView(buffer, byteOffset, byteLength);

/** Some bytes as text, one character each; fewer where the file ends. */
export const textAt = (bytes: Uint8Array, at: number, length: number) =>
	String.fromCharCode(...bytes.subarray(at, at + length));

/** Parts, one after the other, in a copy of their own. */
export function join(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
	const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}
