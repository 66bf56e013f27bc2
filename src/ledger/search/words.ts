/** What the index makes of words: the tokens that FTS5 keeps of a record, and the expression that finds them. */
import { FLAGS, type RescueFilter, wordsOf } from "../../rescues/search.ts";

/** ASCII that FTS5's `ascii` tokenizer would separate tokens at. Everything in a word is part of it; whitespace and NUL never are. */
const PUNCTUATION = Array.from({ length: 127 }, (_, index) => String.fromCharCode(index + 1))
	.filter((character) => /[^0-9A-Za-z\s]/.test(character))
	.join("");

/** FTS5's tokenizer, as an SQL string. It takes tokens as they are: `fold` has put letters into one case. */
export const TOKENIZER = `"ascii tokenchars '${PUNCTUATION.replaceAll("'", "''").replaceAll('"', '""')}'"`;

/** A text's runs of `length` characters (code points). */
const runs = (characters: string[], length: number) =>
	characters.slice(length - 1).map((_, index) => characters.slice(index, index + length).join(""));

/**
 * A text's tokens: of each word the runs of one, two and three characters. Those of three stand in their order, so that a
 * longer word is found as a phrase of them. Those of one and two are given once, and at least one of them stands between two
 * words, so that no phrase reaches from one word into the next.
 * @param text folded
 */
export function tokensOf(text: string): string {
	const known = new Set<string>();
	const tokens: string[] = [];
	for (const word of wordsOf(text)) {
		const characters = [...word];
		const short = [...characters, ...runs(characters, 2)].filter((run) => !known.has(run));
		for (const run of short) known.add(run);
		const between = short.length > 0 ? [...new Set(short)] : characters.slice(0, 1);
		tokens.push(...between, ...runs(characters, 3));
	}
	return tokens.join(" ");
}

/** The tokens of what can be filtered by, which are in a column of their own; what isn't known (null) has none. */
export const facetsOf = (facets: (readonly [name: string, value: string | number | null])[]) =>
	facets.flatMap(([name, value]) => (value === null ? [] : [facet(name, value)])).join(" ");

const facet = (name: string, value: string | number) => `${name}=${encodeURIComponent(value)}`;

/**
 * The FTS5 expression for filters that are normalised; null when nothing is filtered.
 * @param seesAll whether words are looked for in private text too
 */
export function expressionOf(filter: RescueFilter, seesAll: boolean): string | null {
	const { species, status, sex, size, location, q } = filter;
	const one = (name: string, value: string | number) => `facets : "${facet(name, value)}"`;
	const texts = seesAll ? "{public private}" : "public";
	const all = [
		...(q?.split(" ") ?? []).map((word) => `${texts} : "${phraseOf(word).replaceAll('"', '""')}"`),
		...(species == null ? [] : [one("species", species)]),
		...(status ? [`(${status.map((each) => one("status", each)).join(" OR ")})`] : []),
		...(sex ? [one("sex", sex)] : []),
		...(size ? [one("size", size)] : []),
		...FLAGS.flatMap((name) => (filter[name] == null ? [] : [one(name, Number(filter[name]))])),
		...(location == null ? [] : [one("location", location)]),
	];
	return all.length > 0 ? all.join(" AND ") : null;
}

/** The tokens that stand for a word wherever it is, within a longer one too. */
function phraseOf(word: string): string {
	const characters = [...word];
	return characters.length < 3 ? word : runs(characters, 3).join(" ");
}
