/**
 * What is done to an animal with one tap: another status, deleting it, bringing it back. Each writes, says how that went, and
 * offers to take it back. Nothing that somebody else did meanwhile is overwritten: then it says what that was.
 */
import { FIELDS, WRITABLE, type Writable } from "../../src/rescues/fields.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import {
	type Answer,
	deleteRescue,
	getRescue,
	newKey,
	type Problem,
	restoreRescue,
	updateRescue,
} from "../shared/api.ts";
import { notify } from "../shared/notices.tsx";
import { isOfAccess, signedIn } from "./signed-in.ts";
import { changedFields } from "./values.ts";

/** Is told a record as it is now. */
type Told = (rescue: AnimalRescue) => void;
type Status = AnimalRescue["status"];
/** What a status brings along. */
type Stay = Pick<AnimalRescue, "status" | "outcomeDate">;

/** How often a write is tried again on what somebody else has made of the record. */
const TRIES = 3;

const quoted = (status: Status) => `“${FIELDS.status.holds.values[status].label}”`;

/** Marks an animal adopted: `setStatus`. */
export const adopt = (rescue: AnimalRescue, changed: Told) => setStatus(rescue, "adopted", changed);

/**
 * Gives an animal another status, unless somebody else has meanwhile; what else they changed stays.
 * @param changed is told the record as it is now: with the status, or with what somebody else made of it; after an undo too
 */
export async function setStatus(rescue: AnimalRescue, status: Status, changed: Told): Promise<void> {
	const { name } = rescue;
	const why = `To mark ${name} ${quoted(status)}, sign in.`;
	const answer = await change(rescue, { status }, why);
	if (!answer.ok) return tell(`${name} is not marked ${quoted(status)}.`, answer.problem);
	const { value: now } = answer;
	changed(now);
	if (now.status !== status) return problem(`${name} is ${quoted(now.status)} now: somebody else has changed it.`);
	const back = { status: rescue.status, outcomeDate: rescue.outcomeDate };
	notify(`${now.name} is marked ${quoted(status)}.`, { undo: () => takeBack(now, back, changed) });
}

async function takeBack(made: AnimalRescue, back: Stay, changed: Told): Promise<void> {
	const answer = await change(made, back, `To take that back, sign in.`);
	if (!answer.ok) return tell(`${made.name} is still marked ${quoted(made.status)}.`, answer.problem);
	const { value: now } = answer;
	changed(now);
	if (now.status !== back.status) {
		return problem(`Not taken back: somebody else has marked ${now.name} ${quoted(now.status)} meanwhile.`);
	}
	const others = changedFields(made, now).filter((field) => field !== "status" && field !== "outcomeDate");
	const more = others.length > 0 ? ` Somebody else has changed: ${labels(others)}.` : "";
	notify(`${now.name} is ${quoted(back.status)} again.${more}`);
}

const labels = (fields: readonly Writable[]) => fields.map((field) => FIELDS[field].label.toLowerCase()).join(", ");

/**
 * Changes a record's status from what it is known to be, and gives the record as it is now: as somebody else made it, if
 * they changed the status.
 */
async function change(from: AnimalRescue, to: Partial<Stay>, why: string): Promise<Answer<AnimalRescue>> {
	let { version } = from;
	for (let tries = 1; ; tries++) {
		const key = newKey();
		const answer = await signedIn(() => updateRescue({ id: from.id, version }, to, key), why);
		if (answer.ok || answer.problem.code !== "VERSION_MISMATCH" || tries === TRIES) return answer;
		const now = await getRescue(from.id);
		if (!now.ok || now.value.status !== from.status) return now;
		({ version } = now.value);
	}
}

/**
 * Deletes an animal. There is no question: it can be taken back, from the notice and from its history.
 * @param gone is told the record that is deleted
 * @param back is told the record as it is when it isn't: somebody else has changed it, or it was brought back
 */
export async function remove(rescue: AnimalRescue, gone: Told, back: Told): Promise<void> {
	const { id, name, version } = rescue;
	const key = newKey();
	const answer = await signedIn(() => deleteRescue(rescue, key), `To delete ${name}, sign in.`);
	if (answer.ok) {
		gone(rescue);
		// A deletion makes a version too.
		notify(`${name} is deleted.`, { undo: () => restore(id, version + 1, back) });
	} else if (answer.problem.code === "NOT_FOUND") {
		gone(rescue);
		notify(`${name} has been deleted already.`);
	} else if (answer.problem.code === "VERSION_MISMATCH") {
		const now = await getRescue(id);
		if (!now.ok) return tell(`${name} is not deleted.`, now.problem);
		back(now.value);
		const changes = labels(changedFields(rescue, now.value)) || "it";
		problem(`${name} is not deleted: somebody else has just changed ${changes}. Look at it, then delete it again.`);
	} else tell(`${name} is not deleted.`, answer.problem);
}

/**
 * Brings a deleted animal back.
 * @param version the one that the deletion made, if it is known: then a later deletion isn't taken back
 * @param changed is told the record as it is now
 */
export async function restore(id: number, version: number | undefined, changed: Told): Promise<void> {
	const key = newKey();
	const write = () => restoreRescue(id, version ?? null, key);
	const answer = await signedIn(write, "To bring an animal back, sign in.");
	if (answer.ok) {
		changed(answer.value);
		notify(`${answer.value.name} is back.`);
		return;
	}
	const { code, errors } = answer.problem;
	const now = code === "ALREADY_EXISTS" && !errors?.length ? await getRescue(id) : undefined;
	if (now?.ok) {
		changed(now.value);
		notify(`${now.value.name} is back already.`);
	} else if (code === "VERSION_MISMATCH") problem("It is not brought back: somebody else has changed it since.");
	else if (errors?.length) {
		const taken = labels(WRITABLE.filter((name) => errors.some(({ path }) => path[0] === name)));
		problem(`It is not brought back: another animal has its ${taken} now.`);
	} else tell("It is not brought back.", answer.problem);
}

/** Says that something wasn't done, and why; who doesn't want to sign in knows why. */
function tell(what: string, refusal: Problem) {
	if (isOfAccess(refusal)) notify(`${what} That takes signing in as somebody who may.`, { isProblem: true });
	else problem(`${what} ${refusal.detail}`);
}
const problem = (text: string) => void notify(text, { isProblem: true });
