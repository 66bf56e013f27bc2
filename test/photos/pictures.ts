/** Small pictures as encoders make them, and what cameras and programs put into pictures, byte by byte. */

/** Nothing of it may be left: it stands in everything that is to be cut out. */
export const SECRET = "SECRET 52.5200 N 13.4050 E";

const read = (base64: string) => Uint8Array.from(atob(base64.replace(/\s/g, "")), (letter) => letter.charCodeAt(0));

/** Four colours, 24 × 16, made with Pillow 12 (libjpeg-turbo, zlib, libwebp). */
export const PICTURES = {
	progressive: read(`
		/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAUDBAQEAwUEBAQFBQUGBwwIBwcHBw8LCwkMEQ8SEhEPERETFhwXExQaFRERGCEYGh0dHx8fExci
		JCIeJBweHx7/2wBDAQUFBQcGBw4ICA4eFBEUHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh7/wgAR
		CAAQABgDASIAAhEBAxEB/8QAFwAAAwEAAAAAAAAAAAAAAAAAAAQGBf/EABYBAQEBAAAAAAAAAAAAAAAAAAUCBv/aAAwDAQACEAMQAAABnnMa
		xpNIvTHAf//EABcQAAMBAAAAAAAAAAAAAAAAAAAEEAb/2gAIAQEAAQUCF7m5/8QAIxEAAAQDCQAAAAAAAAAAAAAAAAEEEgMRUQUVFiExQWOh
		4f/aAAgBAwEBPwFba96QDSMa7ec9M6FQYe5OvR//xAAfEQABAwMFAAAAAAAAAAAAAAARAAQFAhIVIUFRYqH/2gAIAQIBAT8BlYbHtKnF5A0A
		3HKynX1f/8QAGRAAAQUAAAAAAAAAAAAAAAAAEAABA4LB/9oACAEBAAY/Ak5nro//xAAWEAADAAAAAAAAAAAAAAAAAAAAIMH/2gAIAQEAAT8h
		Jrn/2gAMAwEAAgADAAAAECMP/8QAGREAAgMBAAAAAAAAAAAAAAAAETEBIVEQ/9oACAEDAQE/EMSGAoSw0cM8r//EABoRAQACAwEAAAAAAAAA
		AAAAABEAMQGh8PH/2gAIAQIBAT8Q2GwcLIFqc+J//8QAFxAAAwEAAAAAAAAAAAAAAAAAACCB8P/aAAgBAQABPxA2qv8A/9k=`),
	restarts: read(`
		/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAUDBAQEAwUEBAQFBQUGBwwIBwcHBw8LCwkMEQ8SEhEPERETFhwXExQaFRERGCEYGh0dHx8fExci
		JCIeJBweHx7/2wBDAQUFBQcGBw4ICA4eFBEUHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh7/wAAR
		CAAQABgDASIAAhEBAxEB/8QAFwAAAwEAAAAAAAAAAAAAAAAAAAUHBv/EABwQAQAABwEAAAAAAAAAAAAAAAAGCENFgoTBw//EABcBAAMBAAAA
		AAAAAAAAAAAAAAMFBgf/xAAmEQABAQYEBwAAAAAAAAAAAAAREgABAgUTMQYWIqIDBBdjZOHi/90ABAAB/9oADAMBAAIRAxEAPwCenEOV8esc
		sMtt/wBb1ExVg3L8p4sxrLQnSlJMTobqeATZqadYvzRyMcpo06g1KUEvdFZMJKRd1y3/0FgXkMhzR2t3pk/TzyNn03//2Q==`),
	cmyk: read(`
		/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAFAwQEBAMFBAQEBQUFBgcMCAcHBwcPCwsJDBEPEhIRDxERExYcFxMUGhURERghGBodHR8fHxMXIiQi
		HiQcHh8e/8AAFAgAEAAYBEMRAE0RAFkRAEsRAP/EABcAAQEBAQAAAAAAAAAAAAAAAAgABwX/xAAdEAEAAgICAwAAAAAAAAAAAAAACEaEwwbE
		RILB/9oADgRDAE0AWQBLAAA/AEmMQxGWM85qfm9duEVrJi7nY435Hr9QztwdhOgJ54InIJ3LB7DcIrWTF3DvM2qZmhE43Ad0/9k=`),
	gray: read(`
		/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAUDBAQEAwUEBAQFBQUGBwwIBwcHBw8LCwkMEQ8SEhEPERETFhwXExQaFRERGCEYGh0dHx8fExci
		JCIeJBweHx7/wAALCAAQABgBAREA/8QAFQABAQAAAAAAAAAAAAAAAAAABwX/xAAcEAEAAAcBAAAAAAAAAAAAAAAABghDRYKEwcP/2gAIAQEA
		AD8APViHK+PVcbmGW2/63qYH/9k=`),
	palette: read(`
		iVBORw0KGgoAAAANSUhEUgAAABgAAAAQAgMAAABxSlcGAAAADFBMVEXryCgeqjwoPNLcHh7S7N7GAAAAAXRSTlMAQObYZgAAAB1JREFUeJxj
		/M/AEMbAwMTAwMBACsWymoFhNRn6AOIyAs3+TqPTAAAAAElFTkSuQmCC`),
	alpha: read(`
		iVBORw0KGgoAAAANSUhEUgAAABgAAAAQCAYAAAAMJL+VAAAARUlEQVR4nGO8IyfHwUACcOqRI0U5AwsDAwM/STpIBCwMDAyCtLZAYNSCYW6B
		j9wWkiw4KxdGmgUMQz6IRi0YFBbQtDQFAL6fBZjABdcAAAAAAElFTkSuQmCC`),
	animatedPng: read(`
		iVBORw0KGgoAAAANSUhEUgAAABgAAAAQCAIAAACDRijCAAAACGFjVEwAAAADAAAAAM7tusAAAAAaZmNUTAAAAAAAAAAYAAAAEAAAAAAAAAAA
		AAEACgAAaufSoAAAADFJREFUeJxjvCMnx0AIOPUQVsNEUAWRYNSgoWgQi4/cFoKKzsqFEVQz+Lw2ahAdDQIAl8EEhRtf36EAAAAaZmNUTAAA
		AAEAAAAYAAAAEAAAAAAAAAAAAAEACgAA8ZQ4dAAAADZmZEFUAAAAAnicY5RbZcNACHBNmkZQDRNBFUSCUYOGokEsZ+XeEFT08ZEPQTWDz2uj
		BtHRIADu3gZOysijJQAAABpmY1RMAAAAAwAAABgAAAAQAAAAAAAAAAAAAQAKAAAcAuudAAAANmZkQVQAAAAEeJxj1LC5xEAIHO4JI6iGiaAK
		IsGoQUPRIJYtj3wIKjJ+JEdQzeDz2qhBdDQIAPBVBhJLN2VRAAAAAElFTkSuQmCC`),
	lossy: read(`
		UklGRloAAABXRUJQVlA4IE4AAABwAwCdASoYABAALnFOp1OiJaWlhYBwS1AFiNQBTgAJsAXYjaAA/uvc6W6pk/ywv3/i2kf/N2P//I+NV4//
		uDVf/yPjVeJSbZDiL8eSAAA=`),
	lossless: read(`
		UklGRlYAAABXRUJQVlA4TEoAAAAvF8ADELkyRPQ/dhHR/4Citm2gICni4e7uP5kwxLK59b80UIIg26Yk4zj4AYm0bVOjR9snQGuAGwnABS0f
		Xga9pT6LDwuy/L/AMg==`),
	lossyAlpha: read(`
		UklGRrIAAABXRUJQVlA4WAoAAAAQAAAAFwAADwAAQUxQSD0AAAABf0CkbUPHtvv3ew0RkbiuQBXZNlRQQQUVVFBBBRVUUEEFFVRQQQV/myGi
		/xkYmZhZWNnYOTi5uHl4+fgJAFZQOCBOAAAAcAMAnQEqGAAQAC5xTqdToiWlpYWAcEtQBYjUAU4ACbAF2I2gAP7r3OluqZP8sL9/4tpH/zdj
		//yPjVeP/7g1X/8j41XiUm2Q4i/HkgAA`),
	animatedWebp: read(`
		UklGRhQCAABXRUJQVlA4WAoAAAASAAAAFwAADwAAQU5JTQYAAAAAAAAAAABBTk1GAAEAAAAAAAAAABcAAA8AAGQAAAJBTFBIhwAAAAF/QKRt
		G6Jn6yMi1gEgGAQAwoIFCxYsWLBgwYIFCxYsWLBgI6L/AQAAAAAAgIiIiIiISERERERExMzMzMzMLCIiIiIioqqqqqqqamZmZmZm5u7u7u7u
		HhERERERkZmZmZmZWVVVVVVV1d3d3d3dPTMzMzMzs7u7u7u7e3d3d3d39///////DwBWUDggWAAAAPACAJ0BKhgAEAAuhVqtVqKnJycHAIRL
		UAXYdYAD/JYAAP7qkf/3Cf/+DX/nv/+f//8Ibv/8A8v1q91//8Se//8aHENP/9g7t3/h4ZeB+Rz917d+jSMAAABBTk1GbgAAAAAAAAAAABcA
		AA8AAGQAAABWUDggVgAAANQCAJ0BKhgAEAAuhVqtVoAACES1ADsAMr/3EAJvUQAA/f//1H/7eZ//Vz/n//+e/+gZ//pqT/8bXP+xfYV/8yv1
		5oxPP//5gnwOh3Qwjpls8+okRAAAQU5NRmoAAAAAAAAAAAAXAAAPAABkAAAAVlA4IFIAAAB0AgCdASoYABAALoVarVaAAAhEtQBdh1gAP8lg
		AP7qkf/2cf/+Gv/nv/+f//8Brv/8Hsv/pM///xocQ0/uu3j6wX7r2+X//QcJ/+Hhl2+jxYAA`),
};

