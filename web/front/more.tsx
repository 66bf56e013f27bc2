/** The end of what is shown of the list: it goes on by itself as one scrolls, for a while, and by a button. */
import { useLayoutEffect, useRef } from "hono/jsx";
import { focusOn } from "./acting.ts";
import { type Listing, readListing, readMore } from "./listing.ts";

/** How many parts are read without being asked for, before the page has an end again: below the list there is something, too. */
const BY_ITSELF = 5;
/** How far below the window the end may be when it is read on, in pixels. */
const AHEAD = 900;

let left = BY_ITSELF;

/** Whether as little as possible is to be loaded. */
const savesData = () =>
	(navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true ||
	matchMedia("(prefers-reduced-data: reduce)").matches;

/** A list that has just begun reads on by itself again. */
export function readOnByItself() {
	left = BY_ITSELF;
}

/** Shows how to go on, or why it doesn't. */
export function More({
	listing: { items, total, hasMore, phase, isReadingMore, problemOfMore: problem },
}: {
	listing: Listing;
}) {
	const end = useRef<HTMLDivElement>(null);
	useLayoutEffect(() => {
		if (!end.current || problem || isReadingMore || savesData()) return;
		const observer = new IntersectionObserver(
			([entry]) => {
				if (!entry?.isIntersecting || left <= 0) return;
				void readMore().then((hasRead) => {
					if (hasRead) left--;
				});
			},
			{ rootMargin: `0px 0px ${AHEAD}px 0px` },
		);
		observer.observe(end.current);
		return () => observer.disconnect();
	}, [items.length, problem, isReadingMore, phase]);

	async function showMore() {
		const last = readListing().items.length;
		readOnByItself();
		await readMore();
		const first = readListing().items[last];
		if (first) focusOn(first.rescue.id);
	}

	if (!hasMore) return null;
	return (
		<div class="more" ref={end}>
			{problem && (
				<p class="trouble" role="alert">
					{problem.detail}
				</p>
			)}
			<button type="button" aria-disabled={isReadingMore ? "true" : "false"} onClick={() => void showMore()}>
				{isReadingMore ? "Loading …" : problem ? "Try again" : "Show more"}
			</button>
			<p class="count">
				{items.length.toLocaleString("en")} of {total.toLocaleString("en")}
			</p>
		</div>
	);
}
