/** What can be done with rescues, whatever the transport: read one, list them, and every write. */
import * as z from "zod/mini";
import { defineRead, defineWrite, firstUpTo } from "../core/define.ts";
import { failure, type Result, rescueNotFound, success } from "../core/errors.ts";
import type { Precondition } from "../ledger/command.ts";
import type { Passed } from "../store/published.ts";
import { addOfTheDay } from "./judge.ts";
import { type PageMeta, type Position, pageBehind, parseCursor, START, toCursor } from "./page.ts";
import { parseId, toPatch } from "./rescue.ts";
import { rescueSchemas } from "./schemas.ts";
import type { Total } from "./search.ts";
import type { RescueView } from "./view.ts";

/** The most records in one answer. */
export const MAX_FIRST = 1000;

const versionRule = "must be a whole number";

// An id that can't exist is an id that doesn't: NOT_FOUND, not INVALID_INPUT.
const id = () => z.unknown();
/** The arguments that say which version a write is good for. */
export const precondition = () => {
	const version = z.int(versionRule);
	return {
		ifVersion: z.nullish(z.union([version, z.array(version)], versionRule)),
		unlessVersion: z.optional(z.union([z.literal("any"), z.array(version)])),
	};
};
/** Which part of a list: `first` records behind the cursor `after`. */
export const listArgs = () => ({
	first: firstUpTo(MAX_FIRST),
	after: z.nullish(z.string("must be a cursor")),
});

/** These arguments as the ledger takes them. */
export const toPrecondition = (args: z.infer<z.ZodMiniObject<ReturnType<typeof precondition>>>): Precondition => ({
	ifVersion: typeof args.ifVersion === "number" ? [args.ifVersion] : args.ifVersion?.toSorted((a, b) => a - b),
	unlessVersion: args.unlessVersion,
});

/** One rescue's document. Answers NOT_FOUND, UNAVAILABLE. */
export const getRescue = defineRead(
	() => ({ id: id() }),
	async (ctx, args) => {
		const id = parseId(args.id);
		return id === null ? rescueNotFound(args.id) : ctx.store.rescue(id);
	},
);

/** A part of the list: as much of it as one published page holds. */
export interface RescueBatch {
	/** A JSON array of records, by id. */
	body: Passed;
	/** The published page it comes from. */
	page: PageMeta;
	/** Where the list goes on; null at its end. */
	next: Position | null;
	/** How many rescues there are in all; lags behind writes by up to half a minute. Answers UNAVAILABLE. */
	total: () => Promise<Result<number>>;
}

/**
 * Up to `first` records behind the cursor `after`, by id, from one published page: there may be fewer, `next` decides
 * whether there are more. A whole page's bytes are passed on to the public unparsed.
 * Answers INVALID_INPUT, MALFORMED_REQUEST for a bad cursor, UNAVAILABLE.
 */
export const listRescues = defineRead(listArgs, async (ctx, { first, after }) => {
	const position = after == null ? START : parseCursor(after);
	if (!position) return badCursor();
	const found = await ctx.store.page(position, first === MAX_FIRST);
	if (!found.ok) return found;
	const { body, meta: page } = found.value;
	const total = () => ctx.store.total(page);
	const isWhole = position.after < Math.max(page.lower, 1) && page.count <= first;
	if (isWhole && body) return success<RescueBatch>({ body, page, next: pageBehind(page), total });
	const parsed = await found.value.parse();
	if (!parsed.ok) return parsed;
	const { value, meta } = parsed.value;
	const rescues = value.filter(({ id }) => id > position.after);
	const slice = rescues.slice(0, first);
	const last = slice.at(-1);
	const next = last && slice.length < rescues.length ? { after: last.id, lower: meta.lower } : pageBehind(meta);
	return success<RescueBatch>({ body: JSON.stringify(slice), page: meta, next, total });
});

/** Records in a row, with what a Relay connection needs to know of them. */
export interface RescueWalk {
	nodes: readonly RescueView[];
	/** The cursor of the node at an index. */
	cursor: (index: number) => string;
	hasNextPage: boolean;
	hasPreviousPage: boolean;
	/** How many records the list has in all. Answers UNAVAILABLE. */
	total: () => Promise<Result<Total>>;
}

/**
 * The `first` records behind the cursor `after`, by id, filled across pages.
 * Answers INVALID_INPUT, MALFORMED_REQUEST for a bad cursor, UNAVAILABLE.
 */
