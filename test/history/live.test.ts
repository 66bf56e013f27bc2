import { abortAllDurableObjects, evictDurableObject, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createApp } from "../../src/app.ts";
import { fetchWorker, graphql, REST } from "../transports.ts";
import { expectSockets, numbers, range, readStream, type Stream, sockets, subscribe, watch } from "./streams.ts";

const rex = { name: "Rex", age: 3, species: "dog" };
/** All that is opened, so that nothing stays behind. */
let streams: Stream[] = [];

beforeEach(async () => {
	await REST.create(rex);
	await REST.create({ ...rex, name: "Tom", species: "cat" });
});
afterEach(async () => {
	vi.useRealTimers();
	vi.restoreAllMocks();
	await Promise.all(streams.map((stream) => stream.leave().catch(() => {})));
	streams = [];
	await reset();
});

type Open = (since?: string, bindings?: object, token?: string) => Promise<Stream>;
const keep = async (opening: Promise<Stream>) => {
	const stream = await opening;
	streams.push(stream);
	return stream;
};
const bearer = (token?: string): Record<string, string> => (token ? { Authorization: `Bearer ${token}` } : {});
const overREST: Open = (since, bindings, token) => keep(watch(since ? `?since=${since}` : "", bearer(token), bindings));
const overGraphQL: Open = (since, bindings, token) =>
	keep(subscribe({ ...(since && { since }) }, bearer(token), bindings));

const many = (count: number, from = 0) =>
	fetchWorker("/rescues/import", {
		method: "POST",
		headers: { "Content-Type": "application/x-ndjson" },
		body: range(1, count)
			.map((number) => JSON.stringify({ ...rex, name: `Rex ${from + number}` }))
			.join("\n"),
	});

/** An app in the test, as the service runs it for everybody. */
const ask = (path: string, init: RequestInit = {}) => createApp().request(path, init, env);

describe.each([
	["REST", overREST],
	["GraphQL", overGraphQL],
])("a stream over %s", (_name, open) => {
	test("tells every change as it is made, once and in order", async () => {
		const stream = await open();
		await REST.update(1, { age: 4 });
		await REST.remove(2);
		await REST.restore(2);
		expect(numbers(await stream.take(3))).toEqual([3, 4, 5]);
	});

	test("begins with what came after a change, and goes on with what is made", async () => {
		const stream = await open("1");
		expect(numbers(await stream.take(1))).toEqual([2]);
		await REST.update(1, { age: 4 });
		expect(numbers(await stream.take(1))).toEqual([3]);
	});

	test("begins at a time", async () => {
		const stream = await open("2020-01-01T00:00:00Z");
		await REST.update(1, { age: 4 });
		expect(numbers(await stream.take(3))).toEqual([1, 2, 3]);
		const later = await open("2999-01-01T00:00:00Z");
		await REST.update(1, { age: 5 });
		expect(numbers(await later.take(1))).toEqual([4]);
	});

	test("goes on through evictions of the ledger, which keep its socket", async () => {
		const stream = await open("0");
		expect(numbers(await stream.take(2))).toEqual([1, 2]);
		const calls = vi.spyOn(env.LEDGER, "getByName");
		for (const number of [3, 4, 5]) {
			await evictDurableObject(env.LEDGER.getByName("rescues"));
			calls.mockClear();
			await REST.update(1, { age: number });
			expect(numbers(await stream.take(1))).toEqual([number]);
		}
		expect(await sockets()).toBe(1);
	});

	test("misses nothing when the ledger restarts, and what is made before it is back", async () => {
		const stream = await open("0");
		expect(numbers(await stream.take(2))).toEqual([1, 2]);
		for (const number of [3, 5, 7]) {
			await abortAllDurableObjects();
			await REST.update(1, { age: number });
			await REST.update(1, { age: number + 1 });
			expect(numbers(await stream.take(2))).toEqual([number, number + 1]);
		}
		await expectSockets(1);
	});

	test("gives what is more than a message holds out of the log", async () => {
		const stream = await open();
		await many(300);
		await REST.update(1, { age: 4 });
		const bounded: unknown[] = [];
		let part = stream;
		while (bounded.length < 301) {
			bounded.push(...(await part.take(Math.min(50, 301 - bounded.length))));
			if (bounded.length < 301) part = await open(String(numbers(bounded).at(-1)));
		}
		expect(numbers(bounded)).toEqual(range(3, 303));
	});

	test("20 clients that join amid writes all get every change", async () => {
		const opened: Promise<number[]>[] = [];
		const join = async () => {
			const stream = await open("2", { STREAM_EVENTS: 1000 });
			return numbers(await stream.take(60));
		};
		for (let write = 0; write < 60; write++) {
			await REST.update(1 + (write % 2), { age: write });
			if (write % 3 === 0) opened.push(join());
		}
		expect(opened).toHaveLength(20);
		for (const told of await Promise.all(opened)) expect(told).toEqual(range(3, 62));
	});

	test("a slow client gets 2,000 changes, of which the stream holds a few", async () => {
		const stream = await open("2", { STREAM_EVENTS: 10_000 });
		for (let written = 0; written < 2000; written += 50) await many(50, written);
		expect(numbers(await stream.take(2000))).toEqual(range(3, 2002));
	});

	test("a client that leaves takes its socket with it", async () => {
		const [one, two] = [await open(), await open("1")];
		await expectSockets(2);
		await one.leave();
		await expectSockets(1);
		await REST.update(1, { age: 4 });
		expect(numbers(await two.take(2))).toEqual([2, 3]);
		await two.leave();
		await expectSockets(0);
	});

	test("ends after so many changes, and is gone on with without gap or double", async () => {
		const bindings = { STREAM_EVENTS: 3 };
		await many(5);
		const told: number[] = [];
		for (let part = 0; part < 2; part++)
			told.push(...numbers(await (await open(String(told.length), bindings)).rest()));
		const last = await open(String(told.length), bindings);
		await REST.update(1, { age: 4 });
		await REST.update(1, { age: 5 });
		told.push(...numbers(await last.rest()));
		expect(told).toEqual(range(1, 9));
		await expectSockets(0);
	});

	test("ends after its time", async () => {
		vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
		const stream = await open("1", { STREAM_SECONDS: 5 });
		expect(numbers(await stream.take(1))).toEqual([2]);
		await vi.advanceTimersByTimeAsync(5000);
		vi.useRealTimers();
		expect(await stream.rest()).toEqual([]);
		await expectSockets(0);
		await REST.update(1, { age: 4 });
		expect(numbers(await (await open("2")).take(1))).toEqual([3]);
	});

	test("ends with the ledger's restart when it is of a token: tokens may have changed", async () => {
		const stream = await open("1", { OPEN_WRITES: "false", WRITE_TOKENS: "anna:secret" }, "secret");
		expect(numbers(await stream.take(1))).toEqual([2]);
		await abortAllDurableObjects();
		expect(await stream.rest()).toEqual([]);
		await REST.update(1, { age: 4 });
		expect(numbers(await (await open("2")).take(1))).toEqual([3]);
		await expectSockets(1);
	});

	test.each(["3", "-1", "x", "2026-13-01T00:00:00Z"])("can't begin at %s, and leaves no socket", async (since) => {
		const { response } = await open(since);
		expect(await response.text()).toContain("MALFORMED_REQUEST");
		await expectSockets(0);
	});
});

