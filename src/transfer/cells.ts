/** What people write into the cells of a spreadsheet, as an import's input. */
import { NEUTERED, SEX } from "../rescues/choices.ts";
import { FIELDS, type Name } from "../rescues/fields.ts";
import type { Field, Kind } from "../rescues/kinds.ts";
import { type Reading, readDay } from "./days.ts";

/**
 * A row's cells as an import's input: what is wrong with them is for the resolver to say.
 * @param fields what each column stands for
 * @param readings how the columns of days are to be read
 */
export function toValue(
	cells: string[],
	fields: (Name | undefined)[],
	readings: (Reading | undefined)[],
): Record<string, unknown> {
	const value: Record<string, unknown> = {};
	let isNeutered: boolean | undefined;
	for (const [index, field] of fields.entries()) {
		const cell = cells[index];
		if (field === undefined || cell === undefined) continue;
		const both = field === "sex" ? readSex(cell) : undefined;
		isNeutered = both?.isNeutered ?? isNeutered;
		const read = both?.sex ?? readCell(FIELDS[field], cell, readings[index] ?? null);
		if (read !== undefined) value[field] = read;
	}
	// A column of its own says it better.
	if (isNeutered !== undefined) value.neutered ??= isNeutered;
	return value;
}

function readCell(field: Field, cell: string, reading: Reading): unknown {
	const trimmed = cell.trim();
	// An empty cell clears a field; the ones that can't be empty stay as they are.
	if (trimmed === "") return "default" in field || "settled" in field ? null : undefined;
	const { holds } = field;
	switch (holds.kind) {
		case "integer":
			if (/^\d{1,16}$/.test(trimmed)) return Number(trimmed);
			return "requiredUnless" in field ? (readAge(trimmed) ?? trimmed) : trimmed;
		case "boolean":
			return readBoolean(trimmed, holds.spellings);
		case "date":
			return readDay(trimmed, reading);
		case "choice":
			return readChoice(trimmed, holds);
		case "urls":
			return trimmed.startsWith("[") ? readJsonList(trimmed) : trimmed.split(/\s+/);
		default:
			return cell;
	}
}

/** Text as values and their spellings are compared: small letters and digits, `_` between the words. */
const plain = (text: string) =>
	text
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, "_")
		.replace(/^_|_$/g, "");

function readChoice(cell: string, { values, spellings = {} }: Extract<Kind, { kind: "choice" }>): string {
	const written = plain(cell);
	const labelled = Object.entries(values).find(([, { label }]) => plain(label) === written);
	if (Object.hasOwn(values, written)) return written;
	return (Object.hasOwn(spellings, written) ? spellings[written] : labelled?.[0]) ?? cell;
}

const BOOLEANS: Record<string, boolean | null> = {
	...{ yes: true, y: true, true: true, t: true, 1: true },
	...{ no: false, n: false, false: false, f: false, 0: false },
	...{ unknown: null, not_known: null, unsure: null, n_a: null, na: null, u: null },
};

function readBoolean(cell: string, spellings: Record<string, boolean> = {}): unknown {
	const written = plain(cell);
	if (cell === "?") return null;
	if (Object.hasOwn(BOOLEANS, written)) return BOOLEANS[written];
	return Object.hasOwn(spellings, written) ? spellings[written] : cell;
}

const SEXES: Record<string, string> = { ...SEX.spellings, male: "male", female: "female", unknown: "unknown" };
/** What stands beside a sex, written out or as a letter. */
const BESIDE: Record<string, boolean> = { ...NEUTERED.spellings, n: true, s: true, i: false };

/** `Neutered Male`, `Female (spayed)`, `M/N`: a sex and whether the animal is neutered; undefined for anything else. */
function readSex(cell: string): { sex: string; isNeutered: boolean | undefined } | undefined {
	const words = plain(cell).split("_");
	const [sex, ...moreSexes] = words.filter((word) => Object.hasOwn(SEXES, word));
	const beside = words.filter((word) => Object.hasOwn(BESIDE, word));
	if (sex === undefined || moreSexes.length > 0 || beside.length > 1 || 1 + beside.length < words.length)
		return undefined;
	return { sex: SEXES[sex] as string, isNeutered: BESIDE[beside[0] ?? ""] };
}

/** How many days a unit of age has, by its first letter. */
const UNITS: Record<string, number> = { y: 365.25, m: 365.25 / 12, w: 7, d: 1 };
const AGE =
	/^(\d+(?:\.\d+)?\s*(?:y|yrs?|years?|m|mos?|mths?|months?|w|wks?|weeks?|d|days?)\.?(?:\s*(?:,|and|&)?\s*|$))+(?:old)?$/i;

/** `2 years 3 months`, `4 mo`, `10 weeks old` in whole years; undefined for anything else. */
function readAge(cell: string): number | undefined {
	if (cell.length > 40 || !AGE.test(cell)) return undefined;
	const parts = cell.matchAll(/(\d+(?:\.\d+)?)\s*([a-z])/gi);
	const days = [...parts].reduce(
		(sum, [, count, unit]) => sum + Number(count) * (UNITS[unit?.toLowerCase() ?? ""] ?? 0),
		0,
	);
	// A twelfth of a year twelve times is a year.
	return Math.floor(days / 365.25 + 1e-9);
}

function readJsonList(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}
