/** The two ways in which a list is found: in the published pages, and by the ledger's index. */
import { runInDurableObject } from "cloudflare:test";
import type { RescueLedger } from "../../src/ledger/ledger.ts";
import { INDEX } from "../../src/rescues/find.ts";
import { SEARCH_LIMITS } from "../../src/rescues/search.ts";
import { ledger } from "../ledger/faulty-kv.ts";

const USUAL = { ...SEARCH_LIMITS };

/** How every list is found: by an index that counts no further than to two, too; `usual` as it is for users. */
export type Way = "pages" | "index" | "uncounted" | "usual";

/** Has every list found in one way. */
export function findBy(way: Way) {
	const limits = {
		pages: { ...USUAL, pages: 10_000, readable: 10_000 },
		index: { ...USUAL, pages: 0, readable: 1 },
		uncounted: { ...USUAL, pages: 0, readable: 1, counted: 2 },
		usual: USUAL,
	}[way];
	Object.assign(SEARCH_LIMITS, limits);
	INDEX.hasAnswered = false;
}

/** A fact that the ledger keeps of the index. */
export const searchFact = (name: string) =>
	runInDurableObject(
		ledger(),
		(_, { storage: { sql } }) =>
			sql.exec<{ value: number | string }>("SELECT value FROM meta WHERE name = ?", name).toArray()[0]?.value,
	);

/** Does what the alarm does, whether or not it is set. */
export const ring = () => runInDurableObject(ledger(), (instance) => (instance as RescueLedger).alarm());

/** Rings until the index is built, however many days that would take. */
export async function buildIndex() {
	for (let rung = 0; (await searchFact("search_built_until")) !== Number.MAX_SAFE_INTEGER; rung++) {
		if (rung === 1000) throw new Error("the index is never built");
		await runInDurableObject(ledger(), (_, { storage: { sql } }) => {
			sql.exec("DELETE FROM meta WHERE name = 'search_day'");
		});
		await ring();
	}
}