describe("over REST", () => {
	test("a stream says how it is to be kept, and nothing is an event before there is one", async () => {
		const { response, lastId, ...stream } = await overREST();
		expect(response.status).toBe(200);
		expect(response.headers.get("Content-Type")).toBe("text/event-stream");
		expect(response.headers.get("Cache-Control")).toContain("no-store");
		expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
		expect(response.headers.get("Vary")).toContain("Accept");
		expect(response.headers.get("Vary")).toContain("Authorization");
		await REST.update(1, { age: 4 });
		const event = await stream.next();
		expect(event).toMatchObject({ event: "change", id: "3" });
		const { changes } = await (await fetchWorker("/rescues/changes?since=2")).json<{ changes: unknown[] }>();
		expect(JSON.parse(event?.data ?? "")).toEqual(changes[0]);
	});

	test("begins with the id to come again with, and a time to wait", async () => {
		const response = await ask("/rescues/changes", { headers: { Accept: "text/event-stream" } });
		const reader = (response.body as ReadableStream<Uint8Array>).getReader();
		const { value } = await reader.read();
		expect(new TextDecoder().decode(value)).toMatch(/^retry: [12]\d{3}\nid: 2\n\n$/);
		await reader.cancel();
	});

	test("a sign of life moves the id past what wasn't wanted", async () => {
		vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
		const stream = await keep(watch("?species=bird"));
		const next = stream.next();
		await expect.poll(() => stream.lastId).toBe("2");
		await REST.update(1, { age: 4 });
		// Forty times at most: the stream ends when fifteen minutes have passed.
		await vi.waitFor(
			async () => {
				await vi.advanceTimersByTimeAsync(20_000);
				expect(stream.lastId).toBe("3");
			},
			{ timeout: 10_000, interval: 250 },
		);
		vi.useRealTimers();
		await REST.create({ ...rex, species: "bird" });
		expect(await next).toMatchObject({ id: "4" });
	});

	test("Last-Event-ID beats since", async () => {
		const stream = await keep(watch("?since=0", { "Last-Event-ID": "1" }));
		expect(numbers(await stream.take(1))).toEqual([2]);
	});

	test.each(["99", "x", "1:2"])("a Last-Event-ID of %s is refused before the stream begins", async (id) => {
		const headers = { Accept: "text/event-stream", "Last-Event-ID": id };
		const refused = await ask("/rescues/changes?since=0", { headers });
		expect(refused.status).toBe(400);
		expect(refused.headers.get("Content-Type")).toBe("application/problem+json");
		await expectSockets(0);
	});

	test.each(["limit=5", "id=0", "status=gone", "specie=dog"])("%s is refused", async (query) => {
		const refused = await ask(`/rescues/changes?${query}`, { headers: { Accept: "text/event-stream" } });
		expect(refused.status).toBe(422);
		await expectSockets(0);
	});

	test.each([
		["a HEAD", { method: "HEAD", headers: { Accept: "text/event-stream" } }, 200],
		["a condition that isn't met", { headers: { Accept: "text/event-stream", "If-Match": '"1"' } }, 412],
	])("%s leaves no socket", async (_what, init, status) => {
		expect((await ask("/rescues/changes", init)).status).toBe(status);
		await expectSockets(0);
	});

	test("whoever doesn't ask for a stream gets JSON", async () => {
		for (const Accept of ["*/*", "application/json", "application/json, text/event-stream", "text/html, */*"]) {
			const answer = await ask("/rescues/changes", { headers: { Accept } });
			expect([Accept, answer.headers.get("Content-Type")]).toEqual([Accept, "application/json"]);
			await answer.body?.cancel();
		}
	});

	test("503 when the ledger can't be reached", async () => {
		vi.spyOn(env.LEDGER, "getByName").mockImplementation(() => {
			throw new Error("gone");
		});
		vi.spyOn(console, "error").mockImplementation(() => {});
		const answer = await ask("/rescues/changes", { headers: { Accept: "text/event-stream" } });
		expect(answer.status).toBe(503);
	});
});

