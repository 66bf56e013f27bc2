/** The dialog in which an animal is added or edited. */
import type { RescueChange } from "../../src/history/change.ts";
import { FIELDS, type Writable } from "../../src/rescues/fields.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { type Answer, createRescue, getRescue, type Problem, updateRescue } from "./api.ts";
import { byId, element, show } from "./element.ts";
import { type Control, control, fields, read, toText } from "./form.ts";
import { showProblem } from "./problem-box.ts";
import { inWords } from "./words.ts";

const dialog = byId<HTMLDialogElement>("editor");
const form = byId<HTMLFormElement>("editor-form");
const box = byId("editor-problem");

/** The record that is edited, as it was when the form was filled; null for a new one. */
let original: AnimalRescue | null = null;
let onSaved: (rescue: AnimalRescue, isNew: boolean) => void = () => {};

/** Opens the form for a new animal, or for one that there is. */
export function openEditor(rescue: AnimalRescue | null, saved: typeof onSaved) {
	onSaved = saved;
	fill(rescue);
	dialog.showModal();
	control("name").focus();
}

function fill(rescue: AnimalRescue | null) {
	original = rescue;
	byId("editor-title").textContent = rescue ? `Edit ${rescue.name}` : "Add an animal";
	form.reset();
	for (const field of rescue ? fields : []) control(field).value = toText(rescue?.[field]);
	clearErrors();
}

const readAll = () => Object.fromEntries(fields.map((field) => [field, read(field)]));

/** What has been changed: the rest may be somebody else's to change meanwhile. A required field that was emptied is null. */
function changes(from: AnimalRescue) {
	const isSame = ([field, value]: [string, unknown]) => toText(value) === toText(from[field as Writable]);
	const changed = Object.entries(readAll()).filter((entry) => !isSame(entry));
	return Object.fromEntries(changed.map(([field, value]) => [field, value ?? null]));
}

async function save() {
	clearErrors();
	const submit = form.querySelector<HTMLButtonElement>('[type="submit"]');
	if (submit) submit.disabled = true;
	const edited = original;
	const answer: Answer<AnimalRescue> = edited
		? await updateRescue(edited, changes(edited))
		: await createRescue(readAll());
	if (submit) submit.disabled = false;
	if (answer.ok) {
		dialog.close();
		onSaved(answer.value, edited === null);
	} else if (answer.problem.code === "VERSION_MISMATCH" && edited) await explainConflict(edited);
	else showErrors(answer.problem);
}

/** Says what the other one changed, and offers the record as it is now. */
async function explainConflict(edited: AnimalRescue) {
	const found = await getRescue(edited.id);
	if (!found.ok) return showProblem(box, found.problem);
	showConflict(edited, found.value).focus();
}

function showConflict(edited: AnimalRescue, now: AnimalRescue): HTMLElement {
	const differing = fields.filter((field) => toText(now[field]) !== toText(edited[field]));
	const reload = element("button", { type: "button" }, "Load the current record");
	reload.onclick = () => {
		fill(now);
		control("name").focus();
	};
	show(
		box,
		element("p", {}, `Somebody else changed ${edited.name} while you were editing. Your changes are not saved.`),
		element(
			"ul",
			{},
			...differing.map((field) =>
				element("li", {}, `${FIELDS[field].label} is now: ${inWords(field, now).slice(0, 200)}`),
			),
		),
		reload,
	);
	return reload;
}

/** Says so when what is being edited has been changed or deleted; what is typed, and the focus, stay. */
export function noteChange({ kind, version, rescue: changed }: RescueChange) {
	const rescue = changed as AnimalRescue | null;
	const isOwn = form.querySelector<HTMLButtonElement>('[type="submit"]')?.disabled;
	if (!dialog.open || isOwn || !rescue || original?.id !== rescue.id || version <= original.version) return;
	if (kind !== "deleted") showConflict(original, rescue);
	else show(box, element("p", {}, `Somebody else deleted ${original.name} while you were editing.`));
}

/** Shows the API's messages at their fields, and what concerns no field above them. */
function showErrors(problem: Problem) {
	const other: string[] = [];
	let first: Control | undefined;
	for (const { path, message } of problem.errors ?? []) {
		const field = fields.find((field) => field === path[0]);
		if (!field) {
			other.push(`${path.join(".")} ${message}`);
			continue;
		}
		const line = typeof path[1] === "number" ? `line ${path[1] + 1} ` : "";
		setError(field, `${FIELDS[field].label} ${line}${message}`);
		first ??= control(field);
	}
	const list = other.map((text) => element("li", {}, text));
	showProblem(box, problem, ...(list.length > 0 ? [element("ul", {}, ...list)] : []));
	first?.focus();
}

function setError(field: Writable, text: string) {
	const target = control(field);
	const id = `${field}-error`;
	const there = document.getElementById(id);
	if (there) there.append(`; ${text}`);
	else target.parentElement?.append(element("p", { id, className: "error" }, text));
	target.setAttribute("aria-invalid", "true");
	describe(target, field, id);
}

function clearErrors() {
	show(box);
	for (const field of fields) {
		document.getElementById(`${field}-error`)?.remove();
		control(field).removeAttribute("aria-invalid");
		describe(control(field), field);
	}
}

/** Tells screen readers which texts belong to a control. */
function describe(target: Control, field: Writable, ...more: string[]) {
	const ids = [...(document.getElementById(`${field}-hint`) ? [`${field}-hint`] : []), ...more];
	if (ids.length > 0) target.setAttribute("aria-describedby", ids.join(" "));
	else target.removeAttribute("aria-describedby");
}

form.addEventListener("submit", (event) => {
	event.preventDefault();
	void save();
});
form.querySelector('[value="cancel"]')?.addEventListener("click", () => dialog.close());
