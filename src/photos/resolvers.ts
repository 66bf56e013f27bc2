/** What can be done with photos, whatever the transport: upload one, give its bytes, put one among a rescue's or take it out. */
import * as z from "zod/mini";
import type { Context, Sender } from "../core/context.ts";
import { defineResolver, defineWrite } from "../core/define.ts";
import { sha256 } from "../core/digest.ts";
import { failure, type Result, success } from "../core/errors.ts";
import { type NewPhoto, parsePhotoName, photoUrl } from "./photo.ts";
import { readPicture } from "./picture.ts";

/** A photo that is stored, with its address. */
export interface UploadedPhoto extends NewPhoto {
	url: string;
}

/** What came of an upload. */
export interface Upload {
	photo: UploadedPhoto;
	/** Whether it wasn't there before. */
	isNew: boolean;
}

/**
 * Stores a picture, cut clean of what isn't the picture; the same one again is the same photo. What no rescue refers to
 * within a week is deleted. Answers INVALID_INPUT for what is no picture, STORAGE_FULL, UNAVAILABLE.
 */
export const uploadPhoto = defineWrite(
	() => ({ photo: z.custom<Uint8Array>((given) => given instanceof Uint8Array, "must be a picture") }),
	(ctx, { photo }, sender) => upload(ctx, photo, sender),
);

async function upload(ctx: Context, given: Uint8Array, sender: Sender): Promise<Result<Upload>> {
	const picture = readPicture(given);
	if (!picture.ok) return picture;
	const { bytes, type, width, height } = picture.value;
	const photo: NewPhoto = { sha256: await sha256(bytes), type, width, height, bytes: bytes.length };
	const stored = await ctx.store.photos.write(photo, bytes, sender);
	if (!stored.ok) return stored;
	const [origin] = ctx.origins() as [string];
	return success({ photo: { url: photoUrl(origin, photo), ...photo }, isNew: stored.value.isNew });
}

/**
 * A photo's bytes, by its name: its hash and its ending. Whoever takes it has to read its body or to cancel it.
 * Answers NOT_FOUND, UNAVAILABLE.
 */
export const getPhoto = defineResolver(
	() => ({ name: z.string() }),
	async (ctx, { name }) => {
		const parsed = parsePhotoName(name);
		const found = parsed ? await ctx.store.photos.read(parsed.sha256) : success(null);
		if (!found.ok) return found;
		const photo = found.value;
		if (parsed && photo?.meta.type === parsed.type) return success({ ...photo, sha256: parsed.sha256 });
		photo?.body.cancel().catch(() => {});
		return failure("NOT_FOUND", "There is no such photo.");
	},
);
