/** Finding by the index: which of its tables to ask, so that the rows read are few whatever the number of records. */

import { STATUSES } from "../rescues/rescue.ts";
import {
	compareRanks,
	type Hits,
	type Rank,
	type RescueFilter,
	SEARCH_LIMITS,
	type Search,
	type Sort,
	type Total,
} from "../rescues/search.ts";
import type { Records } from "./records.ts";
import type { SearchIndex } from "./search-index.ts";
import { expressionOf } from "./search-words.ts";

/** No limit, as SQL has it. */
const ALL = -1;
/** How many documents are read at once. */
const AT_ONCE = 100;
/** How many totals are remembered. */
const REMEMBERED = 100;

/** What looking at one record takes, in microseconds: sorting one that FTS5 has found; one in order, by its columns, by its text. */
const COST = { sorted: 2, byColumns: 0.3, byText: 3 };
/**
 * How many times as many as expected are looked at in order before the other way is taken, and how many at least. An object,
 * so that a test can make it small.
 */
export const PATIENCE = { times: 4, least: 1000 };
/** How many queries SQLite takes in a compound one on the platform. */
const COMPOUND = 5;

/** A condition of a query, with what stands for its question marks. */
interface Condition {
	sql: string;
	bindings: (string | number)[];
}

/** Finds records by the index. What it finds, and in which order, is what `matches` and `compareRanks` say. */
export class Finder {
	#sql: SqlStorage;
	#index: SearchIndex;
	#records: Records;
	#totals = { at: 0, known: new Map<string, Total>() };

	constructor(sql: SqlStorage, index: SearchIndex, records: Records) {
		this.#sql = sql;
		this.#index = index;
		this.#records = records;
	}

	/**
	 * The part of a list that is asked for; null when there is no index, or it isn't built yet.
	 * @param isFresh whether every change must be in it: null as well when it lags behind by more than is taken in at once
	 */
	find(search: Search, isFresh: boolean): Hits | null {
		if (!this.#index.isBuilt) return null;
		const isCurrent = this.#index.catchUp();
		if (isFresh && !isCurrent) return null;
		const { filter, sort, first, from, count } = search;
		const at = this.#records.latestChange();
		const total = () => (isCurrent ? this.#totalAt(at, filter) : this.#total(filter));
		const ranks = first > 0 ? this.#ranks(filter, sort, from, first + 1, total) : [];
		const wanted = ranks.slice(0, first).map(({ id }) => id);
		const documents: string[] = [];
		let bytes = 0;
		while (documents.length < wanted.length && bytes < SEARCH_LIMITS.bytes) {
			const some = wanted.slice(documents.length, documents.length + AT_ONCE);
			const found = this.#records.renderAll(some);
			// One has been deleted, and isn't out of the index yet.
			if (found.length < some.length) return null;
			documents.push(...found);
			for (const document of found) bytes += document.length;
		}
		const size = documents.length;
		return {
			...{ documents: documents.join(), size, last: ranks[size - 1] ?? null, hasMore: ranks.length > size },
			...(count && { total: total() }),
			at: isCurrent ? at : null,
		};
	}

	/**
	 * Up to `limit` records behind a rank, in order. Either all matches are found and sorted, or records are looked
	 * at in order until enough match: what takes less, as far as the counts tell.
	 */
	#ranks(filter: RescueFilter, sort: Sort, from: Rank | null, limit: number, total: () => Total): Rank[] {
		const expression = expressionOf(filter);
		if (sort === "id" || sort === "-id") return this.#byId(expression, sort, from, limit);
		const { status, q, ...columns } = filter;
		if (expression === null || (!q && Object.keys(columns).length === 0)) {
			return this.#inOrder(filter, sort, from, limit, ALL) ?? [];
		}
		const { count, isExact } = total();
		const all = this.#counted(status ? { status } : {});
		const cost = q ? COST.byText : COST.byColumns;
		const expected = (limit * all) / Math.max(count, 1);
		const costSorted = isExact ? count * COST.sorted : Number.POSITIVE_INFINITY;
		if (costSorted <= expected * cost) return this.#sorted(expression, sort, from, limit);
		// What matches may be at the other end of the order.
		const patience = costSorted < all * cost ? Math.ceil(Math.max(PATIENCE.times * expected, PATIENCE.least)) : ALL;
		return this.#inOrder(filter, sort, from, limit, patience) ?? this.#sorted(expression, sort, from, limit);
	}

	/** By id is the order in which FTS5 finds. */
	#byId(expression: string | null, sort: Sort, from: Rank | null, limit: number): Rank[] {
		const [table, id] = expression === null ? ["search", "id"] : ["search_words", "rowid"];
		const isDown = sort === "-id";
		const all = [
			...(expression === null ? [] : [{ sql: "search_words MATCH ?", bindings: [expression] }]),
			...(from === null ? [] : [{ sql: `${id} ${isDown ? "<" : ">"} ?`, bindings: [from.id] }]),
		];
		const order = `${id} ${isDown ? "DESC" : "ASC"}`;
		return this.#select(`${id} AS id, ${id} AS key`, { sql: table, bindings: [] }, all, order, limit);
	}

