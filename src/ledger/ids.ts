/**
 * Which id is free. An id belongs to whatever has a change in the log, for ever; ids that were given are also kept as
 * intervals, from the next one to be assigned on, so that thousands of them in a row are skipped in one step.
 */
export class Ids {
	#sql: SqlStorage;

	constructor(sql: SqlStorage) {
		this.#sql = sql;
	}

	/** Whether there is or was a record with this id. */
	has(id: number): boolean {
		return this.#sql.exec("SELECT 1 FROM changes WHERE id = ? LIMIT 1", id).toArray().length > 0;
	}

	/** Takes the next id that no record has or had. Must be called in the transaction that makes the record. */
	next(): number {
		const next = this.#nextId();
		let id = next;
		while (this.has(id)) id = (this.#upTo(id)?.last ?? id) + 1;
		this.#sql.exec("UPDATE counter SET next_id = ?", id + 1);
		if (id > next) this.#sql.exec("DELETE FROM taken WHERE first < ?", id);
		return id;
	}

	/** Takes an id that was given. Must be called in the transaction that makes the record. */
	take(id: number) {
		if (id < this.#nextId()) return;
		const before = this.#upTo(id);
		if (before && before.last >= id) return;
		const after = this.#sql.exec<Interval>("SELECT * FROM taken WHERE first = ?", id + 1).toArray()[0];
		if (after) this.#sql.exec("DELETE FROM taken WHERE first = ?", after.first);
		const first = before?.last === id - 1 ? before.first : id;
		this.#sql.exec("INSERT OR REPLACE INTO taken VALUES (?, ?)", first, after?.last ?? id);
	}

	#nextId(): number {
		return this.#sql.exec<{ id: number }>("SELECT next_id AS id FROM counter").one().id;
	}

	/** The last interval that begins at or before an id. */
	#upTo(id: number): Interval | undefined {
		const query = "SELECT * FROM taken WHERE first <= ? ORDER BY first DESC LIMIT 1";
		return this.#sql.exec<Interval>(query, id).toArray()[0];
	}
}

/** Ids from the first to the last, all of them given. */
interface Interval {
	first: number;
	last: number;
	[column: string]: SqlStorageValue;
}
