/** Answers that go on: Server-Sent Events (HTML Living Standard, section 9.2). */
import type { TypedResponse } from "hono";
import { prepareHeaders, VARY } from "./headers.ts";

export const EVENT_STREAM = "text/event-stream";

/** How long nothing is said before a sign of life: shorter than what proxies wait, and how a client that left is noticed. */
const HEARTBEAT_MS = 20_000;
/** After how long a client comes again: these and as much again by chance, so that not all come at once after a restart. */
const RETRY_MS = 1000;

const HEADERS = prepareHeaders({
	"Content-Type": EVENT_STREAM,
	"Cache-Control": "no-store, no-transform",
	Vary: `Accept, ${VARY}`,
});

/** What is sent, one after the other: `next` is only asked when the client can take more, `return` must interrupt it. */
interface Source<T> extends AsyncIterator<T, undefined> {
	return(): Promise<IteratorResult<T, undefined>>;
	/** Where it stands: a client that comes again says so in `Last-Event-ID`. */
	readonly at: number;
}

/**
 * Answers a stream of events, with `source.at` as their ids. It ends when the source does; the source ends when the client
 * leaves.
 * @param event their name
 */
export function eventStream<T>(source: Source<T>, event: string) {
	const encoder = new TextEncoder();
	const write = (lines: string) => encoder.encode(`${lines}\nid: ${source.at}\n\n`);
	let next: Promise<IteratorResult<T, undefined>> | undefined;
	const body = new ReadableStream<Uint8Array>({
		start(controller) {
			// Without data it is no event, but the id counts: a client that is cut off before the first one misses nothing.
			controller.enqueue(write(`retry: ${RETRY_MS + Math.floor(Math.random() * RETRY_MS)}`));
		},
		async pull(controller) {
			next ??= source.next();
			const heard = await within(HEARTBEAT_MS, next);
			if (!heard) return controller.enqueue(write(":"));
			next = undefined;
			if (heard.done) controller.close();
			else controller.enqueue(write(`event: ${event}\ndata: ${JSON.stringify(heard.value)}`));
		},
		async cancel() {
			await source.return();
		},
	});
	return new Response(body, { headers: HEADERS }) as Response & TypedResponse<string, 200, "text">;
}

/** What is promised, or undefined when it takes longer than that. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
	const { promise: time, resolve } = Promise.withResolvers<undefined>();
	const timer = setTimeout(resolve, ms);
	const first = await Promise.race([promise, time]);
	clearTimeout(timer);
	return first;
}
