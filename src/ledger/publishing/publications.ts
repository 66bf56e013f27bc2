import { log } from "../../core/log.ts";
import type { Rendered } from "../documents.ts";
import { type Breaker, isOutage } from "./breaker.ts";
import { LONGEST_WAIT_MS, type Outbox, type Row } from "./outbox.ts";
import { type Claim, Slots } from "./slots.ts";
import { STRAY_MS, Strays } from "./strays.ts";

/** How documents are made. */
export interface Documents {
	/** A key's present document; null when it has none and must be deleted. */
	render(key: string): Rendered<unknown> | null;
	/** How large the document is, about, in bytes of UTF-8: known without rendering it. */
	size(key: string): number;
}

/** How a key is published: for a write, as backlog, or to find out whether KV takes anything again. */
export type How = "write" | "backlog" | "probe";

/** A key's publication that is under way. */
interface Run extends Claim {
	key: string;
	isProbe: boolean;
	/** When its put began (ms since the epoch); null while it waits for a slot. */
	since: number | null;
	/** Gives its slot back. */
	release: () => void;
	done: Promise<void>;
}

/** How long after a write something looks whether it has been published, its object evicted for instance. */
export const TAKE_OVER_MS = 5_000;
/** The platform allows one write a second to a key (KV limits): no retry comes sooner. */
const RETRY_MS = 1_000;
/** When a put hangs for so long, and nothing has landed since it began, KV hangs. */
const HANG_MS = 10_000;

/**
 * The publications that are under way, one a key at most: none is started before the last one has settled, so an older
 * document never lands on a newer one. A row of the outbox has landed only if its revision is still the one published.
 * A put that was under way when its object was evicted, or that hangs for a minute, can't be waited for: its key is
 * published without it, and again a minute later, or when it settles after all.
 */
export class Publications {
	#outbox: Outbox;
	#breaker: Breaker;
	#kv: KVNamespace;
	#documents: Documents;
	#arm: (at: number) => void;
	#underWay = new Map<string, Run>();
	#slots = new Slots();
	#strays: Strays;
	/** When something has landed last (ms since the epoch). */
	#landedAt = 0;

	/** @param arm sets the alarm for a time, unless it is set for an earlier one */
	constructor(outbox: Outbox, breaker: Breaker, kv: KVNamespace, documents: Documents, arm: (at: number) => void) {
		this.#outbox = outbox;
		this.#breaker = breaker;
		this.#kv = kv;
		this.#documents = documents;
		this.#arm = arm;
		this.#strays = new Strays(outbox);
	}

	/** The keys that are being published. */
	get underWay(): ReadonlyMap<string, unknown> {
		return this.#underWay;
	}

	/** Joins the publication of this key that is under way, which looks again before it ends, or starts one. */
	start(key: string, how: How): Promise<void> {
		const underWay = this.#underWay.get(key);
		if (underWay) {
			underWay.isUrgent ||= how === "write";
			this.#slots.look();
			return underWay.done;
		}
		const [isUrgent, isProbe] = [how !== "backlog", how === "probe"];
		const run: Run = { key, isUrgent, isProbe, since: null, release: () => {}, done: Promise.resolve() };
		this.#underWay.set(key, run);
		// Started in a later turn, so that it is known as under way before it looks.
		run.done = run.done.then(() => this.#run(run));
		return run.done;
	}

	/** Gives up what has hung for a minute, and sees whether all of KV hangs. */
	lookAfter() {
		const now = Date.now();
		for (const run of this.#underWay.values()) {
			if (run.since === null) continue;
			// Compared both ways: the clock may have been wrong.
			if (Math.abs(now - run.since) >= STRAY_MS) this.#giveUp(run);
			else if (this.#breaker.isClosed && now - run.since >= HANG_MS && this.#landedAt < run.since) {
				this.#breaker.open("KV doesn't answer");
			}
		}
	}

	/** Gives up a publication that hangs, so that another can be started; what it has sent may still land. */
	#giveUp({ key, release }: Run) {
		log("warn", "publication given up", { key });
		this.#underWay.delete(key);
		this.#strays.add(key);
		release();
	}

