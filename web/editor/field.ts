/** What is said of the form's fields: their ids, labels and hints, and values in words. */
import { inWords } from "../../src/animals/words.ts";
import { FIELDS, type Writable } from "../../src/rescues/fields.ts";
import type { WritableField } from "../../src/rescues/kinds.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import type { Editing } from "./editing.ts";
import { toInput } from "./values.ts";

const table: Record<Writable, WritableField> = FIELDS;

/** The id of a field's control. */
export const idOf = (name: Writable) => `editor-${name}`;

/** What people call a field in the form. */
export const labelOf = (name: Writable) => table[name].form?.label ?? table[name].label;

/** The texts that belong to a control, for screen readers. */
export function describedBy(name: Writable, editing: Editing): string | undefined {
	const parts = [
		hintOf(name, editing) && "hint",
		editing.taken.includes(name) && "taken",
		editing.clashes[name] !== undefined && "clash",
		editing.errors[name] && "error",
	];
	return (
		parts
			.filter(Boolean)
			.map((part) => `${idOf(name)}-${part}`)
			.join(" ") || undefined
	);
}

/** What helps with a field. */
export function hintOf(name: Writable, { values }: Editing): string | undefined {
	if (name === "age" && values.birthDate !== "") return "Follows from the date of birth.";
	if (name === "outcomeDate") return "Set by itself when the status says that it has left.";
	return name === "photos" ? undefined : table[name].form?.hint;
}

/** A control's text in words. */
export const textInWords = (name: Writable, text: string) =>
	name === "photos"
		? `${text.split("\n").filter(Boolean).length} photos`
		: inWords(name, { [name]: toInput(name, text) ?? null } as AnimalRescue);
