import { log } from "../core/log.ts";
import { isPageKey, type Rendered } from "./documents.ts";
import { DRAIN_KEYS, type Outbox, type Row } from "./outbox.ts";

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
/** By when a put has landed, or never will: after that one under way is given up. */
const STRAY_MS = 60_000;

/**
 * Brings what the ledger has committed to Workers KV, from the outbox. A row has landed only if its revision is still the
 * one published. At most one put of a key is under way at a time, and none is started before the last one has settled, so
 * an older document never lands on a newer one.
 * A put that was under way when its object was evicted, or that hangs for a minute, can't be waited for: its key is
 * published without it, and again a minute later, or when it settles after all.
 */
export class Publisher {
	#outbox: Outbox;
	#kv: KVNamespace;
	#render: (key: string) => Rendered<unknown> | null;
	#arm: (at: number) => void;
	#underWay = new Map<string, Run>();
	/** Until when the puts that nobody waits for any more may land, by key (ms since the epoch). */
	#strays: Map<string, number>;

	/**
	 * @param render gives a key's present document, null when it has none and must be deleted
	 * @param arm sets the alarm for a time, unless it is set for an earlier one
	 */
	constructor(
		outbox: Outbox,
		kv: KVNamespace,
		render: (key: string) => Rendered<unknown> | null,
		arm: (at: number) => void,
	) {
		this.#outbox = outbox;
		this.#kv = kv;
		this.#render = render;
		this.#arm = arm;
		this.#strays = new Map(outbox.sent().map((key) => [key, Date.now() + STRAY_MS]));
	}

	/** Publishes these keys, in order, and returns when all have been tried, or after two seconds. */
	async publish(keys: string[]): Promise<void> {
		await withPatience(this.#publishAll(keys));
	}

	/**
	 * Publishes what is due and not under way, the longest waiting first, at most forty keys.
	 * @param mayPublish whether to; the rest is tidied up in any case
	 */
	async drain(mayPublish: boolean): Promise<void> {
		for (const run of this.#underWay.values()) if (run.since <= Date.now() - STRAY_MS) this.#giveUp(run);
		const waiting = mayPublish ? this.#outbox.waiting(DRAIN_KEYS, this.#underWay) : [];
		const due = waiting.filter((row) => row.due <= Date.now());
		await this.publish(due.map(({ key }) => key));
		this.#outbox.clear();
	}

	/**
	 * When the alarm should next look at the outbox (ms since the epoch); null when it is empty.
	 * @param grace how long what is due now is left to whoever is publishing it, in ms
	 */
	nextDue(grace: number): number | null {
		const times = this.#outbox.waiting(1, this.#underWay).map(({ due }) => Math.max(due, Date.now() + grace));
		if (this.#underWay.size > 0 || this.#outbox.hasLanded) times.push(Date.now() + LOOK_AFTER_MS);
		return times.length > 0 ? Math.min(...times) : null;
	}

	/** Records go side by side; pages one after the other, because a split or merge has an order. */
	async #publishAll(keys: string[]): Promise<void> {
		const inOrder = async () => {
			// A page that hangs doesn't keep back the next ones for ever: whatever is missing, the ledger settles.
			for (const key of keys.filter(isPageKey)) await withPatience(this.#publishKey(key));
		};
		const records = keys.filter((key) => !isPageKey(key));
		await Promise.all([inOrder(), ...records.map((key) => this.#publishKey(key))]);
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
		log("warn", "publication given up", { key });
		this.#underWay.delete(key);
		this.#strays.set(key, Date.now() + STRAY_MS);
	}

	/** When a publication that was given up settles after all, whatever it did, what is newest goes out again. */
	#wasGivenUp(run: Run, revision: number): boolean {
		if (this.#underWay.get(run.key) === run) return false;
		this.#outbox.mark(new Map([[run.key, 0]]), revision);
		this.#arm(Date.now() + LOOK_AFTER_MS);
		return true;
	}

	async #run(run: Run): Promise<void> {
		const { key } = run;
		try {
			for (let row = this.#outbox.row(key); row && row.due <= Date.now(); ) {
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
	async #send(row: Row): Promise<unknown> {
		const document = this.#render(row.key);
		this.#outbox.send(row);
		try {
			if (document) await this.#kv.put(row.key, document.body, { metadata: document.meta });
			else await this.#kv.delete(row.key);
			return undefined;
		} catch (error) {
			return error ?? "nothing said";
		}
	}

	/** Remembers what has landed, unless a write that came meanwhile raised the revision: that is published next. */
	#landed(sent: Row): Row | undefined {
		const { key, revision, attempts } = sent;
		const row = this.#outbox.row(key);
		const isNewest = row?.revision === revision;
		const strayUntil = this.#strays.get(key) ?? 0;
		const mayStray = strayUntil > Date.now();
		if (!mayStray) this.#strays.delete(key);
		if (isNewest && !mayStray) {
			this.#outbox.land(sent);
			return undefined;
		}
		// After failures KV is given a second before it is asked again.
		const due = Math.max(isNewest ? strayUntil : 0, attempts > 0 ? Date.now() + RETRY_MS : 0);
		if (due === 0) return row;
		this.#outbox.putOff(key, due);
		this.#arm(due);
		return undefined;
	}

	/** Has the key tried again in a while. */
	#failed({ key, attempts }: Row, error: unknown): undefined {
		const retryIn = Math.min(RETRY_MS * 2 ** attempts, RETRY_CAP_MS);
		const due = Date.now() + retryIn;
		log("warn", "publication failed", { key, retryIn, error: String(error) });
		this.#outbox.retry(key, due, this.#strays.has(key));
		this.#arm(due);
	}
}

/** Waits for a promise, but not for longer than a write waits for KV. */
export async function withPatience(work: Promise<void>): Promise<void> {
	const { promise: patience, resolve } = Promise.withResolvers<void>();
	const timer = setTimeout(resolve, PATIENCE_MS);
	await Promise.race([work, patience]);
	// A timer that is left running keeps the object from being put to sleep.
	clearTimeout(timer);
}
