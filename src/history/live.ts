/** Changes as they are made: an iterator that joins what the ledger tells with what its log has, so that none is missed. */
import type { Context, StreamBounds } from "../core/context.ts";
import { type Result, success } from "../core/errors.ts";
import type { Following } from "../store/live.ts";
import type { Store } from "../store/store.ts";
import { isWanted, type RescueChange, type Step, type Told, type Wanted } from "./change.ts";

/** How many changes wait for a slow client at most; what is beyond is read from the log when it is wanted. */
const MAX_WAITING = 200;
/** How many changes are read from the log at a time. */
const AT_A_TIME = 1000;
/** How often a stream calls the ledger at most: a request on the free plan makes 50 subrequests. */
const MAX_CALLS = 40;
/** How long a stream waits when the ledger can't be reached: the first time, doubled each time … */
const FIRST_PAUSE_MS = 250;
/** … up to this. */
const LAST_PAUSE_MS = 30_000;

/** A number that the stream comes by, and the change under it if it is wanted. */
interface Place {
	number: number;
	change: RescueChange | null;
}

/** What a stream is made of. */
interface Parts {
	store: Store;
	wanted: Wanted | undefined;
	bounds: StreamBounds;
	/** Whether it is somebody's with a token: it ends when the ledger restarts, which it does when tokens are changed. */
	isOfToken: boolean;
}

/**
 * Changes in the order of their numbers, each once, from one number on. The ledger's socket is opened before its log is
 * read, so what is committed meanwhile is known; a number that was missed, for whatever reason, is read from the log.
 * Written by hand: an async generator's `return` would wait for what it waits for.
 */
export class LiveChanges implements AsyncIterableIterator<RescueChange, undefined> {
	#parts: Parts;
	#socket: Following | null = null;
	/** Where the stream is: all up to this number has been given, or wasn't wanted. */
	#at = 0;
	/** What comes next, without gaps, up to the number `#end`. */
	#waiting: Place[] = [];
	#end = 0;
	/** The highest number that is known to be there. */
	#known = 0;
	#given = 0;
	#failures = 0;
	#isOver = false;
	#timer: ReturnType<typeof setTimeout>;
	#wake: () => void = () => {};

	private constructor(parts: Parts) {
		this.#parts = parts;
		this.#timer = setTimeout(() => this.#close(), parts.bounds.seconds * 1000);
	}

	/**
	 * Begins a stream.
	 * @param since number of a change, or a time in UTC: what came after it is given first; null for what comes from now on
	 * @returns MALFORMED_REQUEST for a number that no change has had yet, UNAVAILABLE, RATE_LIMITED
	 */
	static async begin(ctx: Context, since: number | string | null, wanted?: Wanted): Promise<Result<LiveChanges>> {
		const { store, access, streams } = ctx;
		const live = new LiveChanges({ store, wanted, bounds: streams, isOfToken: access.caller.name !== null });
		const begun = await live.#begin(since);
		if (begun.ok) return success(live);
		live.#close();
		return begun;
	}

	async #begin(since: number | string | null): Promise<Result<null>> {
		const followed = await this.#follow();
		if (!followed.ok) return followed;
		if (since === null || since === this.#known) {
			this.#at = this.#end = this.#known;
			return success(null);
		}
		if (typeof since === "number") this.#end = since;
		const read = await this.#read(since);
		if (read.ok) this.#at = typeof since === "number" ? since : (this.#waiting[0]?.number ?? 1) - 1;
		return read;
	}

	/** The number of the change that it has come to. */
	get at(): number {
		return this.#at;
	}

	async next(): Promise<IteratorResult<RescueChange, undefined>> {
		while (!this.#isOver) {
			const place = this.#waiting.shift();
			if (place) {
				this.#at = place.number;
				if (!place.change) continue;
				// The last one is given before the end.
				if (++this.#given >= this.#parts.bounds.events) this.#close();
				return { done: false, value: place.change };
			}
			if (!this.#socket || this.#at < this.#known) await this.#catchUp();
			else await this.#sleep();
		}
		return { done: true, value: undefined };
	}

	/** Ends it at once, whatever it is waiting for. */
	async return(): Promise<IteratorResult<RescueChange, undefined>> {
		this.#close();
		return { done: true, value: undefined };
	}

	[Symbol.asyncIterator]() {
		return this;
	}

	/** Subscribes again if the socket was lost, then reads what was missed; waits when that can't be done. */
	async #catchUp() {
		const { store } = this.#parts;
		if (store.operations >= MAX_CALLS) return this.#close();
		const done = this.#socket ? await this.#read(this.#at) : await this.#follow();
		if (done.ok) this.#failures = 0;
		else if (done.code === "MALFORMED_REQUEST") this.#close();
		else await this.#sleep(Math.min(FIRST_PAUSE_MS * 2 ** this.#failures++, LAST_PAUSE_MS));
	}

	async #follow(): Promise<Result<null>> {
		const followed = await this.#parts.store.follow((told) => this.#hear(told));
		if (!followed.ok) return followed;
		if (this.#isOver) followed.value.close();
		else this.#socket = followed.value;
		this.#learn(followed.value.latest);
		return success(null);
	}

	#hear(told: Told | null) {
		if (told === null) {
			this.#socket = null;
			if (this.#parts.isOfToken) this.#close();
		} else {
			const { after, upTo, steps = [] } = told;
			this.#learn(upTo);
			// What doesn't join what is here already is in the log.
			if (after <= this.#end && this.#waiting.length < MAX_WAITING) this.#append(steps.map((step) => this.#look(step)));
		}
		this.#wake();
	}

	/** @param latest number of the last change; a lower one than was given is of another log, which has replaced this one */
	#learn(latest: number) {
		this.#known = Math.max(this.#known, latest);
		if (latest < this.#at) this.#close();
	}

	#look({ before, ...change }: Step): Place {
		const { wanted } = this.#parts;
		const isOne = !wanted || isWanted(wanted, { ...change, before });
		return { number: Number(change.cursor), change: isOne ? change : null };
	}

	async #read(since: number | string): Promise<Result<null>> {
		const { store, wanted } = this.#parts;
		const read = await store.changes(since, AT_A_TIME, wanted);
		if (!read.ok) return read;
		const { changes, cursor, hasMore } = read.value;
		this.#append(changes.map((change) => ({ number: Number(change.cursor), change })));
		// Behind the last one that is wanted there may be others.
		this.#append([{ number: cursor, change: null }]);
		this.#known = Math.max(this.#known, hasMore ? cursor + 1 : cursor);
		return success(null);
	}

	#append(places: Place[]) {
		for (const place of places) {
			if (place.number <= this.#end) continue;
			this.#waiting.push(place);
			this.#end = place.number;
		}
	}

	/** Waits until something has happened, or for so long, whatever happens but the end. */
	async #sleep(pause?: number) {
		const { promise, resolve } = Promise.withResolvers<void>();
		const timer = pause === undefined ? undefined : setTimeout(resolve, pause);
		this.#wake = () => (pause === undefined || this.#isOver) && resolve();
		await promise;
		clearTimeout(timer);
	}

	#close() {
		this.#isOver = true;
		this.#socket?.close();
		this.#socket = null;
		clearTimeout(this.#timer);
		this.#wake();
	}
}
