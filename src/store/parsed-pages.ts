/** How much text is remembered, in UTF-16 units: some 15,000 real records, a fraction of an isolate's 128 MB when parsed. */
const CAPACITY = 8 * 1024 * 1024;

const remembered = new Map<string, { edition: string; value: unknown; length: number }>();
let size = 0;
const lists = new WeakSet<object>();

/** Whether this is a list that this isolate remembers, or did until it needed the room, and never changes. */
export const isRemembered = (list: readonly unknown[]): boolean => lists.has(list);

/**
 * What came of a page that this isolate has parsed: reading and parsing a thousand records takes most of what a list over
 * GraphQL costs. An edition names one publication, so nothing here can be out of date: another one is another page.
 */
export function recallPage(key: string, edition: string | undefined): unknown {
	const page = remembered.get(key);
	return page?.edition === edition ? page?.value : undefined;
}

/**
 * Remembers a parsed page; the one that was remembered first makes room for it. Requests share the value: it must not be
 * changed.
 * @param length of the text that it was parsed from
 */
export function rememberPage(key: string, edition: string, value: unknown, length: number) {
	forget(key);
	if (Array.isArray(value)) lists.add(value);
	remembered.set(key, { edition, value: Object.freeze(value), length });
	size += length;
	for (const oldest of remembered.keys()) {
		if (size <= CAPACITY) break;
		forget(oldest);
	}
}

function forget(key: string) {
	size -= remembered.get(key)?.length ?? 0;
	remembered.delete(key);
}
