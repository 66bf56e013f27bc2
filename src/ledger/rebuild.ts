/** The comparison of what is published with what should be. */
import { failure, type Result, success } from "../core/errors.ts";
import { pageKey, type Rendered, rescueKey } from "./documents.ts";

/** Documents compared in one batch: what differs is published in the same invocation, which the free plan bounds. */
const RECORD_BATCH = 40;
/** Pages are large: this many of them fit into memory together with their published texts. */
const PAGE_BATCH = 4;

/** A batch of the comparison: which documents differ, and where to go on. */
export interface Comparison {
	checked: number;
	differing: string[];
	next: string | null;
}

/**
 * Compares what is published with what should be, a batch at a time: the pages, then the records, then whatever is in KV
 * that shouldn't be. A cursor is a KV key, or `list:` with KV's own cursor.
 * @param from null to begin
 * @param render gives a key's present document, null when it has none
 * @returns MALFORMED_REQUEST when `from` is no such cursor
 */
export async function compare(
	from: string | null,
	sql: SqlStorage,
	kv: KVNamespace,
	render: (key: string) => Rendered<unknown> | null,
): Promise<Result<Comparison>> {
	const [kind, at] = /^(rescues|rescue|list):(.*)$/.exec(from ?? pageKey(0))?.slice(1) ?? [];
	if (kind === "list") return success(await findOrphans(kv, at || null, render));
	const bound = Number(at);
	if (kind === undefined || !/^\d{1,16}$/.test(at as string) || !Number.isSafeInteger(bound)) {
		return failure("MALFORMED_REQUEST", "The place to go on from is not one that a rebuild gave.");
	}
	const [query, limit, key] =
		kind === "rescues"
			? (["SELECT lower AS bound FROM pages WHERE lower >= ? ORDER BY lower LIMIT ?", PAGE_BATCH, pageKey] as const)
			: (["SELECT id AS bound FROM documents WHERE id >= ? ORDER BY id LIMIT ?", RECORD_BATCH, rescueKey] as const);
	const bounds = sql.exec<{ bound: number }>(query, bound, limit).toArray();
	const keys = bounds.map(({ bound }) => key(bound));
	const published = keys.length > 0 ? await kv.getWithMetadata<unknown>(keys, "text") : new Map();
	const differing = keys.filter((key) => !isSame(key, published.get(key), render(key)));
	const last = bounds.at(-1);
	const following = kind === "rescues" ? rescueKey(1) : "list:";
	// The last id there can be has none behind it.
	const isEnd = !last || bounds.length < limit || last.bound === Number.MAX_SAFE_INTEGER;
	return success({ checked: keys.length, differing, next: isEnd ? following : key(last.bound + 1) });
}

/** Finds our keys in KV that nothing stands behind any more. */
async function findOrphans(kv: KVNamespace, cursor: string | null, render: (key: string) => unknown) {
	const listed = await kv.list({ prefix: "rescue", cursor });
	const ours = listed.keys.map(({ name }) => name).filter((name) => /^rescues?:\d{1,16}$/.test(name));
	return {
		checked: 0,
		differing: ours.filter((key) => render(key) === null),
		next: listed.list_complete ? null : `list:${listed.cursor}`,
	};
}

interface InKV {
	value: string | null;
	metadata: unknown;
}

function isSame(key: string, published: InKV | undefined, should: Rendered<unknown> | null): boolean {
	if (!published || !should) return published?.value == null && should === null;
	return published.value === should.body && asText(key, published.metadata) === asText(key, should.meta);
}

/** Metadata as text, without what two publications may differ in: only the first page's total is kept up to date. */
const asText = (key: string, meta: unknown) =>
	JSON.stringify({ ...(meta as object), edition: undefined, ...(key !== pageKey(0) && { total: undefined }) });
