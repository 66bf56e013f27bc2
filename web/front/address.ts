/**
 * What the address says: what is looked for, in which order, and how it is shown. A new address is a step that Back undoes.
 * The address is all that there is: whoever is sent it sees the same.
 */
import { useSyncExternalStore } from "hono/jsx";
import { FIELDS } from "../../src/rescues/fields.ts";
import type { Field } from "../../src/rescues/kinds.ts";
import { type RescueFilter, SORTS, type Sort } from "../../src/rescues/search.ts";

/** What the page can filter by, in the order in which it is shown. */
export const FILTERS = [
	"q",
	"species",
	"status",
	"sex",
	"size",
	"goodWithChildren",
	"goodWithDogs",
	"goodWithCats",
	"neutered",
] as const satisfies (keyof RescueFilter)[];
export type Filter = (typeof FILTERS)[number];
/** How the animals can be shown: as cards, as a table; or the deleted ones. */
const VIEWS = ["cards", "table", "deleted"] as const;
export type View = (typeof VIEWS)[number];

/** What is asked for. Equal ones are equal as text (`toSearch`). */
export interface Asked {
	filters: Readonly<Partial<Record<Filter, string>>>;
	sort: Sort;
	view: View;
}

/** The values that a filter can have, with their labels; null for free text. */
export function choicesOf(filter: Filter): [value: string, label: string][] | null {
	if (filter === "q") return null;
	const { holds }: Field = FIELDS[filter];
	if (holds.kind === "boolean") return Object.entries({ true: "Yes", false: "No" });
	return holds.kind === "choice" ? Object.entries(holds.values).map(([value, { label }]) => [value, label]) : null;
}

/** Reads a query string. What can't be is left out, as is what is not the page's. */
export function parse(search: string): Asked {
	const given = new URLSearchParams(search);
	const filters = FILTERS.flatMap((name) => {
		const value = given.get(name)?.trim() ?? "";
		const choices = choicesOf(name);
		const isGood = choices ? choices.some(([one]) => one === value) : value.length <= (name === "q" ? 100 : 50);
		return isGood && value !== "" ? [[name, value]] : [];
	});
	return {
		filters: Object.fromEntries(filters),
		sort: SORTS.find((sort) => sort === given.get("sort")) ?? "id",
		view: VIEWS.find((view) => view === given.get("view")) ?? "cards",
	};
}

/** Writes a query string, empty or with its question mark. */
export function toSearch({ filters, sort, view }: Asked): string {
	const parameters = new URLSearchParams(FILTERS.flatMap((name) => (filters[name] ? [[name, filters[name]]] : [])));
	if (sort !== "id") parameters.set("sort", sort);
	if (view !== "cards") parameters.set("view", view);
	const text = String(parameters);
	return text && `?${text}`;
}

/** What is asked for, but not how it is shown: another view is the same list. */
export const listOf = ({ filters, sort }: Asked) => JSON.stringify([Object.entries(filters).sort(), sort]);

let asked = parse(location.search);
/** Whether the last step was made by typing: what is typed on belongs to it. */
let isTyping = false;
const listeners = new Set<() => void>();
let beforeStep = () => {};

/** What is asked for now. */
export const readAsked = () => asked;

/** Tells of every other address, however one got there; gives what stops it. */
export function onAsked(listener: () => void): () => void {
	listeners.add(listener);
	return () => listeners.delete(listener);
}

/** What is asked for, for a component. */
export const useAsked = () => useSyncExternalStore(onAsked, readAsked);

/** Is called before each step: what is to be kept of the place that is left is kept then. */
export function onStep(listener: () => void) {
	beforeStep = listener;
}

/**
 * Asks for something else.
 * @param more what is different; filters that are left out stay, empty ones go
 * @param typed whether it is a part of what is being typed: several of them are one step
 */
export function go({ filters, ...more }: Partial<Asked>, typed = false) {
	const all = { ...asked.filters, ...filters };
	const next = { ...asked, ...more, filters: Object.fromEntries(Object.entries(all).filter(([, value]) => value)) };
	const goesOn = typed && isTyping;
	if (toSearch(next) === toSearch(asked)) return;
	isTyping = typed;
	if (goesOn) history.replaceState(null, "", `${location.pathname}${toSearch(next)}`);
	else {
		beforeStep();
		history.pushState(null, "", `${location.pathname}${toSearch(next)}`);
	}
	become(next);
}

/** What is typed from now on is another step. */
export function endTyping() {
	isTyping = false;
}

/** Asks for all animals, in the same order and view. */
export const reset = () => go({ filters: Object.fromEntries(FILTERS.map((name) => [name, ""])) });

function become(next: Asked) {
	asked = next;
	for (const listener of listeners) listener();
}

addEventListener("popstate", () => {
	isTyping = false;
	const next = parse(location.search);
	// Other entries are of what is open in front of the page.
	if (toSearch(next) !== toSearch(asked)) become(next);
});
