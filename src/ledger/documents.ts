/**
 * What is published in Workers KV, and under which keys. Every document is shaped like an answer, so that reading is
 * copying; what the public doesn't see is at its end (`rescues/view.ts`):
 *
 * | key                     | value                                                            | metadata      |
 * |-------------------------|------------------------------------------------------------------|---------------|
 * | `rescue:<id>`           | the record, private fields last                                  | RescueMeta    |
 * | `rescues:<lower bound>` | the public body of `GET /rescues`, by id; behind it private parts | PageMeta      |
 *
 * `rescues:0` is always there; a record's own document is from the first read of it on (`own-documents.ts`). Keys carry a
 * prefix because workerd drops integer-like keys from bulk reads.
 */

/** What is known of a published record without reading it. */
export interface RescueMeta {
	version: number;
	/** The schema of the body (`rescues/upgrade.ts`); release 1.0 published none. */
	schema?: number;
}

/** Why a read asks the ledger for a document: KV misses it, has a damaged one, or wasn't or couldn't be read. */
export type Miss = "missing" | "damaged" | "unread";

const encoder = new TextEncoder();
/** How many bytes of UTF-8 a text is. */
export const sizeOf = (text: string) => encoder.encode(text).length;

/** A document as the ledger renders it. */
export interface Rendered<Meta> {
	body: string;
	meta: Meta;
}

/** The KV key of one rescue. */
export const rescueKey = (id: number) => `rescue:${id}`;
/** The KV key of the page that starts at `lower`. */
export const pageKey = (lower: number) => `rescues:${lower}`;
/** Whether a key is a page's. */
export const isPageKey = (key: string) => key.startsWith("rescues:");

/** Reads a key back into what it stands for. */
export function parseKey(key: string): { kind: "rescue"; id: number } | { kind: "page"; lower: number } {
	const number = Number(key.split(":")[1]);
	return isPageKey(key) ? { kind: "page", lower: number } : { kind: "rescue", id: number };
}
