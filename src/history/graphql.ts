import { grouped } from "../core/issues.ts";
import { builder, Node } from "../graphql/builder.ts";
import { PageInfo } from "../graphql/connection.ts";
import { inCapitals } from "../graphql/enums.ts";
import { unwrap } from "../graphql/errors.ts";
import { idempotencyKeyDescription } from "../graphql/input.ts";
import { AnimalRescueType, RescueFilterInput, RescueSnapshotType } from "../rescues/graphql-types.ts";
import { loadHistory } from "./batch.ts";
import { CHANGE_FIELDS, CHANGE_KINDS, type RescueChange } from "./change.ts";
import { DELETED, type DeletedRescues, listDeleted } from "./deleted.ts";
import {
	type ChangeWalk,
	changeId,
	DEFAULT_CHANGES,
	DEFAULT_FEED,
	FEED_FIELDS,
	getNodes,
	LIVE_SINCE,
	listChanges,
	listHistory,
	MAX_CHANGES,
	MAX_FEED,
	MAX_NODES,
	purgeRescue,
	type RescueChanges,
	watchChanges,
} from "./resolvers.ts";

const ChangeKind = builder.enumType("ChangeKind", {
	description: "What can happen to a rescue.",
	values: inCapitals(CHANGE_KINDS),
});

/** `RescueChange` in the schema. */
export const RescueChangeType = builder.objectRef<RescueChange>("RescueChange").implement({
	description: "One change of a rescue.",
	interfaces: [Node],
	fields: (t) => ({
		id: t.id({ description: "The rescue's id and the version: `7:3`.", resolve: changeId }),
		rescueId: t.exposeID("rescueId", { description: CHANGE_FIELDS.rescueId }),
		version: t.exposeInt("version", { description: CHANGE_FIELDS.version }),
		kind: t.expose("kind", { type: ChangeKind, description: CHANGE_FIELDS.kind }),
		at: t.expose("at", { type: "DateTime", description: CHANGE_FIELDS.at }),
		by: t.exposeString("by", { nullable: true, description: CHANGE_FIELDS.by }),
		cursor: t.exposeString("cursor", { description: CHANGE_FIELDS.cursor }),
		rescue: t.expose("rescue", { type: RescueSnapshotType, nullable: true, description: CHANGE_FIELDS.rescue }),
	}),
});

builder.mutationField("purgeRescue", (t) =>
	t.field({
		type: RescueChangeType,
		nullable: true,
		description:
			"Erases what was kept of a deleted rescue, for good: its history, and answers kept for idempotency keys. Its id and last version remain. For admins.",
		args: {
			id: t.arg.id({ required: true, description: "The rescue's id." }),
			idempotencyKey: t.arg.string({ description: idempotencyKeyDescription }),
		},
		resolve: async (_root, args, { ctx }) => unwrap(await purgeRescue(ctx, args)),
	}),
);

/** The cursor behind a change: its version. */
const cursor = (change: RescueChange | undefined) => (change ? String(change.version) : null);

const RescueChangeEdge = builder.objectRef<RescueChange>("RescueChangeEdge").implement({
	description: "A change in a history, with its place in it.",
	fields: (t) => ({
		cursor: t.string({
			description: "Pass it as `after` to get what came before this change.",
			resolve: (change) => String(change.version),
		}),
		node: t.field({ type: RescueChangeType, description: "The change.", resolve: (change) => change }),
	}),
});

const RescueHistory = builder.objectRef<ChangeWalk>("RescueHistoryConnection").implement({
	description: "Part of a rescue's history, newest first.",
	fields: (t) => ({
		nodes: t.expose("changes", { type: [RescueChangeType], description: "The changes." }),
		edges: t.expose("changes", { type: [RescueChangeEdge], description: "The changes, each with its cursor." }),
		pageInfo: t.field({
			type: PageInfo,
			description: "Where the history stands.",
			resolve: ({ changes, ...place }) => ({
				...place,
				startCursor: cursor(changes[0]),
				endCursor: cursor(changes.at(-1)),
			}),
		}),
	}),
});

/** Marks a list that is read from the ledger, whole records, whatever is selected of it: `graphql/limits.ts` counts it so. */
const FROM_LEDGER = { isFromLedger: true };

const firstDescription = `How many: 1 to ${MAX_CHANGES}.`;
const afterDescription = "The cursor behind which to go on.";

builder.objectField(AnimalRescueType, "history", (t) =>
	t.field({
		type: RescueHistory,
		description:
			"Every change of this rescue, newest first. It is read from the ledger, one call for all the rescues of a list: each costs 1, and each change that is asked for 1 more than what is selected of it.",
		extensions: FROM_LEDGER,
		args: {
			first: t.arg.int({ defaultValue: DEFAULT_CHANGES, description: firstDescription }),
			after: t.arg.string({ description: afterDescription }),
		},
		resolve: async ({ id }, { first, after }, { ctx }) =>
			unwrap(await loadHistory(ctx, id, { first: first ?? DEFAULT_CHANGES, after })),
	}),
);

