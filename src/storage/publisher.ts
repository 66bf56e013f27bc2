import type { Rendered } from "./documents.ts";

/** A KV key whose document has changed since it was last published. */
interface Row {
	key: string;
	revision: number;
	attempts: number;
	due: number;
	[column: string]: SqlStorageValue;
}

/** A key's publication that is under way. */
interface Run {
	key: string;
	/** When its last attempt began (ms since the epoch). */
	since: number;
	done: Promise<void>;
}

/** How long a write waits for KV before it is answered. */
const PATIENCE_MS = 2_000;
/** How often a put that doesn't come back is looked after, in case its object goes. */
const LOOK_AFTER_MS = 5_000;
/** The platform allows one write a second to a key (KV limits): no retry comes sooner. */
const RETRY_MS = 1_000;
const RETRY_CAP_MS = 5 * 60_000;
/** Keys in one drain: the free plan allows 50 subrequests an invocation. */
const DRAIN_KEYS = 40;
/** By when a put has landed, or never will: after that one under way is given up. */
const STRAY_MS = 60_000;

/** A row's state: nothing under way, a put under way here, or one that an evicted object had under way. */
const [WAITING, UNDER_WAY, STRAY] = [0, 1, 2];

/**
 * Brings what the ledger has committed to Workers KV. The outbox is a table keyed by KV key, so a burst on one key is
 * one publication; a row is cleared only if its revision is still the one published. At most one put of a key is under
 * way at a time, and none is started before the last one has settled, so an older document never lands on a newer one.
 * A put that was under way when its object was evicted, or that hangs for a minute, can't be waited for: its key is
 * published without it, and again a minute later, or when it settles after all.
 */
export class Publisher {
	#sql: SqlStorage;
	#kv: KVNamespace;
	#render: (key: string) => Rendered<unknown> | null;
	#arm: () => void;
	#underWay = new Map<string, Run>();
	/** Until when the puts that nobody waits for any more may land, by key (ms since the epoch). */
	#strays: Map<string, number>;

	/**
	 * @param render gives a key's present document, null when it has none and must be deleted
	 * @param arm sets the alarm anew, for what became due outside a write and the alarm
	 */
	constructor(sql: SqlStorage, kv: KVNamespace, render: (key: string) => Rendered<unknown> | null, arm: () => void) {
		this.#arm = arm;
		this.#sql = sql;
		this.#kv = kv;
		this.#render = render;
		sql.exec(`CREATE TABLE IF NOT EXISTS outbox (
			key TEXT PRIMARY KEY,
			revision INTEGER NOT NULL,
			attempts INTEGER NOT NULL,
			due INTEGER NOT NULL,
			state INTEGER NOT NULL
		)`);
		const strays = sql
			.exec<{ key: string }>(`UPDATE outbox SET state = ${STRAY} WHERE state <> ${WAITING} RETURNING key`)
			.toArray();
		this.#strays = new Map(strays.map(({ key }) => [key, Date.now() + STRAY_MS]));
	}

