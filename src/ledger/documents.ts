/**
 * What is published in Workers KV, and under which keys. Every document is shaped like an answer, so that reading is
 * copying:
 *
 * | key                     | value                                    | metadata      |
 * |-------------------------|------------------------------------------|---------------|
 * | `rescue:<id>`           | the body of `GET /rescues/:id`           | RescueMeta    |
 * | `rescues:<lower bound>` | the body of `GET /rescues`, ordered by id | PageMeta      |
 *
 * `rescues:0` is always there. Keys carry a prefix because workerd drops integer-like keys from bulk reads.
 */

/** What a page holds at most; an object, so that a test can make pages small. */
export const PAGE_LIMITS = {
	records: 1000,
	/** 4 MiB, well under KV's 25 MiB a value, so that a page is cheap to rewrite. */
	bytes: 4 * 1024 * 1024,
};

/** A document as the ledger renders it. */
export interface Rendered<Meta> {
	body: string;
	meta: Meta;
}

/** The KV key of one rescue. */
export const rescueKey = (id: number) => `rescue:${id}`;
/** The KV key of the page that starts at `lower`. */
export const pageKey = (lower: number) => `rescues:${lower}`;

/** Reads a key back into what it stands for. */
export function parseKey(key: string): { kind: "rescue"; id: number } | { kind: "page"; lower: number } {
	const [prefix, number] = key.split(":");
	return prefix === "rescue" ? { kind: "rescue", id: Number(number) } : { kind: "page", lower: Number(number) };
}
