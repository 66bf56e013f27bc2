/** What a list can be filtered and sorted by, and how records compare. */
import * as z from "zod/mini";
import { oneOf } from "../core/issues.ts";
import { lazily } from "../core/lazily.ts";
import { FIELDS } from "./fields.ts";
import type { AnimalRescue } from "./rescue.ts";
import { schemaOf } from "./schemas.ts";

/** What a list can be sorted by … */
export const SORT_KEYS = ["id", "name", "age", "createdAt", "updatedAt"] as const;
type SortKey = (typeof SORT_KEYS)[number];
/** … upwards, or with `-` in front downwards. */
export type Sort = SortKey | `-${SortKey}`;
/** Every sort there is. */
export const SORTS = SORT_KEYS.flatMap((key) => [key, `-${key}`] as const) satisfies Sort[];

/** What each filter means: the descriptions in the OpenAPI document and in the GraphQL schema. */
export const FILTERS = {
	species: "Only this species, whatever its case and accents.",
	status: "Only these statuses: one or several.",
	sex: "Only this sex.",
	size: "Only this size.",
	q: "Only rescues whose name, breed or description contains this, whatever its case and accents; at most 100 characters.",
	sort: "What to sort by, `id` if nothing else is said. Names compare without case and accents; ties are in order of id.",
} as const;

const qRule = "must be text of at most 100 characters";
const statusRule = "must be a list of statuses, at least one";

export const searchSchemas = lazily({
	/** The filters of a list. What is absent or null doesn't filter. */
	filter: () => {
		const { species, status, sex, size } = FIELDS;
		return z.strictObject(
			{
				species: z.nullish(schemaOf(species.holds)),
				status: z.nullish(z.array(schemaOf(status.holds), statusRule).check(z.minLength(1, statusRule))),
				sex: z.nullish(schemaOf(sex.holds)),
				size: z.nullish(schemaOf(size.holds)),
				q: z.nullish(z.string(qRule).check(z.trim(), z.maxLength(100, qRule))),
			},
			"must be an object",
		);
	},
	/** The order of a list. */
	sort: () => z.enum(SORTS, oneOf(SORTS)),
});
export type RescueFilter = z.infer<typeof searchSchemas.filter>;

/** Text as it is compared: without marks (NFD, Unicode category M), in lower case. */
export const fold = (text: string) =>
	(isAscii(text) ? text : text.normalize("NFD").replace(/\p{M}/gu, "")).toLowerCase();

// Normalising costs ten times what lower-casing does, and most text doesn't need it.
const isAscii = (text: string) => !/[^\0-\x7f]/.test(text);

const STATUSES = Object.keys(FIELDS.status.holds.values) as AnimalRescue["status"][];

/** Filters as they are compared: folded, each status once and in order. Equal filters are equal as JSON. */
export function normalise({ species, status, sex, size, q }: RescueFilter): RescueFilter {
	return {
		...(species && { species: fold(species) }),
		...(status && { status: STATUSES.filter((known) => status.includes(known)) }),
		...(sex && { sex }),
		...(size && { size }),
		...(q && { q: fold(q) }),
	};
}

/** Whether a record passes filters that are normalised. */
export function matches({ species, status, sex, size, q }: RescueFilter, rescue: AnimalRescue): boolean {
	const contains = (text: string | null) => text !== null && fold(text).includes(q ?? "");
	return (
		(!status || status.includes(rescue.status)) &&
		(!sex || rescue.sex === sex) &&
		(!size || rescue.size === size) &&
		(!species || fold(rescue.species) === species) &&
		(!q || contains(rescue.name) || contains(rescue.breed) || contains(rescue.description))
	);
}

/** What decides where a record stands in a sorted list. */
export interface Rank {
	key: string | number;
	id: number;
}

/** Where a record stands in a list that is sorted so. */
export function rankOf(sort: Sort, rescue: AnimalRescue): Rank {
	const value = rescue[sort.replace("-", "") as SortKey];
	return { key: typeof value === "string" ? fold(value) : value, id: rescue.id };
}

/** Compares two ranks; ties are in order of id, in both directions. */
export function compareRanks(sort: Sort, a: Rank, b: Rank): number {
	if (a.key === b.key) return a.id - b.id;
	return a.key < b.key === sort.startsWith("-") ? 1 : -1;
}
