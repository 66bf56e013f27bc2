/** Finding by the index: which of its tables to ask, so that the rows read are few whatever the number of records. */

import { lazily } from "../../core/lazily.ts";
import {
	compareRanks,
	type Hits,
	isKeyed,
	type Rank,
	type RescueFilter,
	SEARCH_LIMITS,
	type Search,
	type Sort,
	STATUSES,
	type Total,
} from "../../rescues/search.ts";
import { publicText } from "../../rescues/view.ts";
import type { Records } from "../records.ts";
import { findByKeys } from "./keys.ts";
import type { SearchIndex } from "./search-index.ts";
import { ALL, type Condition, conditionsOf, inOrder, spell } from "./sql.ts";
import { ANY_SPECIES, FACETS } from "./tables.ts";
import { expressionOf } from "./words.ts";

/** How many searches are remembered, each with the ids of at most as many records as are counted. */
const REMEMBERED = 20;

/** What a record takes, in microseconds: to be sorted once it is found; of those in order, to be looked at, in its text too. */
const COST = { sorted: 2, byColumns: 0.3, byText: 3 };
/**
 * How many times as many as expected are looked at in order before the other way is taken, and how many at least. An object,
 * so that a test can make it small.
 */
export const PATIENCE = { times: 4, least: 1000 };

/** The ids of what matches, as a JSON array. */
interface Ids {
	json: string;
}

/** What matches a filter: how much, and the ids when FTS5 had to find them to say so. */
interface Matches {
	total: Total;
	ids: Ids | null;
}

/** What is looked for, and whether in private text too. */
interface Asked {
	filter: RescueFilter;
	seesAll: boolean;
}

/** Whether a filter asks for nothing but facets. */
const isCounted = (filter: RescueFilter) =>
	Object.keys(filter).every((name) => (FACETS as readonly string[]).includes(name));

/** Finds records by the index. What it finds, and in which order, is what `matches` and `compareRanks` say. */
export class Finder {
	#sql: SqlStorage;
	#index: SearchIndex;
	#records: Records;
	#searches = { at: 0, known: new Map<string, Matches>() };

	constructor(sql: SqlStorage, index: SearchIndex, records: Records) {
		this.#sql = sql;
		this.#index = index;
		this.#records = records;
	}

