import { reset, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { breakKV, importRows, ledger, publish } from "../ledger/faulty-kv.ts";
import { fetchWorker } from "../transports.ts";

let kv: ReturnType<typeof breakKV>;
beforeEach(() => {
	kv = breakKV(() => null);
});
afterEach(async () => {
	kv.restore();
	await reset();
});

const rex = { name: "Rex", age: 3, species: "dog" };
const get = (path: string, headers?: Record<string, string>) => fetchWorker(path, headers ? { headers } : {});
const send = (method: string, path: string, body?: unknown) =>
	fetchWorker(path, {
		method,
		headers: { "Content-Type": "application/json" },
		...(body !== undefined && { body: JSON.stringify(body) }),
	});
const graphql = (query: string) => send("POST", "/graphql", { query });

/** Fills the service with that many records, and publishes the pages; the first two records have been read. */
async function fill(count: number) {
	const rows = Array.from({ length: count }, (_, row) => ({
		row,
		id: row + 1,
		patch: { ...rex, name: `No. ${row}` },
	}));
	const landed = await importRows(rows);
	expect(landed.ok).toBe(true);
	await publish(...[1, 2].slice(0, count));
	await runInDurableObject(ledger(), (_, { storage: { sql } }) => sql.exec("UPDATE outbox SET due = 0").rowsWritten);
	await runDurableObjectAlarm(ledger());
}

/** What an operation cost: as its answer says, and in KV writes as they reached KV. */
async function cost(act: () => Promise<Response>) {
	const before = kv.attempts.length;
	const response = await act();
	expect(response.status).toBeLessThan(400);
	await response.body?.cancel();
	const timing = /^kv;desc="(\d+) reads?";dur=\d+, ledger;desc="(\d+) calls?";dur=\d+$/;
	const [, reads, calls] = (timing.exec(response.headers.get("Server-Timing") ?? "") ?? []).map(Number);
	return { reads, calls, writes: kv.attempts.length - before };
}

const nothing = { reads: 0, calls: 0, writes: 0 };
const read = { ...nothing, reads: 1 };
/** A write to a record that nobody has read: its page. Its own document is one more, once it was read. */
const write = { ...nothing, calls: 1, writes: 1 };
const writeToRead = { ...write, writes: 2 };

describe("with up to a thousand records, storage is asked", () => {
	test.each<[string, object, () => Promise<Response>]>([
		["once for a record", read, () => get("/rescues/1")],
		["once for a 304", read, () => get("/rescues/1", { "If-None-Match": '"1"' })],
		["once for the list", read, () => get("/rescues")],
		["once for a part of the list", read, () => get("/rescues?limit=2&cursor=1")],
		["once for a filtered and sorted list", read, () => get("/rescues?species=dog&sort=-age")],
		["once for a record over GraphQL", read, () => graphql("{ rescue(id: 1) { name } }")],
		["once for the list over GraphQL", read, () => graphql("{ rescues(first: 1000) { totalCount nodes { id } } }")],
		["never for the rest", nothing, () => get("/health")],
		["once to create", write, () => send("POST", "/rescues", rex)],
		[
			"once to create over GraphQL",
			write,
			() => graphql('mutation { createRescue(input: {name: "A", age: 1, species: "cat"}) { id } }'),
		],
		["once to replace", writeToRead, () => send("PUT", "/rescues/1", rex)],
		["once to change", writeToRead, () => send("PATCH", "/rescues/1", { age: 4 })],
		["once to delete", writeToRead, () => send("DELETE", "/rescues/1")],
		["once to change what nobody has read", write, () => send("PATCH", "/rescues/3", { age: 4 })],
		["once to delete what nobody has read", write, () => send("DELETE", "/rescues/3")],
		[
			"once for a stream from now on",
			{ ...nothing, calls: 1 },
			() => get("/rescues/changes", { Accept: "text/event-stream" }),
		],
		[
			"twice for one that begins with what came before",
			{ ...nothing, calls: 2 },
			() => get("/rescues/changes?since=1", { Accept: "text/event-stream" }),
		],
		["once for fresh data", { ...nothing, calls: 1 }, () => get("/rescues/1", { "Cache-Control": "no-cache" })],
	])("%s", async (_what, expected, act) => {
		await fill(3);
		expect(await cost(act)).toEqual(expected);
	});
});

test("a record that isn't there costs one KV read, and one call of the ledger to be sure of it", async () => {
	await fill(1);
	const response = await get("/rescues/99");
	expect(response.status).toBe(404);
	expect(response.headers.get("Server-Timing")).toMatch(/^kv;desc="1 read";dur=\d+, ledger;desc="1 call";dur=\d+$/);
});

test("the first read of a record costs a call of the ledger more, and one write: the next ones don't", async () => {
	await fill(3);
	const before = kv.attempts.length;
	expect(await cost(() => get("/rescues/3"))).toMatchObject({ reads: 1, calls: 1 });
	await expect.poll(() => kv.attempts.length - before).toBe(1);
	await publish(3);
	expect(await cost(() => get("/rescues/3"))).toEqual(read);
	expect(kv.attempts.length - before).toBe(1);
});

test("beyond a thousand, a create that opens a page writes two documents", async () => {
	await fill(1000);
	expect(await cost(() => send("POST", "/rescues", rex))).toEqual({ reads: 0, calls: 1, writes: 2 });
	expect(await cost(() => send("POST", "/rescues", rex))).toEqual(write);
	expect(await cost(() => get("/rescues?species=dog"))).toEqual({ ...read, reads: 2 });
});

test("a later page costs a second read, for the total, only when the first page wasn't read within ten seconds", async () => {
	await fill(1001);
	const laterPage = () => get("/rescues?cursor=1000.1001");
	expect(await cost(() => get("/rescues"))).toEqual(read);
	expect(await cost(laterPage)).toEqual(read);
	vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 11_000 });
	try {
		expect(await cost(laterPage)).toEqual({ ...read, reads: 2 });
		expect(await cost(laterPage)).toEqual(read);
		expect((await laterPage()).headers.get("Total-Count")).toBe("1001");
	} finally {
		vi.useRealTimers();
	}
});
