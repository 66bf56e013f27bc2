/** Reading what happened: a rescue's history, and the feed of all changes. Both are read from the ledger. */
import * as z from "zod/mini";
import type { Context } from "../core/context.ts";
import { defineAdminWrite, defineResolver, firstUpTo } from "../core/define.ts";
import { failure, type Result, rescueNotFound, success } from "../core/errors.ts";
import { lazily } from "../core/lazily.ts";
import { parseId } from "../rescues/rescue.ts";
import { badCursor } from "../rescues/resolvers.ts";
import { normalise, type RescueFilter, searchSchemas } from "../rescues/search.ts";
import type { RescueView } from "../rescues/view.ts";
import type { RescueChange, Wanted } from "./change.ts";
import { LiveChanges } from "./live.ts";

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

const batchArgs = () => ({ first: firstUpTo(MAX_CHANGES), after: z.nullish(z.string("must be a cursor")) });

/** Which part of each history: `first` changes behind the cursor `after`. */
export interface HistoryBatch {
	first: number;
	after?: string | null | undefined;
}

/**
 * The changes of several rescues, newest first; one call to the ledger for all of them, and one read of the budget.
 * Answers, for each rescue, NOT_FOUND when there never was one, MALFORMED_REQUEST when the histories before it fill the
 * answer; for all, INVALID_INPUT, MALFORMED_REQUEST for a bad cursor, UNAVAILABLE.
 */
export const listHistories = defineResolver(
	() => ({ ids: z.array(z.int()), ...batchArgs() }),
	(ctx, { ids, ...batch }) => walk(ctx, ids, batch),
);

async function walk(
	ctx: Context,
	ids: number[],
	{ first, after }: HistoryBatch,
): Promise<Result<Result<ChangeWalk>[]>> {
	// A version is written as an id is.
	const before = after == null ? Number.MAX_SAFE_INTEGER : parseId(after);
	if (before === null) return badCursor();
	// One change more than asked for tells whether there is a next page.
	const found = await ctx.store.histories(
		ids.map((id) => ({ id, before })),
		first + 1,
	);
	if (!found.ok) return found;
	const walks = found.value.map((history, index) => {
		if (history === null) return rescueNotFound(ids[index]);
		if (history === undefined) return tooLarge();
		const hasNextPage = history.length > first;
		return success<ChangeWalk>({ changes: history.slice(0, first), hasNextPage, hasPreviousPage: after != null });
	});
	return success(walks);
}

const tooLarge = () => failure("MALFORMED_REQUEST", "That is more history than one answer holds. Ask for less of it.");

/**
 * A rescue's changes, newest first, also when it has been deleted; one call to the ledger.
 * Answers INVALID_INPUT, MALFORMED_REQUEST for a bad cursor, NOT_FOUND when there never was such a rescue, UNAVAILABLE.
 */
export const listHistory = defineResolver(
	// An id that can't exist is an id that doesn't: NOT_FOUND, not INVALID_INPUT.
	() => ({ id: z.unknown(), ...batchArgs() }),
	async (ctx, { id: given, ...batch }) => {
		const id = parseId(given);
		if (id === null) return rescueNotFound(given);
		const walks = await walk(ctx, [id], batch);
		return walks.ok ? (walks.value[0] ?? rescueNotFound(id)) : walks;
	},
);

/**
 * Erases what was kept of a deleted rescue, for good: its states leave the change log, and with them histories and the feed,
 * and the answers kept for idempotency keys. Its id and last version remain, so that the id is never given again. It is a
 * numbered change itself, which is what it gives: whoever keeps a copy learns of it.
 * Answers NOT_FOUND when there is nothing to erase, ALREADY_EXISTS when the rescue isn't deleted, UNAVAILABLE.
 */
export const purgeRescue = defineAdminWrite(
	() => ({ id: z.unknown() }),
	async (ctx, args, sender) => {
		const id = parseId(args.id);
		return id === null ? rescueNotFound(args.id) : ctx.store.write({ do: "purge", id }, sender);
	},
);

/** What has an id of its own: a rescue has a plain number, a change `7:3`, its rescue and the version that it made. */
export type RescueNode = RescueView | RescueChange;

/** The most nodes in one answer: each rescue is a KV read of its own, and a request on the free plan has fifty. */
export const MAX_NODES = 25;
const nodesRule = `must be a list of at most ${MAX_NODES} ids`;

/**
 * What the ids stand for, in their order; null for what isn't there. Changes are read in one call to the ledger.
 * Answers INVALID_INPUT, UNAVAILABLE.
 */
