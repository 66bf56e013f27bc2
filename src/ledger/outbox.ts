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
	state: number;
	[column: string]: SqlStorageValue;
}

/** A row's state: no put of it is under way, or one may be, this object's or that of one before it. */
const [WAITING, SENT] = [0, 1];

/** Keys that one invocation publishes: the free plan allows it 50 subrequests. */
export const DRAIN_KEYS = 40;

/**
 * What has still to be published: a table keyed by KV key, so that a burst on one key is one publication. That a document
 * has landed is only remembered: the alarm clears the rows of all that have, so that a write is one commit. An object that
 * is evicted before has them published once more.
 */
export class Outbox {
	#sql: SqlStorage;
	/** The revisions that have landed, by the keys whose rows are to be cleared. */
	#inKV = new Map<string, number>();

	constructor(sql: SqlStorage) {
		this.#sql = sql;
	}

	/**
	 * Notes what has become stale, last in the transaction that made it so: what is marked counts as not landed, whatever
	 * becomes of the transaction. A key that is backing off stays so.
	 * @returns the keys to be published at once, forty at most; the rest is left to the alarm
	 */
	mark(stale: Stale, revision: number): string[] {
		const atOnce = [...stale].flatMap(([key, due]) => (due === 0 ? [key] : [])).slice(0, DRAIN_KEYS);
		for (const [key, due] of stale) {
			this.#sql.exec(
				`INSERT INTO outbox VALUES (?1, ?2, 0, ?3, ?4) ON CONFLICT (key) DO UPDATE SET
					revision = excluded.revision,
					due = iif(attempts > 0, due, iif(revision = ?5, excluded.due, min(due, excluded.due))),
					state = iif(attempts > 0, state, iif(revision = ?5, excluded.state, max(state, excluded.state)))`,
				key,
				revision,
				due,
				// Said here already: a commit of its own before the put would cost as much again.
				atOnce.includes(key) ? SENT : WAITING,
				// A row that has landed is as good as gone.
				this.#inKV.get(key) ?? null,
			);
			this.#inKV.delete(key);
		}
		return atOnce;
	}

	/** The key's row, which may have landed. */
	row(key: string): Row | undefined {
		return this.#sql.exec<Row>("SELECT * FROM outbox WHERE key = ?", key).toArray()[0];
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
		return this.#sql
			.exec<Row>("SELECT * FROM outbox ORDER BY due, revision LIMIT ?", limit + underWay.size + this.#inKV.size)
			.toArray()
			.filter(({ key }) => !underWay.has(key) && !this.#inKV.has(key))
			.slice(0, limit);
	}

	/** How many keys' documents have still to be published. */
	get backlog(): number {
		const { rows } = this.#sql.exec<{ rows: number }>("SELECT count(*) AS rows FROM outbox").one();
		return rows - this.#inKV.size;
	}

	/** The keys of which a put may be under way, whoever sent it. */
	sent(): string[] {
		const rows = this.#sql.exec<{ key: string }>("SELECT key FROM outbox WHERE state <> ?", WAITING);
		return rows.toArray().map(({ key }) => key);
	}

	/** Notes that a put of this row is under way. */
	send({ key, state }: Row) {
		if (state !== SENT) this.#sql.exec("UPDATE outbox SET state = ? WHERE key = ?", SENT, key);
	}

	/** Remembers that this row's document is in KV. */
	land({ key, revision, attempts }: Row) {
		this.#inKV.set(key, revision);
		// Until it is cleared, what had failed before would be found backing off.
		if (attempts > 0) this.clear();
	}

	/** Has a key published again, not before a time (ms since the epoch). */
	putOff(key: string, due: number) {
		this.#sql.exec("UPDATE outbox SET attempts = 0, due = max(due, ?) WHERE key = ?", due, key);
	}

	/**
	 * Has a key tried again at a time (ms since the epoch).
	 * @param mayStray whether a put of it may nevertheless be under way
	 */
	retry(key: string, due: number, mayStray: boolean) {
		this.#sql.exec(
			"UPDATE outbox SET state = ?, attempts = attempts + 1, due = ? WHERE key = ?",
			mayStray ? SENT : WAITING,
			due,
			key,
		);
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
}
