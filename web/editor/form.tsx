/** The form's fields, made from the table of fields, with what is wrong with each and what others made of it. */
import { KNOWN_SPECIES } from "../../src/animals/words.ts";
import { FIELDS, isPrivate, type Writable } from "../../src/rescues/fields.ts";
import type { WritableField } from "../../src/rescues/kinds.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { ageOf } from "../../src/rescues/settle.ts";
import { may, useMe } from "../shared/session.ts";
import { choose, type Editing, type } from "./editing.ts";
import { describedBy, hintOf, idOf, labelOf, textInWords } from "./field.ts";
import { PhotosField } from "./photos-field.tsx";
import { CAPITALS, SECTIONS } from "./sections.ts";

const table: Record<Writable, WritableField> = FIELDS;

/** All fields that one may see, in sections. */
export function Form({ editing }: { editing: Editing }) {
	useMe();
	const shown = SECTIONS.map((section) => ({
		...section,
		fields: section.fields.filter((name) => !isPrivate(name) || may("read")),
	})).filter(({ fields }) => fields.length > 0);
	return (
		<>
			{shown.map(({ title, hint, fields }) => (
				<fieldset key={title} class="section">
					<legend>{title}</legend>
					{hint && <p class="hint">{hint}</p>}
					<div class="fields">
						{fields.map((name) =>
							name === "photos" ? (
								<div key={name} class="field whole">
									<PhotosField editing={editing} />
									<Notes name={name} editing={editing} />
								</div>
							) : (
								<Labelled key={name} name={name} editing={editing} />
							),
						)}
					</div>
				</fieldset>
			))}
			<datalist id="editor-species">
				{suggestions().map((species) => (
					<option key={species} value={species} />
				))}
			</datalist>
		</>
	);
}

/** Species to suggest: those that the page knows of besides. */
const suggestions = () => {
	const known = [...document.querySelectorAll<HTMLOptionElement>("#species-known option")].map(({ value }) => value);
	return [...new Set([...KNOWN_SPECIES, ...known])].sort();
};

function Labelled({ name, editing }: { name: Writable; editing: Editing }) {
	const field = table[name];
	return (
		<div class={field.form?.isWide ? "field whole" : "field"}>
			<label for={idOf(name)}>
				{labelOf(name)}
				{"required" in field && <span class="needed"> required</span>}
			</label>
			<Control name={name} editing={editing} />
			<Notes name={name} editing={editing} />
		</div>
	);
}

/** The age that follows from the date of birth; empty as long as that isn't one. */
function ageFrom({ values }: Editing): string {
	const { birthDate, status, outcomeDate } = values;
	const isDay = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text);
	if (!isDay(birthDate)) return "";
	const given = { birthDate, age: null, status: status as AnimalRescue["status"], outcomeDate: outcomeDate || null };
	return String(Math.max(0, ageOf(given, new Date().toISOString().slice(0, 10))));
}

function Control({ name, editing }: { name: Writable; editing: Editing }) {
	const field = table[name];
	const { holds, form = {} } = field;
	const follows = name === "age" && editing.values.birthDate !== "";
	const common = {
		id: idOf(name),
		name,
		required: "required" in field,
		"aria-invalid": editing.errors[name] ? ("true" as const) : undefined,
		"aria-describedby": describedBy(name, editing),
		value: follows ? ageFrom(editing) : editing.values[name],
		onInput: ({ target }: Event) => type(name, (target as HTMLInputElement).value),
	};
	if (holds.kind === "choice" || holds.kind === "boolean") {
		return (
			<select {...common}>
				{options(field).map(([value, text]) => (
					<option key={value} value={value}>
						{text}
					</option>
				))}
			</select>
		);
	}
	const typing = {
		autocomplete: "off",
		autocapitalize: CAPITALS[name],
		spellcheck: holds.kind === "text" && form.spellcheck !== false,
	};
	if (form.rows) return <textarea {...common} {...typing} rows={form.rows} />;
	return (
		<input
			{...common}
			{...typing}
			type={holds.kind === "date" ? "date" : "text"}
			inputmode={holds.kind === "integer" ? "numeric" : undefined}
			list={form.hasSuggestions && "editor-species"}
			disabled={follows}
			min={holds.kind === "date" ? "1900-01-01" : undefined}
			max={name === "birthDate" ? new Date().toISOString().slice(0, 10) : undefined}
		/>
	);
}

/** The options of a choice, by value; what a new animal has comes first. */
export function options(field: WritableField): [string, string][] {
	if (field.holds.kind === "boolean") return Object.entries({ "": "Not known", true: "Yes", false: "No" });
	const values = field.holds.kind === "choice" ? Object.entries(field.holds.values) : [];
	const all = values.map(([value, { label }]): [string, string] => [value, label]);
	const first = "default" in field ? field.default : undefined;
	if (first === null) return [["", "Not stated"], ...all];
	return all.sort(([a], [b]) => Number(b === first) - Number(a === first));
}

/** What is said below a control. */
function Notes({ name, editing }: { name: Writable; editing: Editing }) {
	const hint = hintOf(name, editing);
	const theirs = editing.clashes[name];
	const id = idOf(name);
	return (
		<>
			{hint && (
				<p id={`${id}-hint`} class="hint">
					{hint}
				</p>
			)}
			{editing.taken.includes(name) && (
				<p id={`${id}-taken`} class="taken">
					{editing.by ?? "Somebody else"} changed this meanwhile.
				</p>
			)}
			{theirs !== undefined && <Clash name={name} theirs={theirs} by={editing.by} />}
			{editing.errors[name] && (
				<p id={`${id}-error`} class="error">
					{editing.errors[name].join("; ")}
				</p>
			)}
		</>
	);
}

/** What somebody else made of a field that is typed in too, to choose from. */
function Clash({ name, theirs, by }: { name: Writable; theirs: string; by: string | null }) {
	const words = textInWords(name, theirs);
	return (
		<fieldset id={`${idOf(name)}-clash`} class="clash" aria-label={`${labelOf(name)}: whose is right?`}>
			<p>
				{by ?? "Somebody else"} changed this too: <b>{words}</b>
			</p>
			<button type="button" onClick={() => pick(name, "theirs")}>
				Take theirs
			</button>
			<button type="button" onClick={() => pick(name, "mine")}>
				Keep mine
			</button>
			{name === "photos" && (
				<button type="button" onClick={() => pick(name, "both")}>
					Keep both
				</button>
			)}
		</fieldset>
	);
}

/** Chooses, and goes on at the control. */
function pick(name: Writable, whose: "mine" | "theirs" | "both") {
	choose(name, whose);
	document.getElementById(idOf(name))?.focus();
}