export const getNodes = defineResolver(
	() => ({ ids: z.array(z.unknown(), nodesRule).check(z.maxLength(MAX_NODES, nodesRule)) }),
	async (ctx, { ids }): Promise<Result<(RescueNode | null)[]>> => {
		const changes = [...new Set(ids)].flatMap((id) => parseChangeId(id) ?? []);
		const asked = changes.map(({ id, version }) => ({ id, before: version + 1 }));
		const histories = asked.length > 0 ? await ctx.store.histories(asked, 1) : success([]);
		if (!histories.ok) return histories;
		const rescues = new Map<unknown, Promise<Result<RescueView | null>>>();
		for (const id of ids) rescues.set(id, rescues.get(id) ?? findRescue(ctx, parseId(id)));
		const nodes: (RescueNode | null)[] = [];
		for (const id of ids) {
			const rescue = await (rescues.get(id) as Promise<Result<RescueView | null>>);
			if (!rescue.ok) return rescue;
			const change = histories.value.flatMap((history) => history ?? []).find((one) => changeId(one) === id);
			nodes.push(rescue.value ?? change ?? null);
		}
		return success(nodes);
	},
);

/** The id of a change. */
export const changeId = ({ rescueId, version }: RescueChange) => `${rescueId}:${version}`;

function parseChangeId(given: unknown): { id: number; version: number } | null {
	const [id, version, ...rest] = typeof given === "string" ? given.split(":").map(parseId) : [];
	return id != null && version != null && rest.length === 0 ? { id, version } : null;
}

async function findRescue(ctx: Context, id: number | null): Promise<Result<RescueView | null>> {
	if (id === null) return success(null);
	const found = await ctx.store.rescue(id);
	const parsed = found.ok ? await found.value.parse() : found;
	if (parsed.ok) return success(parsed.value.value);
	return parsed.code === "NOT_FOUND" ? success(null) : parsed;
}

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
	id: "Only changes of this rescue.",
	filter: "Only changes of rescues that pass this filter, before the change or after it.",
} as const;

/** What `since` means to a stream. */
export const LIVE_SINCE =
	"The `cursor` of the last change that is known, or a time (RFC 3339): what came after it is given first. From now on when left out.";

/** What changed. */
export interface RescueChanges {
	changes: RescueChange[];
	cursor: string;
	hasMore: boolean;
}

const idRule = "must be the id of a rescue";
const schemas = lazily({
	time: () => z.iso.datetime({ offset: true }),
	id: () => z.nullish(z.pipe(z.transform(parseId), z.int(idRule))),
});

const feedArgs = () => ({
	since: z.nullish(z.string("must be a cursor or a time")),
	id: schemas.id,
	filter: z.nullish(searchSchemas.filter),
});

/** Which changes are asked for; undefined for all of them. */
function toWanted(id: number | null | undefined, filter: RescueFilter | null | undefined): Wanted | undefined {
	const wanted = { id: id ?? null, filter: normalise(filter ?? {}) };
	return wanted.id === null && Object.keys(wanted.filter).length === 0 ? undefined : wanted;
}

/**
 * What changed since a cursor or a time, in order, deletions too: for whoever keeps a copy. One call to the ledger.
 * There may be fewer changes than `first`; `hasMore` decides whether there are more.
 * Answers INVALID_INPUT, MALFORMED_REQUEST for a bad cursor, UNAVAILABLE.
 */
export const listChanges = defineResolver(
	() => ({ ...feedArgs(), first: firstUpTo(MAX_FEED) }),
	async (ctx, { since, id, filter, first }) => {
		const from = parseSince(since ?? "0");
		if (from === null) return badSince();
		const found = await ctx.store.changes(from, first, toWanted(id, filter));
		if (!found.ok) return found;
		return success<RescueChanges>({ ...found.value, cursor: String(found.value.cursor) });
	},
);

/**
 * Changes as they are made, after those since a cursor or a time, each once and in order. Whoever takes it has to take what
 * it gives until it ends, or to end it. Answers INVALID_INPUT, MALFORMED_REQUEST for a bad cursor, UNAVAILABLE.
 */
export const watchChanges = defineResolver(feedArgs, async (ctx, { since, id, filter }) => {
	const from = since == null ? null : parseSince(since);
	if (since != null && from === null) return badSince();
	return LiveChanges.begin(ctx, from, toWanted(id, filter));
});

const badSince = () =>
	failure("MALFORMED_REQUEST", "`since` must be a cursor that this feed gave, or a time as in RFC 3339.");

function parseSince(since: string): number | string | null {
	if (/^(0|[1-9]\d{0,15})$/.test(since) && Number.isSafeInteger(Number(since))) return Number(since);
	return schemas.time.safeParse(since).success ? new Date(since).toISOString() : null;
}
