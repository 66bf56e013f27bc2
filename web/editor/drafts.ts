/** What is typed and not saved, kept for a page that is loaded again, in this tab only. */
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { onSession, readToken } from "../shared/session.ts";
import type { Clashes, Values } from "./values.ts";

/** A write of which it isn't known whether it was made: it is sent again as it was. */
export interface Unsettled {
	changes: Record<string, unknown>;
	key: string;
}

/** A form as it is kept. */
export interface Draft {
	/** The record as it was when the form was filled; null for a new one. */
	base: AnimalRescue | null;
	values: Values;
	clashes: Clashes;
	unsettled: Unsettled | null;
}

const PREFIX = "draft:";
const nameOf = (base: AnimalRescue | null) => `${PREFIX}${base?.id ?? "new"}`;

/** Keeps a form, in place of an earlier state of it. */
export function keepDraft(draft: Draft) {
	try {
		sessionStorage.setItem(nameOf(draft.base), JSON.stringify(draft));
	} catch {
		// No room, or the browser is told to let pages keep nothing: then it is in the form only.
	}
}

/** What was kept of a record's form, or of that for a new one; null when there is nothing. */
export function readDraft(base: AnimalRescue | null): Draft | null {
	try {
		return JSON.parse(sessionStorage.getItem(nameOf(base)) ?? "null");
	} catch {
		return null;
	}
}

/** Forgets a form that is saved or given up. */
export function dropDraft(base: AnimalRescue | null) {
	try {
		sessionStorage.removeItem(nameOf(base));
	} catch {
		// Then nothing was kept.
	}
}

// What somebody typed isn't left to who comes next: it goes with signing out.
let lastToken = readToken();
onSession(() => {
	const hasSignedOut = lastToken !== "" && readToken() === "";
	lastToken = readToken();
	if (hasSignedOut)
		for (const name of Object.keys(sessionStorage)) if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
});