describe("filters", () => {
	const feed = async (query: string) =>
		(await (await fetchWorker(`/rescues/changes?${query}`)).json<{ changes: unknown[]; hasMore: boolean }>()).changes;

	test.each([
		["status=adopted", { filter: { status: ["ADOPTED"] } }, [4, 5]],
		["species=CAT", { filter: { species: "CAT" } }, [2, 3]],
		["id=1", { id: "1" }, [1, 4, 5, 6]],
		["id=1&status=adopted&status=hold", { id: "1", filter: { status: ["ADOPTED", "HOLD"] } }, [4, 5]],
		["q=rex+dog", { filter: { q: "rex dog" } }, [1, 4, 5, 6]],
	])(
		"%s: what matches before the change or after it, told, read from the log, and polled",
		async (query, variables, expected) => {
			const live = [await keep(watch(`?since=0&${query}`)), await keep(subscribe({ since: "0", ...variables }))];
			await REST.update(2, { age: 4 });
			await REST.update(1, { status: "adopted" });
			await REST.update(1, { status: "available" });
			await REST.remove(1);
			for (const stream of live) expect(numbers(await stream.take(expected.length))).toEqual(expected);
			const later = await keep(watch(`?since=0&${query}`));
			expect(numbers(await later.take(expected.length))).toEqual(expected);
			expect(numbers(await feed(query))).toEqual(expected);
			expect(numbers(await feed(`${query}&limit=1`))).toEqual(expected.slice(0, 1));
			const { data } = await graphql(
				"query ($id: ID, $filter: RescueFilter) { changes(id: $id, filter: $filter) { changes { cursor } } }",
				variables,
			);
			expect(numbers(data.changes.changes)).toEqual(expected);
		},
	);
});

