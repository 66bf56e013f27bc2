/**
 * The list as the page shows it: reading it part by part, and what is written here or elsewhere put in. What others change
 * changes where it is; what they add or take out waits while the person is further down, so that nothing jumps.
 */
import { useSyncExternalStore } from "hono/jsx";
import type { RescueChange } from "../../src/history/change.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import type { Sort } from "../../src/rescues/search.ts";
import type { Page, Problem } from "../shared/api.ts";
import { readToken } from "../shared/session.ts";
import { listOf, readAsked } from "./address.ts";
import { readPart, readStart, type Start } from "./finding.ts";
import * as members from "./members.ts";

/** An animal of the list. */
export interface Item {
	rescue: AnimalRescue;
	/** Why it isn't in the list any more, in place of its status: it still stands there, so that nothing jumps. */
	note?: string | undefined;
	/** Whether somebody else has just changed it. */
	isTold?: boolean | undefined;
}

/** What is shown. */
export interface Listing {
	/** "loading": there is nothing yet; "changing": what is there is of the search before. */
	phase: "loading" | "changing" | "ready";
	items: readonly Item[];
	/** The text that they were found by, spelled as the service knows it; empty without one. */
	q: string;
	/** How many animals there are in all, and whether that is exact. */
	total: number;
	isTotalExact: boolean;
	hasMore: boolean;
	isReadingMore: boolean;
	/** Why it couldn't be read: what is there, if anything, is of before … */
	problem: Problem | null;
	/** … and why it couldn't be read on. */
	problemOfMore: Problem | null;
	/** How many animals of others wait to be shown between those that are. */
	news: number;
}

/** How many animals are read at a time … */
const PART = 48;
/** … and at most, when as many as before are wanted again: as many as the API gives. */
const MOST = 1000;

let listing: Listing = {
	phase: "loading",
	items: [],
	q: "",
	total: 0,
	isTotalExact: true,
	hasMore: false,
	isReadingMore: false,
	problem: null,
	problemOfMore: null,
	news: 0,
};
let running = new AbortController();
/** What has been read, as `listOf` tells lists apart. */
let list = "";
let next: string | null = null;
/** With whose eyes it has been read. */
let readAs = "";
const listeners = new Set<() => void>();
const subscribe = (listener: () => void) => {
	listeners.add(listener);
	return () => listeners.delete(listener);
};

/** What the list has to know of the page. */
interface Sight {
	/** Whether the person has gone down the list. */
	isFurtherDown(): boolean;
	/** The animal that has the focus; undefined when none has. */
	focused(): number | undefined;
	/** Puts the focus on an animal if what had it is gone; null when there is no animal. */
	refocus(id: number | null): void;
}
let sight: Sight = { isFurtherDown: () => false, focused: () => undefined, refocus: () => {} };

/** What is shown now. */
export const readListing = () => listing;
/** What is shown, for a component. */
export const useListing = () => useSyncExternalStore(subscribe, readListing);
/** Gives the list what it has to know of the page. */
export function setSight(given: Sight) {
	sight = given;
}

function show(more: Partial<Listing>) {
	listing = { ...listing, total: members.countAll(), hasMore: next !== null, ...more };
	for (const listener of listeners) listener();
}

/**
 * Reads the list from its start, as the address asks for it.
 * @param wanted how many animals, at least: as many as were there before
 */
export async function start(wanted = PART): Promise<void> {
	running.abort();
	running = new AbortController();
	const { signal } = running;
	const asked = readAsked();
	const isSame = list === listOf(asked) && readAs === readToken();
	list = listOf(asked);
	if (readAs !== readToken()) members.forget();
	readAs = readToken();
	const phase = listing.items.length > 0 ? "changing" : "loading";
	show({ phase, isReadingMore: false, problem: null, problemOfMore: null });
	let read = 0;
	do {
		const first = Math.min(Math.max(wanted - read, PART), MOST);
		const isFirst = read === 0;
		const answer = isFirst
			? await readStart(asked, first, signal)
			: await readPart(withLimit(next as string, first), signal);
		if (!answer) return;
		if (!answer.ok) {
			if (isFirst && !isSame) next = null;
			return show({ phase: "ready", problem: answer.problem, ...(isFirst && !isSame && { items: [], news: 0 }) });
		}
		if (isFirst) begin(answer.value as Start, asked.sort);
		take(answer.value, isFirst);
		read += answer.value.rescues.length;
	} while (next !== null && read < wanted);
	settle({ phase: "ready" });
}

function begin({ filter, q }: Start, sort: Sort) {
	members.begin({ filter, sort });
	listing = { ...listing, q };
}

function take(page: Page, isFirst: boolean) {
	members.take(page, isFirst);
	({ next } = page);
	listing = { ...listing, isTotalExact: page.isTotalExact };
}

const withLimit = (path: string, limit: number) => path.replace(/\blimit=\d+/, `limit=${limit}`);

