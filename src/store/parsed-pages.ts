/** How much text is remembered, in UTF-16 units: some 15,000 real records, a fraction of an isolate's 128 MB when parsed. */
const CAPACITY = 8 * 1024 * 1024;

const remembered = new Map<string, { edition: string; value: readonly unknown[]; length: number }>();
const lists = new WeakSet<readonly unknown[]>();
let size = 0;

/**
 * What came of a page that this isolate has parsed: reading and parsing a thousand records takes most of what a list over
 * GraphQL costs. An edition names one publication, so nothing here can be out of date: another one is another page.
 */
export function recallPage(key: string, edition: string | undefined): readonly unknown[] | undefined {
	const page = remembered.get(key);
	return page?.edition === edition ? page?.value : undefined;
}

/**
 * Remembers a parsed page; the one that was remembered first makes room for it. Requests share the value: it must not be
 * changed.
 * @param length of the text that it was parsed from
 */
export function rememberPage(key: string, edition: string, value: readonly unknown[], length: number) {
	forget(key);
	lists.add(value);
	remembered.set(key, { edition, value: Object.freeze(value), length });
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
