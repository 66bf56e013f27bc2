import { log } from "../core/log.ts";

/** An alarm that is late by more than this got lost, and a clock that goes back by more than this was wrong. */
const LOST_MS = 60_000;
/** When it comes again after it has failed, so that it never spins. */
const AFTER_FAILURE_MS = 60_000;

/**
 * The object's alarm. There is one, so it stands for the earliest thing due: when it rings, it is set again for what is
 * left.
 */
export class Alarm {
	#storage: DurableObjectStorage;
	#times: (grace: number) => (number | null)[];
	/** When it is set for (ms since the epoch); null when it isn't. */
	#at: number | null = null;
	/** When it was looked at last (ms since the epoch). */
	#seenAt = 0;

	/** @param times when each part needs it next (ms since the epoch), what is due now left alone for `grace` ms; null for never */
	constructor(storage: DurableObjectStorage, times: (grace: number) => (number | null)[]) {
		this.#storage = storage;
		this.#times = times;
	}

	/** Finds out whether it is set already, once in a life of the object. */
	async load() {
		this.#at = await this.#storage.getAlarm();
	}

	/** It rings: does what is due, and is set again for what is left. Never throws: the platform would retry it only six times. */
	async ring(work: () => Promise<void>) {
		this.#at = null;
		try {
			await work();
			this.arm(0);
		} catch (error) {
			log("error", "alarm failed", { error: String(error) });
			this.armFor(Date.now() + AFTER_FAILURE_MS);
		}
	}

	/** Sets it for the earliest thing due, what is due now left alone for `grace` ms. */
	arm(grace: number) {
		const due = this.#times(grace).filter((time) => time !== null);
		if (due.length > 0) this.armFor(Math.min(...due));
	}

	/** Sets it for a time (ms since the epoch), unless it is set for then or earlier already: it then looks what else is due. */
	armFor(time: number) {
		if (this.#at !== null && this.#at <= time) return;
		this.#at = time;
		this.#storage.setAlarm(time);
	}

	/** Sees to it, at every request: one that got lost, or that was set when the clock was ahead, is set again. */
	async look() {
		const now = Date.now();
		const wentBack = now < this.#seenAt - LOST_MS;
		this.#seenAt = now;
		if (this.#at === null) return;
		const setFor = await this.#storage.getAlarm();
		const isLost = setFor === null || setFor < now - LOST_MS;
		if (this.#at === null || !(isLost || wentBack)) return;
		this.#at = null;
		this.arm(0);
	}
}
