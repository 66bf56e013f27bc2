/**
 * What the public sees of a record, and how records are stored so that it is cheap to give: private fields come last. A
 * document is the public view but for its end, and a page is a JSON array of public views, a line feed, and a JSON array of
 * the private parts. The name of a field can't stand inside a text, whose quotes JSON escapes: nothing has to be parsed.
 */
import { PRIVATE, type Private } from "./fields.ts";
import type { AnimalRescue } from "./rescue.ts";

/** A record as somebody sees it: for the public, without private fields. */
export type RescueView = Omit<AnimalRescue, Private> & Partial<Pick<AnimalRescue, Private>>;

const FIRST_PRIVATE = `,"${PRIVATE[0]}":`;

/** Takes a record's private fields off. */
export function toPublic(rescue: RescueView): RescueView {
	const view: RescueView = { ...rescue };
	for (const name of PRIVATE) delete view[name];
	return view;
}

/**
 * A document's public part and its private one: JSON objects, but the one lacks its last brace and the other its first. Throws
 * when it is not of the present schema.
 */
export function split(document: string): [shown: string, hidden: string] {
	const at = document.indexOf(FIRST_PRIVATE);
	if (at < 0) throw new Error("no document of the present schema");
	return [document.slice(0, at), document.slice(at + 1)];
}

/** What the public sees of a document. Throws when it is not of the present schema. */
export const publicText = (document: string): string => `${split(document)[0]}}`;

/**
 * A page of records in two parts, as `split` gives them, and how many bytes of it (UTF-8) the public sees.
 * @param bytes how many bytes the public parts are
 */
export function joinPage(shown: readonly string[], hidden: readonly string[], bytes: number) {
	if (shown.length === 0) return { body: "[]\n[]", publicEnd: 2 };
	const body = `[${shown.join("},")}}]\n[{${hidden.join(",{")}]`;
	// Of each record the brace, and the comma or bracket behind it; the bracket in front.
	return { body, publicEnd: bytes + 2 * shown.length + 1 };
}

/** What the public sees of a page, as a JSON array. */
export const publicPage = (page: string): string => page.slice(0, page.indexOf("\n"));

/** A page's whole records; of an earlier release's, which is one array, as they are. Throws when it can't be a page. */
export function readPage(page: string): AnimalRescue[] {
	const [shown = "", hidden] = page.split("\n");
	const rescues: AnimalRescue[] = JSON.parse(shown);
	if (hidden === undefined) return rescues;
	const parts: Pick<AnimalRescue, Private>[] = JSON.parse(hidden);
	if (parts.length !== rescues.length) throw new Error("the parts of a page don't fit together");
	return rescues.map((rescue, index) => ({ ...rescue, ...parts[index] }));
}
