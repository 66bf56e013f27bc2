/**
 * The tools of `/mcp`: each unpacks its arguments, calls a resolver and packs the answer. What clients are told of them, schemas
 * above all, is made by `scripts/mcp-tools.ts`.
 */
import * as z from "zod/mini";
import type { Context } from "../core/context.ts";
import { firstUpTo, type Resolver } from "../core/define.ts";
import { type Result, success } from "../core/errors.ts";
import { counted } from "../core/issues.ts";
import { listDeleted } from "../history/deleted.ts";
import { listChanges, listHistory } from "../history/resolvers.ts";
import { addRescuePhoto, removeRescuePhoto } from "../photos/resolvers.ts";
import { findRescues, isPlainList } from "../rescues/find.ts";
import * as rescues from "../rescues/resolvers.ts";
import type { RescueView } from "../rescues/view.ts";
import { importRescues } from "../transfer/resolvers.ts";

/** What a tool answers, in a sentence and as data. */
export type Answer = [says: string, data: Record<string, unknown>];

/** Makes a tool. It answers what its resolver does, whose schema says what its arguments are. */
const tool = <T>(resolver: Resolver<T>, pack: (value: T) => Answer | Promise<Result<Answer>>) => ({
	schema: resolver.schema,
	async call(ctx: Context, args: object): Promise<Result<Answer>> {
		const found = await resolver(ctx, args);
		if (!found.ok) return found;
		const packed = await pack(found.value);
		if ("ok" in packed) return packed;
		const [says, data] = packed;
		return success(found.replayed ? [`${says} It was done before.`, { ...data, replayed: true }] : packed);
	},
});

/** Lists are short: a model reads all of them. */
const short = () => ({ first: z._default(firstUpTo(50), 20) });

const rowsRule = "must be a list of at most 100 rescues";
const numbered = (rows: unknown[]) => rows.map((value, index) => ({ row: index + 1, value }));
const rows = () => ({
	rows: z.pipe(z.array(z.unknown(), rowsRule).check(z.maxLength(100, rowsRule)), z.transform(numbered)),
});

const [find, walk] = [findRescues.narrow(short), rescues.walkRescues.narrow(short)];
/** The plain list is walked, any other is found. */
const list: Resolver<rescues.RescueWalk> = Object.assign((ctx: Context, args: unknown) => {
	const { filter, sort, ...batch } = args as { filter: unknown; sort: string };
	if (filter == null && isPlainList({ sort })) return walk(ctx, batch);
	return find(ctx, { ...batch, filter, sort, count: true });
}, find);

const one = (rescue: RescueView, verb = "Found"): Answer => {
	return [`${verb} ${rescue.name}, rescue ${rescue.id}, version ${rescue.version}.`, { rescue }];
};
const wrote = (resolver: Resolver<RescueView>, verb: string) => tool(resolver, (rescue) => one(rescue, verb));

/** Those that only read, in the order in which they are listed. */
export const READS = {
	find_rescues: tool(list, async ({ nodes, cursor, hasNextPage, total: count }) => {
		const found = await count();
		if (!found.ok) return found;
		const { count: total, isExact: isTotalExact } = found.value;
		const next = hasNextPage ? cursor(nodes.length - 1) : null;
		const says = `${nodes.length} of ${isTotalExact ? "" : "at least "}${total} rescues.`;
		return success([says, { rescues: nodes, total, isTotalExact, next }]);
	}),
	get_rescue: tool(rescues.getRescue, async (document) => {
		const parsed = await document.parse();
		return parsed.ok ? success(one(parsed.value.value)) : parsed;
	}),
	list_history: tool(listHistory.narrow(short), ({ changes, hasNextPage }) => {
		const next = hasNextPage ? String(changes.at(-1)?.version) : null;
		return [`${counted(changes.length, "change")}, newest first.`, { changes, next }];
	}),
	list_deleted: tool(listDeleted.narrow(short), ({ changes, hasNextPage, endCursor }) => [
		`${counted(changes.length, "deleted rescue")}, the last one first.`,
		{ changes, next: hasNextPage ? endCursor : null },
	]),
	list_changes: tool(listChanges.narrow(short), (feed) => [
		`${counted(feed.changes.length, "change")}, oldest first.`,
		{ ...feed },
	]),
};

/** Those that change something. */
export const WRITES = {
	create_rescue: wrote(rescues.createRescue, "Created"),
	update_rescue: wrote(rescues.updateRescue, "Changed"),
	replace_rescue: wrote(rescues.replaceRescue, "Replaced"),
	delete_rescue: wrote(rescues.deleteRescue, "Deleted"),
	restore_rescue: wrote(rescues.restoreRescue, "Restored"),
	add_rescue_photo: wrote(addRescuePhoto, "Added a photo to"),
	remove_rescue_photo: wrote(removeRescuePhoto, "Took a photo out of"),
	import_rescues: tool(importRescues.narrow(rows), (report) => {
		const { created, updated, unchanged, failed } = report;
		return [`${created} created, ${updated} updated, ${unchanged} unchanged, ${failed} refused.`, { report }];
	}),
};
