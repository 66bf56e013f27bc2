/** Notices: what has just happened, said where the person looks, in front of everything, and for a while the way back. */
import { useSyncExternalStore } from "hono/jsx";
import { render } from "hono/jsx/dom";

/** What a notice has besides its text. */
export interface NoticeOptions {
	/** Takes back what is told; says itself how that went. */
	undo?: () => Promise<void>;
	/** Where what is told can be seen. */
	link?: { text: string; href: string };
	/** It tells of something that didn't work: it stays until it is closed, or the next thing is told. */
	isProblem?: boolean;
}

interface Notice extends NoticeOptions {
	id: number;
	text: string;
}

/** How long a notice stays, in milliseconds; as long as it has the pointer or the focus it stays longer. */
const STAY = 10_000;
/** The most that are shown at once; before the last one those that can be taken back. */
const MOST = 3;
/** Screen readers tell what changes in a region that they know already: it must be there for a moment. */
const SETTLE = 50;

let notices: readonly Notice[] = [];
let made = 0;
let host: HTMLElement | undefined;
const listeners = new Set<() => void>();
const timers = new Map<number, ReturnType<typeof setTimeout>>();

/**
 * Tells something, in front of an open dialog too.
 * @returns what takes the notice away, when it is over
 */
export function notify(text: string, options: NoticeOptions = {}): () => void {
	const notice = { ...options, text, id: ++made };
	host ??= mount();
	const timer = setTimeout(() => {
		show([...notices.filter(({ undo }) => undo), notice].slice(-MOST));
		wait(notice);
	}, SETTLE);
	return () => {
		clearTimeout(timer);
		close(notice);
	};
}

function show(now: readonly Notice[]) {
	notices = now;
	for (const listener of listeners) listener();
	place();
}

function close({ id }: Notice) {
	clearTimeout(timers.get(id));
	timers.delete(id);
	if (!notices.some((notice) => notice.id === id)) return;
	if (host?.contains(document.activeElement) && before?.isConnected) before.focus({ preventScroll: true });
	show(notices.filter((notice) => notice.id !== id));
}

function wait(notice: Notice) {
	clearTimeout(timers.get(notice.id));
	if (!notice.isProblem)
		timers.set(
			notice.id,
			setTimeout(() => close(notice), STAY),
		);
}

const hold = () => {
	for (const timer of timers.values()) clearTimeout(timer);
};
/** What had the focus before it came to the notices: it goes back there with them. */
let before: HTMLElement | null = null;
const enter = ({ relatedTarget }: FocusEvent) => {
	hold();
	if (relatedTarget instanceof HTMLElement && !host?.contains(relatedTarget)) before = relatedTarget;
};
const goOn = () => {
	for (const notice of notices) wait(notice);
};

async function takeBack(notice: Notice) {
	close(notice);
	await notice.undo?.();
}

function mount(): HTMLElement {
	const made = document.createElement("div");
	made.className = "notices";
	made.popover = "manual";
	render(<Notices />, made);
	document.addEventListener("keydown", undoByKey);
	// A dialog that opens is in front of it, and leaves nothing else in reach; with one that closes it would be gone.
	for (const event of ["close", "toggle"]) {
		document.addEventListener(event, ({ target }) => void (target instanceof HTMLDialogElement && place()), true);
	}
	host = made;
	place();
	return made;
}

/** Puts the notices in front of everything, into the dialog that is open: what is outside of it can't be reached. */
function place() {
	if (!host) return;
	const top = [...document.querySelectorAll("dialog:modal")].at(-1) ?? document.body;
	if (host.parentElement !== top) top.append(host);
	// Shown again it is in front of what was shown since.
	else if (host.matches(":popover-open") && !host.contains(document.activeElement)) host.hidePopover();
	if (!host.matches(":popover-open")) host.showPopover();
}

const isTyping = (target: EventTarget | null) =>
	target instanceof HTMLElement && target.matches("input, select, textarea, [contenteditable]");

function undoByKey(event: KeyboardEvent) {
	const last = notices.findLast(({ undo }) => undo);
	if (!last || event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
	if (isTyping(event.target)) return;
	event.preventDefault();
	void takeBack(last);
}

const subscribe = (listener: () => void) => {
	listeners.add(listener);
	return () => listeners.delete(listener);
};

function Notices() {
	const all = useSyncExternalStore(subscribe, () => notices);
	const part = (role: "status" | "alert", isProblem: boolean) => (
		<div role={role}>
			{all
				.filter((notice) => (notice.isProblem ?? false) === isProblem)
				.map((notice) => (
					<Item key={notice.id} notice={notice} />
				))}
		</div>
	);
	return (
		<div onPointerEnter={hold} onPointerLeave={goOn} onFocusIn={enter} onFocusOut={goOn}>
			{part("status", false)}
			{part("alert", true)}
		</div>
	);
}

/** The key that takes back the last thing, as the person's keyboard has it. */
const UNDO_KEY = /Mac|iP/.test(navigator.platform) ? "⌘Z" : "Ctrl+Z";

function Item({ notice }: { notice: Notice }) {
	return (
		<div class={notice.isProblem ? "told-now trouble-now" : "told-now"}>
			<p>{notice.text}</p>
			{notice.link && <a href={notice.link.href}>{notice.link.text}</a>}
			{notice.undo && (
				<button type="button" aria-keyshortcuts="Control+Z Meta+Z" onClick={() => void takeBack(notice)}>
					Undo <kbd>{UNDO_KEY}</kbd>
				</button>
			)}
			<button type="button" class="close" aria-label="Close" onClick={() => close(notice)}>
				<span aria-hidden="true">×</span>
			</button>
		</div>
	);
}
