/** What a record says, in words for people: every fact with its label, only what is known. */
import { FIELDS, isPrivate, WRITABLE, type Writable } from "../rescues/fields.ts";
import type { Field } from "../rescues/kinds.ts";
import type { RescueView } from "../rescues/view.ts";
import { ageInWords } from "./words.ts";

/** A field of a record in words. */
export interface Fact {
	name: Writable;
	label: string;
	value: string;
}

/** What stands elsewhere than among the facts: above them, or as text of its own. */
const APART: Writable[] = [
	"name",
	"species",
	"age",
	"breed",
	"status",
	"photos",
	"description",
	"specialNeeds",
	"notes",
];
const GOOD_WITH: Writable[] = ["goodWithChildren", "goodWithDogs", "goodWithCats"];
const table: Record<Writable, Field> = FIELDS;

/** The label of a field. */
export const labelOf = (name: Writable): string => FIELDS[name].label;

/** A field's value in words; undefined when it isn't known, or isn't for who asks. */
export function valueInWords(name: Writable, record: RescueView): string | undefined {
	const { holds } = table[name];
	const value = record[name];
	if (value == null || value === "") return undefined;
	if (Array.isArray(value)) return value.length === 0 ? undefined : `${value.length} of them`;
	if (holds.kind === "boolean") return value ? "Yes" : "No";
	if (holds.kind === "date") return dayInWords(String(value));
	// What isn't known is no fact.
	if (holds.kind === "choice") return value === "unknown" ? undefined : holds.values[String(value)]?.label;
	return String(value);
}

const known = (names: Writable[], record: RescueView): Fact[] =>
	names.flatMap((name) => {
		const value = valueInWords(name, record);
		return value === undefined ? [] : [{ name, label: labelOf(name), value }];
	});

/** The facts that stand in a list: those for everyone, whom it is good with, and those that only the rescue sees. */
export function factsOf(record: RescueView): { shown: Fact[]; goodWith: Fact[]; hidden: Fact[] } {
	const names = WRITABLE.filter((name) => !APART.includes(name) && !GOOD_WITH.includes(name));
	return {
		shown: known(
			names.filter((name) => !isPrivate(name)),
			record,
		),
		goodWith: known(GOOD_WITH, record),
		hidden: known(names.filter(isPrivate), record),
	};
}

/** What an animal is, in one line: `dog, Labrador mix, 3 years`. */
export const inShort = (record: RescueView): string =>
	[record.species, ...(record.breed ? [record.breed] : []), ageInWords(record)].join(", ").replaceAll("\u00a0", " ");

const MONTHS = "January February March April May June July August September October November December".split(" ");

/** `17 April 2023`. Intl would load its locales when a Worker starts: 10 ms. */
export function dayInWords(day: string): string {
	const [year = "", month = "", date = ""] = day.slice(0, 10).split("-");
	return `${Number(date)} ${MONTHS[Number(month) - 1] ?? month} ${year}`;
}

/** `17 April 2023 at 09:30`, where the reader is; the Worker doesn't know where that is, and says UTC. */
export const momentInWords = (moment: string): string =>
	"document" in globalThis
		? new Date(moment).toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short" })
		: `${dayInWords(moment)} at ${moment.slice(11, 16)} UTC`;

/** The title of an animal's page: `Rex: dog, Labrador mix, 3 years`. */
export const titleOf = (rescue: RescueView): string => `${rescue.name}: ${inShort(rescue)}`;

/** The name that this service's pages have in common. */
export const SITE = "Animal Rescue";
