import type { Rendered } from "./documents.ts";

/** A KV key whose document has changed since it was last published. */
interface Row {
	key: string;
	revision: number;
	attempts: number;
	due: number;
	[column: string]: SqlStorageValue;
}

/** How long a write waits for KV before it is answered. */
const PATIENCE_MS = 2_000;
/** When the alarm takes over what a write left unpublished, its Durable Object evicted for instance. */
const TAKE_OVER_MS = 5_000;
/** The platform allows one write a second to a key (KV limits): no retry comes sooner. */
const RETRY_MS = 1_000;
const RETRY_CAP_MS = 5 * 60_000;
/** Keys in one drain: the free plan allows 50 subrequests an invocation. */
const DRAIN_KEYS = 40;

/**
 * Brings what the ledger has committed to Workers KV. The outbox is a table keyed by KV key, so a burst on one key is
 * one publication; a row is cleared only if its revision is still the one published. At most one put of a key is under
 * way at a time, and none is started before the last one has settled, so an older document never lands on a newer one.
 */
export class Publisher {
	#sql: SqlStorage;
	#kv: KVNamespace;
	#render: (key: string) => Rendered<unknown> | null;
	#underWay = new Map<string, Promise<void>>();

	/** @param render gives a key's present document, null when it has none and must be deleted */
	constructor(sql: SqlStorage, kv: KVNamespace, render: (key: string) => Rendered<unknown> | null) {
		this.#sql = sql;
		this.#kv = kv;
		this.#render = render;
		sql.exec(`CREATE TABLE IF NOT EXISTS outbox (
			key TEXT PRIMARY KEY,
			revision INTEGER NOT NULL,
			attempts INTEGER NOT NULL,
			due INTEGER NOT NULL
		)`);
	}

	/**
	 * Notes in the caller's transaction that a key's document changed. A key that is backing off stays so.
	 * @param due earliest time to publish, ms since the epoch; 0 for at once
	 */
	mark(key: string, revision: number, due = 0) {
		this.#sql.exec(
			`INSERT INTO outbox VALUES (?, ?, 0, ?)
			ON CONFLICT (key) DO UPDATE SET
				revision = excluded.revision,
				due = CASE WHEN attempts > 0 THEN due ELSE min(due, excluded.due) END`,
			key,
			revision,
			due,
		);
	}

	/** Publishes these keys, in order, and returns when all have been tried, or after two seconds. */
	async publish(keys: string[]): Promise<void> {
		const { promise: patience, resolve } = Promise.withResolvers<void>();
		const timer = setTimeout(resolve, PATIENCE_MS);
		await Promise.race([this.#publishAll(keys), patience]);
		// A timer that is left running keeps the object from being put to sleep.
		clearTimeout(timer);
	}

	/** Publishes what is due, the longest waiting first, at most forty keys. */
	async drain(): Promise<void> {
		const due = this.#sql
			.exec<Row>("SELECT * FROM outbox WHERE due <= ? ORDER BY due, revision LIMIT ?", Date.now(), DRAIN_KEYS)
			.toArray();
		await this.publish(due.map((row) => row.key));
	}

	/** When the alarm should next look at the outbox (ms since the epoch); null when it is empty. */
	nextDue(): number | null {
		const { due } = this.#sql.exec<{ due: number | null }>("SELECT min(due) AS due FROM outbox").one();
		// Never at once: what has just been committed is being published by the write itself.
		return due === null ? null : Math.max(due, Date.now() + (due === 0 ? TAKE_OVER_MS : RETRY_MS));
	}

	/** Records go side by side; pages one after the other, because a split or merge has an order. */
	async #publishAll(keys: string[]): Promise<void> {
		const pages = keys.filter((key) => key.startsWith("rescues:"));
		const inOrder = async () => {
			for (const key of pages) await this.#publishKey(key);
		};
		await Promise.all([inOrder(), ...keys.filter((key) => !pages.includes(key)).map((key) => this.#publishKey(key))]);
	}

	/** Joins the publication of this key that is under way, which looks again before it ends, or starts one. */
	#publishKey(key: string): Promise<void> {
		const underWay = this.#underWay.get(key);
		if (underWay) return underWay;
		// Started in a later turn, so that it is known as under way before it looks.
		const started = Promise.resolve().then(() => this.#run(key));
		this.#underWay.set(key, started);
		return started;
	}

	#row(key: string): Row | undefined {
		return this.#sql.exec<Row>("SELECT * FROM outbox WHERE key = ?", key).toArray()[0];
	}

	async #run(key: string): Promise<void> {
		try {
			for (let row = this.#row(key); row && row.due <= Date.now(); row = this.#row(key)) await this.#attempt(row);
		} finally {
			// In the same turn as the last look at the row, so that nobody joins a publication that won't look again.
			this.#underWay.delete(key);
		}
	}

	async #attempt({ key, revision, attempts }: Row): Promise<void> {
		const document = this.#render(key);
		try {
			if (document) await this.#kv.put(key, document.body, { metadata: document.meta });
			else await this.#kv.delete(key);
			// A write that came during the await has raised the revision: its row stays, and is published next.
			this.#sql.exec("DELETE FROM outbox WHERE key = ? AND revision = ?", key, revision);
		} catch (error) {
			const retryIn = Math.min(RETRY_MS * 2 ** attempts, RETRY_CAP_MS);
			console.warn(JSON.stringify({ message: "publication failed", key, retryIn, error: String(error) }));
			this.#sql.exec("UPDATE outbox SET attempts = attempts + 1, due = ? WHERE key = ?", Date.now() + retryIn, key);
		}
	}
}
