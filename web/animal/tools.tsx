/** What can be done with the animal of a page: shared and printed by everyone, changed by those who may. */
import { useState } from "hono/jsx";
import { changedIn, type Step } from "../../src/animals/steps.tsx";
import { IN_CARE } from "../../src/animals/words.ts";
import { FIELDS } from "../../src/rescues/fields.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { adopt, remove, restore, setStatus } from "../editor/actions.ts";
import { openEditor } from "../editor/editor.tsx";
import { signedIn } from "../editor/signed-in.ts";
import { getRescue, newKey, updateRescue } from "../shared/api.ts";
import { byId } from "../shared/element.ts";
import { notify } from "../shared/notices.tsx";
import { may, useMe } from "../shared/session.ts";
import { id, path, put, putGone, useShown } from "./state.ts";

/** The row of buttons above the animal. Each has its key: without, one that goes would become the next, with the focus on it. */
export function Tools() {
	const { whole, gone } = useShown();
	useMe();
	if (id === null) return null;
	const writer = may("write");
	return (
		<>
			{writer && whole && <Writing key="writing" rescue={whole} />}
			{writer && gone === "deleted" && (
				<button
					key="restore"
					type="button"
					class="primary"
					onClick={() => void restore(id as number, undefined, putHere)}
				>
					Bring it back
				</button>
			)}
			{!gone && (
				<>
					<button key="share" type="button" onClick={() => void share()}>
						Share
					</button>
					<button key="print" type="button" class="print" onClick={() => print()}>
						Print
					</button>
				</>
			)}
			{writer && whole && (
				<button key="delete" type="button" class="danger" onClick={() => void remove(whole, isGone, putHere)}>
					Delete
				</button>
			)}
		</>
	);
}

/** Shows what was done; the focus stays on the page when the button that had it isn't there any more. */
function putHere(rescue: AnimalRescue) {
	put(rescue);
	keepFocus();
}

function isGone(rescue: AnimalRescue) {
	putGone(rescue, new Date().toISOString(), rescue.version + 1);
	keepFocus();
}

const keepFocus = () =>
	setTimeout(() => {
		if (document.activeElement === document.body) byId("animal").focus({ preventScroll: true });
	});

function Writing({ rescue }: { rescue: AnimalRescue }) {
	const [isBusy, setBusy] = useState(false);
	const change = async ({ target }: Event) => {
		const select = target as HTMLSelectElement;
		setBusy(true);
		await setStatus(rescue, select.value as AnimalRescue["status"], putHere);
		setBusy(false);
	};
	return (
		<>
			<button key="edit" type="button" class="primary" onClick={() => openEditor(rescue, put)}>
				Edit
			</button>
			{/* Made anew after each try: it says what is, not what was wanted. */}
			<select key={String(isBusy)} aria-label="Status" disabled={isBusy} onChange={change}>
				{Object.entries(FIELDS.status.holds.values).map(([value, { label }]) => (
					<option key={value} value={value} selected={value === rescue.status}>
						{label}
					</option>
				))}
			</select>
			{IN_CARE.includes(rescue.status) && (
				<button key="adopt" type="button" onClick={() => void adopt(rescue, putHere)}>
					Mark adopted
				</button>
			)}
		</>
	);
}

/** Hands on the page's address: by what the device has for that, or into the clipboard. */
async function share() {
	const url = new URL(path, location.href).href;
	try {
		if (navigator.share) return await navigator.share({ title: document.title, url });
		await navigator.clipboard.writeText(url);
		notify("The link is copied: paste it where you want to send it.");
	} catch (error) {
		const isLeft = error instanceof DOMException && error.name === "AbortError";
		if (!isLeft) notify("Copy the link from the top of the browser.", { isProblem: true });
	}
}

/** What there is to do about a step of the history: to take it back, as far as nothing came of it since. */
export function StepTools({ step }: { step: Step }) {
	const { whole } = useShown();
	useMe();
	const { rescue: made } = step.change;
	if (!may("write") || !whole || !made || !step.before) return null;
	const names = changedIn(step).filter((name) => JSON.stringify(whole[name]) === JSON.stringify(made[name]));
	const { before } = step;
	// An age follows from the day of birth.
	const changes = Object.fromEntries(
		names.filter((name) => name !== "age" || before.birthDate === null).map((name) => [name, before[name] ?? null]),
	);
	if (Object.keys(changes).length === 0) return null;
	return (
		<button type="button" onClick={() => void takeBack(whole, changes)}>
			Take this back
		</button>
	);
}

async function takeBack(rescue: AnimalRescue, changes: object) {
	const key = newKey();
	const answer = await signedIn(() => updateRescue(rescue, changes, key), "To take that back, sign in.");
	if (answer.ok) {
		putHere(answer.value);
		return void notify(`${answer.value.name} is as before in that.`);
	}
	const now = answer.problem.code === "VERSION_MISMATCH" ? await getRescue(rescue.id) : undefined;
	if (now?.ok) put(now.value);
	const detail = now ? "Somebody else has just changed it. Look at it, then try again." : answer.problem.detail;
	notify(`Not taken back. ${detail}`, { isProblem: true });
}
