/** What this isolate remembers of the pages that it has read: parsed, for GraphQL and filters, and as bytes, for passing on. */

/** A page's records, or what the public sees of it. */
type Remembered = readonly unknown[] | Uint8Array<ArrayBuffer>;

/** How much text is remembered, in UTF-16 units: some 15,000 real records, a fraction of an isolate's 128 MB when parsed. */
const CAPACITY = 8 * 1024 * 1024;

const remembered = new Map<string, { edition: string; value: Remembered; length: number }>();
const lists = new WeakSet<readonly unknown[]>();
let size = 0;

/**
 * What came of a page that this isolate has read: to read and parse a thousand records takes most of what a list over GraphQL
 * costs, and to read them alone half of what one over REST does. An edition names one publication, so nothing here can be out
 * of date: another one is another page, and the one that was is forgotten.
 */
export function recallPage(key: string, edition: string | undefined): Remembered | undefined {
	const page = remembered.get(key);
	if (page && page.edition !== edition) forget(key);
	return page?.edition === edition ? page?.value : undefined;
}

/** Whether something is remembered under a key, of this edition or another. */
export const mayRecall = (key: string): boolean => remembered.has(key);

/**
 * Remembers a page; the one that was remembered first makes room for it. Requests share the value: it must not be
 * changed.
 * @param length of the text that it was parsed from, or of the bytes
 */
export function rememberPage(key: string, edition: string, value: Remembered, length: number) {
	forget(key);
	if (!(value instanceof Uint8Array)) lists.add(Object.freeze(value));
	remembered.set(key, { edition, value, length });
	size += length;
	for (const oldest of remembered.keys()) {
		if (size <= CAPACITY) break;
		forget(oldest);
	}
}

/** Whether this is a list that this isolate remembers and never changes: what was worked out of it once holds for good. */
export const isRemembered = (list: readonly unknown[]): boolean => lists.has(list);

function forget(key: string) {
	size -= remembered.get(key)?.length ?? 0;
	remembered.delete(key);
}
