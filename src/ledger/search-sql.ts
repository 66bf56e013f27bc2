/** What the index is asked, as SQL. */
import type { RescueFilter, Sort } from "../rescues/search.ts";

/** No limit, as SQL has it. */
export const ALL = -1;
/** How many queries SQLite takes in a compound one on the platform. */
const COMPOUND = 5;

/** A condition of a query, with what stands for its question marks. */
export interface Condition {
	sql: string;
	bindings: (string | number)[];
}

/** A sort as SQL has it. */
export const spell = (sort: Sort) => {
	const isDown = sort.startsWith("-");
	return { key: sort.replace("-", ""), direction: isDown ? "DESC" : "ASC", beyond: isDown ? "<" : ">" };
};

/** The first records of a range in an order: each status has its own, they are merged. */
export function inOrder(statuses: string[], key: string, range: Condition, order: string, most: number): Condition {
	const columns = `id, ${key} AS key, species, sex, size`;
	const one = `SELECT ${columns} FROM search INDEXED BY search_${key} WHERE status = ? ${range.sql}`;
	const merged = (queries: string[]): string => {
		if (queries.length <= COMPOUND) return `${queries.join(" UNION ALL ")} ORDER BY ${order}`;
		const [some, others] = [queries.slice(0, COMPOUND), queries.slice(COMPOUND)];
		return merged([some, others].map((each) => `SELECT * FROM (${merged(each)})`));
	};
	const bindings = [...statuses.flatMap((status) => [status, ...range.bindings]), most];
	// The limit also keeps SQLite from looking for matches in each status before it merges.
	return { sql: `(${merged(statuses.map(() => one))} LIMIT ?) AS search`, bindings };
}

/** Filters as conditions on an entry. */
export function conditionsOf({ species, status, sex, size, q }: RescueFilter): Condition[] {
	const equal = (column: string, value: string) => ({ sql: `${column} = ?`, bindings: [value] });
	const words = q?.split(" ") ?? [];
	const text = `SELECT ${words.map(() => "instr(public, ?) > 0").join(" AND ")} FROM search_texts`;
	return [
		...(status ? [{ sql: `status IN (${status.map(() => "?")})`, bindings: status }] : []),
		...(species == null ? [] : [equal("species", species)]),
		...(sex ? [equal("sex", sex)] : []),
		...(size ? [equal("size", size)] : []),
		...(q ? [{ sql: `(${text} WHERE search_texts.id = search.id)`, bindings: words }] : []),
	];
}