builder.queryField("rescueHistory", (t) =>
	t.field({
		type: RescueHistory,
		nullable: true,
		description:
			"Every change of a rescue, newest first, also when it has been deleted; null when there never was one with this id. It is read from the ledger.",
		extensions: FROM_LEDGER,
		args: {
			id: t.arg.id({ required: true, description: "The rescue's id." }),
			first: t.arg.int({ defaultValue: DEFAULT_CHANGES, description: firstDescription }),
			after: t.arg.string({ description: afterDescription }),
		},
		resolve: async (_root, { id, first, after }, { ctx }) => {
			const found = await listHistory(ctx, { id, first: first ?? DEFAULT_CHANGES, after });
			return !found.ok && found.code === "NOT_FOUND" ? null : unwrap(found);
		},
	}),
);

const DeletedRescueEdge = builder.objectRef<RescueChange>("DeletedRescueEdge").implement({
	description: "A deletion, with its place among them.",
	fields: (t) => ({
		cursor: t.exposeString("cursor", { description: "Pass it as `after` to get what was deleted before this." }),
		node: t.field({ type: RescueChangeType, description: "The deletion.", resolve: (change) => change }),
	}),
});

const DeletedRescueConnection = builder.objectRef<DeletedRescues>("DeletedRescueConnection").implement({
	description: "Part of what is deleted, the last one first.",
	fields: (t) => ({
		nodes: t.expose("changes", { type: [RescueChangeType], description: "The deletions." }),
		edges: t.expose("changes", { type: [DeletedRescueEdge], description: "The deletions, each with its cursor." }),
		pageInfo: t.field({
			type: PageInfo,
			description: "Where the list stands.",
			resolve: ({ changes, ...place }) => ({ ...place, startCursor: changes[0]?.cursor ?? null }),
		}),
	}),
});

builder.queryField("deletedRescues", (t) =>
	t.field({
		type: DeletedRescueConnection,
		description: DELETED,
		extensions: FROM_LEDGER,
		args: {
			first: t.arg.int({ defaultValue: DEFAULT_CHANGES, description: firstDescription }),
			after: t.arg.string({ description: afterDescription }),
		},
		resolve: async (_root, { first, after }, { ctx }) =>
			unwrap(await listDeleted(ctx, { first: first ?? DEFAULT_CHANGES, after })),
	}),
);

const RescueChangesType = builder.objectRef<RescueChanges>("RescueChanges").implement({
	description: "What changed: for whoever keeps a copy. A deletion is a change too.",
	fields: (t) => ({
		changes: t.expose("changes", { type: [RescueChangeType], description: FEED_FIELDS.changes }),
		cursor: t.exposeString("cursor", { description: FEED_FIELDS.cursor }),
		hasMore: t.exposeBoolean("hasMore", { description: FEED_FIELDS.hasMore }),
	}),
});

builder.queryField("changes", (t) =>
	t.field({
		type: RescueChangesType,
		description: "Everything that changed since a cursor or a time, in order. It is read from the ledger.",
		args: {
			since: t.arg.string({ description: FEED_FIELDS.since }),
			first: t.arg.int({
				defaultValue: DEFAULT_FEED,
				description: `How many at most: 1 to ${grouped(MAX_FEED)}. There may be fewer: \`hasMore\` decides.`,
			}),
			id: t.arg.id({ description: FEED_FIELDS.id }),
			filter: t.arg({ type: RescueFilterInput, description: FEED_FIELDS.filter }),
		},
		resolve: async (_root, { first, ...args }, { ctx }) =>
			unwrap(await listChanges(ctx, { ...args, first: first ?? DEFAULT_FEED })),
	}),
);

builder.subscriptionType({
	description: "What is told as it happens, over Server-Sent Events (graphql-sse, distinct connections).",
	fields: (t) => ({
		rescueChanged: t.field({
			type: RescueChangeType,
			description:
				"Every change as it is made, each once and in order. A stream is ended after a while, by a `complete`: subscribe again then, with the last `cursor` as `since`.",
			args: {
				since: t.arg.string({ description: LIVE_SINCE }),
				id: t.arg.id({ description: FEED_FIELDS.id }),
				filter: t.arg({ type: RescueFilterInput, description: FEED_FIELDS.filter }),
			},
			subscribe: async (_root, args, { ctx }) => unwrap(await watchChanges(ctx, args)),
			resolve: (change) => change,
		}),
	}),
});

builder.queryFields((t) => ({
	node: t.field({
		type: Node,
		nullable: true,
		description: "What has this id, a rescue or a change; null when there is nothing.",
		args: { id: t.arg.id({ required: true, description: "The `id` of a rescue or a change." }) },
		resolve: async (_root, { id }, { ctx }) => unwrap(await getNodes(ctx, { ids: [String(id)] }))[0] ?? null,
	}),
	nodes: t.field({
		type: [Node],
		nullable: { list: false, items: true },
		description: "What has these ids, in their order; null where there is nothing.",
		args: { ids: t.arg.idList({ required: true, description: `Ids of rescues and changes, at most ${MAX_NODES}.` }) },
		resolve: async (_root, { ids }, { ctx }) => unwrap(await getNodes(ctx, { ids: ids.map(String) })),
	}),
}));
