/** The index's tables. They are no part of `migrations.ts`: what they hold can be made anew from the records at any time. */
import type { AnimalRescue } from "../../rescues/rescue.ts";
import { FLAGS, fold, rankOf } from "../../rescues/search.ts";
import { TOKENIZER } from "./words.ts";

/**
 * The columns of an entry besides its id. Keys are as `rankOf` gives them, species and location are folded, no size is "".
 * What can be filtered by: facets, of which each combination is counted, and traits, which are null when not known, 0 for false.
 */
export const FACETS = ["species", "status", "sex", "size"] as const;
export const TRAITS = [...FLAGS, "location"] as const;
const KEYS = ["name", "age", "createdAt", "updatedAt"] as const;
export type Column = (typeof FACETS)[number] | (typeof TRAITS)[number] | (typeof KEYS)[number];
export const COLUMNS: readonly Column[] = [...FACETS, ...TRAITS, ...KEYS];
/** What stands for all species where records are counted: folded text has no capitals. */
export const ANY_SPECIES = "ANY";

/**
 * An index for each sort key begins with the status: what is in care is few among many that were, and differs from them in
 * age and time. The rest of its columns is there to be looked at without looking up the entry. The triggers note what
 * has changed, whoever changes it: an earlier release, which doesn't know the index, too. (A trigger's OR IGNORE doesn't hold
 * when the statement that fires it has an ON CONFLICT of its own.)
 */
export const TABLES = `
	CREATE TABLE search (
		id INTEGER NOT NULL PRIMARY KEY,
		${FACETS.map((name) => `${name} TEXT NOT NULL`).join(", ")},
		${TRAITS.map((name) => `${name} ${name === "location" ? "TEXT" : "INTEGER"}`).join(", ")},
		${KEYS.map((name) => `${name} ${name === "age" ? "INTEGER" : "TEXT"} NOT NULL`).join(", ")}
	) WITHOUT ROWID;
	${KEYS.map((key) => `CREATE INDEX search_${key} ON search (status, ${key}, id, species, sex, size, ${TRAITS});`).join("\n")}
	CREATE TABLE search_texts (id INTEGER PRIMARY KEY, public TEXT NOT NULL, private TEXT NOT NULL);
	CREATE VIRTUAL TABLE search_words USING fts5(
		public, private, facets, content = '', contentless_delete = 1, tokenize = ${TOKENIZER}
	);
	CREATE TABLE search_counts (
		${FACETS.map((name) => `${name} TEXT NOT NULL`).join(", ")}, count INTEGER NOT NULL, PRIMARY KEY (${FACETS})
	) WITHOUT ROWID;
	CREATE TABLE search_due (id INTEGER PRIMARY KEY);
	${Object.entries({ INSERT: "NEW", UPDATE: "NEW", DELETE: "OLD" })
		.map(
			([event, row]) => `CREATE TRIGGER search_${event} AFTER ${event} ON rescues
				WHEN ${row}.id <= (SELECT value FROM meta WHERE name = 'search_built_until')
				BEGIN INSERT INTO search_due SELECT ${row}.id WHERE ${row}.id NOT IN (SELECT id FROM search_due); END;`,
		)
		.join("\n")}
`;
export const NO_TABLES = `
	DROP TRIGGER search_INSERT; DROP TRIGGER search_UPDATE; DROP TRIGGER search_DELETE;
	DROP TABLE search; DROP TABLE search_texts; DROP TABLE search_words; DROP TABLE search_counts; DROP TABLE search_due;
	DELETE FROM meta WHERE name IN ('search_version', 'search_built_until');
`;

export type Entry = Record<(typeof FACETS)[number] | Exclude<(typeof KEYS)[number], "age">, string> &
	Record<(typeof FLAGS)[number], number | null> & { age: number; location: string | null };

/** A record's entry. */
export function toEntry(rescue: AnimalRescue): Entry {
	const key = (sort: (typeof KEYS)[number]) => rankOf(sort, rescue).key as string;
	const { status, sex, size, age, location } = rescue;
	const flags = FLAGS.map((name) => [name, rescue[name] === null ? null : Number(rescue[name])]);
	return {
		...{ species: fold(rescue.species), status, sex, size: size ?? "", age },
		...(Object.fromEntries(flags) as Pick<Entry, (typeof FLAGS)[number]>),
		location: location === null ? null : fold(location),
		...{ name: key("name"), createdAt: key("createdAt"), updatedAt: key("updatedAt") },
	};
}
