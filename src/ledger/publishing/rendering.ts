/** Makes the documents that are to be published, out of the tables. */
import { pageKey, parseKey, type Rendered } from "../documents.ts";
import { type FoundPage, isTooLarge, type Pages } from "../pages.ts";
import type { Records } from "../records.ts";
import type { Outbox } from "./outbox.ts";
import type { OwnDocuments } from "./own-documents.ts";
import type { Documents } from "./publications.ts";

/** The most bytes that a record's document has, about. */
const RECORD_BYTES = 128 * 1024;

/** What stands behind each key as it should be in KV. */
export class Rendering implements Documents {
	#storage: DurableObjectStorage;
	#records: Records;
	#documents: OwnDocuments;
	#pages: Pages;
	#outbox: Outbox;

	constructor(storage: DurableObjectStorage, records: Records, documents: OwnDocuments, pages: Pages, outbox: Outbox) {
		this.#storage = storage;
		this.#records = records;
		this.#documents = documents;
		this.#pages = pages;
		this.#outbox = outbox;
	}

	/** A key's present document; null when it has none. A record that nobody has read has none of its own. */
	render(key: string): Rendered<unknown> | null {
		const parsed = parseKey(key);
		if (parsed.kind === "rescue") return this.#documents.has(parsed.id) ? this.#records.render(parsed.id) : null;
		const page = this.#pages.find(parsed.lower);
		if (!page) return null;
		const whole = isTooLarge(page) ? this.#split(page) : page;
		return this.#pages.render(whole);
	}

	/** How large a key's document is at most, about, in bytes of UTF-8. */
	size(key: string): number {
		const parsed = parseKey(key);
		return parsed.kind === "rescue" ? RECORD_BYTES : this.#pages.size(parsed.lower);
	}

	/** Splits a page that an earlier release has left too large, before it is rendered; its other parts are the alarm's. */
	#split(page: FoundPage): FoundPage {
		const { lower, at } = page;
		this.#storage.transactionSync(() => {
			const parts = this.#pages.splitLarge(page, at).filter((key) => key !== pageKey(lower));
			this.#outbox.mark(new Map(parts.map((key) => [key, 0])), at, 0);
		});
		return this.#pages.find(lower) as FoundPage;
	}
}
