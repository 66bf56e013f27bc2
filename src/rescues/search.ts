/** What a list can be filtered and sorted by, and how records compare. */
import * as z from "zod/mini";
import { oneOf } from "../core/issues.ts";
import { lazily } from "../core/lazily.ts";
import { FIELDS, isPrivate } from "./fields.ts";
import type { AnimalRescue } from "./rescue.ts";
import { schemaOf } from "./schemas.ts";
import type { RescueView } from "./view.ts";

/** What a list can be sorted by … */
export const SORT_KEYS = ["id", "name", "age", "createdAt", "updatedAt"] as const;
type SortKey = (typeof SORT_KEYS)[number];
/** … upwards, or with `-` in front downwards. */
export type Sort = SortKey | `-${SortKey}`;
/** Every sort there is. */
export const SORTS = SORT_KEYS.flatMap((key) => [key, `-${key}`] as const) satisfies Sort[];

/**
 * Up to how many published pages a list is found by reading them, and beyond that by the ledger's index; up to how many
 * operations of a request pages are read when the index can't answer (a request may make 50 subrequests on the free plan); up
 * to how many matches are counted; and how many characters of documents one answer of the index holds at most, well below RPC's
 * 32 MiB. An object, so that a test can make them small.
 */
export const SEARCH_LIMITS = { pages: 4, readable: 40, counted: 10_000, bytes: 8 * 1024 * 1024 };

/** How many records a list has in all. */
export interface Total {
	count: number;
	/** Whether there are so many, or at least so many. */
	isExact: boolean;
}

/** A part of a list that is filtered or sorted, as the ledger's index is asked for it. */
export interface Search {
	/** Normalised. */
	filter: RescueFilter;
	sort: Sort;
	/** How many records; 0 for the total alone. */
	first: number;
	/** Behind which rank; null to begin. */
	from: Rank | null;
	/** Whether the total is wanted. */
	count: boolean;
}

/** What the ledger's index finds. */
export interface Hits {
	/** The records' documents as JSON, in order, with commas between them; fewer than asked for when they are large. */
	documents: string;
	/** How many they are. */
	size: number;
	/** The last one's rank; null when there is none. */
	last: Rank | null;
	/** Whether the list goes on behind them. */
	hasMore: boolean;
	/** Only when it was asked for. */
	total?: Total;
	/** Number of the last change that is in the index; null while it lags behind the ledger. */
	at: number | null;
}

/** What each filter means: the descriptions in the OpenAPI document and in the GraphQL schema. */
export const FILTERS = {
	species: "Only this species, whatever its case and accents.",
	status: "Only these statuses: one or several.",
	sex: "Only this sex.",
	size: "Only this size.",
	neutered: "Only those that are neutered or spayed, or only those that are known not to be.",
	goodWithChildren: "Only those that get along with children, or only those that are known not to.",
	goodWithDogs: "Only those that get along with dogs, or only those that are known not to.",
	goodWithCats: "Only those that get along with cats, or only those that are known not to.",
	ids: "Only rescues with one of these ids, 1 to 100 of them.",
	externalId: "Only the rescue with this externalId, exactly.",
	microchip:
		"Only the rescue with this microchip, whatever spaces, dashes and small letters. Needs a token that may read.",
	location: "Only those that are here, whatever case and accents. Needs a token that may read.",
	q: "Only rescues that contain every word of this in their name, breed, color, description, species or externalId or, with a token that may read, in their microchip or notes, in any order, whatever case and accents; at most 100 characters.",
} satisfies Record<keyof RescueFilter, string>;

/**
 * Whether a list is filtered or sorted by what the public doesn't see: a filter or sort that has the name of a private field.
 * That is refused for it, because what is found would tell.
 */
export const asksForPrivate = (filter: object, sort: string): boolean =>
	[sort.replace("-", ""), ...Object.entries(filter).flatMap(([name, value]) => (value == null ? [] : [name]))].some(
		isPrivate,
	);

