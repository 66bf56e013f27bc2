/** Reading what happened: a rescue's history, and the feed of all changes. Both are read from the ledger. */
import * as z from "zod/mini";
import { defineResolver, firstUpTo } from "../core/define.ts";
import { failure, rescueNotFound, success } from "../core/errors.ts";
import { lazily } from "../core/lazily.ts";
import { parseId } from "../rescues/rescue.ts";
import { badCursor } from "../rescues/resolvers.ts";
import type { RescueChange } from "./change.ts";

/** The most changes in one answer: each holds the whole record, up to some 100 KB. */
export const MAX_CHANGES = 100;
/** How many changes are given when nobody says how many. */
export const DEFAULT_CHANGES = 20;

/** Changes in a row, newest first. The cursor behind a change is its version. */
export interface ChangeWalk {
	changes: RescueChange[];
	hasNextPage: boolean;
	hasPreviousPage: boolean;
}

/**
 * A rescue's changes, newest first, also when it has been deleted; one call to the ledger.
 * Answers INVALID_INPUT, MALFORMED_REQUEST for a bad cursor, NOT_FOUND when there never was such a rescue, UNAVAILABLE.
 */
export const listHistory = defineResolver(
	() => ({
		// An id that can't exist is an id that doesn't: NOT_FOUND, not INVALID_INPUT.
		id: z.unknown(),
		first: firstUpTo(MAX_CHANGES),
		after: z.nullish(z.string("must be a cursor")),
	}),
	async (ctx, { id: given, first, after }) => {
		const id = parseId(given);
		if (id === null) return rescueNotFound(given);
		// A version is written as an id is.
		const before = after == null ? Number.MAX_SAFE_INTEGER : parseId(after);
		if (before === null) return badCursor();
		// One change more than asked for tells whether there is a next page.
		const found = await ctx.store.history(id, first + 1, before);
		if (!found.ok) return found;
		const changes = found.value.slice(0, first);
		return success<ChangeWalk>({
			changes,
			hasNextPage: found.value.length > first,
			hasPreviousPage: after != null,
		});
	},
);

/** The most changes in one answer. */
export const MAX_FEED = 1000;
/** How many changes are given when nobody says how many. */
export const DEFAULT_FEED = 100;

/** What each field of the feed means: the descriptions in the OpenAPI document and in the GraphQL schema. */
export const FEED_FIELDS = {
	changes: "The changes, in the order in which they were made.",
	cursor: "Where the answer ends. Keep it, and give it as `since` to go on, now or next week.",
	hasMore: "Whether there are more changes already.",
	since:
		"The `cursor` of the answer before, or a time (RFC 3339): then what changed at or after it. From the beginning when left out.",
} as const;

/** What changed. */
export interface RescueChanges {
	changes: RescueChange[];
	cursor: string;
	hasMore: boolean;
}

const schemas = lazily({ time: () => z.iso.datetime({ offset: true }) });

/**
 * What changed since a cursor or a time, in order, deletions too: for whoever keeps a copy. One call to the ledger.
 * There may be fewer changes than `first`; `hasMore` decides whether there are more.
 * Answers INVALID_INPUT, MALFORMED_REQUEST for a bad cursor, UNAVAILABLE.
 */
export const listChanges = defineResolver(
	() => ({
		since: z.nullish(z.string("must be a cursor or a time")),
		first: firstUpTo(MAX_FEED),
	}),
	async (ctx, { since, first }) => {
		const from = parseSince(since ?? "0");
		if (from === null) {
			return failure("MALFORMED_REQUEST", "`since` must be a cursor that this feed gave, or a time as in RFC 3339.");
		}
		const found = await ctx.store.changes(from, first);
		if (!found.ok) return found;
		return success<RescueChanges>({ ...found.value, cursor: String(found.value.cursor) });
	},
);

function parseSince(since: string): number | string | null {
	if (/^(0|[1-9]\d{0,15})$/.test(since) && Number.isSafeInteger(Number(since))) return Number(since);
	return schemas.time.safeParse(since).success ? new Date(since).toISOString() : null;
}