/** One after the other; a text stands for its characters' codes. */
export function concat(...parts: (Uint8Array | number[] | string)[]): Uint8Array<ArrayBuffer> {
	return Uint8Array.from(
		parts.flatMap((part) => (typeof part === "string" ? Array.from(part, (c) => c.charCodeAt(0)) : [...part])),
	);
}
/** Bytes as text, a character each. */
export const latin1 = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
const uint16 = (value: number) => [value >> 8, value & 255];
const uint32 = (value: number) => [...uint16(value >>> 16), ...uint16(value & 0xffff)];
const little = (bytes: number[]) => bytes.toReversed();

/** EXIF as a phone writes it: little-endian, the maker, the orientation, where it was, and a thumbnail behind it. */
export function exif(orientation: number): Uint8Array {
	const entry = (tag: number, type: number, count: number, value: number) =>
		[tag, type].flatMap((number) => little(uint16(number))).concat(little(uint32(count)), little(uint32(value)));
	const gps = 8 + 2 + 3 * 12 + 4;
	const latitude = gps + 2 + 12 + 4;
	const thumbnail = concat(SECRET, PICTURES.restarts);
	return concat(
		"II*\0\x08\0\0\0\x03\0",
		entry(0x10f, 2, SECRET.length, latitude),
		entry(0x112, 3, 1, orientation),
		entry(0x8825, 4, 1, gps),
		[0, 0, 0, 0],
		"\x01\0",
		entry(1, 2, SECRET.length, latitude),
		[0, 0, 0, 0],
		SECRET,
		thumbnail,
	);
}

