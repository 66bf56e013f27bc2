/** Who is told of changes as they are made: the Worker's streams, each by a WebSocket that lets the object sleep in between. */
import type { Failure } from "../core/errors.ts";
import type { Told } from "../history/change.ts";
import type { Changes } from "./changes.ts";
import type { Records } from "./records.ts";

/** What the header of the answer to a new subscriber is called: the number of the last change. */
export const LATEST_CHANGE = "Latest-Change";

/** How many changes a message holds at most, and characters of their documents: what it costs is multiplied by the subscribers. */
const MAX_STEPS = 100;
const MAX_LENGTH = 512 * 1024;

/**
 * Sends what is committed to whoever has subscribed. The sockets are hibernatable: the platform keeps them while the object
 * is out of memory. What can't be sent is not kept, because subscribers miss the number and read the log.
 */
export class Subscribers {
	#ctx: DurableObjectState;
	#records: Records;
	#changes: Changes;
	/** Number of the last change that was told, or was there when the first of them came; null while there are none. */
	#told: number | null = null;

	constructor(ctx: DurableObjectState, records: Records, changes: Changes) {
		this.#ctx = ctx;
		this.#records = records;
		this.#changes = changes;
		// Those that have come before the object was out of memory have been told of everything.
		if (ctx.getWebSockets().length > 0) this.#told = records.latestChange();
	}

	/**
	 * Takes a subscriber: answers 101 with its end of the socket. Nothing that is committed from now on is left out.
	 * @param refusal why it isn't to be: then that is answered, as JSON
	 */
	take(refusal: Failure | undefined): Response {
		if (refusal) return Response.json(refusal, { status: 503 });
		const { 0: theirs, 1: ours } = new WebSocketPair();
		this.#ctx.acceptWebSocket(ours);
		this.#told ??= this.#records.latestChange();
		return new Response(null, { status: 101, webSocket: theirs, headers: { [LATEST_CHANGE]: String(this.#told) } });
	}

	/** Tells everybody what has been committed since it was called last; to be called in the same go as the commit. */
	tell() {
		if (this.#told === null) return;
		const sockets = this.#ctx.getWebSockets();
		const [after, upTo] = [this.#told, this.#records.latestChange()];
		this.#told = sockets.length > 0 ? upTo : null;
		if (upTo === after || sockets.length === 0) return;
		// Written once, however many they are.
		const message = this.#write(after, upTo);
		for (const socket of sockets) {
			try {
				socket.send(message);
			} catch {
				// It is closing.
			}
		}
	}

	#write(after: number, upTo: number): string {
		const steps = this.#changes.steps(after, MAX_STEPS, MAX_LENGTH);
		const told: Told = { after, upTo, ...(steps && { steps }) };
		return JSON.stringify(told);
	}
}
