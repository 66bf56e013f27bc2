import type { As, Published, Reader, RescueMeta } from "../context.ts";
import { success } from "../domain/errors.ts";
import { covers, type PageMeta, START } from "../domain/page.ts";
import type { CallLedger } from "./call-ledger.ts";
import { pageKey, rescueKey } from "./documents.ts";
import type { ReadKV } from "./metered.ts";

/** Reads a document from KV; null when it isn't there, KV fails, or its metadata can't be what was published. */
async function published<Meta extends RescueMeta | PageMeta>(
	kv: ReadKV,
	key: string,
	as: As,
	isSound: (meta: Partial<Meta>) => boolean,
): Promise<Published<Meta> | null> {
	try {
		const { value, metadata } =
			as === "stream" ? await kv.getWithMetadata<Meta>(key, "stream") : await kv.getWithMetadata<Meta>(key, "text");
		if (value === null) return null;
		if (metadata && isSound(metadata)) return { body: value, meta: metadata };
		console.error(JSON.stringify({ message: "damaged document", key }));
	} catch (error) {
		console.error(JSON.stringify({ message: "KV read failed", key, error: String(error) }));
	}
	return null;
}

const isRescueMeta = ({ version }: Partial<RescueMeta>) => Number.isSafeInteger(version);
const isPageMeta = ({ revision, lower, upper, count, total }: Partial<PageMeta>) =>
	[revision, lower, count, total, upper ?? 0].every(Number.isSafeInteger);

/**
 * The read side: answers from Workers KV, and asks the ledger only when KV misses, fails, or has a page that doesn't
 * cover the position (misses are cached at the edge for a minute, and pages split and merge).
 * @param as how documents are wanted: bytes to pass through, or text to parse
 */
export function createReader(kv: ReadKV, callLedger: CallLedger, as: As): Reader {
	return {
		async rescue(id) {
			const document = await published<RescueMeta>(kv, rescueKey(id), as, isRescueMeta);
			return document ? success(document) : callLedger((stub) => stub.readRescue(id));
		},

		async page({ after, lower }) {
			const page = await published<PageMeta>(kv, pageKey(lower), as, isPageMeta);
			if (page && covers(page.meta, after)) return success(page);
			return callLedger(async (stub) => success(await stub.readPage(after)));
		},

		async total(page) {
			// Only the first page's total is kept up to date when other pages change.
			if (page.lower === START.lower) return success(page.total);
			const first = await this.page(START);
			if (!first.ok) return first;
			if (typeof first.value.body !== "string") await first.value.body.cancel();
			return success(first.value.meta.total);
		},

		changes: (since, first) => callLedger((stub) => stub.readChanges(since, first)),

		snapshot: (at, after) => callLedger(async (stub) => success(await stub.readSnapshot(at, after))),

		history: (id, first, before) => callLedger((stub) => stub.readHistory(id, first, before)),
	};
}
