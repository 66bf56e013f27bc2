/** The pages of the list: which there are, when they split and merge, what is in them. */
import type { PageMeta } from "../rescues/page.ts";
import { MAX_ID } from "../rescues/rescue.ts";
import { SEARCH_LIMITS } from "../rescues/search.ts";
import { asServed, SCHEMA } from "../rescues/upgrade.ts";
import { pageKey, type Rendered } from "./documents.ts";
import type { Stale } from "./outbox.ts";

/** What a page holds at most; an object, so that a test can make pages small. */
export const PAGE_LIMITS = {
	records: 1000,
	/** 4 MiB, well under KV's 25 MiB a value, so that a page is cheap to rewrite. */
	bytes: 4 * 1024 * 1024,
};

/**
 * When the first page's total is brought up to date at the latest, without costing every write a KV put. Readers go by it
 * for ten seconds more (`store.ts`): half a minute in all.
 */
const TOTAL_LAG_MS = 20_000;

/** A page's row: which ids belong to it and how full it is. */
interface Page {
	lower: number;
	upper: number | null;
	count: number;
	bytes: number;
	revision: number;
	[column: string]: SqlStorageValue;
}

/**
 * Which record is in which page. Pages partition the ids: each starts at a bound fixed when it was made and ends where
 * the next one starts. Must be called inside the transaction that changes the record.
 */
export class Pages {
	#sql: SqlStorage;

	constructor(sql: SqlStorage) {
		this.#sql = sql;
	}

	/** The page that an id belongs to, whether or not it is there. */
	of(id: number): Page {
		return this.#sql.exec<Page>("SELECT * FROM pages WHERE lower <= ? ORDER BY lower DESC LIMIT 1", id).one();
	}

	/** Where each page starts, in order. */
	bounds(): number[] {
		const rows = this.#sql.exec<{ lower: number }>("SELECT lower FROM pages ORDER BY lower");
		return rows.toArray().map(({ lower }) => lower);
	}

	/** How many records there are in all. */
	total(): number {
		return this.#sql.exec<{ total: number }>("SELECT sum(count) AS total FROM pages").one().total;
	}

	/**
	 * Accounts for a change that has just been made to the records.
	 * @param records by how many the page's record count changes: 1, 0 or -1
	 * @param bytes by how many bytes the page's bodies grow
	 * @param revision the change's number
	 * @returns what has become stale, in the order that keeps a walk complete
	 */
	account(id: number, records: 1 | 0 | -1, bytes: number, revision: number): Stale {
		const grown = this.#sql
			.exec<Page>(
				`UPDATE pages SET count = count + ?, bytes = bytes + ?, revision = ?
				WHERE lower = (SELECT max(lower) FROM pages WHERE lower <= ?) RETURNING *`,
				records,
				bytes,
				revision,
				id,
			)
			.one();
		const keys = records < 0 ? this.#merge(grown) : this.#split(grown, id);
		const stale: Stale = new Map(keys.map((key) => [key, 0]));
		// The total is in every page's metadata but only the first page's is kept up to date, with the next pages' bounds.
		if ((records !== 0 || keys.length > 1) && !stale.has(pageKey(0))) stale.set(pageKey(0), Date.now() + TOTAL_LAG_MS);
		return stale;
	}

	/** The page's document, exactly what `GET /rescues` answers from; null when there is no such page. */
	render(lower: number): Rendered<PageMeta> | null {
		const page = this.#at(lower);
		if (!page) return null;
		const { upper, count, revision } = page;
		const query = "SELECT document FROM rescues WHERE id >= ? AND id < ? ORDER BY id";
		const documents = [...this.#sql.exec<{ document: string }>(query, lower, upper ?? MAX_ID + 1)];
		const body = `[${documents.map(({ document }) => asServed(document)).join()}]`;
		const meta = { revision, lower, upper, count, total: this.total(), edition: crypto.randomUUID(), schema: SCHEMA };
		return { body, meta: lower === 0 && upper !== null ? { ...meta, following: this.#following() } : meta };
	}

	/** Where the pages behind the first one start, as many as are read side by side. */
	#following(): number[] {
		const query = "SELECT lower FROM pages WHERE lower > 0 ORDER BY lower LIMIT ?";
		const rows = this.#sql.exec<{ lower: number }>(query, SEARCH_LIMITS.pages);
		return rows.toArray().map(({ lower }) => lower);
	}

	#at(lower: number): Page | undefined {
		return this.#sql.exec<Page>("SELECT * FROM pages WHERE lower = ?", lower).toArray()[0];
	}

	#write({ lower, upper, count, bytes, revision }: Page) {
		this.#sql.exec("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?)", lower, upper, count, bytes, revision);
	}

	/** Splits a page if it is too full; an append opens a new page instead, so that pages stay full. */
	#split(page: Page, added: number): string[] {
		if (page.count <= PAGE_LIMITS.records && page.bytes <= PAGE_LIMITS.bytes) return [pageKey(page.lower)];
		const rows = this.#sql
			.exec<{ id: number; bytes: number }>(
				"SELECT id, octet_length(document) AS bytes FROM rescues WHERE id >= ? AND id < ? ORDER BY id",
				page.lower,
				page.upper ?? MAX_ID + 1,
			)
			.toArray();
		let kept = rows.at(-1)?.id === added ? rows.length - 1 : 0;
		let keptBytes = page.bytes - (rows.at(-1)?.bytes ?? 0);
		if (kept === 0) {
			keptBytes = 0;
			for (const row of rows) {
				if (keptBytes >= page.bytes / 2) break;
				keptBytes += row.bytes;
				kept++;
			}
		}
		const bound = rows[kept]?.id;
		// A page of one record can't be split, however large the record is.
		if (bound === undefined || kept === 0) return [pageKey(page.lower)];
		this.#write({ ...page, lower: bound, count: page.count - kept, bytes: page.bytes - keptBytes });
		this.#write({ ...page, upper: bound, count: kept, bytes: keptBytes });
		// The new page first: until the old one shrinks, a walk finds everything in the old one.
		return [pageKey(bound), pageKey(page.lower)];
	}

	/** After a removal: joins the page to a neighbour when one is empty or both are thin. */
	#merge(page: Page): string[] {
		const before = page.lower === 0 ? undefined : this.of(page.lower - 1);
		const after = page.upper === null ? undefined : this.#at(page.upper);
		for (const [left, right] of [
			[before, page],
			[page, after],
		] as const) {
			if (!left || !right || !fitTogether(left, right)) continue;
			this.#sql.exec("DELETE FROM pages WHERE lower = ?", right.lower);
			this.#write({
				...left,
				upper: right.upper,
				count: left.count + right.count,
				bytes: left.bytes + right.bytes,
				revision: page.revision,
			});
			// The grown page first: until the other one goes, a walk finds everything in either.
			return [pageKey(left.lower), pageKey(right.lower)];
		}
		return [pageKey(page.lower)];
	}
}

/** Half a page's limits, so that a merged page isn't split again by the next create. */
const fitTogether = (left: Page, right: Page) =>
	left.count === 0 ||
	right.count === 0 ||
	(left.count + right.count <= PAGE_LIMITS.records / 2 && left.bytes + right.bytes <= PAGE_LIMITS.bytes / 2);
