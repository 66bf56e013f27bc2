/** The dialog in which an animal is added or edited: what opens it, what closes it, and that nothing typed is lost on the way. */
import { useLayoutEffect, useRef, useState } from "hono/jsx";
import { render } from "hono/jsx/dom";
import type { RescueChange } from "../../src/history/change.ts";
import { WRITABLE } from "../../src/rescues/fields.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { getRescue } from "../shared/api.ts";
import { notify } from "../shared/notices.tsx";
import { isMeKnown, may, onSession, refreshMe } from "../shared/session.ts";
import { alter, begin, type Editing, end, isUnsaved, readEditing, take, useEditing } from "./editing.ts";
import { idOf } from "./field.ts";
import { Form } from "./form.tsx";
import { enter, leave, stay } from "./history-entry.ts";
import { Leaving } from "./leaving.tsx";
import { save } from "./save.ts";
import { IN_ORDER } from "./sections.ts";
import { goTo, Trouble } from "./trouble.tsx";
import { settled } from "./upload.ts";

type Saved = (rescue: AnimalRescue, isNew: boolean) => void;

let onSaved: Saved = () => {};
let isMounted = false;

/**
 * Opens the form for a new animal, or for one that there is. It says itself that it is saved.
 * @param saved is told the record as it is then, when the focus is back where it was
 */
export function openEditor(rescue: AnimalRescue | null, saved: Saved) {
	if (readEditing()) return;
	onSaved = saved;
	if (!isMounted) {
		render(<Editor />, document.body.appendChild(document.createElement("div")));
		isMounted = true;
	}
	begin(rescue);
	if (!isMeKnown()) void refreshMe();
	void seeAll();
}

/** Shows in the form what somebody else has just done to its record; what is typed, and the focus, stay. */
export function noteChange({ kind, by, version, rescue }: RescueChange) {
	const editing = readEditing();
	if (!editing?.base || !rescue || rescue.id !== editing.base.id || editing.phase === "saving") return;
	if (kind !== "deleted") take(rescue as AnimalRescue, by);
	else if (version > editing.base.version) alter({ isGone: true, by });
}

/** Reads what one may see besides, if the form was filled for somebody who may not. */
async function seeAll() {
	const base = readEditing()?.base;
	if (!base || !may("read") || WRITABLE.every((name) => base[name] !== undefined)) return;
	const found = await getRescue(base.id);
	if (found.ok) take(found.value, null);
}
onSession(() => void seeAll());

function Editor() {
	const editing = useEditing();
	return editing && <EditorDialog key={editing.serial} editing={editing} />;
}