	/** All that match, sorted. */
	#sorted(expression: string, sort: Sort, from: Rank | null, limit: number): Rank[] {
		const { key, direction, beyond } = spell(sort);
		const table = { sql: "search_words CROSS JOIN search ON id = search_words.rowid", bindings: [] };
		const all = [
			{ sql: "search_words MATCH ?", bindings: [expression] },
			...(from === null
				? []
				: [{ sql: `(${key} ${beyond} ? OR (${key} = ? AND id > ?))`, bindings: [from.key, from.key, from.id] }]),
		];
		return this.#select(`id, ${key} AS key`, table, all, `${key} ${direction}, id`, limit);
	}

	/**
	 * Those that match, looked for in order. Ties go upwards in both directions, the index's entries don't.
	 * @param patience how many records to look at, besides those that are tied; null when that didn't do
	 */
	#inOrder(filter: RescueFilter, sort: Sort, from: Rank | null, limit: number, patience: number): Rank[] | null {
		const { key, direction, beyond } = spell(sort);
		const tied = (at: string | number, after: number, count: number) =>
			this.#merged(filter, key, { sql: `AND ${key} = ? AND id > ?`, bindings: [at, after] }, "id", ALL, count);

		const found = from === null ? [] : tied(from.key, from.id, limit);
		const missing = limit - found.length;
		if (missing > 0) {
			const range = from === null ? { sql: "", bindings: [] } : { sql: `AND ${key} ${beyond} ?`, bindings: [from.key] };
			const order = `key ${direction}, id ${direction}`;
			const rest = this.#merged(filter, key, range, order, patience, missing);
			if (rest.length < missing && patience !== ALL) return null;
			// Downwards the last ties may be cut, and those that belong here left out.
			const cut = direction === "DESC" && rest.length === missing ? rest.at(-1)?.key : undefined;
			found.push(...rest.filter((row) => row.key !== cut).sort((a, b) => compareRanks(sort, a, b)));
			if (cut !== undefined) found.push(...tied(cut, 0, limit - found.length));
		}
		return found;
	}

	/** The first records of a range that match, of those that come first in an order: each status has its own, they are merged. */
	#merged(filter: RescueFilter, key: string, range: Condition, order: string, patience: number, limit: number): Rank[] {
		const { status, ...rest } = filter;
		const one = `SELECT id, ${key} AS key, species, sex, size FROM search INDEXED BY search_${key} WHERE status = ? ${range.sql}`;
		const statuses = status ?? [...STATUSES];
		const merge = (queries: string[]): string => {
			if (queries.length <= COMPOUND) return `${queries.join(" UNION ALL ")} ORDER BY ${order}`;
			const groups = Array.from({ length: Math.ceil(queries.length / COMPOUND) }, (_, group) =>
				queries.slice(group * COMPOUND, (group + 1) * COMPOUND),
			);
			return merge(groups.map((group) => `SELECT * FROM (${merge(group)})`));
		};
		const bindings = [...statuses.flatMap((each) => [each, ...range.bindings]), patience];
		// The inner limit also keeps SQLite from looking for a match in each status before it merges.
		const table = { sql: `(${merge(statuses.map(() => one))} LIMIT ?) AS search`, bindings };
		return this.#select("id, key", table, conditionsOf(rest), "", limit);
	}

	#select(columns: string, table: Condition, conditions: Condition[], order: string, limit: number): Rank[] {
		const where = conditions.length > 0 ? `WHERE ${conditions.map(({ sql }) => sql).join(" AND ")}` : "";
		const query = `SELECT ${columns} FROM ${table.sql} ${where} ${order && `ORDER BY ${order}`} LIMIT ?`;
		const bindings = [table, ...conditions].flatMap((condition) => condition.bindings);
		return this.#sql.exec<Rank & Record<string, SqlStorageValue>>(query, ...bindings, limit).toArray();
	}

	/** The same, remembered until the next change: whoever leafs through a list asks for it again. */
	#totalAt(at: number, filter: RescueFilter): Total {
		if (this.#totals.at !== at || this.#totals.known.size >= REMEMBERED) this.#totals = { at, known: new Map() };
		const name = JSON.stringify(filter);
		const total = this.#totals.known.get(name) ?? this.#total(filter);
		this.#totals.known.set(name, total);
		return total;
	}

	/** How many records match: counted as they are written, or up to ten thousand by FTS5. */
	#total({ q, ...facets }: RescueFilter): Total {
		if (!q) return { count: this.#counted(facets), isExact: true };
		const { counted } = SEARCH_LIMITS;
		const query = "SELECT count(*) AS count FROM (SELECT 1 FROM search_words WHERE search_words MATCH ? LIMIT ?)";
		const { count } = this.#sql.exec<{ count: number }>(query, expressionOf({ q, ...facets }), counted + 1).one();
		return { count: Math.min(count, counted), isExact: count <= counted };
	}

	/** How many records have these facets. */
	#counted({ species, ...filter }: RescueFilter): number {
		const all = [{ sql: "species = ?", bindings: [species ?? ""] }, ...conditionsOf(filter)];
		const query = `SELECT coalesce(sum(count), 0) AS count FROM search_counts WHERE ${all.map(({ sql }) => sql).join(" AND ")}`;
		return this.#sql.exec<{ count: number }>(query, ...all.flatMap(({ bindings }) => bindings)).one().count;
	}
}

/** A sort as SQL has it. */
const spell = (sort: Sort) => {
	const isDown = sort.startsWith("-");
	return { key: sort.replace("-", ""), direction: isDown ? "DESC" : "ASC", beyond: isDown ? "<" : ">" };
};

/** Filters as conditions on an entry. */
function conditionsOf({ species, status, sex, size, q }: RescueFilter): Condition[] {
	const equal = (column: string, value: string) => ({ sql: `${column} = ?`, bindings: [value] });
	const words = q?.split(" ") ?? [];
	const text = `SELECT ${words.map(() => "instr(public, ?) > 0").join(" AND ")} FROM search_texts`;
	return [
		...(status ? [{ sql: `status IN (${status.map(() => "?")})`, bindings: status }] : []),
		...(species ? [equal("species", species)] : []),
		...(sex ? [equal("sex", sex)] : []),
		...(size ? [equal("size", size)] : []),
		...(q ? [{ sql: `(${text} WHERE search_texts.id = search.id)`, bindings: words }] : []),
	];
}
