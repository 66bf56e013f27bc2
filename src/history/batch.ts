/** The histories that one request asks for: those of a whole list are read in one call to the ledger. */
import type { Context } from "../core/context.ts";
import { type Result, rescueNotFound } from "../core/errors.ts";
import { type ChangeWalk, type HistoryBatch, listHistories } from "./resolvers.ts";

/** Rescues whose histories are wanted, each with its place among what was found. */
interface Batch {
	places: Map<number, number>;
	found: Promise<Result<Result<ChangeWalk>[]>>;
}

/** What each request is collecting, by the part of the history that is wanted. */
const collecting = new WeakMap<Context, Map<string, Batch>>();

/**
 * One rescue's history, read together with all that are asked for in the same go: executors come to all of a list's
 * items before anything that was promised is settled. Answers what `listHistories` does.
 */
export async function loadHistory(ctx: Context, id: number, part: HistoryBatch): Promise<Result<ChangeWalk>> {
	const batches = collecting.get(ctx) ?? new Map<string, Batch>();
	collecting.set(ctx, batches);
	const key = JSON.stringify(part);
	const batch = batches.get(key) ?? begin(ctx, part, () => batches.delete(key));
	batches.set(key, batch);
	const place = batch.places.get(id) ?? batch.places.size;
	batch.places.set(id, place);
	const found = await batch.found;
	return found.ok ? (found.value[place] ?? rescueNotFound(id)) : found;
}

function begin(ctx: Context, part: HistoryBatch, close: () => void): Batch {
	const places = new Map<number, number>();
	const found = Promise.resolve().then(() => {
		close();
		return listHistories(ctx, { ids: [...places.keys()], ...part });
	});
	return { places, found };
}
