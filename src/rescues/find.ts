/** Lists that are filtered or sorted, found by reading the published pages. */
import * as z from "zod/mini";
import { defineRead, type Resolver } from "../core/define.ts";
import { sha256 } from "../core/digest.ts";
import { success } from "../core/errors.ts";
import { lazily } from "../core/lazily.ts";
import { type PageMeta, type Position, pageBehind, START } from "./page.ts";
import type { AnimalRescue } from "./rescue.ts";
import { badCursor, listArgs, type RescueWalk } from "./resolvers.ts";
import { compareRanks, matches, normalise, type Rank, rankOf, searchSchemas } from "./search.ts";

/** Records that were found, with what a list of them needs. */
export interface FoundRescues extends RescueWalk {
	/** Names the state of every page that was read: the same tag, the same list. */
	tag: string;
}

const findArgs = () => ({
	...listArgs(),
	filter: z.nullish(searchSchemas.filter),
	sort: z.nullish(searchSchemas.sort),
	/** Whether to read on to the end, so that `total` costs nothing more. */
	count: z.optional(z.boolean()),
});

/** Whether arguments ask for the plain list, which needs no looking into the records. */
export function isPlainList({
	filter,
	sort,
}: {
	filter?: object | null | undefined;
	sort?: string | null | undefined;
}) {
	return (sort ?? "id") === "id" && Object.values(filter ?? {}).every((value) => value == null);
}

/**
 * The `first` records behind the cursor `after` that pass the filter, in the order of `sort`. Read from the published
 * pages one after the other, whatever their number: memory holds one page and `first` records. A cursor is a rank in
 * the order, so writes in between neither repeat nor skip a record, unless they change what it is sorted by.
 * Answers INVALID_INPUT, MALFORMED_REQUEST for a cursor of another list, UNAVAILABLE.
 */
export const findRescues: Resolver<FoundRescues> = defineRead(
	findArgs,
	async (ctx, { first, after, count, ...asked }) => {
		const filter = normalise(asked.filter ?? {});
		const sort = asked.sort ?? "id";
		const list = await digest(JSON.stringify([filter, sort]));
		const from = after == null ? null : parseSortCursor(after, list);
		if (from === undefined) return badCursor();

		// Sorted by id, the pages' own order, a list begins at its cursor and ends when it is full.
		const isPartial = sort === "id" && !count;
		let next: Position | null = isPartial && from ? { after: from.id, lower: from.lower } : START;
		let found: Found[] = [];
		let total = 0;
		let before = 0;
		const pages: PageMeta[] = [];
		while (next && !(isPartial && found.length > first)) {
			const read = await ctx.store.page(next);
			if (!read.ok) return read;
			const parsed = await read.value.parse();
			if (!parsed.ok) return parsed;
			const { value: rescues, meta } = parsed.value;
			pages.push(meta);
			for (const rescue of rescues) {
				if (!matches(filter, rescue)) continue;
				total++;
				const rank = rankOf(sort, rescue);
				if (from && compareRanks(sort, rank, from) <= 0) before++;
				else found.push({ ...rank, lower: meta.lower, rescue });
			}
			if (sort !== "id") found.sort((a, b) => compareRanks(sort, a, b));
			// One more than asked for tells whether there is a next page.
			found = found.slice(0, first + 1);
			next = pageBehind(meta);
		}
		const sawAll = pages[0]?.lower === 0 && next === null;
		const nodes = found.slice(0, first).map(({ rescue }) => rescue);
		return success<FoundRescues>({
			nodes,
			cursor: (index) => toSortCursor(found[index] as Found, list),
			hasNextPage: found.length > first,
			hasPreviousPage: before > 0 || (from !== null && pages[0]?.lower !== 0),
			total: async () => {
				if (sawAll) return success(total);
				const all = await findRescues(ctx, { first: 1, filter, sort, count: true });
				return all.ok ? all.value.total() : all;
			},
			tag: await digest(JSON.stringify(pages.map(({ lower, revision }) => [lower, revision]))),
		});
	},
);

/** A record that was found: its rank, and the page it is in. */
interface Found extends Rank {
	lower: number;
	rescue: AnimalRescue;
}

/** Twelve hexadecimal digits that stand for a text. */
const digest = async (text: string): Promise<string> => (await sha256(text)).slice(0, 12);

const schemas = lazily({
	cursor: () => z.tuple([z.string(), z.union([z.string(), z.number()]), z.int(), z.int()]),
});

/** Writes a rank as the cursor of a list that is filtered or sorted, bound to that list: other filters, other cursors. */
function toSortCursor({ key, id, lower }: Found, list: string): string {
	const bytes = new TextEncoder().encode(JSON.stringify([list, key, id, lower]));
	return btoa(String.fromCharCode(...bytes))
		.replaceAll("+", "-")
		.replaceAll("/", "_")
		.replaceAll("=", "");
}

/** Reads such a cursor; undefined when it isn't one of this list. */
function parseSortCursor(cursor: string, list: string): (Rank & { lower: number }) | undefined {
	try {
		const text = atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
		const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
		const [of, key, id, lower] = schemas.cursor.parse(JSON.parse(new TextDecoder().decode(bytes)));
		return of === list && id >= 1 && lower >= 0 && lower <= id ? { key, id, lower } : undefined;
	} catch {
		return undefined;
	}
}
