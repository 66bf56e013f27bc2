/** The list by id as it is published: its pages, and the cursors that lead through them. */
import { MAX_ID } from "./rescue.ts";

/** What is known of a published page without reading it. */
export interface PageMeta {
	/** Number of the change that last altered this page; with `lower` it is the page's ETag. */
	revision: number;
	/** The page holds the records whose id is at or above this … */
	lower: number;
	/** … and below this, the next page's `lower`; null on the last page. */
	upper: number | null;
	/** How many records are in the page. */
	count: number;
	/** How many records there were in all when the page was published. */
	total: number;
	/** Names this publication of the page: the same edition, the same bytes. Pages published long ago have none. */
	edition?: string;
	/** The id of the ledger that published it. Pages of release 1.0 have none. */
	ledger?: string;
	/** When an admin said that the namespace is that ledger's although another one had published there (ms since the epoch). */
	claimed?: number;
	/** On the first of several pages: where the next ones start, up to four, to be read side by side. It may lag behind. */
	following?: number[];
	/** The schema of its records (`upgrade.ts`); release 1.0 published none. */
	schema?: number;
	/** How many bytes of the document the public sees (`view.ts`); schemas before 2 have none. */
	publicEnd?: number;
}

const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;

/** Whether metadata can be that of the page that starts at `key`. */
export const isPageMeta =
	(key: number) =>
	({ revision, lower, upper, count, total, following = [] }: Partial<PageMeta>) =>
		lower === key &&
		Array.isArray(following) &&
		(upper === null || (isCount(upper) && (upper as number) > lower)) &&
		[revision, count, total].every(isCount) &&
		(count as number) <= (total as number);

/** Where one is in the list: the last id seen, and the lower bound of the page to look in first. */
export interface Position {
	after: number;
	lower: number;
}

/** The start of the list. */
export const START: Position = { after: 0, lower: 0 };

/** Writes a position as a cursor: `<last id seen>`, with `.<page>` behind it from the second page on. */
export const toCursor = ({ after, lower }: Position) => (lower === 0 ? `${after}` : `${after}.${lower}`);

/** Reads a cursor; null when it isn't one. */
export function parseCursor(cursor: string): Position | null {
	const parts = /^(0|[1-9]\d{0,15})(?:\.([1-9]\d{0,15}))?$/.exec(cursor);
	if (!parts) return null;
	const position = { after: Number(parts[1]), lower: Number(parts[2] ?? 0) };
	return position.after <= MAX_ID && position.lower <= position.after + 1 ? position : null;
}

/** Where a list goes on behind a page; null when it is the last one. */
export const pageBehind = ({ upper }: Pick<PageMeta, "upper">): Position | null =>
	upper === null ? null : { after: upper - 1, lower: upper };

/** Whether a page holds what comes next after an id. */
export const covers = (page: Pick<PageMeta, "lower" | "upper">, after: number) =>
	page.lower <= after + 1 && (page.upper === null || after + 1 < page.upper);
