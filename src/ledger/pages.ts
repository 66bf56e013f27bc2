/** The pages of the list: which there are, when they split and merge, what is in them. */
import type { PageMeta } from "../rescues/page.ts";
import { MAX_ID } from "../rescues/rescue.ts";
import { SEARCH_LIMITS } from "../rescues/search.ts";
import { SCHEMA } from "../rescues/upgrade.ts";
import { pageKey, type Rendered } from "./documents.ts";
import { KeptPages } from "./kept-pages.ts";
import type { Meta } from "./migrations.ts";
import type { Stale } from "./publishing/outbox.ts";

/** What a page holds at most; an object, so that a test can make pages small. */
export const PAGE_LIMITS = {
	records: 1000,
	/** 2 MiB of UTF-8, well under KV's 25 MiB a value: a page is cheap to rewrite, and several fit into memory. */
	bytes: 2 * 1024 * 1024,
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

/** A page as it is found: with what its metadata says besides, and the number of the last change. */
export interface FoundPage extends Page {
	at: number;
	total: number;
	ledger: string;
	claimed: number | null;
}
const fact = (name: string) => `(SELECT value FROM meta WHERE name = '${name}') AS ${name}`;
const FOUND = `SELECT *, (SELECT coalesce(max(sequence), 0) FROM changes) AS at, ${["total", "ledger", "claimed"].map(fact)} FROM pages`;

/**
 * Which record is in which page. Pages partition the ids: each starts at a bound fixed when it was made and ends where
 * the next one starts. Must be called inside the transaction that changes the record.
 */
export class Pages {
	#sql: SqlStorage;
	#meta: Meta;
	#kept: KeptPages;

	constructor(sql: SqlStorage, meta: Meta) {
		this.#sql = sql;
		this.#meta = meta;
		this.#kept = new KeptPages(sql);
	}

	/** The page that an id belongs to, whether or not it is there. */
	of(id: number): FoundPage {
		return this.#sql.exec<FoundPage>(`${FOUND} WHERE lower <= ? ORDER BY lower DESC LIMIT 1`, id).one();
	}

	/** The page that starts at a bound, if there is one. */
	find(lower: number): FoundPage | undefined {
		return this.#sql.exec<FoundPage>(`${FOUND} WHERE lower = ?`, lower).toArray()[0];
	}

	/** All pages, to be published by the alarm. */
	all(): Stale {
		const rows = this.#sql.exec<{ lower: number }>("SELECT lower FROM pages ORDER BY lower").toArray();
		return new Map(rows.map(({ lower }) => [pageKey(lower), Date.now()]));
	}

	/** How many records there are in all: counted by the database (`migrations.ts`). */
	total(): number {
		return this.#meta.get("total") as number;
	}

	/** How large a page's document is, in bytes of UTF-8. */
	size(lower: number): number {
		const page = this.#at(lower);
		return page ? sizeOf(page) : 0;
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
				`UPDATE OR FAIL pages SET count = count + ?, bytes = bytes + ?, revision = ?
				WHERE lower = (SELECT max(lower) FROM pages WHERE lower <= ?) RETURNING *`,
				records,
				bytes,
				revision,
				id,
			)
			.one();
		const isMerging = records < 0 && !isTooLarge(grown);
		const keys = isMerging ? this.#merge(grown) : this.#split(grown, id);
		const stale: Stale = new Map(keys.map((key) => [key, 0]));
		// The total is in every page's metadata but only the first page's is kept up to date, with the next pages' bounds.
		if ((records !== 0 || keys.length > 1) && !stale.has(pageKey(0))) stale.set(pageKey(0), Date.now() + TOTAL_LAG_MS);
		return stale;
	}

	/** Forgets what is remembered of rendered pages, to read them all anew. */
	forget() {
		this.#kept.forget();
	}

	/**
	 * Splits a page that is too large, once there has been a change since its last: the parts need a revision that it never had.
	 * @param revision number of the last change
	 * @returns the parts' keys
	 */
	splitLarge(page: Page, revision: number): string[] {
		return page.revision < revision ? this.#split({ ...page, revision }) : [];
	}

	/** A page's document, what `GET /rescues` answers from. Not to be called in a transaction. */
	render({ lower, upper, count, revision, at, total, ledger, claimed }: FoundPage): Rendered<PageMeta> {
		// Joined here: a string in the database ends at 2 MB.
		const { body, publicEnd } = this.#kept.render(lower, upper ?? MAX_ID + 1, at);
		const meta = {
			...{ revision, lower, upper, count, total, edition: crypto.randomUUID(), ledger, schema: SCHEMA },
			publicEnd,
			...(claimed !== null && { claimed }),
			...(lower === 0 && upper !== null && { following: this.#following() }),
		};
		return { body, meta };
	}

	/** Where the pages behind the first one start, as many as are read side by side. */
	#following(): number[] {
		// Not bound: SQLite would prepare the statement anew each time, to know how many they are.
		const query = `SELECT lower FROM pages WHERE lower > 0 ORDER BY lower LIMIT ${SEARCH_LIMITS.pages}`;
		const rows = this.#sql.exec<{ lower: number }>(query);
		return rows.toArray().map(({ lower }) => lower);
	}

	#at(lower: number): Page | undefined {
		return this.#sql.exec<Page>("SELECT * FROM pages WHERE lower = ?", lower).toArray()[0];
	}

	#write({ lower, upper, count, bytes, revision }: Page) {
		this.#sql.exec("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?)", lower, upper, count, bytes, revision);
	}

	/**
	 * Splits a page if it is too large; an append opens a new page instead, so that pages stay full.
	 * @param added the id that has made it so
	 */
	#split(page: Page, added?: number): string[] {
		if (!isTooLarge(page)) return [pageKey(page.lower)];
		const rows = this.#sql
			.exec<{ id: number; bytes: number }>(
				"SELECT id, octet_length(document) AS bytes FROM rescues WHERE id >= ? AND id < ? ORDER BY id",
				page.lower,
				page.upper ?? MAX_ID + 1,
			)
			.toArray();
		const parts = (rows.at(-1)?.id === added && cutLast(rows)) || cut(rows);
		const bounds = [page.lower, ...parts.slice(1).map(([first]) => first?.id as number), page.upper];
		for (const [index, part] of parts.entries()) {
			const [lower, upper] = [bounds[index] as number, bounds[index + 1] as number | null];
			this.#write({ ...page, lower, upper, count: part.length, bytes: sum(part) });
		}
		// The new pages first: until the old one shrinks, a walk finds everything in the old one.
		return parts.map((_, index) => pageKey(bounds[index] as number)).reverse();
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

