/** The list of animals on the page: reading it part by part, and putting in what was written. */
import type { RescueChange } from "../../src/history/change.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { compareRanks, matches, normalise, type RescueFilter, rankOf, type Sort } from "../../src/rescues/search.ts";
import { listRescues } from "./api.ts";
import { type Actions, card } from "./card.ts";
import { byId, element, show } from "./element.ts";
import { showProblem } from "./problem-box.ts";
import { isFiltered, readSearch } from "./search.ts";
import { animals, KNOWN_SPECIES } from "./words.ts";

/** How many animals are shown at a time. */
const PAGE = 24;

const list = byId("list");
const more = byId<HTMLButtonElement>("more");
const trouble = byId("trouble");
const species = new Set(KNOWN_SPECIES);

let running = new AbortController();
let next: string | null = null;
let total = 0;
/** Number of the last change that the list had when it was read; 0 when it doesn't say. */
let revision = 0;
/** The records on the page, by id. */
const shown = new Map<number, AnimalRescue>();
/** The version that each record was last seen in, on the page or in a change. */
const versions = new Map<number, number>();
/** What was changed while the list was read. */
const meanwhile: RescueChange[] = [];
let actions: Actions;
let onEmpty: (isEmpty: boolean) => void;

/** Gives the list what its cards do, and whom to tell whether there is anything in it. */
export function setUpList(given: { actions: Actions; empty: typeof onEmpty }) {
	actions = given.actions;
	onEmpty = given.empty;
	more.addEventListener("click", () => void load(next));
}

/** Shows the list from its start, as it is searched for. */
export async function reload() {
	const query = readSearch();
	query.set("limit", String(PAGE));
	await load(`/rescues?${query}`, true);
}

async function load(path: string | null, isStart = false) {
	if (path === null) return;
	running.abort();
	running = new AbortController();
	const { signal } = running;
	list.setAttribute("aria-busy", "true");
	more.disabled = true;
	try {
		const answer = await listRescues(path, signal);
		show(trouble);
		if (!answer.ok) {
			const again = element("button", { type: "button", onclick: () => void load(path, isStart) }, "Try again");
			return showProblem(trouble, answer.problem, again);
		}
		({ next, total } = answer.value);
		if (isStart) {
			({ revision } = answer.value);
			shown.clear();
			versions.clear();
			list.replaceChildren();
		}
		const cards = answer.value.rescues.filter(({ id }) => !shown.has(id)).map(keep);
		list.append(...cards);
		count();
		if (!isStart) cards[0]?.focus();
	} catch (error) {
		if (!signal.aborted) throw error;
		return;
	} finally {
		if (!signal.aborted) {
			list.removeAttribute("aria-busy");
			more.disabled = false;
			for (const change of meanwhile.splice(0)) apply(change);
		}
	}
}

/** Makes a record's card, and remembers what is on it. */
function keep(rescue: AnimalRescue): HTMLLIElement {
	shown.set(rescue.id, rescue);
	versions.set(rescue.id, Math.max(rescue.version, versions.get(rescue.id) ?? 0));
	species.add(rescue.species.toLowerCase());
	return card(rescue, actions);
}

/** Shows a record that was written; KV may give the old one for a while, so the list isn't read again. */
export function put(rescue: AnimalRescue, isNew = false) {
	// Its change may have been told before the write was answered.
	if (isNew && !isKnown(rescue.id, rescue.version)) total++;
	const there = find(rescue);
	const made = keep(rescue);
	if (there) there.replaceWith(made);
	else list.prepend(made);
	count();
	return made;
}

/** Takes out a record that was deleted, and gives the card that is now in its place. */
export function drop(rescue: AnimalRescue): HTMLElement | null {
	const there = find(rescue);
	const neighbour = (there?.nextElementSibling ?? there?.previousElementSibling) as HTMLElement | null | undefined;
	there?.remove();
	shown.delete(rescue.id);
	if (!isKnown(rescue.id, rescue.version + 1)) total--;
	versions.set(rescue.id, rescue.version + 1);
	count();
	return neighbour ?? null;
}

const isKnown = (id: number, version: number) => (versions.get(id) ?? 0) >= version;

/**
 * Shows a change that was made, here or elsewhere. A card that is there changes where it is, or goes; one that wasn't comes
 * to where the list's order has it, unless that is behind what is shown.
 */
export function apply(change: RescueChange) {
	if (list.ariaBusy === "true") return void meanwhile.push(change);
	const { kind, version } = change;
	// Of what was purged there is none.
	const rescue = change.rescue as AnimalRescue | null;
	if (Number(change.cursor) <= revision || !rescue || isKnown(rescue.id, version)) return;
	versions.set(rescue.id, version);
	const there = find(rescue);
	const belongs = kind !== "deleted" && matches(readFilter(), rescue);
	const before = total;
	if (there && belongs) refresh(there, keep(rescue));
	else if (there) {
		shown.delete(rescue.id);
		there.remove();
		total--;
	} else if (belongs && insert(rescue)) total++;
	else if (!isFiltered()) total += ADDED[kind] ?? 0;
	if (total !== before) count();
}

/** By how many records a change makes the list longer. */
const ADDED: Partial<Record<RescueChange["kind"], number>> = { created: 1, restored: 1, deleted: -1 };

/** Puts a card in another one's place, with the focus where it was. */
function refresh(there: HTMLElement, made: HTMLElement) {
	const focused = there.contains(document.activeElement) ? (document.activeElement as HTMLElement) : null;
	there.replaceWith(made);
	made.classList.add("told");
	const action = focused?.dataset.action;
	if (focused) ((action && made.querySelector<HTMLElement>(`[data-action="${action}"]`)) || made).focus();
}

/** Puts a card where the list's order has it; gives whether that is a place that is shown. */
function insert(rescue: AnimalRescue): boolean {
	const sort = (readSearch().get("sort") ?? "id") as Sort;
	const rank = rankOf(sort, rescue);
	const behind = [...shown.values()].filter((other) => compareRanks(sort, rankOf(sort, other), rank) > 0);
	const cards = [...list.children] as HTMLElement[];
	const next = cards.find(({ dataset }) => behind.some(({ id }) => String(id) === dataset.id));
	if (!next && hasMore()) return false;
	const made = keep(rescue);
	made.classList.add("told");
	list.insertBefore(made, next ?? null);
	return true;
}

const hasMore = () => next !== null;

function readFilter(): RescueFilter {
	const { status, sort: _, ...filter } = Object.fromEntries(readSearch());
	return normalise({ ...filter, ...(status && { status: [status as AnimalRescue["status"]] }) });
}

const find = ({ id }: AnimalRescue) => list.querySelector<HTMLElement>(`[data-id="${id}"]`);

/** Says something to everyone, screen readers too. */
export function say(text: string) {
	byId("count").textContent = text;
}

function count() {
	const shown = list.childElementCount;
	say(shown === 0 ? "" : shown < total ? `${shown} of ${animals(total)}` : animals(total));
	more.hidden = next === null;
	byId("species-known").replaceChildren(...[...species].sort().map((value) => element("option", { value })));
	onEmpty(shown === 0 && next === null);
}
