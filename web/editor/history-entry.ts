/** An entry of the browser's history for what is open in front of the page: Back, on a phone above all, leaves that and not the page. */

let onBack: (() => void) | null = null;

const isOurs = () => history.state?.isInFront === true;

/**
 * Adds the entry.
 * @param back is called when one has gone back; it is for the caller to close what is open, or to `stay`
 */
export function enter(back: () => void) {
	onBack = back;
	stay();
}

/** Adds the entry again that going back has left. */
export const stay = () => history.pushState({ ...history.state, isInFront: true }, "");

/** Takes the entry away, if one hasn't gone back already; done when the address and the place are those of before. */
export async function leave(): Promise<void> {
	onBack = null;
	if (!isOurs()) return;
	const gone = new Promise((resolve) => {
		addEventListener("popstate", resolve, { once: true });
		// Nobody waits for a browser that doesn't go back.
		setTimeout(resolve, 1000);
	});
	history.back();
	await gone;
}

addEventListener("popstate", () => {
	if (!isOurs()) onBack?.();
});
// A page that is loaded again has nothing open.
if (isOurs()) history.replaceState({ ...history.state, isInFront: false }, "");
