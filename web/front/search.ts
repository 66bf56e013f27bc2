/** The search form and the address that follows it. */
import { byId } from "./element.ts";

const form = byId<HTMLFormElement>("search");
const names = ["q", "status", "species", "sort"];
const control = (name: string) => form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement;

/** How long to wait for the next key, in milliseconds. */
const PAUSE = 180;

/** What is looked for, as the list's query string has it. */
export function readSearch(): URLSearchParams {
	const given = names.map((name) => [name, control(name).value.trim()] as [string, string]);
	return new URLSearchParams(given.filter(([, value]) => value !== ""));
}

/** Whether only some animals are looked for. */
export const isFiltered = () => [...readSearch().keys()].some((name) => name !== "sort");

/** Looks for everything again. */
export function clearSearch() {
	form.reset();
	history.replaceState(null, "", location.pathname);
}

/**
 * Begins with what the address says, and tells of every change, after a short pause when it is typed. The address
 * follows, so that a search can be kept and sent.
 */
export function onSearch(changed: () => void) {
	const asked = new URLSearchParams(location.search);
	for (const name of names) {
		const target = control(name);
		target.value = asked.get(name) ?? "";
		// A select has no option for what it doesn't know.
		if (target instanceof HTMLSelectElement && target.selectedIndex === -1) target.value = "";
	}
	let timer: ReturnType<typeof setTimeout> | undefined;
	let last = String(readSearch());
	const follow = () => {
		clearTimeout(timer);
		const now = String(readSearch());
		if (now === last) return;
		last = now;
		history.replaceState(null, "", now ? `?${now}` : location.pathname);
		changed();
	};
	form.addEventListener("input", (event) => {
		clearTimeout(timer);
		// Half a species finds nothing: that one waits for its end (`change`).
		if (event.target !== control("species")) timer = setTimeout(follow, PAUSE);
	});
	form.addEventListener("change", follow);
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		follow();
	});
}
