/** The editor's form: its controls, made from the table of fields, and what is in them. */
import { FIELDS, WRITABLE, type Writable } from "../../src/rescues/fields.ts";
import type { WritableField } from "../../src/rescues/kinds.ts";
import { byId, element } from "./element.ts";

/** A control of the form. */
export type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const table: Record<Writable, WritableField> = FIELDS;
const form = byId<HTMLFormElement>("editor-form");

/** The fields that people fill in, as the form has them: in the table's order, unless one says where it stands. */
export const fields: Writable[] = [];
for (const name of WRITABLE) {
	const at = fields.indexOf(table[name].form?.before as Writable);
	fields.splice(at < 0 ? fields.length : at, 0, name);
}
byId("editor-fields").append(...fields.map((name) => labelled(name, table[name])));

/** A field's control. */
export const control = (name: Writable) => form.elements.namedItem(name) as Control;

function labelled(name: Writable, field: WritableField): HTMLElement {
	const { label, form = {} } = field;
	return element(
		"div",
		{ className: form.isWide ? "field whole" : "field" },
		element(
			"label",
			{ htmlFor: name },
			form.label ?? label,
			...("required" in field ? [" ", element("span", { className: "needed" }, "required")] : []),
		),
		makeControl(name, field),
		...(form.hint ? [element("p", { id: `${name}-hint`, className: "hint" }, form.hint)] : []),
	);
}

function makeControl(name: Writable, field: WritableField): Control {
	const { holds, form = {} } = field;
	const common = { id: name, name, required: "required" in field };
	if (holds.kind === "choice") return element("select", common, ...options(field));
	if (holds.kind === "boolean") {
		const choices = Object.entries({ "": "Not known", true: "Yes", false: "No" });
		return element("select", common, ...choices.map(([value, text]) => element("option", { value }, text)));
	}
	const isProse = holds.kind === "text" && form.spellcheck !== false;
	const made = form.rows
		? element("textarea", { ...common, rows: form.rows })
		: element("input", { ...common, autocomplete: "off" });
	if (!isProse) made.spellcheck = false;
	if (holds.kind === "integer") made.inputMode = "numeric";
	if (holds.kind === "date") (made as HTMLInputElement).type = "date";
	if (form.list) made.setAttribute("list", form.list);
	return made;
}

/** The options of a choice; what a new animal has comes first. */
export function options(field: WritableField): HTMLOptionElement[] {
	const values = field.holds.kind === "choice" ? Object.entries(field.holds.values) : [];
	const all = values.map(([value, { label }]) => element("option", { value }, label));
	const first = "default" in field ? field.default : undefined;
	if (first === null) return [element("option", { value: "" }, "Not stated"), ...all];
	return all.sort((a, b) => Number(b.value === first) - Number(a.value === first));
}

/** A field's value as its control has it. */
export const toText = (value: unknown) => (Array.isArray(value) ? value.join("\n") : String(value ?? ""));

/** What is in a control, as the API takes it. What is wrong with it is for the API to say. */
export function read(name: Writable): unknown {
	const field = table[name];
	const text = control(name).value;
	const trimmed = text.trim();
	if (field.holds.kind === "urls") return trimmed.split(/\s*\n\s*/).filter(Boolean);
	if (trimmed === "") return "required" in field ? undefined : null;
	if (field.holds.kind === "boolean") return trimmed === "true";
	return field.holds.kind === "integer" && /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : text;
}
