/** Which fields stand together in the form, in which order, and how a phone's keyboard helps with each. */
import type { Writable } from "../../src/rescues/fields.ts";

/** A part of the form. */
export interface Section {
	title: string;
	hint?: string;
	fields: readonly Writable[];
}

const ALL = {
	About: ["name", "species", "birthDate", "age", "sex", "size", "breed", "color", "description"],
	Photos: ["photos"],
	"Health and habits": ["neutered", "vaccinated", "houseTrained", "specialNeeds"],
	"Good with": ["goodWithChildren", "goodWithDogs", "goodWithCats"],
	"In and out": ["status", "intakeDate", "intakeType", "outcomeDate", "externalId"],
	"For the rescue only": ["microchip", "location", "notes"],
} as const satisfies Record<string, readonly Writable[]>;

/** Fails to compile when a field of the table is in no section. */
type Placed = (typeof ALL)[keyof typeof ALL][number];
const isWhole: Exclude<Writable, Placed> extends never ? true : never = true;

const HINTS: Record<string, string> = { "For the rescue only": "Visitors don’t see what is in here." };

/** The parts of the form. */
export const SECTIONS: readonly Section[] = isWhole
	? Object.entries(ALL).map(([title, fields]) => ({ title, fields, ...(HINTS[title] && { hint: HINTS[title] }) }))
	: [];

/** All fields, as they follow one another in the form. */
export const IN_ORDER: readonly Writable[] = SECTIONS.flatMap(({ fields }) => fields);

/** What a phone's keyboard does at the start of a word or sentence, where that isn't what it does by itself. */
export const CAPITALS: Partial<Record<Writable, "none" | "words" | "characters">> = {
	name: "words",
	species: "none",
	breed: "words",
	color: "none",
	externalId: "none",
	microchip: "characters",
	location: "words",
};
