import type { ChangeKind } from "../domain/change.ts";
import type { AnimalRescue } from "../domain/rescue.ts";
import type { Changes } from "./changes.ts";
import { pageKey, parseKey, type Rendered, rescueKey } from "./documents.ts";
import type { Pages } from "./pages.ts";
import type { Publisher } from "./publisher.ts";
import type { Records } from "./records.ts";

/**
 * When the first page's total is brought up to date at the latest, without costing every write a KV put. Readers go by it
 * for ten seconds more (`reader.ts`): half a minute in all.
 */
const TOTAL_LAG_MS = 20_000;

/** What must move together: a record, its change, its page, and the outbox. Called inside a write's transaction. */
export class Bookkeeping {
	#records: Records;
	#changes: Changes;
	#pages: Pages;
	#publisher: Publisher;

	constructor(records: Records, changes: Changes, pages: Pages, publisher: Publisher) {
		this.#records = records;
		this.#changes = changes;
		this.#pages = pages;
		this.#publisher = publisher;
	}

	/**
	 * Stores a record's new state.
	 * @param previous its state before; none when it wasn't there
	 * @returns the KV keys to publish
	 */
	put(kind: ChangeKind, rescue: AnimalRescue, by: string | null, previous?: AnimalRescue): string[] {
		const sequence = this.#changes.add(kind, rescue, by, rescue.updatedAt);
		this.#records.put(rescue);
		return this.#mark(rescue.id, previous ? 0 : 1, size(rescue) - (previous ? size(previous) : 0), sequence);
	}

	/** Takes a record out; its deletion has a version of its own. Gives the KV keys to publish. */
	remove(rescue: AnimalRescue, by: string | null): string[] {
		const last = { ...rescue, version: rescue.version + 1 };
		const sequence = this.#changes.add("deleted", last, by, new Date().toISOString());
		this.#records.delete(rescue.id);
		return this.#mark(rescue.id, -1, -size(rescue), sequence);
	}

	/** Has documents published again, although nothing about them has changed. */
	republish(keys: string[]) {
		for (const key of keys) this.#publisher.mark(key, this.#changes.latest());
	}

	/** A key's document as it should be published; null when it has none. */
	render(key: string): Rendered<unknown> | null {
		const parsed = parseKey(key);
		return parsed.kind === "rescue" ? this.#records.render(parsed.id) : this.#pages.render(parsed.lower);
	}

	/** Puts the record's document and its pages in the outbox; gives the keys to publish at once. */
	#mark(id: number, records: number, bytes: number, sequence: number): string[] {
		const keys = [rescueKey(id), ...this.#pages.change(id, records, bytes, sequence)];
		for (const key of keys) this.#publisher.mark(key, sequence);
		// The total is in every page's metadata but only the first page's is kept up to date.
		if (records !== 0 && !keys.includes(pageKey(0))) {
			this.#publisher.mark(pageKey(0), sequence, Date.now() + TOTAL_LAG_MS);
		}
		return keys;
	}
}

const encoder = new TextEncoder();
/** The length of a record's document in UTF-8 bytes. */
const size = (rescue: AnimalRescue) => encoder.encode(JSON.stringify(rescue)).length;
