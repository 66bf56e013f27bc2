/** A stand-in: takes a PNG as it is. */
import { invalidInput, type Result, success } from "../core/errors.ts";

/** A picture without its metadata. */
export interface Picture {
	type: "image/jpeg" | "image/png" | "image/webp";
	extension: "jpg" | "png" | "webp";
	width: number;
	height: number;
	bytes: Uint8Array;
}

/** Reads a picture. Answers INVALID_INPUT. */
export function readPicture(bytes: Uint8Array): Result<Picture> {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	if (bytes.length < 33 || view.getUint32(0) !== 0x89504e47) {
		return invalidInput([{ path: ["photo"], message: "must be a JPEG, PNG or WebP" }]);
	}
	return success({ type: "image/png", extension: "png", width: view.getUint32(16), height: view.getUint32(20), bytes });
}
