/** Keeps the age of animals whose date of birth is known: the alarm makes them a year older on their birthdays. */
import { log } from "../core/log.ts";
import { ageOf } from "../rescues/settle.ts";
import { dayOf } from "../rescues/upgrade.ts";
import type { Stale } from "./publishing/outbox.ts";
import type { Records } from "./records.ts";
import type { Stored } from "./stored.ts";

/** How many birthdays one step of the alarm keeps: some 100 ms in which no write gets in. */
export const STEP = 250;
/** After how many bytes of documents it stops, however few they are. */
const BYTES = 1_000_000;
/** How long the documents are left to be changed by the next steps: a page is published once for all of its birthdays, in ms. */
const TOGETHER_MS = 5_000;
/** When a step is tried again that has failed, or that must not be made. */
const PAUSE_MS = 60_000;

/**
 * Each birthday is a change like any other, by nobody, on the day in UTC; an animal that has left has none any more. When the
 * next ones are, the database knows (`migrations.ts`): the table's order is that of days and ids.
 */
export class Birthdays {
	#storage: DurableObjectStorage;
	#records: Records;
	#mark: (stale: Stale) => unknown;
	#mayWrite: () => Promise<boolean>;
	#pausedUntil = 0;

	/**
	 * @param mark notes what is to be published, in the transaction that makes it so
	 * @param mayWrite whether this ledger may write now
	 */
	constructor(
		storage: DurableObjectStorage,
		records: Records,
		mark: (stale: Stale) => unknown,
		mayWrite: () => Promise<boolean>,
	) {
		this.#storage = storage;
		this.#records = records;
		this.#mark = mark;
		this.#mayWrite = mayWrite;
	}

	/** Keeps what birthdays there are, 250 at most. When it fails, nothing else does, and it is tried again in a minute. */
	async step() {
		const due = this.nextDue();
		if (due === null || due > Date.now()) return;
		try {
			if (await this.#mayWrite()) this.#storage.transactionSync(() => this.#keep());
			else this.#pausedUntil = Date.now() + PAUSE_MS;
		} catch (error) {
			log("error", "birthdays failed", { error: String(error) });
			this.#pausedUntil = Date.now() + PAUSE_MS;
		}
	}

	/** When the next birthday is (ms since the epoch); null when there is none to come. */
	nextDue(): number | null {
		const { next } = this.#storage.sql.exec<{ next: string | null }>("SELECT min(next) AS next FROM birthdays").one();
		// Never longer than a minute, wherever the clock has been.
		const paused = Math.min(this.#pausedUntil, Date.now() + PAUSE_MS);
		return next === null ? null : Math.max(Date.parse(`${next}T00:00:00Z`), paused);
	}

	#keep() {
		const at = new Date().toISOString();
		const query = "SELECT id FROM birthdays WHERE next <= ? ORDER BY next, id LIMIT ?";
		const due = this.#storage.sql.exec<{ id: number }>(query, dayOf(at), STEP).toArray();
		const stale: Stale = new Map();
		let bytes = 0;
		for (const { id } of due) {
			const last = this.#records.find(id, undefined) as Stored;
			const fields = { ...last.rescue, age: ageOf(last.rescue, dayOf(at)) };
			const written = this.#records.put("updated", id, fields, { by: null, at }, last);
			if (!written.ok) throw new Error(written.detail);
			for (const [key, due] of written.value.stale) stale.set(key, Math.max(due, Date.now() + TOGETHER_MS));
			bytes += last.bytes;
			if (bytes >= BYTES) break;
		}
		this.#mark(stale);
	}
}
