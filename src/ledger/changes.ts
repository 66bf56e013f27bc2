/** Reading the change log: histories, the feed, snapshots. */
import { failure, type Result, rescueNotFound, success } from "../core/errors.ts";
import type { RescueChange } from "../history/change.ts";
import { asServed, readStored } from "../rescues/upgrade.ts";
import type { Records } from "./records.ts";

/** A batch of the change log. */
export interface ChangeFeed {
	changes: RescueChange[];
	/** Number of the last change in it. */
	cursor: number;
	hasMore: boolean;
}

/** A batch of the records as they were at one moment. */
export interface Snapshot {
	/** Number of the change that had just been made. */
	at: number;
	/** A JSON array of records. */
	body: string;
	/** The id to go on behind; null at the end. */
	next: number | null;
}

/** The most bytes of documents in one answer to the Worker, far below RPC's 32 MiB. */
const MAX_BYTES = 1024 * 1024;

/** A change as its row holds it, with the state it left the record in. */
type Row = Omit<RescueChange, "rescue"> & { sequence: number; document: string; [column: string]: SqlStorageValue };

/**
 * Reads the change log that `records.ts` writes: one record's changes, all of them in the order in which they were made, and
 * what was at one moment.
 */
export class Changes {
	#sql: SqlStorage;
	#records: Records;

	constructor(sql: SqlStorage, records: Records) {
		this.#sql = sql;
		this.#records = records;
	}

	/** Up to `first` changes of a record, newest first, all older than a version. Answers NOT_FOUND. */
	of(id: number, first: number, before: number): Result<RescueChange[]> {
		if (!this.#records.has(id)) return rescueNotFound(id);
		const rows = this.#sql.exec<Row>(
			"SELECT * FROM changes WHERE id = ? AND version < ? ORDER BY version DESC LIMIT ?",
			id,
			before,
			first,
		);
		return success(rows.toArray().map(toChange));
	}

	/**
	 * Up to `first` changes in the order in which they were made; fewer when they are large.
	 * @param since number of the last change that is known, or an RFC 3339 time in UTC: then what came at or after it
	 * @returns MALFORMED_REQUEST for a number that no change has had yet
	 */
	since(since: number | string, first: number): Result<ChangeFeed> {
		const last = this.#records.latestChange();
		const from = typeof since === "number" ? since : this.#before(since, last);
		if (from > last) return failure("MALFORMED_REQUEST", "The cursor is not one that this feed gave.");
		const rows = this.#sql.exec<Row>("SELECT * FROM changes WHERE sequence > ? ORDER BY sequence LIMIT ?", from, first);
		const changes: RescueChange[] = [];
		let cursor = from;
		let bytes = 0;
		for (const row of rows) {
			changes.push(toChange(row));
			cursor = row.sequence;
			bytes += row.document.length;
			if (bytes > MAX_BYTES) break;
		}
		return success({ changes, cursor, hasMore: cursor < last });
	}

	/**
	 * The records with an id above `after`, as they were when change number `at` had just been made.
	 * @param at 0 for now
	 */
	snapshot(at: number, after: number): Snapshot {
		const moment = at === 0 ? this.#records.latestChange() : at;
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
			documents.push(asServed(document));
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

const toChange = ({ version, kind, at, by, document }: Row): RescueChange => ({
	version,
	kind,
	at,
	by,
	rescue: readStored(document),
});
