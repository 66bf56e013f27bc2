/** Makes a picture small enough for a page before it is sent: a phone's own has ten times the bytes that anybody sees. */

/** The longest side, in pixels. */
const LONGEST = 1600;
/** What is as small as this, in bytes, is sent as it is: the service takes out what a picture tells besides. */
const ENOUGH = 400 * 1024;
const QUALITY = 0.85;
/** What the service takes. */
const TAKEN = ["image/jpeg", "image/png", "image/webp"];

/** The picture as it is to be sent, upright; null when this browser can't read it. */
export async function shrink(file: Blob): Promise<Blob | null> {
	const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
	if (!bitmap) return null;
	try {
		const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
		if (scale === 1 && file.size <= ENOUGH && TAKEN.includes(file.type)) return file;
		const size = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
		return (await encode(bitmap, size, "image/webp")) ?? (await encode(bitmap, size, "image/jpeg"));
	} finally {
		bitmap.close();
	}
}

/** Null for a type that this browser can't write: it makes a PNG instead. */
async function encode(bitmap: ImageBitmap, [width = 1, height = 1]: number[], type: string): Promise<Blob | null> {
	const canvas = Object.assign(document.createElement("canvas"), { width, height });
	const context = canvas.getContext("2d");
	if (!context) return null;
	if (type === "image/jpeg") {
		// It has no transparency: what was transparent would be black.
		context.fillStyle = "white";
		context.fillRect(0, 0, width, height);
	}
	context.imageSmoothingQuality = "high";
	context.drawImage(bitmap, 0, 0, width, height);
	const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, QUALITY));
	return blob?.type === type ? blob : null;
}
