/** Photos in the GraphQL schema: which there are, and whose. Bytes go over REST. */
import { grouped } from "../core/issues.ts";
import { builder } from "../graphql/builder.ts";
import { PageInfo } from "../graphql/connection.ts";
import { unwrap } from "../graphql/errors.ts";
import { idempotencyKeyDescription } from "../graphql/input.ts";
import { AnimalRescueType } from "../rescues/graphql-types.ts";
import {
	addRescuePhoto,
	DEFAULT_PHOTOS,
	type ListedPhoto,
	listPhotos,
	MAX_PHOTOS,
	PHOTO_FIELDS,
	type PhotoWalk,
	removeRescuePhoto,
} from "./resolvers.ts";

const PhotoType = builder.objectRef<ListedPhoto>("Photo").implement({
	description: "A photo that was uploaded (`POST /photos`).",
	fields: (t) => ({
		url: t.exposeString("url", { description: PHOTO_FIELDS.url }),
		sha256: t.exposeString("sha256", { description: PHOTO_FIELDS.sha256 }),
		type: t.exposeString("type", { description: PHOTO_FIELDS.type }),
		width: t.exposeInt("width", { description: PHOTO_FIELDS.width }),
		height: t.exposeInt("height", { description: PHOTO_FIELDS.height }),
		bytes: t.exposeInt("bytes", { description: PHOTO_FIELDS.bytes }),
		by: t.exposeString("by", { nullable: true, description: PHOTO_FIELDS.by }),
		at: t.expose("at", { type: "DateTime", description: PHOTO_FIELDS.at }),
		used: t.exposeBoolean("used", { description: PHOTO_FIELDS.used }),
	}),
});

interface Edge {
	node: ListedPhoto;
	cursor: string;
}

const PhotoEdge = builder.objectRef<Edge>("PhotoEdge").implement({
	description: "A photo in a list, with its place in it.",
	fields: (t) => ({
		cursor: t.exposeString("cursor", { description: "Pass it as `after` to get what comes behind this photo." }),
		node: t.expose("node", { type: PhotoType, description: "The photo." }),
	}),
});

const PhotoConnection = builder.objectRef<PhotoWalk>("PhotoConnection").implement({
	description: "Part of the photos, the newest first.",
	fields: (t) => ({
		nodes: t.expose("photos", { type: [PhotoType], description: "The photos." }),
		edges: t.field({
			type: [PhotoEdge],
			description: "The photos with their cursors.",
			resolve: ({ photos, cursor }) => photos.map((node, index) => ({ node, cursor: cursor(index) })),
		}),
		pageInfo: t.field({
			type: PageInfo,
			description: "Whether there is more.",
			resolve: ({ photos, cursor, hasNextPage, hasPreviousPage }) => {
				const [startCursor, endCursor] = photos.length > 0 ? [cursor(0), cursor(photos.length - 1)] : [null, null];
				return { hasNextPage, hasPreviousPage, startCursor, endCursor };
			},
		}),
	}),
});

builder.queryField("photos", (t) =>
	t.field({
		type: PhotoConnection,
		nullable: true,
		description:
			"The photos that are stored, the newest first, for those who may read everything. It is read from the ledger.",
		args: {
			first: t.arg.int({ defaultValue: DEFAULT_PHOTOS, description: `How many: 1 to ${grouped(MAX_PHOTOS)}.` }),
			after: t.arg.string({ description: "The cursor behind which to go on." }),
		},
		resolve: async (_root, { first, after }, { ctx }) =>
			unwrap(await listPhotos(ctx, { first: first ?? DEFAULT_PHOTOS, after })),
	}),
);

builder.mutationFields((t) => {
	const args = {
		id: t.arg.id({ required: true, description: "The rescue's id." }),
		url: t.arg.string({ required: true, description: "The photo's address, as in the rescue's `photos`." }),
		ifVersion: t.arg.int({ description: "Change it only if this is still its version; VERSION_MISMATCH otherwise." }),
		idempotencyKey: t.arg.string({ description: idempotencyKeyDescription }),
	};
	return {
		addRescuePhoto: t.field({
			type: AnimalRescueType,
			nullable: true,
			description: "Puts a photo behind the others of a rescue, unless it is among them.",
			args,
			resolve: async (_root, args, { ctx }) => unwrap(await addRescuePhoto(ctx, args)),
		}),
		removeRescuePhoto: t.field({
			type: AnimalRescueType,
			nullable: true,
			description: "Takes a photo out of a rescue's.",
			args,
			resolve: async (_root, args, { ctx }) => unwrap(await removeRescuePhoto(ctx, args)),
		}),
	};
});
