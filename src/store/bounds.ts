/** Which pages there are in KV, for reads that the ledger can't settle. */
import type { Costs } from "../core/context.ts";
import { log } from "../core/log.ts";
import { covers, isPageMeta, type PageMeta } from "../rescues/page.ts";

/** For how long an isolate goes by the list that it has: KV's lists are dear, and the free plan has a thousand a day. */
const KEPT_MS = 10_000;
let known: { kv: KVNamespace; pages: PageMeta[]; readAt: number } | undefined;

/**
 * The page in KV that holds what comes next after an id; where pages overlap, because one is being split or merged, the one
 * that was altered last. Undefined when there is none, or KV can't be listed and never could.
 * @param costs counts the lists as reads
 */
export async function findPage(kv: KVNamespace, after: number, costs: Costs): Promise<PageMeta | undefined> {
	if (known?.kv !== kv || Math.abs(Date.now() - known.readAt) >= KEPT_MS) {
		const start = Date.now();
		try {
			known = { kv, pages: await listPages(kv, costs), readAt: start };
		} catch (error) {
			log("error", "KV list failed", { error: String(error) });
			if (known?.kv !== kv) return undefined;
			// What was known is better than nothing: a page that isn't there any more is found out when it is read.
			known = { ...known, readAt: start };
		} finally {
			costs.kvMs += Date.now() - start;
		}
	}
	const covering = known.pages.filter((page) => covers(page, after));
	return covering.sort((a, b) => b.revision - a.revision)[0];
}

/** Has the next reader list the pages again: one that was found there was gone. */
export function forgetPages() {
	known = undefined;
}

async function listPages(kv: KVNamespace, costs: Costs): Promise<PageMeta[]> {
	const pages: PageMeta[] = [];
	for (let cursor: string | null | undefined = null; cursor !== undefined; ) {
		costs.kvReads++;
		const list: KVNamespaceListResult<PageMeta> = await kv.list<PageMeta>({ prefix: "rescues:", cursor });
		for (const { name, metadata } of list.keys) {
			if (metadata && isPageMeta(Number(name.slice("rescues:".length)))(metadata)) pages.push(metadata);
		}
		cursor = list.list_complete ? undefined : list.cursor;
	}
	return pages;
}