const XMP = `<x:xmpmeta xmlns:x="adobe:ns:meta/">${SECRET}</x:xmpmeta>`;

/** A JPEG's segment. */
export const segment = (marker: number, ...data: (Uint8Array | number[] | string)[]) => {
	const whole = concat(...data);
	return concat([0xff, marker], uint16(whole.length + 2), whole);
};
/** EXIF in a JPEG. */
export const exifSegment = (orientation: number) => segment(0xe1, "Exif\0\0", exif(orientation));

/** A PNG's chunk. */
export function pngChunk(type: string, ...data: (Uint8Array | number[] | string)[]): Uint8Array {
	const body = concat(type, ...data);
	let crc = 0xffffffff;
	for (const byte of body) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
	}
	return concat(uint32(body.length - 4), body, uint32(~crc >>> 0));
}

/** A WebP's chunk. */
export function webpChunk(type: string, ...data: (Uint8Array | number[] | string)[]): Uint8Array {
	const body = concat(...data);
	return concat(type, little(uint32(body.length)), body, body.length % 2 ? [0] : []);
}
/** A WebP of chunks. */
export const webp = (...chunks: (Uint8Array | string)[]) => webpChunk("RIFF", "WEBP", ...chunks);

/** Where a text or some bytes stand. */
export const find = (bytes: Uint8Array, part: string) => latin1(bytes).indexOf(part);
/** With something put in at a byte. */
export const insert = (bytes: Uint8Array, at: number, ...parts: (Uint8Array | number[] | string)[]) =>
	concat(bytes.subarray(0, at), ...parts, bytes.subarray(at));