/** What sorting means. */
export const SORTING =
	"What to sort by, `id` if nothing else is said. Names compare without case and accents; ties are in order of id.";

/** The filters that are true or false. */
export const FLAGS = ["neutered", "goodWithChildren", "goodWithDogs", "goodWithCats"] as const;

const qRule = "must be text of at most 100 characters";
const statusRule = "must be a list of statuses, at least one";
const idsRule = "must be a list of 1 to 100 ids";

/** What a list's arguments may be. */
export const searchSchemas = /* @__PURE__ */ lazily({
	/** The filters of a list. What is absent or null doesn't filter. */
	filter: () => {
		const { id, species, status, sex, size, neutered, externalId, microchip, location } = FIELDS;
		const flag = z.nullish(schemaOf(neutered.holds));
		return z.strictObject(
			{
				species: z.nullish(schemaOf(species.holds)),
				status: z.nullish(z.array(schemaOf(status.holds), statusRule).check(z.minLength(1, statusRule))),
				sex: z.nullish(schemaOf(sex.holds)),
				size: z.nullish(schemaOf(size.holds)),
				...{ neutered: flag, goodWithChildren: flag, goodWithDogs: flag, goodWithCats: flag },
				ids: z.nullish(z.array(schemaOf(id.holds), idsRule).check(z.minLength(1, idsRule), z.maxLength(100, idsRule))),
				externalId: z.nullish(schemaOf(externalId.holds)),
				microchip: z.nullish(schemaOf(microchip.holds)),
				location: z.nullish(schemaOf(location.holds)),
				q: z.nullish(z.string(qRule).check(z.trim(), z.maxLength(100, qRule))),
			},
			"must be an object",
		);
	},
	/** The order of a list. */
	sort: () => z.enum(SORTS, oneOf(SORTS)),
});
/** The filters of a list, as a resolver is given them. */
export type RescueFilter = z.infer<typeof searchSchemas.filter>;

/** Text as it is compared: without marks (NFD, Unicode category M), in lower case. */
export const fold = (text: string) =>
	(isAscii(text) ? text : text.normalize("NFD").replace(/\p{M}/gu, "")).toLowerCase();

// Normalising costs ten times what lower-casing does, and most text doesn't need it.
const isAscii = (text: string) => !/[^\0-\x7f]/.test(text);

/** Every status. */
export const STATUSES = Object.keys(FIELDS.status.holds.values) as AnimalRescue["status"][];

/** The fields in which `q` looks for its words: those that everyone sees, and those that the public doesn't. */
const SEARCHED = {
	public: ["name", "breed", "color", "description", "species", "externalId"],
	private: ["microchip", "notes"],
} as const;

/** A record's texts in which `q` looks for its words, folded, a line for each field; what is not in the view is empty. */
export const searchedText = (rescue: RescueView, part: keyof typeof SEARCHED) =>
	SEARCHED[part].map((field) => fold(rescue[field] ?? "")).join("\n");

/** The words of a folded text, each once. */
export const wordsOf = (text: string) => [...new Set(text.split(/\s+/))].filter((word) => word !== "");

/** `q` as it is compared: its words folded, without those that another one contains, in one order, a space between them. */
function normaliseWords(q: string): string {
	// What no stored text can hold is replaced, so that it means the same wherever it is looked for.
	const words = wordsOf(fold(q.toWellFormed().replaceAll("\0", "\ufffd")));
	const isContained = (word: string) => words.some((other) => other !== word && other.includes(word));
	return words
		.filter((word) => !isContained(word))
		.sort()
		.join(" ");
}

