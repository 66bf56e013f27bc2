/** The table of what has still to be published. Its SQL is here, the puts are in `publisher.ts`. */

/**
 * The KV keys whose documents have changed, in the order in which to publish them, each with when at the earliest (ms
 * since the epoch; 0: at once).
 */
export type Stale = Map<string, number>;

/** A KV key whose document has changed since it was last published. */
export interface Row {
	key: string;
	/** Number of the change that made it stale. */
	revision: number;
	/** How many puts in a row have failed. */
	attempts: number;
	/** When to publish it, at the earliest (ms since the epoch). */
	due: number;
	/** 0: no put of it is under way. Else one may be: of the ledger's life that has this number. */
	state: number;
	[column: string]: SqlStorageValue;
}

/** Keys that one invocation publishes: the free plan allows it 50 subrequests. */
export const DRAIN_KEYS = 40;
/** Nothing is put off for longer, so what is due later was noted by a clock that was ahead, and is due now. */
export const LONGEST_WAIT_MS = 5 * 60_000;

const WAITING = 0;

/**
 * What has still to be published: a table keyed by KV key, so that a burst on one key is one publication. That a document
 * has landed is only remembered: the alarm clears the rows of all that have, so that a write is one commit. An object that
 * is evicted before has them published once more.
 */
export class Outbox {
	#sql: SqlStorage;
	/** What this life of the object calls itself in the rows that it sends. Release 1.0 writes 1. */
	#life = 2 + (crypto.getRandomValues(new Uint32Array(1))[0] as number);
	/** The revisions that have landed, by the keys whose rows are to be cleared. */
	#inKV = new Map<string, number>();

	constructor(sql: SqlStorage) {
		this.#sql = sql;
	}

	/**
	 * Notes what has become stale, last in the transaction that made it so: what is marked counts as not landed, whatever
	 * becomes of the transaction. A key that is backing off stays so.
	 * @param most how many keys may be published at once
	 * @returns the keys to be published at once; the rest is left to the alarm
	 */
	mark(stale: Stale, revision: number, most: number): string[] {
		const atOnce = [...stale].flatMap(([key, due]) => (due === 0 ? [key] : [])).slice(0, most);
		for (const [key, due] of stale) {
			this.#sql.exec(
				`INSERT OR FAIL INTO outbox VALUES (?1, ?2, 0, ?3, ?4) ON CONFLICT (key) DO UPDATE SET
					revision = excluded.revision,
					due = iif(attempts > 0, due, iif(revision = ?5, excluded.due, min(due, excluded.due))),
					state = iif(attempts > 0 OR (state <> 0 AND revision IS NOT ?5), state, excluded.state)`,
				key,
				revision,
				due,
				// Said here already: a commit of its own before the put would cost as much again.
				atOnce.includes(key) ? this.#life : WAITING,
				// A row that has landed is as good as gone.
				this.#inKV.get(key) ?? null,
			);
			this.#inKV.delete(key);
		}
		return atOnce;
	}

	/** The key's row, which may have landed. */
	row(key: string): Row | undefined {
		return this.#read("SELECT * FROM outbox WHERE key = ?", key)[0];
	}

	/** Whether a key's document has still to be published. */
	isWaiting(key: string): boolean {
		return this.row(key) !== undefined && !this.#inKV.has(key);
	}

	/**
	 * The rows that haven't landed and that nobody is publishing, the longest due first.
	 * @param underWay the keys that somebody is publishing
	 */
	waiting(limit: number, underWay: ReadonlyMap<string, unknown>): Row[] {
		const latest = Date.now() + LONGEST_WAIT_MS;
		const most = limit + underWay.size + this.#inKV.size;
		return [
			...this.#read("SELECT * FROM outbox WHERE due > ? ORDER BY due, revision LIMIT ?", latest, most),
			...this.#read("SELECT * FROM outbox WHERE due <= ? ORDER BY due, revision LIMIT ?", latest, most),
		]
			.filter(({ key }) => !underWay.has(key) && !this.#inKV.has(key))
			.slice(0, limit);
	}

	/** Keys that are put off for up to `ms` from now, though nothing has failed: forty at most. */
	soon(ms: number): string[] {
		const now = Date.now();
		const query = "SELECT * FROM outbox WHERE due > ? AND due <= ? AND attempts = 0 ORDER BY due, revision LIMIT ?";
		return this.#read(query, now, now + ms, DRAIN_KEYS).map(({ key }) => key);
	}

	/** How many keys' documents have still to be published. */
	get backlog(): number {
		const { rows } = this.#sql.exec<{ rows: number }>("SELECT count(*) AS rows FROM outbox").one();
		return rows - this.#inKV.size;
	}

	/** Whether an earlier life of the object has sent this row: its put may still be under way. */
	isOfEarlierLife({ state }: Row): boolean {
		return state !== WAITING && state !== this.#life;
	}

	/** Notes that a put of this row is under way. */
	send({ key, state }: Row) {
		if (state === WAITING) this.#sql.exec("UPDATE outbox SET state = ? WHERE key = ?", this.#life, key);
	}

	/** Remembers that this row's document is in KV. */
	land({ key, revision, attempts }: Row) {
		this.#inKV.set(key, revision);
		// Until it is cleared, what had failed before would be found backing off.
		if (attempts > 0) this.clear();
	}

	/** Has a key published again, not before a time (ms since the epoch). */
	putOff(key: string, due: number) {
		this.#sql.exec("UPDATE outbox SET attempts = 0, due = ? WHERE key = ?", due, key);
	}

	/**
	 * Has a key tried again at a time (ms since the epoch).
	 * @param mayStray whether a put of it by this life may nevertheless be under way
	 */
	retry(row: Row, due: number, mayStray: boolean) {
		this.#sql.exec(
			"UPDATE outbox SET state = ?, attempts = attempts + 1, due = ? WHERE key = ?",
			this.#stateAfter(row, mayStray),
			due,
			row.key,
		);
	}

	/** Notes that the put of this row was refused through no fault of its own. */
	takeBack(row: Row, mayStray: boolean) {
		this.#sql.exec("UPDATE outbox SET state = ? WHERE key = ?", this.#stateAfter(row, mayStray), row.key);
	}

	/** Whether there are rows to clear. */
	get hasLanded(): boolean {
		return this.#inKV.size > 0;
	}

	/** Clears the rows of what has landed. */
	clear() {
		for (const [key, revision] of this.#inKV) {
			this.#sql.exec("DELETE FROM outbox WHERE key = ? AND revision = ?", key, revision);
		}
		this.#inKV.clear();
	}

	/** A row's state when its put has settled. */
	#stateAfter(row: Row, mayStray: boolean): number {
		if (this.isOfEarlierLife(row)) return row.state;
		return mayStray ? this.#life : WAITING;
	}

	#read(query: string, ...bindings: SqlStorageValue[]): Row[] {
		const latest = Date.now() + LONGEST_WAIT_MS;
		const rows = this.#sql.exec<Row>(query, ...bindings).toArray();
		return rows.map((row) => (row.due > latest ? { ...row, due: 0 } : row));
	}
}
