/** What keeps the form from being saved, and what happened meanwhile: above the button, where one looks. */
import type { Writable } from "../../src/rescues/fields.ts";
import { alter, type Editing, startAgain } from "./editing.ts";
import { idOf, labelOf, textInWords } from "./field.ts";
import { bringBack } from "./save.ts";
import { IN_ORDER } from "./sections.ts";
import { isOfAccess } from "./signed-in.ts";
import { toValues } from "./values.ts";

/** How much of a text is told here; all of it is at its field. */
const SHORT = 60;

/**
 * Everything that there is to say of the whole form; nothing when all is well.
 * @param again saves it
 */
export function Trouble({ editing, again }: { editing: Editing; again: () => void }) {
	return (
		<>
			<div role="status">
				{editing.isResumed && <Resumed />}
				{editing.taken.length > 0 && <Taken editing={editing} />}
			</div>
			<div role="alert">
				{editing.isGone && editing.base && <Gone editing={editing} />}
				<Clashing editing={editing} />
				{!editing.isGone && <Refused editing={editing} again={again} />}
			</div>
		</>
	);
}

function Resumed() {
	return (
		<div class="said">
			<p>What you had typed before is filled in again.</p>
			<button type="button" onClick={() => put(startAgain)}>
				Start again
			</button>
		</div>
	);
}

function Taken({ editing: { taken, by, base } }: { editing: Editing }) {
	const names = IN_ORDER.filter((name) => taken.includes(name));
	// As it was taken over: one may have typed on since.
	const theirs = toValues(base);
	const told = names.map((name) => `${labelOf(name)} is now “${textInWords(name, theirs[name]).slice(0, SHORT)}”`);
	return (
		<div class="said">
			<p>
				{by ?? "Somebody else"} changed {base?.name} meanwhile; it is in the form now. {told.join("; ")}.
			</p>
			<button type="button" onClick={() => put(() => alter({ taken: [] }))}>
				OK
			</button>
		</div>
	);
}

function Gone({ editing: { base, by } }: { editing: Editing }) {
	return (
		<div class="said wrong">
			<p>
				{by ?? "Somebody else"} deleted {base?.name} while you were editing. What you have typed is still here.
			</p>
			<button type="button" onClick={() => put(() => void (base && bringBack(base)))}>
				Bring {base?.name} back
			</button>
		</div>
	);
}

function Clashing({ editing: { clashes, by, base } }: { editing: Editing }) {
	const names = IN_ORDER.filter((name) => clashes[name] !== undefined);
	if (names.length === 0) return null;
	return (
		<div class="said wrong">
			<p>
				{by ?? "Somebody else"} changed {base?.name} too. Choose whose is right: <Links names={names} part="-clash" />
			</p>
		</div>
	);
}

function Refused({ editing: { refusal, errors }, again }: { editing: Editing; again: () => void }) {
	const names = IN_ORDER.filter((name) => errors[name]);
	if (names.length > 0) {
		return (
			<div class="said wrong">
				<p>
					Not saved yet. Please look at: <Links names={names} part="" />
				</p>
			</div>
		);
	}
	if (!refusal) return null;
	const isAccess = isOfAccess(refusal);
	return (
		<div class="said wrong">
			<p>{isAccess ? "Not saved: that takes signing in as somebody who may." : `Not saved. ${refusal.detail}`}</p>
			<button type="button" onClick={again}>
				{isAccess ? "Sign in" : "Try again"}
			</button>
		</div>
	);
}

/** Does what a button says that goes with it: the focus goes to the form's title, not to nothing. */
function put(act: () => void) {
	act();
	document.getElementById("editor-title")?.focus();
}

/** Leads to fields. */
function Links({ names, part }: { names: Writable[]; part: string }) {
	return (
		<span>
			{names.map((name) => (
				<button key={name} type="button" class="to-field" onClick={() => goTo(name, part)}>
					{labelOf(name)}
				</button>
			))}
		</span>
	);
}

/** Goes to a field, or to the choice at it; among photos to the one that isn't as it should be. */
export function goTo(name: Writable, part = "") {
	const field = document.getElementById(idOf(name));
	const within = document.getElementById(idOf(name) + part) ?? field;
	const photo = within?.querySelector<HTMLElement>(".photo.failed, .photo:has(.error)");
	const at = photo ?? within;
	const target = at === field ? at : at?.querySelector<HTMLElement>("button:enabled");
	at?.scrollIntoView({ block: "center" });
	target?.focus({ preventScroll: true });
}
