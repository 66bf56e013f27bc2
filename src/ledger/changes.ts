import { type Result, rescueNotFound, success } from "../core/errors.ts";
import type { ChangeKind, RescueChange } from "../history/change.ts";
import type { AnimalRescue } from "../rescues/rescue.ts";

/** A change as its row holds it. */
type Row = Omit<RescueChange, "rescue"> & { document: string; [column: string]: SqlStorageValue };

/** Every change there ever was, with the state it left the record in: nothing is taken out of it again. */
export class Changes {
	#sql: SqlStorage;

	constructor(sql: SqlStorage) {
		this.#sql = sql;
		sql.exec(`CREATE TABLE IF NOT EXISTS changes (
			sequence INTEGER PRIMARY KEY AUTOINCREMENT,
			id INTEGER NOT NULL,
			version INTEGER NOT NULL,
			kind TEXT NOT NULL,
			at TEXT NOT NULL,
			by TEXT,
			document TEXT NOT NULL,
			UNIQUE (id, version)
		)`);
	}

	/**
	 * Adds a change; its number is the revision of every document that the change touches.
	 * @param at RFC 3339 time of the change
	 */
	add(kind: ChangeKind, rescue: AnimalRescue, by: string | null, at: string): number {
		return this.#sql
			.exec<{ sequence: number }>(
				"INSERT INTO changes (id, version, kind, at, by, document) VALUES (?, ?, ?, ?, ?, ?) RETURNING sequence",
				rescue.id,
				rescue.version,
				kind,
				at,
				by,
				JSON.stringify(rescue),
			)
			.one().sequence;
	}

	/** Up to `first` changes of a record, newest first, all older than a version. Answers NOT_FOUND. */
	of(id: number, first: number, before: number): Result<RescueChange[]> {
		if (!this.has(id)) return rescueNotFound(id);
		const rows = this.#sql.exec<Row>(
			`SELECT version, kind, at, by, document FROM changes
			WHERE id = ? AND version < ? ORDER BY version DESC LIMIT ?`,
			id,
			before,
			first,
		);
		return success(rows.toArray().map(({ document, ...change }) => ({ ...change, rescue: JSON.parse(document) })));
	}

	/** A record's last state, whether or not it is deleted; undefined when there never was one. */
	last(id: number): AnimalRescue | undefined {
		const found = this.of(id, 1, Number.MAX_SAFE_INTEGER);
		return found.ok ? found.value[0]?.rescue : undefined;
	}

	/** The number of the last change; 0 when there was none. */
	latest(): number {
		return this.#sql.exec<{ last: number }>("SELECT coalesce(max(sequence), 0) AS last FROM changes").one().last;
	}

	/** Whether there is or was a record with this id. */
	has(id: number): boolean {
		return this.#sql.exec("SELECT 1 FROM changes WHERE id = ? LIMIT 1", id).toArray().length > 0;
	}
}