/** Reads on; gives whether it did, and not just waits for what is being read. */
export async function readMore(): Promise<boolean> {
	if (next === null || listing.isReadingMore || listing.phase !== "ready") return false;
	const { signal } = running;
	show({ isReadingMore: true, problemOfMore: null });
	const answer = await readPart(withLimit(next, PART), signal);
	if (!answer?.ok) {
		if (answer) show({ isReadingMore: false, problemOfMore: answer.problem });
		return false;
	}
	const before = new Set(members.inOrder().map(({ id }) => id));
	take(answer.value, false);
	const added = members
		.inOrder()
		.filter(({ id }) => !before.has(id) && !listing.items.some(({ rescue }) => rescue.id === id));
	show({ isReadingMore: false, items: [...listing.items, ...added.map((rescue) => ({ rescue }))] });
	return true;
}

/** Shows the list as it is, in its order, with what has waited. */
export function settle(more: Partial<Listing> = {}) {
	const there = new Map(listing.items.map((item) => [item.rescue, item]));
	const items = members.inOrder().map((rescue) => {
		const item = there.get(rescue);
		return item && item.note === undefined ? item : { rescue };
	});
	replace(items, { ...more, news: 0 });
}

/** Shows these. If the focus was in what is gone, a button or an animal, it goes on to the animal, or to what has taken its place. */
function replace(items: readonly Item[], more: Partial<Listing> = {}) {
	const focused = sight.focused();
	const before = listing.items.findIndex(({ rescue }) => rescue.id === focused);
	show({ ...more, items });
	if (focused === undefined) return;
	const there = items.find(({ rescue }) => rescue.id === focused) ?? items[Math.min(before, items.length - 1)];
	sight.refocus(there?.rescue.id ?? null);
}

/** Puts in what was written here, and shows it at once. */
export function put(rescue: AnimalRescue, isNew: boolean) {
	const isBack = members.happenedTo(rescue.id)?.kind === "deleted";
	members.note({ kind: isBack ? "restored" : isNew ? "created" : "updated", version: rescue.version, rescue });
	showOwn(rescue.id);
}

/** Takes out what was deleted here. */
export function drop(rescue: AnimalRescue) {
	members.note({ kind: "deleted", version: rescue.version + 1, rescue });
	showOwn(rescue.id);
}

/** Shows what was written here at once; what waits goes on waiting. */
function showOwn(id: number) {
	if (listing.phase !== "ready") return;
	const { items, news } = listing;
	const rest = items.filter(({ rescue }) => rescue.id !== id);
	const waits = news > 0 || rest.some(({ note }) => note !== undefined);
	if (!waits || !sight.isFurtherDown()) return settle();
	const now = members.isMember(id) ? members.lastOf(id) : undefined;
	const at = items.findIndex(({ rescue }) => rescue.id === id);
	if (now) rest.splice(at < 0 ? placeOf(id, rest) : at, 0, { rescue: now });
	replace(rest, { news: countNews(rest) });
}

/** Where the list's order has an animal among what is shown. */
function placeOf(id: number, items: readonly Item[]): number {
	const order = members.inOrder().map((rescue) => rescue.id);
	const behind = new Set(order.slice(order.indexOf(id)));
	const at = items.findIndex(({ rescue }) => behind.has(rescue.id));
	return at < 0 ? items.length : at;
}

function countNews(items: readonly Item[]): number {
	const shown = new Set(items.map(({ rescue }) => rescue.id));
	return members.inOrder().filter(({ id }) => !shown.has(id)).length;
}

/** Puts in what somebody made, here or elsewhere, as the service tells it. */
export function tell({ kind, version, rescue }: RescueChange) {
	// Of what was purged there is none; it was deleted before.
	if (!rescue || !members.note({ kind, version, rescue: rescue as AnimalRescue })) return;
	if (listing.phase !== "ready") return;
	if (sight.isFurtherDown()) hold(rescue.id);
	else {
		settle();
		mark(rescue.id);
	}
}

/** Changes an animal where it is. */
function hold(id: number) {
	const now = members.lastOf(id);
	const items = listing.items.map((item) =>
		item.rescue.id === id && now
			? { rescue: now, note: members.isMember(id) ? undefined : whyNot(id), isTold: true }
			: item,
	);
	replace(items, { news: countNews(items) });
}

const whyNot = (id: number) => (members.happenedTo(id)?.kind === "deleted" ? "Deleted" : "No longer among these");

function mark(id: number) {
	show({ items: listing.items.map((item) => (item.rescue.id === id ? { ...item, isTold: true } : item)) });
}

/** Reads the list again as it was asked for, as much of it as there was: some changes may not have been told. */
export function refresh() {
	members.forget();
	void start(listing.items.length);
}

/** Reads it again if somebody else looks at it now, who may see more or less. */
export function lookAgain() {
	if (readAs !== readToken()) void start(Math.max(PART, listing.items.length));
}
