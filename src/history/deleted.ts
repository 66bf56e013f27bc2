/** Listing what is deleted, and could be restored. */
import * as z from "zod/mini";
import { defineResolver, firstUpTo } from "../core/define.ts";
import { success } from "../core/errors.ts";
import { parseId } from "../rescues/rescue.ts";
import { badCursor } from "../rescues/resolvers.ts";
import { type ChangeWalk, MAX_CHANGES } from "./resolvers.ts";

/** What the list is: its description in the OpenAPI document and in the GraphQL schema. */
export const DELETED =
	"The rescues that are deleted and could be restored, as the changes that deleted them, the last one first. What was restored or purged since is not among them. There may be fewer than asked for while there are more. It is read from the ledger.";

/** Deletions in a row. The cursor behind one is its change's `cursor`. */
export interface DeletedRescues extends ChangeWalk {
	/** Where it ends; null when there was nothing to look at. */
	endCursor: string | null;
}

/**
 * What is deleted, the last one first: the change that deleted each. One call to the ledger.
 * Answers INVALID_INPUT, MALFORMED_REQUEST for a bad cursor, UNAVAILABLE.
 */
export const listDeleted = defineResolver(
	() => ({ first: firstUpTo(MAX_CHANGES), after: z.nullish(z.string("must be a cursor")) }),
	async (ctx, { first, after }) => {
		// A change's number is written as an id is.
		const before = after == null ? Number.MAX_SAFE_INTEGER : parseId(after);
		if (before === null) return badCursor();
		const found = await ctx.store.deletions(before, first);
		if (!found.ok) return found;
		const { changes, cursor, hasMore } = found.value;
		const endCursor = cursor === Number.MAX_SAFE_INTEGER ? null : String(cursor);
		return success<DeletedRescues>({ changes, hasNextPage: hasMore, hasPreviousPage: after != null, endCursor });
	},
);