/** Filters as they are compared: folded, each status once and in order. Equal filters are equal as JSON. */
export function normalise({ species, status, sex, size, ids, ...filter }: RescueFilter): RescueFilter {
	const { externalId, microchip, location } = filter;
	const words = normaliseWords(filter.q ?? "");
	const flags = FLAGS.filter((name) => filter[name] != null);
	return {
		...(species != null && { species: fold(species) }),
		...(status && { status: STATUSES.filter((known) => status.includes(known)) }),
		...(sex && { sex }),
		...(size && { size }),
		...Object.fromEntries(flags.map((name) => [name, filter[name]])),
		...(ids && { ids: [...new Set(ids)].sort((a, b) => a - b) }),
		...(externalId != null && { externalId }),
		...(microchip != null && { microchip }),
		...(location != null && { location: fold(location) }),
		...(words && { q: words }),
	};
}

/**
 * The test whether a record passes filters that are normalised: made once for many records, it looks at what is asked for only.
 * The ledger's index has to say the same (`ledger/search/finder.ts`).
 */
export function matching(filter: RescueFilter): (rescue: RescueView) => boolean {
	const { species, status, sex, size, ids, externalId, microchip, location, q } = filter;
	const tests: ((rescue: RescueView) => boolean)[] = [];
	if (ids) tests.push(({ id }) => ids.includes(id));
	if (externalId != null) tests.push((rescue) => rescue.externalId === externalId);
	if (microchip != null) tests.push((rescue) => rescue.microchip === microchip);
	if (status) tests.push((rescue) => status.includes(rescue.status));
	if (sex) tests.push((rescue) => rescue.sex === sex);
	if (size) tests.push((rescue) => rescue.size === size);
	for (const name of FLAGS) if (filter[name] != null) tests.push((rescue) => rescue[name] === filter[name]);
	// Many records, few species.
	const isSpecies = remembered((text) => fold(text) === species);
	if (species != null) tests.push((rescue) => isSpecies(rescue.species));
	if (location != null) tests.push((rescue) => rescue.location != null && fold(rescue.location) === location);
	const words = q ? q.split(" ") : [];
	const textOf = (rescue: RescueView) => `${searchedText(rescue, "public")}\n${searchedText(rescue, "private")}`;
	if (q) tests.push((rescue) => hasWords(words, textOf(rescue)));
	return (rescue) => tests.every((test) => test(rescue));
}

/** A function that remembers what it said of each text. */
function remembered(judge: (text: string) => boolean): (text: string) => boolean {
	const known = new Map<string, boolean>();
	return (text) => {
		let said = known.get(text);
		if (said === undefined) {
			said = judge(text);
			known.set(text, said);
		}
		return said;
	};
}

/** Whether one record passes filters that are normalised. */
export const matches = (filter: RescueFilter, rescue: RescueView): boolean => matching(filter)(rescue);

/** Whether filters that are normalised name records by their keys, so that few can match, wherever they are. */
export const isKeyed = ({ ids, externalId, microchip }: RescueFilter): boolean =>
	(ids ?? externalId ?? microchip) !== undefined;

const hasWords = (words: string[], text: string) => words.every((word) => text.includes(word));

/** What decides where a record stands in a sorted list. */
export interface Rank {
	key: string | number;
	id: number;
}

/** Where a record stands in a list that is sorted so. */
export function rankOf(sort: Sort, rescue: RescueView): Rank {
	const value = rescue[sort.replace("-", "") as SortKey];
	return { key: typeof value === "string" ? fold(value) : value, id: rescue.id };
}

/** Compares two ranks; ties are in order of id, in both directions. Texts compare by code points. */
export function compareRanks(sort: Sort, a: Rank, b: Rank): number {
	if (a.key === b.key) return a.id - b.id;
	const isBefore = typeof a.key === "string" ? isTextBefore(a.key, String(b.key)) : a.key < (b.key as number);
	return isBefore === sort.startsWith("-") ? 1 : -1;
}

/** Whether a text comes before another one by code points, as in SQLite; `<` compares UTF-16, where surrogates are in the way. */
function isTextBefore(a: string, b: string): boolean {
	let at = 0;
	while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
	if (at === a.length || at === b.length) return a.length < b.length;
	return surrogatesLast(a.charCodeAt(at)) < surrogatesLast(b.charCodeAt(at));
}

const surrogatesLast = (unit: number) => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);
