/** What can be done with photos, whatever the transport: upload one, give its bytes, put one among a rescue's or take it out. */
import * as z from "zod/mini";
import { refuse } from "../core/access.ts";
import type { Context, Sender } from "../core/context.ts";
import { defineResolver, defineWrite, firstUpTo } from "../core/define.ts";
import { sha256 } from "../core/digest.ts";
import { failure, type Result, rescueNotFound, success } from "../core/errors.ts";
import { parseId } from "../rescues/rescue.ts";
import { badCursor, precondition, toPrecondition } from "../rescues/resolvers.ts";
import { rescueSchemas } from "../rescues/schemas.ts";
import { type NewPhoto, type Photo, parsePhotoName, photoUrl } from "./photo.ts";
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

const picture = () => z.custom<Uint8Array>((given) => given instanceof Uint8Array, "must be a picture");
// An id that can't exist is an id that doesn't: NOT_FOUND, not INVALID_INPUT.
const id = () => z.unknown();

/**
 * Stores a picture, cut clean of what it isn't drawn by; the same one again is the same photo. What no rescue refers to
 * within a week is deleted. Answers INVALID_INPUT for what is no picture, STORAGE_FULL, UNAVAILABLE.
 */
export const uploadPhoto = defineWrite(
	() => ({ photo: picture() }),
	(ctx, { photo }, sender) => upload(ctx, photo, sender),
);

async function upload(ctx: Context, given: Uint8Array, sender: Sender): Promise<Result<Upload>> {
	const picture = readPicture(given);
	if (!picture.ok) return picture;
	const { bytes, type, width, height } = picture.value;
	const photo: NewPhoto = { sha256: await sha256(bytes), type, width, height, bytes: bytes.length };
	const stored = await ctx.store.photos.write(photo, bytes, sender);
	if (!stored.ok) return stored;
	return success({ photo: { url: addressOf(ctx, photo), ...photo }, isNew: stored.value.isNew });
}

const addressOf = (ctx: Context, photo: NewPhoto) => photoUrl(ctx.origins()[0] as string, photo);

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

/**
 * Puts a photo behind the others of a rescue, unless it is among them: one version more.
 * Answers INVALID_INPUT, NOT_FOUND, VERSION_MISMATCH, UNAVAILABLE.
 */
export const addRescuePhoto = defineWrite(
	() => ({ id: id(), url: rescueSchemas.photo, ...precondition() }),
	async (ctx, args, sender) => {
		const id = parseId(args.id);
		if (id === null) return rescueNotFound(args.id);
		return ctx.store.write({ do: "addPhoto", id, url: args.url, when: toPrecondition(args) }, sender);
	},
);

/** The same with the picture itself, which is uploaded first. Answers what an upload and the other one do. */
export const uploadRescuePhoto = defineWrite(
	() => ({ id: id(), photo: picture(), ...precondition() }),
	async (ctx, args, sender) => {
		const id = parseId(args.id);
		if (id === null) return rescueNotFound(args.id);
		const uploaded = await upload(ctx, args.photo, sender);
		if (!uploaded.ok) return uploaded;
		const { url } = uploaded.value.photo;
		return ctx.store.write({ do: "addPhoto", id, url, when: toPrecondition(args) }, sender);
	},
);

/**
 * Takes a photo out of a rescue's: one version more. It stays where it is as long as the rescue's history refers to it.
 * Answers INVALID_INPUT, NOT_FOUND when the rescue or the photo isn't there, VERSION_MISMATCH, UNAVAILABLE.
 */
export const removeRescuePhoto = defineWrite(
	() => ({ id: id(), url: rescueSchemas.photo, ...precondition() }),
	async (ctx, args, sender) => {
		const id = parseId(args.id);
		if (id === null) return rescueNotFound(args.id);
		return ctx.store.write({ do: "removePhoto", id, url: args.url, when: toPrecondition(args) }, sender);
	},
);

/** The most photos in one answer, and how many there are when nobody says how many. */
export const MAX_PHOTOS = 1000;
export const DEFAULT_PHOTOS = 100;

/** A photo in a list, with its address. */
export type ListedPhoto = Photo & UploadedPhoto;

/** What each part of a photo means: the descriptions in the OpenAPI document and in the GraphQL schema. */
export const PHOTO_FIELDS = {
	url: "Its address, absolute: good for a rescue's `photos`.",
	sha256: "The SHA-256 of its bytes, 64 hexadecimal digits.",
	type: "What its bytes are: `image/jpeg`, `image/png` or `image/webp`.",
	width: "Its width in pixels, upright.",
	height: "Its height in pixels, upright.",
	bytes: "How many bytes are stored, without what was cut out.",
	by: "Name of the token that uploaded it first; null when there was none.",
	at: "When that was.",
	used: "Whether a rescue refers to it, or did: what none does is deleted a week after it was uploaded last.",
} as const satisfies Record<keyof ListedPhoto, string>;

/** Photos in a row, the newest first. */
export interface PhotoWalk {
	photos: ListedPhoto[];
	/** The cursor of the photo at an index. */
	cursor: (index: number) => string;
	hasNextPage: boolean;
	hasPreviousPage: boolean;
}

/**
 * The photos that are stored, the newest first; for those who may read everything. One call to the ledger.
 * Answers UNAUTHENTICATED, FORBIDDEN, INVALID_INPUT, MALFORMED_REQUEST for a bad cursor, UNAVAILABLE.
 */
export const listPhotos = defineResolver(
	() => ({ first: firstUpTo(MAX_PHOTOS), after: z.nullish(z.string("must be a cursor")) }),
	async (ctx, { first, after }) => {
		const refusal = refuse(ctx.access, "read");
		if (refusal) return refusal;
		// A photo's number is written as an id is.
		const before = after == null ? Number.MAX_SAFE_INTEGER : parseId(after);
		if (before === null) return badCursor();
		const found = await ctx.store.photos.list(before, first);
		if (!found.ok) return found;
		const { photos, hasMore } = found.value;
		return success<PhotoWalk>({
			photos: photos.map(({ number: _, ...photo }) => ({ url: addressOf(ctx, photo), ...photo })),
			cursor: (index) => String(photos[index]?.number),
			hasNextPage: hasMore,
			hasPreviousPage: after != null,
		});
	},
);
