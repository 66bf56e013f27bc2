/** The list of animals on the page: reading it part by part, and putting in what was written. */
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { listRescues } from "./api.ts";
import { type Actions, card } from "./card.ts";
import { byId, element, show } from "./element.ts";
import { showProblem } from "./problem-box.ts";
import { readSearch } from "./search.ts";
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
		const cards = answer.value.rescues.map((rescue) => card(rescue, actions));
		for (const rescue of answer.value.rescues) species.add(rescue.species.toLowerCase());
		if (isStart) list.replaceChildren(...cards);
		else list.append(...cards);
		count();
		if (!isStart) cards[0]?.focus();
	} catch (error) {
		if (!signal.aborted) throw error;
		return;
	} finally {
		if (!signal.aborted) {
			list.removeAttribute("aria-busy");
			more.disabled = false;
		}
	}
}

/** Shows a record that was written; KV may give the old one for a while, so the list isn't read again. */
export function put(rescue: AnimalRescue, isNew = false) {
	const made = card(rescue, actions);
	const there = find(rescue);
	species.add(rescue.species.toLowerCase());
	if (there) there.replaceWith(made);
	else list.prepend(made);
	if (isNew) total++;
	count();
	return made;
}

/** Takes out a record that was deleted, and gives the card that is now in its place. */
export function drop(rescue: AnimalRescue): HTMLElement | null {
	const there = find(rescue);
	const neighbour = (there?.nextElementSibling ?? there?.previousElementSibling) as HTMLElement | null | undefined;
	there?.remove();
	total--;
	count();
	return neighbour ?? null;
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