describe("over GraphQL", () => {
	const post = (query: string, accept = "text/event-stream", method = "POST") =>
		ask("/graphql", {
			method,
			headers: { Accept: accept, "Content-Type": "application/json" },
			body: JSON.stringify({ query }),
		});
	const subscription = "subscription { rescueChanged { id } }";

	test.each(["application/json", "*/*", "application/graphql-response+json", "text/event-stream;q=0, */*"])(
		"is refused before it subscribes when Accept is %s",
		async (accept) => {
			const calls = vi.spyOn(env.LEDGER, "getByName");
			const answer = await post(subscription, accept);
			expect(answer.status).toBe(406);
			expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: "MALFORMED_REQUEST" } }] });
			expect(calls).not.toHaveBeenCalled();
		},
	);

	test("the limits hold for it, and the answer is in the stream", async () => {
		const calls = vi.spyOn(env.LEDGER, "getByName");
		for (const document of [`subscription { rescueChanged { ${range(1, 16).map((n) => `a${n}: id `)} } }`]) {
			const told = await readStream(await post(document)).rest();
			expect(told).toMatchObject([{ errors: [{ extensions: { code: "MALFORMED_REQUEST" } }] }]);
		}
		expect(calls).not.toHaveBeenCalled();
	});

	test("every bad argument is named", async () => {
		const told = await readStream(
			await post('subscription { rescueChanged(id: "x", filter: { q: 5 }) { id } }'),
		).rest();
		expect(told).toMatchObject([
			{ errors: [{ extensions: { code: "INVALID_INPUT", errors: [{ path: ["id"] }, { path: ["filter", "q"] }] } }] },
		]);
	});

	test("what is thrown for an event is logged and not told, and the stream goes on", async () => {
		const error = vi.spyOn(console, "error").mockImplementation(() => {});
		const ledger = env.LEDGER.getByName("rescues");
		const { changes } = await (await fetchWorker("/rescues/changes")).json<{ changes: object[] }>();
		const damaged = [{ ...changes[0], kind: "secret" }, changes[1]];
		const LEDGER = {
			getByName: () => ({
				fetch: (url: string, init: RequestInit) => ledger.fetch(url, init),
				readChanges: async () => ({ ok: true, value: { changes: damaged, cursor: 2, hasMore: false } }),
			}),
		};
		const stream = await overGraphQL("0", { LEDGER });
		const [first, second] = await stream.take(2);
		expect(first).toMatchObject({ errors: [{ extensions: { code: "INTERNAL" } }] });
		expect(JSON.stringify(first)).not.toContain("secret");
		expect(numbers([second])).toEqual([2]);
		expect(error.mock.calls.map(([line]) => JSON.parse(line))).toMatchObject([{ message: "unexpected error" }]);
	});

	test("over GET too, and a HEAD leaves no socket", async () => {
		const path = `/graphql?query=${encodeURIComponent("subscription { rescueChanged(since: 0) { id } }".replace("0", '"0"'))}`;
		const stream = readStream(await ask(path, { headers: { Accept: "text/event-stream" } }));
		expect(await stream.take(1)).toEqual([{ data: { rescueChanged: { id: "1:1" } } }]);
		await stream.leave();
		expect((await ask(path, { method: "HEAD", headers: { Accept: "text/event-stream" } })).status).toBe(200);
		await expectSockets(0);
	});
});

describe("who is told what", () => {
	const closed = { OPEN_WRITES: "false", READ_TOKENS: "desk:look", WRITE_TOKENS: "anna:write" };
	const asAnna = { Authorization: "Bearer write", "Content-Type": "application/json" };
	const update = (body: object) =>
		createApp().request(
			"/rescues/1",
			{ method: "PATCH", headers: asAnna, body: JSON.stringify(body) },
			{ ...env, ...closed },
		);
	const microchip = "981000012345678";

	test("the public is told of a change of private fields without them and without names, whoever may see them with both", async () => {
		const [told, polled] = [await overREST("2", closed), await overREST("2", closed, "look")];
		const [toldGraphQL, seenGraphQL] = [await overGraphQL("2", closed), await overGraphQL("2", closed, "look")];
		const replayed = () => overREST("2", closed);
		expect((await update({ microchip })).status).toBe(200);
		for (const stream of [told, await replayed()]) {
			const [change] = (await stream.take(1)) as { by: unknown; version: number; rescue: object }[];
			expect(change).toMatchObject({ by: null, version: 2, rescue: { id: 1, version: 2 } });
			expect(JSON.stringify(change)).not.toMatch(/microchip|981000012345678|anna/);
		}
		expect(await polled.take(1)).toMatchObject([{ by: "anna", rescue: { microchip } }]);
		expect(await toldGraphQL.take(1)).toMatchObject([{ data: { rescueChanged: { by: null } } }]);
		expect(await seenGraphQL.take(1)).toMatchObject([{ data: { rescueChanged: { by: "anna" } } }]);
	});

	test("a purge is told to whoever follows, and the number that it empties is no gap", async () => {
		const before = await overREST();
		await REST.remove(2);
		expect((await fetchWorker("/rescues/2/history", { method: "DELETE" })).status).toBe(204);
		await REST.update(1, { age: 4 });
		expect(await before.take(3)).toMatchObject([
			{ kind: "deleted" },
			{ kind: "purged", rescue: null },
			{ cursor: "5" },
		]);
		const after = await overREST("1");
		expect(numbers(await after.take(2))).toEqual([4, 5]);
		const one = await keep(watch("?since=0&id=2"));
		expect(numbers(await one.take(1))).toEqual([4]);
	});
});