export const walkRescues = defineRead(listArgs, async (ctx, { first, after }) => {
	const start = after == null ? START : parseCursor(after);
	if (!start) return badCursor();
	const parts: { from: number; lower: number; rescues: readonly RescueView[] }[] = [];
	let count = 0;
	let firstPage: PageMeta | undefined;
	let hasPreviousPage = false;
	let next: Position | null = start;
	// One record more than asked for tells whether there is a next page.
	while (next && count <= first) {
		const position: Position = next;
		const found = await ctx.store.page(position);
		if (!found.ok) return found;
		const parsed = await found.value.parse();
		if (!parsed.ok) return parsed;
		const { value, meta } = parsed.value;
		const skipped = value.findIndex(({ id }) => id > position.after);
		if (!firstPage) {
			firstPage = meta;
			hasPreviousPage = start.after > 0 && (meta.lower > 0 || skipped !== 0);
		}
		const rescues = skipped === 0 ? value : skipped < 0 ? [] : value.slice(skipped);
		parts.push({ from: count, lower: meta.lower, rescues });
		count += rescues.length;
		next = pageBehind(meta);
	}
	const all = parts.length === 1 ? (parts[0]?.rescues ?? []) : parts.flatMap(({ rescues }) => rescues);
	const nodes = count > first ? all.slice(0, first) : all;
	const cursor = (index: number) => {
		const lower = parts.findLast(({ from }) => from <= index)?.lower ?? 0;
		return toCursor({ after: nodes[index]?.id ?? 0, lower });
	};
	const page = firstPage as PageMeta;
	const total = async () => {
		const count = await ctx.store.total(page);
		return count.ok ? success({ count: count.value, isExact: true }) : count;
	};
	return success<RescueWalk>({ nodes, cursor, hasNextPage: count > first, hasPreviousPage, total });
});

/** Creates a rescue. Answers INVALID_INPUT, VERSION_MISMATCH, ALREADY_EXISTS, UNAVAILABLE. */
export const createRescue = defineWrite(
	() => ({ input: rescueSchemas.create, ...precondition() }),
	(ctx, args, sender) => ctx.store.write({ do: "create", rescue: args.input, when: toPrecondition(args) }, sender),
	addOfTheDay(),
);

/** Replaces a rescue. Answers INVALID_INPUT, NOT_FOUND, VERSION_MISMATCH, ALREADY_EXISTS, UNAVAILABLE. */
export const replaceRescue = defineWrite(
	() => ({ id: id(), input: rescueSchemas.replace, ...precondition() }),
	async (ctx, args, sender) => {
		const id = parseId(args.id);
		if (id === null) return rescueNotFound(args.id);
		return ctx.store.write({ do: "replace", id, fields: args.input, when: toPrecondition(args) }, sender);
	},
	addOfTheDay(),
);

/** Changes a rescue. Answers INVALID_INPUT, NOT_FOUND, VERSION_MISMATCH, ALREADY_EXISTS, UNAVAILABLE. */
export const updateRescue = defineWrite(
	() => ({ id: id(), input: rescueSchemas.update, ...precondition() }),
	async (ctx, args, sender) => {
		const id = parseId(args.id);
		if (id === null) return rescueNotFound(args.id);
		return ctx.store.write({ do: "update", id, patch: toPatch(args.input), when: toPrecondition(args) }, sender);
	},
	addOfTheDay(true),
);

/** Deletes a rescue and gives what was deleted. Answers NOT_FOUND, VERSION_MISMATCH, UNAVAILABLE. */
export const deleteRescue = defineWrite(
	() => ({ id: id(), ...precondition() }),
	async (ctx, args, sender) => {
		const id = parseId(args.id);
		if (id === null) return rescueNotFound(args.id);
		return ctx.store.write({ do: "delete", id, when: toPrecondition(args) }, sender);
	},
);

/**
 * Brings a deleted rescue back; its version is the one that the deletion made.
 * Answers NOT_FOUND, ALREADY_EXISTS, VERSION_MISMATCH, UNAVAILABLE.
 */
export const restoreRescue = defineWrite(
	() => ({ id: id(), ...precondition() }),
	async (ctx, args, sender) => {
		const id = parseId(args.id);
		if (id === null) return rescueNotFound(args.id);
		return ctx.store.write({ do: "restore", id, when: toPrecondition(args) }, sender);
	},
);

/** MALFORMED_REQUEST for a cursor that no list gave. */
export const badCursor = () => failure("MALFORMED_REQUEST", "The cursor is not one that this list gave.");