/** A picture of any of the formats with all that can be in it, turned by its EXIF. */
export function loaded(picture: Uint8Array, orientation: number): Uint8Array<ArrayBuffer> {
	if (picture[0] === 0xff) return loadedJpeg(picture, orientation);
	return picture[0] === 0x89 ? loadedPng(picture, orientation) : loadedWebp(picture, orientation);
}

function loadedJpeg(jpeg: Uint8Array, orientation: number) {
	const scan = find(jpeg, "\xff\xda");
	return concat(
		jpeg.subarray(0, 2),
		exifSegment(orientation),
		segment(0xe1, "http://ns.adobe.com/xap/1.0/\0", XMP),
		segment(0xe1, "http://ns.adobe.com/xmp/extension/\0", XMP),
		segment(0xed, "Photoshop 3.0\x008BIM", SECRET),
		segment(0xe2, "MPF\0", SECRET),
		segment(0xe2, "urn:iso:std:iso:ts:21496:-1\0", SECRET),
		segment(0xe0, "JFXX\0\x10", SECRET),
		...Array.from({ length: 16 }, (_, app) => segment(0xe0 + app, SECRET)),
		// A restart and fill bytes between the segments.
		[0xff, 0xd0, 0xff, 0xff],
		jpeg.subarray(2, scan),
		segment(0xfe, SECRET),
		jpeg.subarray(scan, -2),
		segment(0xfe, SECRET),
		exifSegment(3),
		[0xff, 0xff, 0xff, 0xd9],
		// The second picture of an MPF, and a motion photo's film.
		insert(PICTURES.restarts, 2, exifSegment(1)),
		"\0\0\0\x18ftypmp42",
		SECRET,
	);
}

function loadedPng(png: Uint8Array, orientation: number) {
	return concat(
		png.subarray(0, 33),
		pngChunk("eXIf", exif(orientation)),
		pngChunk("tEXt", "Comment\0", SECRET),
		pngChunk("zTXt", "Raw profile type exif\0\0", SECRET),
		pngChunk("iTXt", "XML:com.adobe.xmp\0\0\0\0\0", XMP),
		pngChunk("tIME", [7, 234, 11, 26, 2, 38, 20]),
		pngChunk("prVt", SECRET),
		png.subarray(33, -12),
		pngChunk("tEXt", "Comment\0", SECRET),
		pngChunk("eXIf", exif(3)),
		png.subarray(-12),
		SECRET,
	);
}

function loadedWebp(file: Uint8Array, orientation: number) {
	const isExtended = find(file, "VP8X") === 12;
	const size = [23, 0, 0, 15, 0, 0];
	const header = isExtended ? file.subarray(20, 30) : concat([find(file, "VP8L") === 12 ? 0x10 : 0, 0, 0, 0], size);
	const [flags = 0] = header;
	const chunks = file.subarray(isExtended ? 30 : 12);
	return concat(
		webp(
			webpChunk("VP8X", [flags | 0x0c, 1, 2, 3], header.subarray(4)),
			webpChunk("note", SECRET),
			chunks,
			webpChunk("EXIF", exif(orientation)),
			webpChunk("XMP ", XMP),
			webpChunk("note", SECRET),
		),
		SECRET,
	);
}
