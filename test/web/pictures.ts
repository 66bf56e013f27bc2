/** Pictures as phones make them, for the tests of photos: JPEG with EXIF that says where it was taken, and which way is up. */
import type { Page } from "playwright-core";

/** Stands in the EXIF block's GPS part, and nowhere else. */
export const GPS_MARK = "WGS-84-MARK";

/**
 * Draws a picture in the browser, left half in one color and right half in another, and puts an EXIF block into it.
 * @param orientation as EXIF has it: 1 upright, 6 to be turned clockwise by a quarter
 */
export async function makeJpeg(page: Page, width: number, height: number, orientation: number): Promise<Buffer> {
	const drawn = await page.evaluate<string>(`(() => {
		const canvas = Object.assign(document.createElement("canvas"), { width: ${width}, height: ${height} });
		const context = canvas.getContext("2d");
		context.fillStyle = "#c33";
		context.fillRect(0, 0, ${width}, ${height});
		context.fillStyle = "#33c";
		context.fillRect(${width / 2}, 0, ${width}, ${height});
		return canvas.toDataURL("image/jpeg", 0.9);
	})()`);
	const jpeg = Buffer.from(drawn.split(",")[1] ?? "", "base64");
	// Behind SOI comes what cameras put there (Exif 2.3, section 4.5.4).
	const exif = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff(orientation)]);
	const length = Buffer.from([(exif.length + 2) >> 8, (exif.length + 2) & 255]);
	return Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xe1]), length, exif, jpeg.subarray(2)]);
}

/** A TIFF block, big-endian: orientation, and a GPS part with latitude's reference and the map's datum. */
function tiff(orientation: number): Buffer {
	const entry = (tag: number, type: number, count: number, value: Buffer) => {
		const head = Buffer.alloc(8);
		head.writeUInt16BE(tag, 0);
		head.writeUInt16BE(type, 2);
		head.writeUInt32BE(count, 4);
		return Buffer.concat([head, value]);
	};
	const long = (value: number) => Buffer.from([value >> 24, value >> 16, value >> 8, value].map((byte) => byte & 255));
	const [short, ascii, pointer] = [3, 2, 4];
	const ifd = (...entries: Buffer[]) => Buffer.concat([Buffer.from([0, entries.length]), ...entries, Buffer.alloc(4)]);
	const first = 8;
	const gps = first + 2 + 2 * 12 + 4;
	const datum = gps + 2 + 2 * 12 + 4;
	return Buffer.concat([
		Buffer.from("MM\0*", "latin1"),
		long(first),
		ifd(entry(0x0112, short, 1, Buffer.from([0, orientation, 0, 0])), entry(0x8825, pointer, 1, long(gps))),
		ifd(
			entry(0x0001, ascii, 2, Buffer.from("N\0\0\0", "latin1")),
			entry(0x0012, ascii, GPS_MARK.length + 1, long(datum)),
		),
		Buffer.from(`${GPS_MARK}\0`, "latin1"),
	]);
}
