import * as z from "zod/mini";
import type { RescueChange } from "../domain/change.ts";
import { rescueNotFound, success } from "../domain/errors.ts";
import { parseId } from "../domain/rescue.ts";
import { badCursor } from "./rescues.ts";
import { defineResolver, firstUpTo } from "./resolver.ts";

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
		const found = await ctx.reader.history(id, first + 1, before);
		if (!found.ok) return found;
		const changes = found.value.slice(0, first);
		return success<ChangeWalk>({
			changes,
			hasNextPage: found.value.length > first,
			hasPreviousPage: after != null,
		});
	},
);
