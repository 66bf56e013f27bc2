/** The filters as a query string has them. */
import { toBoolean } from "../http/query.ts";
import { parseId } from "./rescue.ts";
import { FILTERS, FLAGS, type RescueFilter } from "./search.ts";

type Spelt<Value> = `${Value & (string | number | boolean)}`;

/** The filters as a query string has them: a list's parameter is given once or several times. The resolver judges them. */
export type FilterQuery = {
	[Name in keyof RescueFilter]: NonNullable<RescueFilter[Name]> extends (infer One)[]
		? Spelt<One> | Spelt<One>[]
		: Spelt<NonNullable<RescueFilter[Name]>>;
};

/** The filters that are lists. */
const LISTS: readonly string[] = ["status", "ids"];

/** The names of those parameters, for `query`. */
export const FILTER_PARAMETERS = {
	once: (Object.keys(FILTERS) as (keyof RescueFilter)[]).filter((name) => !LISTS.includes(name)),
	repeatable: ["status", "ids"],
} as const;

/** The filters as a resolver is given them: what can't be read stays as it is. */
export function readFilter({ ids, ...filter }: FilterQuery) {
	const flags = FLAGS.filter((name) => name in filter).map((name) => [name, toBoolean(filter[name])]);
	return {
		...filter,
		...Object.fromEntries(flags),
		...(ids !== undefined && { ids: [ids].flat().map((id) => parseId(id) ?? id) }),
	};
}
