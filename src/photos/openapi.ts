/** What the OpenAPI document says of photos. */
import {
	cursor,
	header,
	ifMatch,
	ifNoneMatch,
	inQuery,
	json,
	limit,
	list,
	nextLink,
	notModified,
	object,
	ref,
} from "../http/openapi.ts";
import { operations } from "../http/openapi-operations.ts";
import { idParameter, record } from "../rescues/openapi.ts";
import { PHOTO_TYPES } from "./photo.ts";
import { DEFAULT_PHOTOS, type ListedPhoto, MAX_PHOTOS, PHOTO_FIELDS, type UploadedPhoto } from "./resolvers.ts";

const { read, write, repeatableWrite } = operations("Photos");

const SHA256 = "^[0-9a-f]{64}$";
const uploaded = {
	url: { type: "string", format: "uri", description: PHOTO_FIELDS.url },
	sha256: { type: "string", pattern: SHA256, description: PHOTO_FIELDS.sha256 },
	type: { type: "string", description: PHOTO_FIELDS.type },
	width: { type: "integer", description: PHOTO_FIELDS.width },
	height: { type: "integer", description: PHOTO_FIELDS.height },
	bytes: { type: "integer", description: PHOTO_FIELDS.bytes },
};
const sha256 = "b1ff9c8ea3a780bad09b346c423d2d0e46815926879b18e841d928376a946640";
const example: UploadedPhoto = {
	url: `https://api.example.org/photos/${sha256}.png`,
	sha256,
	type: "image/png",
	width: 1,
	height: 1,
	bytes: 69,
};

const bytes = (description: string) => ({ schema: { type: "string", format: "binary", description } });
const name = {
	name: "name",
	in: "path",
	required: true,
	description: "The photo's hash and its ending: the last part of its `url`.",
	schema: { type: "string", pattern: "^[0-9a-f]{64}\\.(jpg|png|webp)$" },
	example: `${sha256}.png`,
};
const photo = (description: string) => ({
	description,
	headers: { Location: header("Its address, as `url`.") },
	content: json(ref("UploadedPhoto"), example),
});

/** Its routes. */
export const paths = {
	"/photos": {
		get: read("listPhotos", {
			summary: "List the photos",
			description:
				"The photos that are stored, the newest first; for those who may read everything. Read from the ledger.",
			parameters: [limit(MAX_PHOTOS, DEFAULT_PHOTOS), cursor],
			answers: {
				200: {
					description: "Photos.",
					headers: nextLink("/photos"),
					content: json(list("Photo"), [
						{ ...example, by: "website", at: "2026-11-22T09:30:00.000Z", used: true } satisfies ListedPhoto,
					]),
				},
			},
			refusals: ["MALFORMED_REQUEST", "UNAUTHENTICATED", "FORBIDDEN", "UNAVAILABLE"],
		}),
		post: repeatableWrite("uploadPhoto", {
			summary: "Upload a photo",
			description:
				"Stores a picture, JPEG, PNG or WebP by its bytes, up to 5 MiB and 50 megapixels, and gives its address for a rescue's `photos`. What isn't needed to draw it is cut out: EXIF with its place and time, XMP, comments, thumbnails. `image/jpeg`, `image/png` and `image/webp` are taken as `application/octet-stream` is. The same picture again is the same photo. What no rescue refers to within a week is deleted.",
			body: { "application/octet-stream": bytes("The picture.") },
			answers: { 200: photo("The photo; it was there already."), 201: photo("The new photo.") },
			refusals: ["STORAGE_FULL"],
		}),
	},
	"/photos/{name}": {
		get: read("getPhoto", {
			summary: "Get a photo",
			description: "The picture itself, for everyone. It never changes, so it may be kept for good.",
			parameters: [name, ifNoneMatch],
			answers: {
				200: {
					description: "The picture.",
					headers: { ETag: header("Its hash, quoted."), "Cache-Control": header("A year, and immutable.") },
					content: Object.fromEntries(Object.values(PHOTO_TYPES).map((type) => [type, bytes("The picture.")])),
				},
				304: notModified,
			},
			refusals: ["MALFORMED_REQUEST", "NOT_FOUND", "VERSION_MISMATCH", "UNAVAILABLE"],
		}),
	},
	"/rescues/{id}/photos": {
		parameters: [idParameter],
		post: write("addRescuePhoto", {
			summary: "Put a photo among a rescue's",
			description:
				"Behind its others, unless it is among them: one version more. Instead of an address the picture itself may be sent, as to `POST /photos`: then it is uploaded first.",
			parameters: [ifMatch],
			body: json(ref("AddPhotoInput"), { url: "https://example.org/rex.jpg" }),
			answers: { 200: record("The rescue as it is now.") },
			refusals: ["NOT_FOUND", "VERSION_MISMATCH", "STORAGE_FULL"],
		}),
		delete: write("removeRescuePhoto", {
			summary: "Take a photo out of a rescue's",
			description: "One version more. An uploaded one stays where it is as long as the rescue's history refers to it.",
			parameters: [
				{
					...inQuery("url", "The photo's address, as in the rescue's `photos`.", {
						maxLength: 2048,
						example: "https://example.org/rex.jpg",
					}),
					required: true,
				},
				ifMatch,
			],
			answers: { 200: record("The rescue as it is now.") },
			refusals: ["NOT_FOUND", "VERSION_MISMATCH"],
		}),
	},
};

/** What they refer to. */
export const components = {
	UploadedPhoto: { description: "A photo that is stored.", ...object<UploadedPhoto>(uploaded) },
	Photo: {
		description: "A photo in the list of all.",
		...object<ListedPhoto>({
			...uploaded,
			by: { type: ["string", "null"], description: PHOTO_FIELDS.by },
			at: { type: "string", format: "date-time", description: PHOTO_FIELDS.at },
			used: { type: "boolean", description: PHOTO_FIELDS.used },
		}),
	},
	AddPhotoInput: {
		description: "The photo to be put among a rescue's.",
		...object<{ url: string }>({
			url: { type: "string", format: "uri", maxLength: 2048, description: "Its address." },
		}),
		additionalProperties: false,
	},
};
