import { log } from "../../core/log.ts";
import { isPageKey } from "../documents.ts";
import type { Breaker } from "./breaker.ts";
import { DRAIN_KEYS, type Outbox, type Row } from "./outbox.ts";
import { withPatience } from "./patience.ts";
import { type Documents, type How, Publications, TAKE_OVER_MS } from "./publications.ts";

/**
 * Brings what the ledger has committed to Workers KV, from the outbox: what a write has made stale at once, before any
 * backlog, the rest by the alarm. While KV refuses everything (`breaker.ts`) nothing is sent but one key at a time, by the
 * alarm, and writes don't wait for it.
 */
export class Publisher {
	#outbox: Outbox;
	#breaker: Breaker;
	#documents: Documents;
	#publications: Publications;

	/** @param arm sets the alarm for a time (ms since the epoch), unless it is set for an earlier one */
	constructor(outbox: Outbox, breaker: Breaker, kv: KVNamespace, documents: Documents, arm: (at: number) => void) {
		this.#outbox = outbox;
		this.#breaker = breaker;
		this.#documents = documents;
		this.#publications = new Publications(outbox, breaker, kv, documents, arm);
	}

	/** How many keys a write may publish at once: none while KV refuses everything. */
	get mostAtOnce(): number {
		return this.#breaker.isClosed ? DRAIN_KEYS : 0;
	}

	/** When the alarm should take over what a write has just made stale, whatever becomes of the write (ms since the epoch). */
	get takeOverAt(): number {
		return this.#breaker.isClosed ? Date.now() + TAKE_OVER_MS : Math.max(Date.now(), this.#breaker.mayTryAt);
	}

	/**
	 * Publishes these keys, in order, before any backlog, and returns when all have been tried, or after two seconds. Never
	 * fails: what has been committed is, whatever becomes of its publication.
	 */
	async publish(keys: string[]): Promise<void> {
		const all = this.#publishAll(keys, "write");
		await withPatience(all.catch((error) => log("error", "publication broke off", { error: String(error) })));
	}

	/**
	 * Publishes what is due and not under way, the longest waiting first, so that forty keys are under way at most.
	 * @param mayPublish whether to; the rest is tidied up in any case
	 */
	async drain(mayPublish: boolean): Promise<void> {
		this.#outbox.clear();
		this.#breaker.refresh();
		this.#publications.lookAfter();
		if (!mayPublish) return;
		const now = Date.now();
		const { underWay } = this.#publications;
		const room = Math.max(DRAIN_KEYS - underWay.size, 0);
		let due = this.#outbox.waiting(room, underWay).filter((row) => row.due <= now);
		if (!this.#breaker.isClosed && due.length > 0) {
			if (this.#breaker.mayTryAt > now) return;
			const probe = await this.#probe(due);
			if (!this.#breaker.isClosed) return;
			due = due.filter(({ key }) => key !== probe);
		}
		// What one change has made stale keeps its order.
		const changes = [...Map.groupBy(due, ({ revision }) => revision).values()];
		const all = changes.map((rows) =>
			this.#publishAll(
				rows.map(({ key }) => key),
				"backlog",
			),
		);
		await withPatience(Promise.all(all));
		this.#outbox.clear();
	}

	/**
	 * When the alarm should next look at the outbox (ms since the epoch); null when it is empty.
	 * @param grace how long what is due now is left to whoever is publishing it, in ms
	 */
	nextDue(grace: number): number | null {
		const now = Date.now();
		const { underWay } = this.#publications;
		const times = this.#outbox.waiting(1, underWay).map(({ due }) => {
			if (!this.#breaker.isClosed) return Math.max(due, now + grace, this.#breaker.alarmAt);
			return Math.max(due, now + (underWay.size < DRAIN_KEYS ? grace : TAKE_OVER_MS));
		});
		if (underWay.size > 0 || this.#outbox.hasLanded) times.push(now + TAKE_OVER_MS);
		return times.length > 0 ? Math.min(...times) : null;
	}

	/** Tries the smallest of these rows' documents, to see whether KV takes it; gives its key. */
	async #probe(rows: Row[]): Promise<string> {
		const sized = rows.map(({ key }) => ({ key, size: this.#documents.size(key) }));
		const { key } = sized.reduce((least, row) => (row.size < least.size ? row : least));
		await withPatience(this.#publications.start(key, "probe"));
		if (this.#publications.underWay.has(key)) this.#breaker.open("KV doesn't answer");
		return key;
	}

	/** Records go side by side; pages one after the other, because a split or merge has an order. */
	async #publishAll(keys: string[], how: How): Promise<void> {
		const inOrder = async () => {
			const pages = keys.filter(isPageKey);
			const last = pages.pop();
			// A page that hangs doesn't keep back the next ones for ever: whatever is missing, the ledger settles.
			for (const key of pages) await withPatience(this.#publications.start(key, how));
			if (last !== undefined) await this.#publications.start(last, how);
		};
		const records = keys.filter((key) => !isPageKey(key));
		await Promise.all([inOrder(), ...records.map((key) => this.#publications.start(key, how))]);
	}
}
