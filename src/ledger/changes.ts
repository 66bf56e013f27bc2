/** Reading the change log: histories, the feed, snapshots. */
import { failure, type Result, success } from "../core/errors.ts";
import { isWanted, type RescueChange, type Step, type Wanted } from "../history/change.ts";
import { asServed, readStored } from "../rescues/upgrade.ts";
import type { Records } from "./records.ts";

/** A batch of the change log. */
export interface ChangeFeed {
	changes: RescueChange[];
	/** Number of the last change that was looked at. */
	cursor: number;
	hasMore: boolean;
}

/** Whose history is read, and from where on: all changes are older than the version `before`. */
export interface HistoryStart {
	id: number;
	before: number;
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
export const MAX_BYTES = 1024 * 1024;

/** How many changes, and bytes of their documents, are looked at in one call for those that are wanted. */
const MAX_LOOKED_AT = 10_000;
const MAX_BYTES_LOOKED_AT = 8 * 1024 * 1024;

/** The same for histories: with the longest one that a caller may ask for, 10 MiB, it stays below the 32 MiB. */
const MAX_HISTORIES_BYTES = 8 * 1024 * 1024;

/** A change as its row holds it, with the state it left the record in: `null`, as JSON has it, of a purge. */
export type Row = Omit<RescueChange, "rescue" | "rescueId" | "cursor"> & {
	sequence: number;
	id: number;
	document: string;
	[column: string]: SqlStorageValue;
};

/** The same with the state before it. */
type StepRow = Row & { before: string | null };

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

	/**
	 * The histories of several records, newest first, up to `first` changes of each.
	 * @returns each record's changes, null for a record that never was; undefined for those that don't fit into one answer
	 */
	histories(records: readonly HistoryStart[], first: number): (RescueChange[] | null | undefined)[] {
		let bytes = 0;
		return records.map(({ id, before }) => {
			if (bytes > MAX_HISTORIES_BYTES) return undefined;
			const rows = this.#sql
				.exec<Row>(
					"SELECT * FROM changes WHERE id = ? AND version < ? ORDER BY version DESC LIMIT ?",
					id,
					before,
					first,
				)
				.toArray();
			if (rows.length === 0 && !this.#records.has(id)) return null;
			for (const { document } of rows) bytes += document.length;
			return rows.map(toChange);
		});
	}

	/**
	 * Up to `first` changes in the order in which they were made; fewer when they are large, or many that aren't wanted lie
	 * between them.
	 * @param since number of the last change that is known, or an RFC 3339 time in UTC: then what came at or after it
	 * @returns MALFORMED_REQUEST for a number that no change has had yet
	 */
	since(since: number | string, first: number, wanted?: Wanted): Result<ChangeFeed> {
		const last = this.#records.latestChange();
		const from = typeof since === "number" ? since : this.#before(since, last);
		if (from > last) return failure("MALFORMED_REQUEST", "The cursor is not one that this feed gave.");
		const changes: RescueChange[] = [];
		let cursor = from;
		let [bytes, lookedAt] = [0, 0];
		for (const row of wanted ? this.#steps(from, MAX_LOOKED_AT) : this.#rows(from, first)) {
			cursor = row.sequence;
			lookedAt += row.document.length;
			if (!wanted || isWanted(wanted, toStep(row))) {
				changes.push(toChange(row));
				bytes += row.document.length;
			}
			if (bytes > MAX_BYTES || lookedAt > MAX_BYTES_LOOKED_AT || changes.length === first) break;
		}
		return success({ changes, cursor, hasMore: cursor < last });
	}

	/**
	 * The changes behind a number, each with what was before it.
	 * @returns null when they are more than `most`, or their documents longer than `length` characters
	 */
	steps(after: number, most: number, length: number): Step[] | null {
		const steps: Step[] = [];
		let read = 0;
		for (const row of this.#steps(after, most + 1)) {
			read += row.document.length;
			if (steps.length === most || read > length) return null;
			steps.push(toStep(row));
		}
		return steps;
	}

	/**
	 * Up to `first` deletions of records that are deleted now, the last one first, and where that ends; fewer when many that
	 * were restored lie between them.
	 * @param before only those with a number below this one
	 */
	deletions(before: number, first: number): ChangeFeed {
		const changes: RescueChange[] = [];
		let [bytes, cursor, lookedAt] = [0, before, 0];
		// What was purged is no longer in the log.
		const rows = this.#sql.exec<{ sequence: number; isLast: number }>(
			`SELECT sequence, version = (SELECT max(version) FROM changes AS later WHERE later.id = changes.id) AS isLast
			FROM changes INDEXED BY changes_deleted WHERE kind = 'deleted' AND sequence < ? ORDER BY sequence DESC LIMIT ?`,
			before,
			MAX_LOOKED_AT + 1,
		);
		for (const { sequence, isLast } of rows) {
			// There is one more.
			if (changes.length === first || bytes > MAX_BYTES || lookedAt === MAX_LOOKED_AT) {
				return { changes, cursor, hasMore: true };
			}
			[cursor, lookedAt] = [sequence, lookedAt + 1];
			if (isLast === 0) continue;
			const row = this.#sql.exec<Row>("SELECT * FROM changes WHERE sequence = ?", sequence).one();
			bytes += row.document.length;
			changes.push(toChange(row));
		}
		return { changes, cursor, hasMore: false };
	}

	#rows(after: number, first: number): Iterable<Row> {
		return this.#sql.exec<Row>("SELECT * FROM changes WHERE sequence > ? ORDER BY sequence LIMIT ?", after, first);
	}

	#steps(after: number, first: number): Iterable<StepRow> {
		return this.#sql.exec<StepRow>(
			`SELECT changes.*, previous.document AS before FROM changes
			LEFT JOIN changes AS previous ON previous.id = changes.id AND previous.version = changes.version - 1
			WHERE changes.sequence > ? ORDER BY changes.sequence LIMIT ?`,
			after,
			first,
		);
	}

	/**
	 * The records with an id above `after`, as they were when change number `at` had just been made.
	 * @param at 0 for now
	 */
	snapshot(at: number, after: number): Snapshot {
		const moment = at === 0 ? this.#records.latestChange() : at;
		// The log is read for what has changed since, not for the history: that may be long.
		const rows = this.#sql.exec<{ id: number; document: string }>(
			`WITH changed AS MATERIALIZED (SELECT id FROM changes WHERE sequence > ?2)
			SELECT id, document FROM rescues WHERE id > ?1 AND id NOT IN changed
			UNION ALL
			SELECT id, document FROM changes WHERE kind NOT IN ('deleted', 'purged') AND sequence IN (
				SELECT max(sequence) FROM changes WHERE id IN changed AND id > ?1 AND sequence <= ?2 GROUP BY id
			)
			ORDER BY id LIMIT 1000`,
			after,
			moment,
		);
		const documents: string[] = [];
		let next: number | null = null;
		let bytes = 0;
		let count = 0;
		for (const { id, document } of rows) {
			count++;
			next = id;
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

const toChange = ({ id, version, kind, at, by, sequence, document }: Row): RescueChange => ({
	rescueId: id,
	version,
	kind,
	at,
	by,
	cursor: String(sequence),
	rescue: kind === "purged" ? null : readStored(document),
});

const toStep = (row: Row): Step => {
	const { before } = row as StepRow;
	return { ...toChange(row), before: before === null ? null : readStored(before) };
};
