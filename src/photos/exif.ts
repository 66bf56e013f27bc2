/** The one thing of EXIF that a picture is shown by: its orientation (EXIF 3.0, 4.6.4; TIFF 6.0, section 2). */
import { textAt, viewOf } from "./cut.ts";

const ORIENTATION = 0x112;
/** The type of a 16-bit number. */
const SHORT = 3;

/**
 * How a picture has to be turned to be upright: 1 (not at all) to 8, and 1 for what isn't well-formed, as browsers do.
 * @param block EXIF, with or without the `Exif` that stands before it in a JPEG
 */
export function readOrientation(block: Uint8Array): number {
	const tiff = textAt(block, 0, 5) === "Exif\0" ? block.subarray(6) : block;
	const order = textAt(tiff, 0, 4);
	const isLittle = order === "II*\0";
	if (tiff.length < 8 || !(isLittle || order === "MM\0*")) return 1;
	const view = viewOf(tiff);
	const directory = view.getUint32(4, isLittle);
	if (directory + 2 > tiff.length) return 1;
	const end = Math.min(directory + 2 + 12 * view.getUint16(directory, isLittle), tiff.length);
	for (let at = directory + 2; at + 12 <= end; at += 12) {
		if (view.getUint16(at, isLittle) !== ORIENTATION) continue;
		const isOne = view.getUint16(at + 2, isLittle) === SHORT && view.getUint32(at + 4, isLittle) === 1;
		const value = view.getUint16(at + 8, isLittle);
		return isOne && value >= 1 && value <= 8 ? value : 1;
	}
	return 1;
}

/** EXIF that says the orientation and nothing else, 26 bytes. */
export const writeOrientation = (orientation: number) =>
	// Big-endian, the directory at 8, one entry, no further directory.
	Uint8Array.of(
		...[0x4d, 0x4d, 0, 42, 0, 0, 0, 8],
		...[0, 1, ORIENTATION >> 8, ORIENTATION & 0xff, 0, SHORT, 0, 0, 0, 1, 0, orientation, 0, 0],
		...[0, 0, 0, 0],
	);

/** Width and height as they are shown: 5 to 8 lie on their side. */
export const turned = (width: number, height: number, orientation: number) =>
	orientation < 5 ? { width, height } : { width: height, height: width };
