/** What is known of KV as a whole: whether it takes anything at all. */
import { log } from "../../core/log.ts";
import type { Meta } from "../migrations.ts";

/** The first wait; each refusal more doubles it. */
const WAIT_MS = 1_000;
const WAIT_CAP_MS = 5 * 60_000;
/** The same for a day's quota, which nothing but a new day or another plan brings back. */
const QUOTA_CAP_MS = 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

/** What is kept of it in `meta`, over evictions. */
interface State {
	/** How often in a row KV has refused. */
	refusals: number;
	/** When KV may be asked again (ms since the epoch). */
	at: number;
	/** When it is asked by the alarm, if nobody writes before. */
	alarm: number;
}

/**
 * Whether KV refuses everything: it can't be reached, fails (5xx), or the day's quota is used up. Then one key is tried,
 * after one second, two, four … five minutes, and all others wait until it has landed. A quota is looked after less often
 * while nobody writes, and when the day begins (UTC, as Workers KV counts): trying costs rows of the object's own quota.
 */
export class Breaker {
	#meta: Meta;
	#state: State | null;

	constructor(meta: Meta) {
		this.#meta = meta;
		this.#state = this.#read();
	}

	/** Whether KV takes what it is given, as far as is known. */
	get isClosed(): boolean {
		return this.#state === null;
	}

	/** When KV may be asked again (ms since the epoch); now, or before, when it may. */
	get mayTryAt(): number {
		return earlier(this.#state?.at ?? 0, WAIT_CAP_MS);
	}

	/** When the alarm should ask KV again (ms since the epoch). */
	get alarmAt(): number {
		return earlier(this.#state?.alarm ?? 0, QUOTA_CAP_MS);
	}

	/** KV has refused, or hasn't answered. Puts that were under way when it did so first say nothing new. */
	open(error: unknown) {
		const now = Date.now();
		if (this.mayTryAt > now) return;
		const refusals = (this.#state?.refusals ?? 0) + 1;
		const wait = WAIT_MS * 2 ** (refusals - 1);
		const at = now + Math.min(wait, WAIT_CAP_MS);
		const midnight = now - (now % DAY_MS) + DAY_MS;
		const isQuota = /limit exceeded/.test(String(error));
		const alarm = isQuota ? Math.max(at, Math.min(now + Math.min(wait, QUOTA_CAP_MS), midnight)) : at;
		log("warn", "KV refuses", { refusals, retryIn: alarm - now, error: String(error) });
		this.#write({ refusals, at, alarm });
	}

	/** KV has taken something. */
	close() {
		if (this.#state === null) return;
		log("log", "KV takes puts again", { refusals: this.#state.refusals });
		this.#write(null);
	}

	/** Reads again what is kept. */
	refresh() {
		this.#state = this.#read();
	}

	#read(): State | null {
		return JSON.parse((this.#meta.get("breaker") as string | undefined) ?? "null");
	}

	#write(state: State | null) {
		this.#state = state;
		this.#meta.set("breaker", JSON.stringify(state));
	}
}

/** A time, or now when it is further away than it can be: a clock that was ahead has said so. */
const earlier = (time: number, longestMs: number) => (time > Date.now() + longestMs ? Date.now() : time);

/**
 * Whether KV has refused for a reason that isn't the key's: it can't be reached, it fails, or the day's puts are used up.
 * A status of 4xx is about one key, 429 about its rate; deletions have a quota of their own, and nothing waits for them.
 */
export const isOutage = (error: unknown) => !/failed: 4\d\d|delete\(\) limit/i.test(String(error));
