/** What is in the form, as text, and how that of two people is put together. No DOM here. */
import { FIELDS, WRITABLE, type Writable } from "../../src/rescues/fields.ts";
import type { WritableField } from "../../src/rescues/kinds.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";

/** Each field's value as its control has it; photos are their addresses, one a line. */
export type Values = Record<Writable, string>;

const table: Record<Writable, WritableField> = FIELDS;

/** A value as its control has it. */
export const toText = (value: unknown) => (Array.isArray(value) ? value.join("\n") : String(value ?? ""));

/** What a record has, or a new one begins with. */
export const toValues = (rescue: AnimalRescue | null): Values =>
	Object.fromEntries(
		WRITABLE.map((name) => {
			const field = table[name];
			const first = "default" in field ? field.default : null;
			return [name, toText(rescue ? rescue[name] : first)];
		}),
	) as Values;

/** A control's text as the API takes it; undefined for what is required and empty. What is wrong with it the API says. */
export function toInput(name: Writable, text: string): unknown {
	const field = table[name];
	const trimmed = text.trim();
	if (field.holds.kind === "urls") return trimmed.split(/\s*\n\s*/).filter(Boolean);
	if (trimmed === "") return "required" in field ? undefined : null;
	if (field.holds.kind === "boolean") return trimmed === "true";
	return field.holds.kind === "integer" && /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : text;
}

/** Whether two texts say the same of a field: the API takes whitespace out, as far as the field's kind has it. */
export function isSame(name: Writable, one: string, other: string): boolean {
	const { kind } = table[name].holds;
	const bare = (text: string) => (kind === "code" ? text.replace(/[\s-]/g, "").toUpperCase() : text.trim());
	return bare(one) === bare(other);
}

/** The fields in which two states of a record differ; what one of them doesn't show isn't compared. */
export const changedFields = (one: AnimalRescue, other: AnimalRescue): Writable[] =>
	WRITABLE.filter(
		(name) =>
			one[name] !== undefined && other[name] !== undefined && !isSame(name, toText(one[name]), toText(other[name])),
	);

/** With a date of birth the age follows from it. */
const isGiven = (name: Writable, { birthDate }: Values) => name !== "age" || birthDate.trim() === "";

/** The fields in which the form differs from what it began with. */
export const typedFields = (base: AnimalRescue | null, values: Values): Writable[] => {
	const before = toValues(base);
	return WRITABLE.filter((name) => isGiven(name, values) && !isSame(name, values[name], before[name]));
};

/** What is to be sent: of a new record everything, of another what was typed. A required field that was emptied is null. */
export function toChanges(base: AnimalRescue | null, values: Values): Record<string, unknown> {
	if (base) {
		return Object.fromEntries(typedFields(base, values).map((name) => [name, toInput(name, values[name]) ?? null]));
	}
	const given = WRITABLE.filter((name) => isGiven(name, values));
	return Object.fromEntries(given.map((name) => [name, toInput(name, values[name])]));
}

/** Theirs, of the fields that both have changed. */
export type Clashes = Partial<Record<Writable, string>>;

/** A form, and what somebody else has made of its record. */
export interface Merged {
	values: Values;
	clashes: Clashes;
	/** What only they have changed: it is in the form now. */
	taken: Writable[];
}

/**
 * Puts together what is typed and what the record has become: what only they changed is taken over, what only one oneself
 * changed stays, of what both changed theirs is kept beside, to choose from.
 * @param base the record as it was when the form was filled, or last put together
 */
export function merge(base: AnimalRescue, values: Values, clashes: Clashes, theirs: AnimalRescue): Merged {
	const merged: Merged = { values: { ...values }, clashes: { ...clashes }, taken: [] };
	const [before, now] = [toValues(base), toValues(theirs)];
	for (const name of WRITABLE) {
		// What wasn't shown to whom the form was filled for can't have been typed.
		if (base[name] === undefined || theirs[name] === undefined) {
			if (theirs[name] !== undefined) merged.values[name] = now[name];
			continue;
		}
		if (isSame(name, now[name], before[name])) continue;
		const isTyped = !isSame(name, values[name], before[name]) && isGiven(name, values);
		if (!isTyped || isSame(name, values[name], now[name])) {
			if (!isTyped && !isSame(name, values[name], now[name])) merged.taken.push(name);
			merged.values[name] = now[name];
			delete merged.clashes[name];
		} else merged.clashes[name] = now[name];
	}
	return merged;
}
