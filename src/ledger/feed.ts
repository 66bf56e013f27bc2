import type { ChangeFeed, Snapshot } from "../core/context.ts";
import { failure, type Result, success } from "../core/errors.ts";
import type { RescueChange } from "../history/change.ts";
import type { Changes } from "./changes.ts";

/** The most bytes of documents in one answer to the Worker, far below RPC's 32 MiB. */
const MAX_BYTES = 1024 * 1024;

type ChangeRow = Omit<RescueChange, "rescue"> & {
	sequence: number;
	document: string;
	[column: string]: SqlStorageValue;
};

/** Reads the change log (`changes.ts`) in the order in which things happened, and what was at one moment of it. */
export class Feed {
	#sql: SqlStorage;
	#changes: Changes;

	constructor(sql: SqlStorage, changes: Changes) {
		this.#sql = sql;
		this.#changes = changes;
	}

	/**
	 * Up to `first` changes in the order in which they were made; fewer when they are large.
	 * @param since number of the last change that is known, or an RFC 3339 time in UTC: then what came at or after it
	 * @returns MALFORMED_REQUEST for a number that no change has had yet
	 */
	since(since: number | string, first: number): Result<ChangeFeed> {
		const last = this.#changes.latest();
		const from = typeof since === "number" ? since : this.#before(since, last);
		if (from > last) return failure("MALFORMED_REQUEST", "The cursor is not one that this feed gave.");
		const rows = this.#sql.exec<ChangeRow>(
			"SELECT sequence, version, kind, at, by, document FROM changes WHERE sequence > ? ORDER BY sequence LIMIT ?",
			from,
			first,
		);
		const changes: RescueChange[] = [];
		let cursor = from;
		let bytes = 0;
		for (const { sequence, document, ...change } of rows) {
			changes.push({ ...change, rescue: JSON.parse(document) });
			cursor = sequence;
			bytes += document.length;
			if (bytes > MAX_BYTES) break;
		}
		return success({ changes, cursor, hasMore: cursor < last });
	}

	/**
	 * The records with an id above `after`, as they were when change number `at` had just been made.
	 * @param at 0 for now
	 */
	snapshot(at: number, after: number): Snapshot {
		const moment = at === 0 ? this.#changes.latest() : at;
		// The index on (id, version) holds the sequence too: only the states that are wanted are read as rows.
		const rows = this.#sql.exec<{ id: number; kind: string; document: string }>(
			`SELECT id, kind, document FROM changes WHERE sequence IN (
				SELECT max(sequence) FROM changes WHERE id > ? AND sequence <= ? GROUP BY id ORDER BY id LIMIT 1000
			) ORDER BY id`,
			after,
			moment,
		);
		const documents: string[] = [];
		let next: number | null = null;
		let bytes = 0;
		let count = 0;
		for (const { id, kind, document } of rows) {
			count++;
			next = id;
			if (kind === "deleted") continue;
			documents.push(document);
			bytes += document.length;
			if (bytes > MAX_BYTES) break;
		}
		if (count < 1000 && bytes <= MAX_BYTES) next = null;
		return { at: moment, body: `[${documents.join(",")}]`, next };
	}

	/** Number of the last change before a time: found by halving, because times rise with the numbers. */
	#before(time: string, last: number): number {
		let [low, high] = [0, last];
		while (low < high) {
			const middle = Math.ceil((low + high) / 2);
			const { at } = this.#sql
				.exec<{ at: string }>("SELECT at FROM changes WHERE sequence >= ? ORDER BY sequence LIMIT 1", middle)
				.one();
			if (at < time) low = middle;
			else high = middle - 1;
		}
		return low;
	}
}
