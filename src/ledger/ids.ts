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
		const next = `UPDATE OR FAIL counter SET next_id = next_id + 1 RETURNING next_id - 1 AS first,
			EXISTS (SELECT 1 FROM changes WHERE id = next_id - 1) AS has`;
		const { first, has } = this.#sql.exec<{ first: number; has: 0 | 1 }>(next).one();
		let id = first;
		while (id === first ? has : this.has(id)) id = (this.#upTo(id)[0]?.last ?? id) + 1;
		if (id > first) {
			this.#sql.exec("UPDATE counter SET next_id = ?", id + 1);
			this.#sql.exec("DELETE FROM taken WHERE first < ?", id);
		}
		return id;
	}

	/** Has the id that was taken last assigned again. */
	giveBack(id: number) {
		this.#sql.exec("UPDATE counter SET next_id = ?", id);
	}

	/** Takes an id that was given. Must be called in the transaction that makes the record. */
	take(id: number) {
		const { next } = this.#sql.exec<{ next: number }>("SELECT next_id AS next FROM counter").one();
		if (id < next) return;
		const near = this.#upTo(id + 1);
		const after = near.find(({ first }) => first === id + 1);
		const before = near.find(({ first }) => first <= id);
		if (before && before.last >= id) return;
		if (after) this.#sql.exec("DELETE FROM taken WHERE first = ?", after.first);
		const first = before?.last === id - 1 ? before.first : id;
		this.#sql.exec("INSERT OR REPLACE INTO taken VALUES (?, ?)", first, after?.last ?? id);
	}

	/** The last two intervals that begin at or before an id, the last one first. */
	#upTo(id: number): Interval[] {
		const query = "SELECT * FROM taken WHERE first <= ? ORDER BY first DESC LIMIT 2";
		return this.#sql.exec<Interval>(query, id).toArray();
	}
}

/** Ids from the first to the last, all of them given. */
interface Interval {
	first: number;
	last: number;
	[column: string]: SqlStorageValue;
}