function EditorDialog({ editing }: { editing: Editing }) {
	const dialog = useRef<HTMLDialogElement>(null);
	/** Number of the question that is open; 0 when none is. */
	const [question, setQuestion] = useState(0);
	const questions = useRef(0);
	const isNew = useRef(editing.base === null);
	const isDone = useRef(false);
	const pressed = useRef<EventTarget | null>(null);

	const hasToAsk = () => {
		const now = readEditing();
		const hasTo = now !== null && isUnsaved(now);
		// A new one, though the last may still be there: that it was closed is told a moment later.
		if (hasTo) setQuestion(++(questions.current as number));
		return hasTo;
	};
	const close = async () => {
		isDone.current = true;
		// Before the page can be used again: going back would take away where a click there leads.
		await leave();
		if (dialog.current?.open) {
			// What is in it and goes on, as a notice does, leaves it with this event.
			const closed = new Promise((resolve) => dialog.current?.addEventListener("close", resolve, { once: true }));
			dialog.current.close();
			await closed;
		}
		end();
	};
	const cancel = () => {
		if (!hasToAsk()) void close();
	};
	const submit = async (event?: Event) => {
		event?.preventDefault();
		const saved = await saveAll();
		if (!saved) return;
		await close();
		notify(`${saved.name} is ${isNew.current ? "added" : "saved"}.`);
		onSaved(saved, isNew.current);
	};

	useLayoutEffect(() => {
		dialog.current?.showModal();
		// A phone's keyboard would be in front of what there is to read.
		const isAtDesk = isNew.current || matchMedia("(pointer: fine)").matches;
		document.getElementById(isAtDesk ? idOf("name") : "editor-title")?.focus();
		enter(() => (hasToAsk() ? stay() : void close()));
	}, []);
	useLayoutEffect(() => {
		const warn = (event: Event) => {
			const now = readEditing();
			if (now && isUnsaved(now)) event.preventDefault();
		};
		addEventListener("beforeunload", warn);
		return () => removeEventListener("beforeunload", warn);
	}, []);

	return (
		<dialog
			ref={dialog}
			class="editor"
			aria-labelledby="editor-title"
			onKeyDown={(event: KeyboardEvent) => {
				const isHere = (event.target as Element).closest("dialog") === dialog.current;
				if (event.key !== "Escape" || event.isComposing || !isHere) return;
				// Without this a browser closes it on a second Escape, whatever is said to the first.
				event.preventDefault();
				cancel();
			}}
			onCancel={(event: Event) => {
				if (event.target !== dialog.current) return;
				event.preventDefault();
				cancel();
			}}
			onClose={(event: Event) => {
				// By what can't be prevented.
				if (event.target !== dialog.current || isDone.current) return;
				if (hasToAsk()) dialog.current?.showModal();
				else void close();
			}}
			onDragOver={keepFiles}
			onDrop={keepFiles}
			onPointerDown={({ target }: Event) => {
				pressed.current = target;
			}}
			onClick={({ target }: Event) => {
				// Outside of it; not where a text was marked from inside to outside.
				if (target === dialog.current && pressed.current === target) cancel();
			}}
		>
			<form onSubmit={submit} noValidate aria-busy={editing.phase === "typing" ? undefined : "true"}>
				<header class="editor-head">
					<h2 id="editor-title" tabIndex={-1}>
						{editing.base ? `Edit ${editing.base.name}` : "Add an animal"}
					</h2>
					<button type="button" class="close" aria-label="Close" onClick={cancel}>
						<span aria-hidden="true">×</span>
					</button>
				</header>
				<div class="editor-body">
					<Form editing={editing} />
				</div>
				<footer class="editor-foot">
					<Trouble editing={editing} again={submit} />
					<div class="buttons">
						<button type="button" onClick={cancel}>
							Cancel
						</button>
						<button type="submit" class="primary" aria-disabled={editing.phase === "typing" ? undefined : "true"}>
							{BUTTON[editing.phase]}
						</button>
					</div>
				</footer>
			</form>
			{question > 0 && (
				<Leaving
					key={question}
					name={editing.base?.name ?? null}
					stay={() => setQuestion((now) => (now === question ? 0 : now))}
					leave={() => void close()}
				/>
			)}
		</dialog>
	);
}

/** A picture that is dropped beside its field would be opened in place of the page. */
const keepFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") && event.preventDefault();

const BUTTON = { typing: "Save", waiting: "Sending …", saving: "Saving …" };

/** Saves when the photos are there; goes to what is wrong, if something is. */
async function saveAll(): Promise<AnimalRescue | null> {
	if (readEditing()?.phase !== "typing") return null;
	const serial = readEditing()?.serial;
	alter({ phase: "waiting" });
	await settled();
	const now = readEditing();
	if (now?.serial !== serial || !now) return null;
	const hasFailed = now.photos.some(({ state }) => state === "failed");
	if (hasFailed) {
		alter({ phase: "typing", errors: { photos: ["A photo couldn’t be sent: send it again, or take it out"] } });
	}
	const saved = hasFailed || hasToChoose() ? null : await save();
	if (!saved && readEditing()?.serial === serial) {
		alter({ phase: "typing" });
		// When it is shown.
		setTimeout(lead);
	}
	return saved;
}

const hasToChoose = () => Object.keys(readEditing()?.clashes ?? {}).length > 0;

/** Goes to the first thing that is to be put right. */
function lead() {
	const now = readEditing();
	const bad = IN_ORDER.find((name) => now?.errors[name]);
	const clash = IN_ORDER.find((name) => now?.clashes[name] !== undefined);
	if (bad) goTo(bad);
	else if (clash) goTo(clash, "-clash");
}
