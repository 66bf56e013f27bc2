/** Lists that are filtered or sorted: found in the published pages or, beyond a few, by the ledger's index. */
import * as z from "zod/mini";
import { refuse } from "../core/access.ts";
import type { Context } from "../core/context.ts";
import { defineRead, type Resolver } from "../core/define.ts";
import { sha256 } from "../core/digest.ts";
import { failure, type Result, success } from "../core/errors.ts";
import { lazily } from "../core/lazily.ts";
import { type PageMeta, type Position, pageBehind, START } from "./page.ts";
import { badCursor, listArgs, type RescueWalk } from "./resolvers.ts";
import {
	asksForPrivate,
	compareRanks,
	type Hits,
	isKeyed,
	matching,
	normalise,
	type Rank,
	rankOf,
	SEARCH_LIMITS,
	type Search,
	searchSchemas,
	type Total,
} from "./search.ts";
import { parseSortCursor, toSortCursor } from "./sort-cursor.ts";
import type { RescueView } from "./view.ts";

/** Records that were found, with what a list of them needs. */
export interface FoundRescues extends RescueWalk {
	/** How many were found here. */
	size: number;
	/** They as a JSON array. */
	body: () => string;
	/** Names the state of what was read: the same tag, the same list. */
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

/** What is asked for, and the name of its list: a cursor is good for one list only. */
interface Asked extends Search {
	from: (Rank & { lower: number }) | null;
	list: string;
}

/**
 * The `first` records behind the cursor `after` that pass the filter, in the order of `sort`. Up to four published pages are
 * read; beyond, the ledger's index is asked, and when it can't answer up to forty pages are read. What is found is the same. A
 * cursor is a rank in the order, so writes in between neither repeat nor skip a record, unless they change what it is sorted
 * by. Answers UNAUTHENTICATED and FORBIDDEN to the public when it asks for what is private, INVALID_INPUT, MALFORMED_REQUEST for a cursor of another list, UNAVAILABLE, and RATE_LIMITED for the index.
 */
export const findRescues: Resolver<FoundRescues> = defineRead(findArgs, async (ctx, { first, after, ...args }) => {
	const sort = args.sort ?? "id";
	const refusal = asksForPrivate(args.filter ?? {}, sort) ? refuse(ctx.access, "read") : null;
	if (refusal) return refusal;
	const filter = normalise(args.filter ?? {});
	const list = await digest(JSON.stringify([filter, sort]));
	const from = after == null ? null : parseSortCursor(after, list, sort);
	if (from === undefined) return badCursor();
	const asked: Asked = { filter, sort, first, from, count: args.count ?? false, list };
	const isIndexFirst = ctx.store.isFresh || INDEX.hasAnswered;
	return (isIndexFirst && (await findInIndex(ctx, asked))) || findInPages(ctx, asked, !isIndexFirst);
});

/** Whether the index has answered this isolate: then no page is read first to find out. An object, so that a test can forget. */
export const INDEX = { hasAnswered: false };

/** A record that was found: its rank, and the page it is in. */
interface Found extends Rank {
	lower: number;
	rescue: RescueView;
}

/**
 * Reads the published pages, in memory for some pages and `first` records.
 * @param mayAsk whether to ask the index when there are many
 */
async function findInPages(ctx: Context, asked: Asked, mayAsk: boolean): Promise<Result<FoundRescues>> {
	const { filter, sort, first, from, count, list } = asked;
	// Sorted by id, the pages' own order, a list begins at its cursor and ends when it is full.
	const isPartial = sort === "id" && !count;
	const isAsked = matching(filter);
	let next: Position | null = isPartial && from && from.lower > 0 ? { after: from.id, lower: from.lower } : START;
	let found: Found[] = [];
	let total = 0;
	let before = 0;
	let isUnasked = mayAsk;
	const pages: PageMeta[] = [];
	const ahead = new Map<number, ReturnType<typeof ctx.store.page>>();
	while (next && !(isPartial && found.length > first)) {
		if (!ahead.has(next.lower)) {
			// A request has so many operations in all, however many lists it asks for.
			if (ctx.store.operations > SEARCH_LIMITS.readable) return failure("UNAVAILABLE", TOO_MANY);
			// Where pages start may have changed since the first one said so: the rest was read in vain.
			for (const unread of ahead.values()) unread.then((read) => read.ok && read.value.discard());
			ahead.clear();
		}
		const read = await (ahead.get(next.lower) ?? ctx.store.page(next));
		ahead.delete(next.lower);
		if (!read.ok) return read;
		const { following = [] } = read.value.meta;
		if (isUnasked && (following.length >= SEARCH_LIMITS.pages || pages.length >= SEARCH_LIMITS.pages)) {
			isUnasked = false;
			const answer = await findInIndex(ctx, asked);
			if (answer) return answer;
		}
		if (!isPartial) {
			for (const lower of following.slice(0, SEARCH_LIMITS.pages))
				ahead.set(lower, ctx.store.page({ after: lower - 1, lower }));
		}
		const parsed = await read.value.parse();
		if (!parsed.ok) return parsed;
		const { value: rescues, meta } = parsed.value;
		pages.push(meta);
		for (const rescue of rescues) {
			if (!isAsked(rescue)) continue;
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
		size: nodes.length,
		body: () => JSON.stringify(nodes),
		cursor: (index) => toSortCursor(found[index] as Found, list),
		hasNextPage: found.length > first,
		hasPreviousPage: before > 0 || (from !== null && pages[0]?.lower !== 0),
		total: async () => {
			if (sawAll) return success({ count: total, isExact: true });
			const all = await findRescues(ctx, { first: 1, filter, sort, count: true });
			return all.ok ? all.value.total() : all;
		},
		tag: await digest(JSON.stringify(pages.map(({ lower, revision }) => [lower, revision]))),
	});
}

const TOO_MANY =
	"There are too many rescues to look through, and the index that finds them isn't ready. Try again in a moment.";

/** Asks the ledger's index: one call, unless the records are large. Null when it can't answer. */
async function findInIndex(ctx: Context, asked: Asked): Promise<Result<FoundRescues> | null> {
	const { filter, sort, first, from, count, list } = asked;
	const parts: string[] = [];
	let [size, total, last]: [number, Total | undefined, Rank | null] = [0, undefined, from];
	let hits: Hits;
	do {
		const part = { filter, sort, first: first - size, from: last, count: count && total === undefined };
		const read = await ctx.store.search(part);
		// By keys it finds before there is an index.
		if (!isKeyed(filter)) INDEX.hasAnswered = read.ok && read.value !== null;
		if (!read.ok) return read.code === "RATE_LIMITED" ? read : null;
		if (read.value === null) return null;
		hits = read.value;
		if (hits.size > 0) parts.push(hits.documents);
		size += hits.size;
		last = hits.last;
		total ??= hits.total;
	} while (hits.hasMore && size < first);
	const body = () => `[${parts.join()}]`;
	const late = lazily({
		nodes: (): RescueView[] => JSON.parse(body()),
		count: async (): Promise<Result<Total>> => {
			const read = await ctx.store.search({ filter, sort, first: 0, from: null, count: true });
			if (!read.ok) return read;
			return read.value?.total ? success(read.value.total) : failure("UNAVAILABLE", TOO_MANY);
		},
	});
	return success<FoundRescues>({
		get nodes() {
			return late.nodes;
		},
		size,
		body,
		cursor: (index) => {
			const rank = index === size - 1 && last ? last : rankOf(sort, late.nodes[index] as RescueView);
			return toSortCursor({ ...rank, lower: 0 }, list);
		},
		hasNextPage: hits.hasMore,
		hasPreviousPage: from !== null,
		total: async () => (total ? success(total) : late.count),
		tag: await digest(JSON.stringify(["index", hits.at ?? crypto.randomUUID()])),
	});
}

/** Twelve hexadecimal digits that stand for a text. */
const digest = async (text: string): Promise<string> => (await sha256(text)).slice(0, 12);
