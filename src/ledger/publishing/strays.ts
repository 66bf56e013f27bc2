/** Puts that nobody waits for any more, and that may still land on something newer. */
import type { Outbox, Row } from "./outbox.ts";

/** By when a put has landed, or never will: after that one under way is given up. */
export const STRAY_MS = 60_000;

/**
 * Which keys may have such a put under way: those of which one was given up, and those that an earlier life of the object
 * has sent, which the outbox knows.
 */
export class Strays {
	#outbox: Outbox;
	#until = new Map<string, number>();
	#earlierUntil = Date.now() + STRAY_MS;

	constructor(outbox: Outbox) {
		this.#outbox = outbox;
	}

	/** A put of this key has been given up. */
	add(key: string) {
		this.#until.set(key, Date.now() + STRAY_MS);
	}

	/** Whether a put of this key was given up, as far as is remembered. */
	has(key: string): boolean {
		return this.#until.has(key);
	}

	/** Until when a put of this row may stray (ms since the epoch); 0 when none does. */
	until(row: Row): number {
		const now = Date.now();
		const earlier = this.#outbox.isOfEarlierLife(row) ? this.#earlierUntil : 0;
		// No further away than it can be: the clock may have been ahead.
		const until = Math.min(Math.max(this.#until.get(row.key) ?? 0, earlier), now + STRAY_MS);
		if (until > now) return until;
		this.#until.delete(row.key);
		return 0;
	}
}
