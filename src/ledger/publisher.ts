import type { Rendered } from "./documents.ts";

/**
 * The KV keys whose documents have changed, in the order in which to publish them, each with when at the earliest (ms
 * since the epoch; 0: at once).
 */
export type Stale = Map<string, number>;

/** A KV key whose document has changed since it was last published. */
interface Row {
	key: string;
	revision: number;
	attempts: number;
	due: number;
	state: number;
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

/** A row's state: no put of it is under way, or one may be, this object's or that of one before it. */
const [WAITING, SENT] = [0, 1];

/**
 * Brings what the ledger has committed to Workers KV. The outbox is a table keyed by KV key, so a burst on one key is
 * one publication; a row is cleared only if its revision is still the one published. At most one put of a key is under
 * way at a time, and none is started before the last one has settled, so an older document never lands on a newer one.
 * That a put has landed is only remembered: the alarm clears the rows of all that have, so that a write is one commit.
 * An object that is evicted before has them published once more.
 * A put that was under way when its object was evicted, or that hangs for a minute, can't be waited for: its key is
 * published without it, and again a minute later, or when it settles after all.
 */
export class Publisher {
	#sql: SqlStorage;
	#kv: KVNamespace;
	#render: (key: string) => Rendered<unknown> | null;
	#arm: (at: number) => void;
	#underWay = new Map<string, Run>();
	/** The revisions that have landed, by the keys whose rows are to be cleared. */
	#inKV = new Map<string, number>();
	/** Until when the puts that nobody waits for any more may land, by key (ms since the epoch). */
	#strays: Map<string, number>;

	/**
	 * @param render gives a key's present document, null when it has none and must be deleted
	 * @param arm sets the alarm for a time, unless it is set for an earlier one
	 */
	constructor(
		sql: SqlStorage,
		kv: KVNamespace,
		render: (key: string) => Rendered<unknown> | null,
		arm: (at: number) => void,
	) {
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
		const strays = sql.exec<{ key: string }>("SELECT key FROM outbox WHERE state <> ?", WAITING).toArray();
		this.#strays = new Map(strays.map(({ key }) => [key, Date.now() + STRAY_MS]));
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

	/** Whether a key's document has still to be published. */
	isWaiting(key: string): boolean {
		return this.#row(key) !== undefined && !this.#inKV.has(key);
	}

	/** Publishes these keys, in order, and returns when all have been tried, or after two seconds. */
	async publish(keys: string[]): Promise<void> {
		await withPatience(this.#publishAll(keys));
	}

	/** Publishes what is due and not under way, the longest waiting first, at most forty keys. */
	async drain(): Promise<void> {
		for (const run of this.#underWay.values()) if (run.since <= Date.now() - STRAY_MS) this.#giveUp(run);
		const due = this.#waiting(DRAIN_KEYS).filter((row) => row.due <= Date.now());
		await this.publish(due.map(({ key }) => key));
		this.#clear();
	}

	/**
	 * When the alarm should next look at the outbox (ms since the epoch); null when it is empty.
	 * @param grace how long what is due now is left to whoever is publishing it, in ms
	 */
	nextDue(grace: number): number | null {
		const times = this.#waiting(1).map(({ due }) => Math.max(due, Date.now() + grace));
		if (this.#underWay.size + this.#inKV.size > 0) times.push(Date.now() + LOOK_AFTER_MS);
		return times.length > 0 ? Math.min(...times) : null;
	}

	/** The rows that nobody is publishing and that haven't landed, the longest due first. */
	#waiting(limit: number): Row[] {
		return this.#sql
			.exec<Row>("SELECT * FROM outbox ORDER BY due, revision LIMIT ?", limit + this.#underWay.size + this.#inKV.size)
			.toArray()
			.filter(({ key }) => !this.#underWay.has(key) && !this.#inKV.has(key))
			.slice(0, limit);
	}

	/** Clears the rows of what has landed. */
	#clear() {
		for (const [key, revision] of this.#inKV) {
			this.#sql.exec("DELETE FROM outbox WHERE key = ? AND revision = ?", key, revision);
		}
		this.#inKV.clear();
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
	}

	/** When a publication that was given up settles after all, whatever it did, what is newest goes out again. */
	#wasGivenUp(run: Run, revision: number): boolean {
		if (this.#underWay.get(run.key) === run) return false;
		this.mark(new Map([[run.key, 0]]), revision);
		this.#arm(Date.now() + LOOK_AFTER_MS);
		return true;
	}

	#row(key: string): Row | undefined {
		return this.#sql.exec<Row>("SELECT * FROM outbox WHERE key = ?", key).toArray()[0];
	}

	async #run(run: Run): Promise<void> {
		const { key } = run;
		try {
			for (let row = this.#row(key); row && row.due <= Date.now(); ) {
				run.since = Date.now();
				const error = await this.#send(row);
				if (this.#wasGivenUp(run, row.revision)) return;
				row = error === undefined ? this.#landed(row) : this.#failed(row, error);
			}
		} finally {
			// In the same turn as the last look at the row, so that nobody joins a publication that won't look again.
			if (this.#underWay.get(key) === run) this.#underWay.delete(key);
		}
	}

	/** Brings the key's present document to KV; gives what KV threw. */
	async #send({ key, state }: Row): Promise<unknown> {
		const document = this.#render(key);
		if (state !== SENT) this.#sql.exec("UPDATE outbox SET state = ? WHERE key = ?", SENT, key);
		try {
			if (document) await this.#kv.put(key, document.body, { metadata: document.meta });
			else await this.#kv.delete(key);
			return undefined;
		} catch (error) {
			return error ?? "nothing said";
		}
	}

	/** Remembers what has landed, unless a write that came meanwhile raised the revision: that is published next. */
	#landed({ key, revision, attempts }: Row): Row | undefined {
		const row = this.#row(key);
		const isNewest = row?.revision === revision;
		const strayUntil = this.#strays.get(key) ?? 0;
		const mayStray = strayUntil > Date.now();
		if (!mayStray) this.#strays.delete(key);
		if (isNewest && !mayStray) {
			this.#inKV.set(key, revision);
			// Until it is cleared, what had failed before would be found backing off.
			if (attempts > 0) this.#clear();
			return undefined;
		}
		// After failures KV is given a second before it is asked again.
		const due = Math.max(isNewest ? strayUntil : 0, attempts > 0 ? Date.now() + RETRY_MS : 0);
		if (due === 0) return row;
		this.#sql.exec("UPDATE outbox SET attempts = 0, due = max(due, ?) WHERE key = ?", due, key);
		this.#arm(due);
		return undefined;
	}

	/** Has the key tried again in a while. */
	#failed({ key, attempts }: Row, error: unknown): undefined {
		const retryIn = Math.min(RETRY_MS * 2 ** attempts, RETRY_CAP_MS);
		const due = Date.now() + retryIn;
		console.warn(JSON.stringify({ message: "publication failed", key, retryIn, error: String(error) }));
		this.#sql.exec(
			"UPDATE outbox SET state = ?, attempts = attempts + 1, due = ? WHERE key = ?",
			this.#strays.has(key) ? SENT : WAITING,
			due,
			key,
		);
		this.#arm(due);
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