	/** When a publication that was given up settles after all, whatever it did, what is newest goes out again. */
	#wasGivenUp(run: Run, revision: number): boolean {
		if (this.#underWay.get(run.key) === run) return false;
		this.#outbox.mark(new Map([[run.key, 0]]), revision, 1);
		this.#arm(Date.now() + TAKE_OVER_MS);
		return true;
	}

	async #run(run: Run): Promise<void> {
		const { key } = run;
		let row: Row | undefined;
		try {
			for (;;) {
				run.since = null;
				run.release = await this.#slots.take(run, this.#documents.size(key));
				// Looked at no sooner: meanwhile there may be a newer revision, and KV may have begun to refuse.
				row = this.#outbox.row(key);
				if (!row || row.due > Date.now()) return;
				if (!this.#breaker.isClosed && !run.isProbe) return this.#outbox.takeBack(row, this.#strays.has(key));
				run.since = Date.now();
				const failed = await this.#send(row);
				run.release();
				if (this.#wasGivenUp(run, row.revision)) return;
				row = failed ? this.#failed(row, failed) : this.#landed(row);
				if (!row || row.due > Date.now()) return;
			}
		} catch (error) {
			row ??= this.#outbox.row(key);
			if (row) this.#failed(row, { error, isKV: false });
		} finally {
			run.release();
			// In the same turn as the last look at the row, so that nobody joins a publication that won't look again.
			if (this.#underWay.get(key) === run) this.#underWay.delete(key);
		}
	}

	/** Brings the key's present document to KV; gives what was thrown, and whether by KV. */
	async #send(row: Row): Promise<{ error: unknown; isKV: boolean } | undefined> {
		let isKV = false;
		try {
			const document = this.#documents.render(row.key);
			this.#outbox.send(row);
			isKV = true;
			if (document) await this.#kv.put(row.key, document.body, { metadata: document.meta });
			else await this.#kv.delete(row.key);
			return undefined;
		} catch (error) {
			return { error, isKV };
		}
	}

	/** Remembers what has landed, unless a write that came meanwhile raised the revision: that is published next. */
	#landed(sent: Row): Row | undefined {
		this.#landedAt = Date.now();
		this.#breaker.close();
		const row = this.#outbox.row(sent.key);
		if (!row) return undefined;
		const isNewest = row.revision === sent.revision;
		const strayUntil = this.#strays.until(sent);
		if (isNewest && strayUntil === 0) {
			this.#outbox.land(sent);
			return undefined;
		}
		// After failures KV is given a second before it is asked again.
		const due = Math.max(isNewest ? strayUntil : 0, sent.attempts > 0 ? Date.now() + RETRY_MS : 0);
		if (due === 0) return row;
		this.#outbox.putOff(sent.key, Math.max(row.due, due));
		this.#arm(due);
		return undefined;
	}

	/** Has the key tried again in a while; when KV refuses everything, all keys. */
	#failed(row: Row, { error, isKV }: { error: unknown; isKV: boolean }): undefined {
		const { key, attempts } = row;
		const mayStray = this.#strays.has(key);
		if (isKV && isOutage(error)) {
			this.#outbox.takeBack(row, mayStray);
			this.#breaker.open(error);
			this.#arm(this.#breaker.alarmAt);
			return;
		}
		// It has answered.
		if (isKV) this.#breaker.close();
		const isSpent = /limit exceeded/.test(String(error));
		const retryIn = isSpent ? LONGEST_WAIT_MS : Math.min(RETRY_MS * 2 ** attempts, LONGEST_WAIT_MS);
		const due = Date.now() + retryIn;
		log("warn", "publication failed", { key, retryIn, error: String(error) });
		this.#outbox.retry(row, due, mayStray);
		this.#arm(due);
	}
}
