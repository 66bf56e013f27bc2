/** How much text is remembered, in UTF-16 units: some 15,000 real records, a fraction of an isolate's 128 MB when parsed. */
const CAPACITY = 8 * 1024 * 1024;

const remembered = new Map<string, { text: string; value: unknown }>();
let size = 0;

/**
 * Parses a page's text, or gives what came of the very same text the last time this isolate parsed it: parsing a
 * thousand records takes half of what a list over GraphQL costs. The text is compared, not a revision, so there is
 * nothing that could be out of date. The value is shared by requests: it must not be changed.
 */
export function parsePage(key: string, text: string): unknown {
	const last = remembered.get(key);
	if (last?.text === text) return last.value;
	const value: unknown = Object.freeze(JSON.parse(text));
	if (last) forget(key, last.text);
	remembered.set(key, { text, value });
	size += text.length;
	for (const [oldest, entry] of remembered) {
		if (size <= CAPACITY) break;
		forget(oldest, entry.text);
	}
	return value;
}

function forget(key: string, text: string) {
	remembered.delete(key);
	size -= text.length;
}