	/**
	 * Notes in the caller's transaction that a key's document changed. A key that is backing off stays so.
	 * @param due earliest time to publish, ms since the epoch; 0 for at once
	 */
	mark(key: string, revision: number, due = 0) {
		this.#sql.exec(
			`INSERT INTO outbox VALUES (?, ?, 0, ?, ${WAITING})
			ON CONFLICT (key) DO UPDATE SET
				revision = excluded.revision,
				due = CASE WHEN attempts > 0 THEN due ELSE min(due, excluded.due) END`,
			key,
			revision,
			due,
		);
	}

	/** Whether a key's document has still to be published. */
	isWaiting(key: string): boolean {
		return this.#row(key) !== undefined;
	}

	/**
	 * Publishes these keys, in order, and returns when all have been tried, or after two seconds. Beyond forty keys the
	 * rest is left to the alarm.
	 */
	async publish(keys: string[]): Promise<void> {
		await withPatience(this.#publishAll(keys.slice(0, DRAIN_KEYS)));
	}

	/** Publishes what is due and not under way, the longest waiting first, at most forty keys. */
	async drain(): Promise<void> {
		for (const run of this.#underWay.values()) if (run.since <= Date.now() - STRAY_MS) this.#giveUp(run);
		const limit = DRAIN_KEYS + this.#underWay.size;
		const due = this.#sql
			.exec<Row>("SELECT * FROM outbox WHERE due <= ? ORDER BY due, revision LIMIT ?", Date.now(), limit)
			.toArray();
		await this.publish(due.map(({ key }) => key).filter((key) => !this.#underWay.has(key)));
	}

	/**
	 * When the alarm should next look at the outbox (ms since the epoch); null when it is empty.
	 * @param grace how long what is due now is left to whoever is publishing it, in ms
	 */
	nextDue(grace: number): number | null {
		const { due } = this.#sql
			.exec<{ due: number | null }>(`SELECT min(due) AS due FROM outbox WHERE state <> ${UNDER_WAY}`)
			.one();
		const underWay = this.#underWay.size > 0 ? Date.now() + LOOK_AFTER_MS : null;
		const waiting = due === null ? null : Math.max(due, Date.now() + grace);
		return waiting === null || underWay === null ? (waiting ?? underWay) : Math.min(waiting, underWay);
	}

	/** Records go side by side; pages one after the other, because a split or merge has an order. */
	async #publishAll(keys: string[]): Promise<void> {
		const pages = keys.filter((key) => key.startsWith("rescues:"));
		const inOrder = async () => {
			// A page that hangs doesn't keep back the next ones for ever: whatever is missing, the ledger settles.
			for (const key of pages) await withPatience(this.#publishKey(key));
		};
		await Promise.all([inOrder(), ...keys.filter((key) => !pages.includes(key)).map((key) => this.#publishKey(key))]);
	}

	/** Joins the publication of this key that is under way, which looks again before it ends, or starts one. */
	#publishKey(key: string): Promise<void> {
		const underWay = this.#underWay.get(key);
		if (underWay) return underWay.done;
		const run: Run = { key, since: Date.now(), done: Promise.resolve() };
		this.#underWay.set(key, run);
		// Started in a later turn, so that it is known as under way before it looks.
		run.done = run.done.then(() => this.#run(run));
		return run.done;
	}

	/** Gives up a publication that hangs, so that another can be started; what it has sent may still land. */
	#giveUp({ key }: Run) {
		console.warn(JSON.stringify({ message: "publication given up", key }));
		this.#underWay.delete(key);
		this.#strays.set(key, Date.now() + STRAY_MS);
		this.#sql.exec(`UPDATE outbox SET state = ${STRAY} WHERE key = ?`, key);
	}

	/** When a publication that was given up settles after all, whatever it did, what is newest goes out again. */
	#wasGivenUp(run: Run, revision: number): boolean {
		if (this.#underWay.get(run.key) === run) return false;
		this.mark(run.key, revision);
		this.#arm();
		return true;
	}

	#row(key: string): Row | undefined {
		return this.#sql.exec<Row>("SELECT * FROM outbox WHERE key = ?", key).toArray()[0];
	}

	async #run(run: Run): Promise<void> {
		const { key } = run;
		const isMine = () => this.#underWay.get(key) === run;
		try {
			for (let row = this.#row(key); isMine() && row && row.due <= Date.now(); row = this.#row(key)) {
				await this.#attempt(run, row);
			}
		} finally {
			// In the same turn as the last look at the row, so that nobody joins a publication that won't look again.
			if (isMine()) this.#underWay.delete(key);
		}
	}

	async #attempt(run: Run, { key, revision, attempts }: Row): Promise<void> {
		run.since = Date.now();
		const document = this.#render(key);
		this.#sql.exec(`UPDATE outbox SET state = ${UNDER_WAY} WHERE key = ?`, key);
		try {
			if (document) await this.#kv.put(key, document.body, { metadata: document.meta });
			else await this.#kv.delete(key);
			if (this.#wasGivenUp(run, revision)) return;
			this.#landed(key, revision, attempts);
		} catch (error) {
			if (this.#wasGivenUp(run, revision)) return;
			const retryIn = Math.min(RETRY_MS * 2 ** attempts, RETRY_CAP_MS);
			console.warn(JSON.stringify({ message: "publication failed", key, retryIn, error: String(error) }));
			this.#sql.exec(
				"UPDATE outbox SET state = ?, attempts = attempts + 1, due = ? WHERE key = ?",
				this.#strays.has(key) ? STRAY : WAITING,
				Date.now() + retryIn,
				key,
			);
		}
	}

	/** Clears the row, unless a write that came meanwhile raised its revision: then it is published next. */
	#landed(key: string, revision: number, attempts: number) {
		const strayUntil = this.#strays.get(key);
		const mayStray = strayUntil !== undefined && strayUntil > Date.now();
		if (mayStray) {
			this.#sql.exec("UPDATE outbox SET due = ? WHERE key = ? AND revision = ?", strayUntil, key, revision);
		} else {
			this.#strays.delete(key);
			this.#sql.exec("DELETE FROM outbox WHERE key = ? AND revision = ?", key, revision);
		}
		this.#sql.exec(
			"UPDATE outbox SET state = ?, attempts = 0, due = max(due, ?) WHERE key = ?",
			mayStray ? STRAY : WAITING,
			// After failures KV is given a second before it is asked again.
			attempts > 0 ? Date.now() + RETRY_MS : 0,
			key,
		);
	}
}

/** Waits for a promise, but not for longer than a write waits for KV. */
async function withPatience(work: Promise<void>): Promise<void> {
	const { promise: patience, resolve } = Promise.withResolvers<void>();
	const timer = setTimeout(resolve, PATIENCE_MS);
	await Promise.race([work, patience]);
	// A timer that is left running keeps the object from being put to sleep.
	clearTimeout(timer);
}
