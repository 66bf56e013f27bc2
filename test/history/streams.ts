/** Reading Server-Sent Events in the tests, as a client does. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { createApp } from "../../src/app.ts";
import type { Env } from "../../src/env.ts";

/** An event, or only an id. */
interface Event {
	event: string;
	data: string;
	id: string;
}

/** What a stream brings, one by one. */
export interface Stream {
	response: Response;
	/** The last id that came, with an event or without. */
	lastId: string;
	/** The next event that has data; null at the end. */
	next(): Promise<Event | null>;
	/** So many events' data. */
	take(count: number): Promise<unknown[]>;
	/** The data of all that comes until the stream ends. */
	rest(): Promise<unknown[]>;
	/** Leaves. */
	leave(): Promise<void>;
}

/** Reads an answer as a stream. */
export function readStream(response: Response): Stream {
	let known: ReadableStreamDefaultReader<Uint8Array> | undefined;
	const reader = () => {
		known ??= (response.body as ReadableStream<Uint8Array>).getReader();
		return known;
	};
	const decoder = new TextDecoder();
	let text = "";
	const block = async () => {
		while (!text.includes("\n\n")) {
			const { value, done } = await reader().read();
			if (done) return null;
			text += decoder.decode(value, { stream: true });
		}
		const at = text.indexOf("\n\n");
		const lines = text.slice(0, at).split("\n");
		text = text.slice(at + 2);
		return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(":")), line.replace(/^\w*: ?/, "")]));
	};
	const stream: Stream = {
		response,
		lastId: "",
		async next() {
			for (;;) {
				const { event = "message", data, id } = (await block()) ?? { event: "end" };
				if (id !== undefined) stream.lastId = id;
				if (event === "end") return null;
				if (data !== undefined) return { event, data, id: stream.lastId };
			}
		},
		async take(count) {
			const taken: unknown[] = [];
			while (taken.length < count) {
				const event = await stream.next();
				if (!event) throw new Error(`${response.status}: the stream ended after ${taken.length} of ${count}; ${text}`);
				taken.push(JSON.parse(event.data));
			}
			return taken;
		},
		async rest() {
			const all: unknown[] = [];
			for (let event = await stream.next(); event && event.event !== "complete"; event = await stream.next()) {
				all.push(JSON.parse(event.data));
			}
			return all;
		},
		leave: async () => reader().cancel(),
	};
	return stream;
}

/** Asks for a stream over REST. The app runs in the test, with other bindings if need be. */
export async function watch(query = "", headers: Record<string, string> = {}, bindings: Partial<Env> = {}) {
	const init = { headers: { Accept: "text/event-stream", ...headers } };
	return readStream(await createApp().request(`/rescues/changes${query}`, init, { ...env, ...bindings }));
}

/** The same over GraphQL. */
export async function subscribe(
	variables: { since?: string; id?: string; filter?: object } = {},
	headers: Record<string, string> = {},
	bindings: Partial<Env> = {},
) {
	const query = `subscription ($since: String, $id: ID, $filter: RescueFilter) {
		rescueChanged(since: $since, id: $id, filter: $filter) { id cursor kind version at by rescue { rescueId name age } }
	}`;
	const init = {
		method: "POST",
		headers: { Accept: "text/event-stream", "Content-Type": "application/json", ...headers },
		body: JSON.stringify({ query, variables }),
	};
	return readStream(await createApp().request("/graphql", init, { ...env, ...bindings }));
}

/** The numbers of changes, as either transport gives them. */
export const numbers = (changes: unknown[]) =>
	(changes as { cursor?: string; data?: { rescueChanged: { cursor: string } } }[]).map(({ cursor, data }) =>
		Number(cursor ?? data?.rescueChanged.cursor),
	);

/** The numbers from one to another. */
export const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** How many sockets the ledger has. */
export const sockets = () =>
	runInDurableObject(env.LEDGER.getByName("rescues"), (_ledger, ctx) => ctx.getWebSockets().length);

/** Waits until the ledger has so many. */
export const expectSockets = (count: number) => expect.poll(sockets).toBe(count);
