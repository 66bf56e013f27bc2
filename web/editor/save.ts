/** Saving the form: sends what was typed, once, and says in the form why it couldn't be. */
import { FIELDS, WRITABLE, type Writable } from "../../src/rescues/fields.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import {
	type Answer,
	createRescue,
	getRescue,
	newKey,
	type Problem,
	restoreRescue,
	updateRescue,
} from "../shared/api.ts";
import type { Unsettled } from "./drafts.ts";
import { alter, changePhotos, type Editing, readEditing, take } from "./editing.ts";
import { learn } from "./photo-list.ts";
import { isOfAccess, signedIn } from "./signed-in.ts";
import { toChanges } from "./values.ts";

/** Answers after which it isn't known whether the write was made. */
const OPEN = ["UNREACHABLE", "UNAVAILABLE", "INTERNAL"];
/** How often it goes on by itself. */
const TRIES = 6;

/** The record as it is saved; null when it isn't: the form says why. */
export async function save(): Promise<AnimalRescue | null> {
	alter({ phase: "saving", errors: {}, refusal: null });
	for (let tries = 0; tries < TRIES; tries++) {
		const editing = readEditing();
		if (!editing) return null;
		const { base, values, unsettled } = editing;
		const changes = toChanges(base, values);
		if (!unsettled && base && Object.keys(changes).length === 0) return base;
		// What may have been made already is sent again as it was; what was typed since follows.
		const sent = unsettled ?? { changes, key: newKey() };
		alter({ unsettled: sent });
		const answer = await send(base, sent);
		// It was given up meanwhile, and there may be another one.
		if (readEditing()?.serial !== editing.serial) return null;
		if (answer.ok) {
			if (isAll(base, sent)) return answer.value;
			alter({ base: answer.value, unsettled: null });
			continue;
		}
		const { problem } = answer;
		if (OPEN.includes(problem.code)) return refuse(problem);
		const isUnheard = isOfAccess(problem) || problem.code === "RATE_LIMITED";
		alter({ unsettled: isUnheard ? unsettled : null });
		if (isUnheard) return refuse(problem);
		if (problem.code !== "VERSION_MISMATCH" || !base) {
			// It was refused as it was then, and may be right as it is now.
			if (unsettled) continue;
			return refuse(problem);
		}
		if (!(await catchUp(base.id)) || hasClashes()) return null;
	}
	return refuse({ code: "VERSION_MISMATCH", detail: "Somebody else is changing it right now. Try again in a moment." });
}

/** Whether nothing has been typed that isn't in what was sent. */
function isAll(base: AnimalRescue | null, { changes }: Unsettled): boolean {
	const now = readEditing();
	return now === null || JSON.stringify(toChanges(base, now.values)) === JSON.stringify(changes);
}

const hasClashes = () => Object.keys(readEditing()?.clashes ?? {}).length > 0;

const send = (base: AnimalRescue | null, { changes, key }: Unsettled): Promise<Answer<AnimalRescue>> =>
	signedIn(
		() => (base ? updateRescue(base, changes, key) : createRescue(changes, key)),
		"To save this, sign in. What you have typed stays.",
	);

/** Takes in what others have made of the record meanwhile. */
async function catchUp(id: number): Promise<boolean> {
	const now = await getRescue(id);
	if (now.ok) take(now.value, null);
	else refuse(now.problem);
	return now.ok;
}

/** Brings back what somebody else has deleted; what is typed stays, to be saved. */
export async function bringBack(base: AnimalRescue) {
	const key = newKey();
	const answer = await signedIn(() => restoreRescue(base.id, null, key), `To bring ${base.name} back, sign in.`);
	if (answer.ok) {
		take(answer.value, null);
		alter({ isGone: false, refusal: null });
	} else if (answer.problem.code === "ALREADY_EXISTS" && !answer.problem.errors?.length) await catchUp(base.id);
	else alter({ refusal: answer.problem });
}

/** Says in the form why it isn't saved. */
function refuse(problem: Problem): null {
	if (problem.code === "NOT_FOUND") alter({ isGone: true });
	else {
		alter({ refusal: problem, errors: toErrors(problem) });
		for (const { path, message } of problem.errors ?? []) if (path[0] === "photos") markPhoto(path[1], message);
	}
	return null;
}

/** Says at a photo what is wrong with it; what is sent are those that have an address. */
function markPhoto(index: string | number | undefined, message: string) {
	const key = readEditing()?.photos.filter(({ url }) => url !== null)[Number(index)]?.key;
	if (key !== undefined) changePhotos((photos) => learn(photos, key, { trouble: `It ${message}.` }));
}

/** What is wrong with each field, in sentences for people. */
function toErrors({ errors = [] }: Problem): Editing["errors"] {
	const found: Editing["errors"] = {};
	for (const { path, message } of errors) {
		const name = WRITABLE.find((field) => field === path[0]);
		if (name) found[name] = [...(found[name] ?? []), inPlainWords(name, message, path[1])];
	}
	return found;
}

/** The API speaks to programs too: where it names fields and values as they do, this says it otherwise. */
function inPlainWords(name: Writable, message: string, index: string | number | undefined): string {
	const { label } = FIELDS[name];
	if ("required" in FIELDS[name] && readEditing()?.values[name].trim() === "") return `${label} is required`;
	if (name === "outcomeDate" && message.startsWith("must be null")) {
		return `${label} is for animals that have left: adopted, transferred, back with the owner or deceased`;
	}
	if (message === "is taken") return `${label} is another animal’s already`;
	const plain = message.replace("must be text of", "must have").replace(" after trimming", "");
	return typeof index === "number" ? `Photo ${index + 1} ${plain}` : `${label} ${plain}`;
}
