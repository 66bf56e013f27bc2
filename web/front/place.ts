/**
 * Where the person is in the list, kept with each entry of the browser's history: reload, Back and Forward lead there again.
 * The browser's own way doesn't know how much of the list there was.
 */
import { readListing } from "./listing.ts";

interface Place {
	/** How many animals there were. */
	count: number;
	/** The first animal in view, and how far below the window's top it was, in pixels; null when the list's top was in view. */
	id: number | null;
	top: number;
	/** How far the page was scrolled, in pixels. */
	y: number;
}

/** How long scrolling has to rest before the place is kept, in milliseconds: Safari takes 100 entries in 30 seconds. */
const REST = 350;

const elements = () => document.querySelectorAll<HTMLElement>("#list [data-id]");

/** Whether the list's top is above the window's. */
export const isFurtherDown = () => (document.getElementById("list")?.getBoundingClientRect().top ?? 0) < 0;

/** The first element that isn't above the window, found by halving: they follow each other. */
function firstInView(): HTMLElement | undefined {
	const all = elements();
	let [low, high] = [0, all.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((all[middle]?.getBoundingClientRect().bottom ?? 0) > 0) high = middle;
		else low = middle + 1;
	}
	return all[low];
}

let isReturning = false;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Doesn't keep the place that was to be kept: it is another entry's. */
export const keepNothing = () => clearTimeout(timer);

/** Keeps the place. */
export function keepPlace() {
	clearTimeout(timer);
	if (isReturning || readListing().phase !== "ready") return;
	const first = isFurtherDown() ? firstInView() : undefined;
	const place: Place = {
		count: readListing().items.length,
		id: first ? Number(first.dataset.id) : null,
		top: first?.getBoundingClientRect().top ?? 0,
		y: scrollY,
	};
	history.replaceState({ ...history.state, place }, "");
}

/** The place that is kept with this entry; undefined for a new one. */
export const readPlace = (): Place | undefined => history.state?.place;

/** Goes to a place, once the list is there; what is in view gets its real height only then, so it takes some frames. */
export async function returnTo({ id, top, y }: Place): Promise<void> {
	isReturning = true;
	try {
		for (let frame = 0; frame < 4; frame++) {
			const found = id === null ? null : document.querySelector(`#list [data-id="${id}"]`);
			if (found) scrollBy(0, found.getBoundingClientRect().top - top);
			else scrollTo(0, y);
			await nextFrame();
		}
	} finally {
		isReturning = false;
	}
}

/** A page that isn't in sight has no frames. */
const nextFrame = () =>
	new Promise<void>((resolve) => {
		if (document.hidden) setTimeout(resolve, 16);
		else requestAnimationFrame(() => setTimeout(resolve));
	});

/** Begins to keep the place of each entry. */
export function keepPlaces() {
	history.scrollRestoration = "manual";
	addEventListener(
		"scroll",
		() => {
			clearTimeout(timer);
			timer = setTimeout(keepPlace, REST);
		},
		{ passive: true },
	);
	addEventListener("pagehide", keepPlace);
	document.addEventListener("visibilitychange", () => void (document.hidden && keepPlace()));
}