	/**
	 * The part of a list that is asked for; null when there is no index, it isn't built yet, or it lags behind and the day's
	 * rows are used up. What names keys needs none.
	 * @param isFresh whether every change must be in it: null as well when it lags behind by more than is taken in at once
	 * @param seesAll whether private text is searched, and the documents are wanted with their private fields
	 */
	find(search: Search, isFresh: boolean, seesAll: boolean): Hits | null {
		const { filter, sort, first, from, count } = search;
		if (isKeyed(filter)) {
			const all = findByKeys(this.#sql, search, seesAll);
			const ranks = from === null ? all : all.filter((rank) => compareRanks(sort, rank, from) > 0);
			const total = { count: all.length, isExact: true };
			return this.#hits(ranks, first, seesAll, { ...(count && { total }), at: this.#records.latestChange() });
		}
		if (!this.#index.isBuilt) return null;
		const isCurrent = this.#index.catchUp();
		// Tomorrow is too late: the pages know.
		if (!isCurrent && (isFresh || !this.#index.goesOn)) return null;
		const at = this.#records.latestChange();
		const asked = { filter, seesAll };
		const found = lazily({ matches: () => (isCurrent ? this.#recall(asked, at) : this.#matches(asked)) });
		const matches = () => found.matches;
		const ranks = first > 0 ? this.#ranks(asked, sort, from, first + 1, matches) : [];
		const hits = this.#hits(ranks, first, seesAll, { at: isCurrent ? at : null });
		return hits && { ...hits, ...(count && { total: matches().total }) };
	}

	/** The first of these records; null when one has been deleted, and isn't out of the index yet. */
	#hits(ranks: Rank[], first: number, seesAll: boolean, more: Pick<Hits, "total" | "at">): Hits | null {
		const wanted = ranks.slice(0, first).map(({ id }) => id);
		const documents: string[] = [];
		let bytes = 0;
		for (const document of this.#records.renderAll(wanted)) {
			documents.push(seesAll ? document : publicText(document));
			bytes += document.length;
			if (bytes > SEARCH_LIMITS.bytes) break;
		}
		if (documents.length < wanted.length && bytes <= SEARCH_LIMITS.bytes) return null;
		const size = documents.length;
		const last = ranks[size - 1] ?? null;
		return { documents: documents.join(), size, last, hasMore: ranks.length > size, ...more };
	}

	/**
	 * Up to `limit` records behind a rank, in order. Either all matches are found and sorted, or records are looked
	 * at in order until enough match: what takes less, as far as the counts tell.
	 */
	#ranks(asked: Asked, sort: Sort, from: Rank | null, limit: number, matches: () => Matches): Rank[] {
		const { filter, seesAll } = asked;
		const expression = expressionOf(filter, seesAll);
		if (sort === "id" || sort === "-id") return this.#byId(expression, sort, from, limit);
		const { status, ...rest } = filter;
		const statuses = status ?? [...STATUSES];
		const isOrderAll = Object.keys(rest).length === 0;
		if (expression === null || isOrderAll) return this.#inOrder(statuses, [], sort, from, limit, ALL) ?? [];
		const { total, ids } = matches();
		const { count, isExact } = total;
		const all = this.#counted(status ? { status } : {});
		const expected = (limit * all) / Math.max(count, 1);
		const look = rest.q ? COST.byText : COST.byColumns;
		const costSorted = (isExact ? count : all) * COST.sorted;
		const sorted = () => this.#sorted(ids ?? expression, sort, from, limit);
		if (costSorted <= expected * look) return sorted();
		// What matches may be at the other end of the order.
		const patience = costSorted < all * look ? Math.ceil(Math.max(PATIENCE.times * expected, PATIENCE.least)) : ALL;
		return this.#inOrder(statuses, conditionsOf(rest, seesAll), sort, from, limit, patience) ?? sorted();
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

	/**
	 * All that match, sorted.
	 * @param found their ids, as JSON, or the expression that finds them
	 */
	#sorted(found: Ids | string, sort: Sort, from: Rank | null, limit: number): Rank[] {
		const { key, direction, beyond } = spell(sort);
		const isKnown = typeof found === "object";
		const table = isKnown
			? { sql: "json_each(?) AS found CROSS JOIN search ON search.id = found.value", bindings: [found.json] }
			: { sql: "search_words CROSS JOIN search ON search.id = search_words.rowid", bindings: [] };
		const all = [
			...(isKnown ? [] : [{ sql: "search_words MATCH ?", bindings: [found] }]),
			...(from === null
				? []
				: [{ sql: `(${key} ${beyond} ? OR (${key} = ? AND search.id > ?))`, bindings: [from.key, from.key, from.id] }]),
		];
		return this.#select(`search.id, ${key} AS key`, table, all, `${key} ${direction}, search.id`, limit);
	}

	/**
	 * Those of these statuses that match, looked for in order. Ties go upwards in both directions, the index's entries don't.
	 * @param patience how many records to look at, besides those that are tied; null when that didn't do
	 */
	#inOrder(
		statuses: string[],
		conditions: Condition[],
		sort: Sort,
		from: Rank | null,
		limit: number,
		patience: number,
	): Rank[] | null {
		const { key, direction, beyond } = spell(sort);
		const select = (range: Condition, order: string, most: number, count: number) =>
			this.#select("id, key", inOrder(statuses, key, range, order, most), conditions, "", count);
		const tied = (at: string | number, after: number, count: number) =>
			select({ sql: `AND ${key} = ? AND id > ?`, bindings: [at, after] }, "id", ALL, count);

		const found = from === null ? [] : tied(from.key, from.id, limit);
		const missing = limit - found.length;
		if (missing > 0) {
			const range = from === null ? { sql: "", bindings: [] } : { sql: `AND ${key} ${beyond} ?`, bindings: [from.key] };
			const order = `key ${direction}, id ${direction}`;
			const rest = select(range, order, patience, missing);
			if (rest.length < missing && patience !== ALL) return null;
			// Downwards the last ties may be cut, and those that belong here left out.
			const cut = direction === "DESC" && rest.length === missing ? rest.at(-1)?.key : undefined;
			found.push(...rest.filter((row) => row.key !== cut).sort((a, b) => compareRanks(sort, a, b)));
			if (cut !== undefined) found.push(...tied(cut, 0, limit - found.length));
		}
		return found;
	}

	#select(columns: string, table: Condition, conditions: Condition[], order: string, limit: number): Rank[] {
		const where = conditions.length > 0 ? `WHERE ${conditions.map(({ sql }) => sql).join(" AND ")}` : "";
		const query = `SELECT ${columns} FROM ${table.sql} ${where} ${order && `ORDER BY ${order}`} LIMIT ?`;
		const bindings = [table, ...conditions].flatMap((condition) => condition.bindings);
		return this.#sql.exec<Rank & Record<string, SqlStorageValue>>(query, ...bindings, limit).toArray();
	}

	/** The same, remembered until the next change: whoever goes through a search page by page asks for it again. */
	#recall(asked: Asked, at: number): Matches {
		if (isCounted(asked.filter)) return this.#matches(asked);
		if (this.#searches.at !== at || this.#searches.known.size >= REMEMBERED) this.#searches = { at, known: new Map() };
		const name = JSON.stringify([asked, SEARCH_LIMITS.counted]);
		const matches = this.#searches.known.get(name) ?? this.#matches(asked);
		this.#searches.known.set(name, matches);
		return matches;
	}

	/** What matches: facets are counted as they are written, everything else FTS5 finds, up to ten thousand. */
	#matches({ filter, seesAll }: Asked): Matches {
		if (isCounted(filter)) return { total: { count: this.#counted(filter), isExact: true }, ids: null };
		const { counted } = SEARCH_LIMITS;
		const query = `SELECT count(*) AS count, json_group_array(id) AS json FROM (
			SELECT rowid AS id FROM search_words WHERE search_words MATCH ? LIMIT ?)`;
		const found = this.#sql.exec<{ count: number; json: string }>(query, expressionOf(filter, seesAll), counted + 1);
		const { count, json } = found.one();
		const isExact = count <= counted;
		return { total: { count: Math.min(count, counted), isExact }, ids: isExact ? { json } : null };
	}

	/** How many records have these facets. */
	#counted({ species, ...filter }: RescueFilter): number {
		const all = [{ sql: "species = ?", bindings: [species ?? ANY_SPECIES] }, ...conditionsOf(filter, false)];
		const query = `SELECT coalesce(sum(count), 0) AS count FROM search_counts WHERE ${all.map(({ sql }) => sql).join(" AND ")}`;
		return this.#sql.exec<{ count: number }>(query, ...all.flatMap(({ bindings }) => bindings)).one().count;
	}
}
