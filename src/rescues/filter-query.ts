import { FILTERS, type RescueFilter } from "./search.ts";

/** The filters as a query string has them: a list's parameter is given once or several times. The resolver judges them. */
export type FilterQuery = {
	[Name in keyof RescueFilter]: NonNullable<RescueFilter[Name]> extends (infer One)[]
		? One | One[]
		: NonNullable<RescueFilter[Name]>;
};

/** The names of those parameters, for `query`. */
export const FILTER_PARAMETERS = {
	once: (Object.keys(FILTERS) as (keyof RescueFilter)[]).filter((name) => name !== "status"),
	repeatable: ["status"],
} as const;
