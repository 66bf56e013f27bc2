/** The state of the form that is open: what is typed, what others did meanwhile, what was wrong with it. */
import { useSyncExternalStore } from "hono/jsx";
import { WRITABLE, type Writable } from "../../src/rescues/fields.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import type { Problem } from "../shared/api.ts";
import { type Draft, dropDraft, keepDraft, readDraft } from "./drafts.ts";
import { isBusy, MOST, type Photo, toPhotos, toUrls } from "./photo-list.ts";
import { merge, toValues, typedFields } from "./values.ts";

/** A form that is open. */
export interface Editing extends Draft {
	/** One for each time that a form was opened. */
	serial: number;
	photos: readonly Photo[];
	/** What only others changed while it was open: it is in the form already. */
	taken: readonly Writable[];
	/** Who else changed it, if that is known. */
	by: string | null;
	/** Whether somebody else has deleted it. */
	isGone: boolean;
	/** Whether it began with what had been typed before. */
	isResumed: boolean;
	/** What is wrong with a field, in whole sentences. */
	errors: Partial<Record<Writable, string[]>>;
	/** Why it isn't saved, besides what is wrong with fields. */
	refusal: Problem | null;
	/** Whether it is being saved, or will be as soon as the photos are there. */
	phase: "typing" | "waiting" | "saving";
}

let editing: Editing | null = null;
let serial = 0;
const listeners = new Set<() => void>();

/** The form that is open; null when there is none. */
export const readEditing = () => editing;

/** The same for a component. */
export const useEditing = () => useSyncExternalStore(onEditing, readEditing);

/** Tells of every change of it; gives what stops that. */
export function onEditing(listener: () => void): () => void {
	listeners.add(listener);
	return () => listeners.delete(listener);
}

function become(now: Editing | null) {
	editing = now;
	for (const listener of listeners) listener();
}

/** Changes something of it, and keeps what is typed. */
export function alter(changes: Partial<Editing>) {
	if (!editing) return;
	const next = { ...editing, ...changes };
	if (next.base?.id !== editing.base?.id) dropDraft(editing.base);
	if (isUnsaved(next)) {
		const { base, values, clashes, unsettled } = next;
		keepDraft({ base, values, clashes, unsettled });
	} else dropDraft(next.base);
	become(next);
}

/** A form as it is when it is opened. */
const open = (draft: Draft, serial: number, isResumed: boolean): Editing => ({
	...draft,
	serial,
	photos: toPhotos(draft.values.photos, []),
	taken: [],
	by: null,
	isGone: false,
	isResumed,
	errors: {},
	refusal: null,
	phase: "typing",
});
const blank = (base: AnimalRescue | null): Draft => ({ base, values: toValues(base), clashes: {}, unsettled: null });

/** Begins a form, with what had been typed and not saved before. */
export function begin(rescue: AnimalRescue | null) {
	const kept = readDraft(rescue);
	become(open(kept ?? blank(rescue), ++serial, kept !== null));
	if (kept && rescue) take(rescue, null);
}

/** Ends it, saved or given up. */
export function end() {
	if (editing) dropDraft(editing.base);
	become(null);
}

/** Gives up what is typed, and goes on with the record as it is. */
export function startAgain() {
	if (!editing) return;
	dropDraft(editing.base);
	become(open(blank(editing.base), editing.serial, false));
}

/** Whether something would be lost. */
export const isUnsaved = ({ base, values, photos, unsettled }: Editing) =>
	typedFields(base, values).length > 0 || photos.some(isBusy) || unsettled !== null;

/** What is left of what was wrong, when a field is changed. */
function without(name: Writable, { errors: all, refusal }: Editing): Pick<Editing, "errors" | "refusal"> {
	const { [name]: over, ...errors } = all;
	const isOver = over && Object.keys(errors).length === 0;
	return { errors, refusal: isOver ? null : refusal };
}

/** Takes in what is typed; what was wrong with the field before is over. */
export function type(name: Writable, text: string) {
	if (editing) alter({ values: { ...editing.values, [name]: text }, ...without(name, editing) });
}

/** Takes in other photos, or what is known of them. */
export function changePhotos(change: (photos: readonly Photo[]) => readonly Photo[]) {
	if (!editing) return;
	const photos = change(editing.photos);
	const text = toUrls(photos).join("\n");
	const isOther = text !== editing.values.photos || photos.length !== editing.photos.length;
	alter({ photos, values: { ...editing.values, photos: text }, ...(isOther && without("photos", editing)) });
}

/** Takes one of two that both have changed; of photos both may stay. */
export function choose(name: Writable, whose: "mine" | "theirs" | "both") {
	if (!editing) return;
	const { [name]: theirs, ...clashes } = editing.clashes;
	if (whose === "mine" || theirs === undefined) return alter({ clashes });
	if (name !== "photos") return alter({ clashes, values: { ...editing.values, [name]: theirs } });
	const mine = whose === "both" ? editing.photos : [];
	const more = toPhotos(theirs, editing.photos).filter((photo) => !mine.includes(photo));
	const photos = [...mine, ...more].slice(0, MOST);
	alter({ clashes, photos, values: { ...editing.values, photos: toUrls(photos).join("\n") } });
}

/**
 * Puts what somebody else has made of the record together with what is typed.
 * @param by who it was, if that is known
 */
export function take(theirs: AnimalRescue, by: string | null) {
	if (!editing?.base || editing.base.id !== theirs.id) return;
	const { base } = editing;
	// The same version with more in it is what somebody who has signed in may see.
	const isMore = theirs.version === base.version && WRITABLE.some((name) => base[name] === undefined);
	if (theirs.version <= base.version && !isMore) return;
	// What isn't all that the form was filled with would hide what is private; saving asks for all of it.
	if (WRITABLE.some((name) => base[name] !== undefined && theirs[name] === undefined)) return;
	const { values, clashes, taken } = merge(base, editing.values, editing.clashes, theirs);
	// Photos that are on their way are neither theirs nor gone.
	const isSent = editing.photos.some(isBusy);
	if (isSent && taken.includes("photos")) {
		clashes.photos = values.photos;
		values.photos = editing.values.photos;
	}
	const photos = values.photos === editing.values.photos ? editing.photos : toPhotos(values.photos, editing.photos);
	const told = [...new Set([...editing.taken, ...taken])].filter((name) => !(name in clashes));
	alter({ base: theirs, values, photos, clashes, taken: told, isGone: false, ...(!isMore && { by }) });
}
