import type { ChangeKind } from "../history/change.ts";
import type { AnimalRescue } from "../rescues/rescue.ts";
import type { Changes } from "./changes.ts";
import { pageKey, parseKey, type Rendered, rescueKey } from "./documents.ts";
import type { Pages } from "./pages.ts";
import type { Stale } from "./publisher.ts";
import type { Records } from "./records.ts";

/**
 * When the first page's total is brought up to date at the latest, without costing every write a KV put. Readers go by it
 * for ten seconds more (`reader.ts`): half a minute in all.
 */
const TOTAL_LAG_MS = 20_000;

/** What must move together: a record, its change and its page. Called inside a write's transaction. */
export class Bookkeeping {
	#records: Records;
	#changes: Changes;
	#pages: Pages;

	constructor(records: Records, changes: Changes, pages: Pages) {
		this.#records = records;
		this.#changes = changes;
		this.#pages = pages;
	}

	/**
	 * Stores a record's new state.
	 * @param previous its state before; none when it wasn't there
	 * @returns what has become stale
	 */
	put(kind: ChangeKind, rescue: AnimalRescue, by: string | null, previous?: AnimalRescue): Stale {
		const sequence = this.#changes.add(kind, rescue, by, rescue.updatedAt);
		this.#records.put(rescue, previous);
		return this.#account(rescue.id, previous ? 0 : 1, size(rescue) - (previous ? size(previous) : 0), sequence);
	}

	/** Takes a record out; its deletion has a version of its own. Gives what has become stale. */
	remove(rescue: AnimalRescue, by: string | null): Stale {
		const last = { ...rescue, version: rescue.version + 1 };
		const sequence = this.#changes.add("deleted", last, by, new Date().toISOString());
		this.#records.delete(rescue.id);
		return this.#account(rescue.id, -1, -size(rescue), sequence);
	}

	/** A key's document as it should be published; null when it has none. */
	render(key: string): Rendered<unknown> | null {
		const parsed = parseKey(key);
		return parsed.kind === "rescue" ? this.#records.render(parsed.id) : this.#pages.render(parsed.lower);
	}

	/** Accounts for the change in the record's page; gives what has become stale. */
	#account(id: number, records: number, bytes: number, sequence: number): Stale {
		const keys = [rescueKey(id), ...this.#pages.change(id, records, bytes, sequence)];
		const stale: Stale = new Map(keys.map((key) => [key, 0]));
		// The total is in every page's metadata but only the first page's is kept up to date.
		if (records !== 0 && !stale.has(pageKey(0))) stale.set(pageKey(0), Date.now() + TOTAL_LAG_MS);
		return stale;
	}
}

const encoder = new TextEncoder();
/** The length of a record's document in UTF-8 bytes. */
const size = (rescue: AnimalRescue) => encoder.encode(JSON.stringify(rescue)).length;