/** The size of a page's document (`rescues/view.ts`): its records, each in two parts, what separates them and what is around them. */
const sizeOf = ({ count, bytes }: Pick<Page, "count" | "bytes">) => bytes + count + 2 * Math.max(count - 1, 0) + 5;

/** Whether a page is larger than one may be: an earlier release may have left one so. */
export const isTooLarge = (page: Pick<Page, "count" | "bytes">) =>
	page.count > PAGE_LIMITS.records || sizeOf(page) > PAGE_LIMITS.bytes;

/** A record as a page sees it. */
interface Slice {
	id: number;
	bytes: number;
}

const sum = (slices: Slice[]) => slices.reduce((bytes, slice) => bytes + slice.bytes, 0);
const areTooLarge = (slices: Slice[]) => isTooLarge({ count: slices.length, bytes: sum(slices) });

/** All but the last record, and the last; nothing when that doesn't do. */
function cutLast(slices: Slice[]): Slice[][] | undefined {
	const parts = [slices.slice(0, -1), slices.slice(-1)];
	return slices.length > 1 && !parts.some(areTooLarge) ? parts : undefined;
}

/** Parts of about the same size that are pages: two if two will do. A page of one record can't be cut, however large. */
function cut(slices: Slice[]): Slice[][] {
	const bytes = sum(slices);
	for (let count = 2; count < slices.length; count++) {
		const parts: Slice[][] = [];
		let before = 0;
		for (const slice of slices) {
			const index = Math.min(Math.floor((before / bytes) * count), count - 1);
			const part = parts[index] ?? [];
			part.push(slice);
			parts[index] = part;
			before += slice.bytes;
		}
		const pages = parts.filter(Boolean);
		if (pages.length > 1 && !pages.some(areTooLarge)) return pages;
	}
	return slices.map((slice) => [slice]);
}

/** Half a page's limits, so that a merged page isn't split again by the next create. */
const fitTogether = (left: Page, right: Page) =>
	left.count === 0 ||
	right.count === 0 ||
	(left.count + right.count <= PAGE_LIMITS.records / 2 && left.bytes + right.bytes <= PAGE_LIMITS.bytes / 2);
