/** What the index is asked, as SQL. */
import { FLAGS, type RescueFilter, type Sort } from "../../rescues/search.ts";
import { FACETS, TRAITS } from "./tables.ts";

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
	const columns = `id, ${key} AS key, ${[...FACETS, ...TRAITS].filter((name) => name !== "status")}`;
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

/**
 * Filters as conditions on an entry.
 * @param seesAll whether words are looked for in private text too
 */
export function conditionsOf(filter: RescueFilter, seesAll: boolean): Condition[] {
	const { species, status, sex, size, location, q } = filter;
	const equal = (column: string, value: string | number) => ({ sql: `${column} = ?`, bindings: [value] });
	const words = q?.split(" ") ?? [];
	const text = `SELECT ${seesAll ? "public || ' ' || private" : "public"} AS text FROM search_texts WHERE search_texts.id = search.id`;
	const found = words.map(() => "instr(text, ?) > 0").join(" AND ");
	return [
		...(status ? [{ sql: `status IN (${status.map(() => "?")})`, bindings: status }] : []),
		...(species == null ? [] : [equal("species", species)]),
		...(sex ? [equal("sex", sex)] : []),
		...(size ? [equal("size", size)] : []),
		...FLAGS.flatMap((name) => (filter[name] == null ? [] : [equal(name, Number(filter[name]))])),
		...(location == null ? [] : [equal("location", location)]),
		...(q ? [{ sql: `(SELECT ${found} FROM (${text}))`, bindings: words }] : []),
	];
}
