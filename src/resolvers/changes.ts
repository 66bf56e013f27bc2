import * as z from "zod/mini";
import type { RescueChange } from "../domain/change.ts";
import { failure, success } from "../domain/errors.ts";
import { lazily } from "../domain/lazily.ts";
import { defineResolver, firstUpTo } from "./resolver.ts";

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

const Time = lazily(() => z.iso.datetime({ offset: true }));

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
		const found = await ctx.reader.changes(from, first);
		if (!found.ok) return found;
		return success<RescueChanges>({ ...found.value, cursor: String(found.value.cursor) });
	},
);

function parseSince(since: string): number | string | null {
	if (/^(0|[1-9]\d{0,15})$/.test(since) && Number.isSafeInteger(Number(since))) return Number(since);
	return Time().safeParse(since).success ? new Date(since).toISOString() : null;
}
