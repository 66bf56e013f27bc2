import { evictDurableObject, reset, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { holdClock } from "../platform/clock.ts";
import { nextSecond } from "../platform/hard.ts";
import { harden } from "../platform/platform.ts";
import { fetchWorker, REST, transports } from "../transports.ts";
import {
	alarmNow,
	breakKV,
	caughtUp,
	disagreements,
	forgetReads,
	importRows,
	isPublished,
	ledger,
	outbox,
	rows,
} from "./faulty-kv.ts";

const rex = { name: "Rex", age: 3, species: "dog" };
let kv: ReturnType<typeof breakKV>;
let platform: Awaited<ReturnType<typeof harden>> | undefined;

beforeEach(() => {
	holdClock();
	kv = breakKV(() => null);
});
afterEach(async () => {
	vi.useRealTimers();
	platform?.restore();
	platform = undefined;
	kv.restore();
	await reset();
});

const own = (id: number) => env.RESCUES.get(`rescue:${id}`);
const putsOf = (key: string) => kv.attempts.filter((attempt) => attempt.key === key).length;
const importRescues = (count: number) =>
	importRows(Array.from({ length: count }, (_, row) => ({ row, id: row + 1, patch: rex })));
/** Reads a record; the ledger has settled what came of it. */
async function read(id: number) {
	const response = await fetchWorker(`/rescues/${id}`);
	await response.body?.cancel();
	// What it has published has been given to KV before it was answered.
	await expect.poll(() => kv.isLanding, { interval: 5 }).toBe(false);
	await rows();
	return response.status;
}
test.each(transports)("a create over $name is one put; the first read publishes the record", async (transport) => {
	await transport.create(rex);
	expect(kv.attempts.map(({ key }) => key)).toEqual(["rescues:0"]);
	expect(await transport.get(1)).toMatchObject({ rescue: rex });
	await expect.poll(() => own(1)).not.toBeNull();
	expect(await isPublished(1)).toBe(true);
	expect(await transport.get(1)).toMatchObject({ rescue: rex });
	expect(kv.attempts.map(({ key }) => key)).toEqual(["rescues:0", "rescue:1"]);
	expect(await disagreements()).toEqual([]);
});

test("a change puts, and a delete takes away, only documents that are in KV", async () => {
	await importRescues(3);
	await read(1);
	nextSecond();
	kv.attempts.length = 0;
	for (const id of [1, 2]) await REST.update(id, { age: 4 });
	nextSecond();
	for (const id of [1, 2]) await REST.remove(id);
	expect(kv.attempts.filter(({ key }) => key !== "rescues:0").map(({ operation, key }) => [operation, key])).toEqual([
		["put", "rescue:1"],
		["delete", "rescue:1"],
	]);
	expect(await isPublished(1)).toBe(false);
	await caughtUp();
	expect(await disagreements()).toEqual([]);
});

test("what nobody misses isn't published: fresh reads, reads while KV can't be read, ids without a record", async () => {
	await REST.create(rex);
	await fetchWorker("/rescues/1", { headers: { "Cache-Control": "no-cache" } });
	const { getWithMetadata } = env.RESCUES;
	env.RESCUES.getWithMetadata = () => Promise.reject(new Error("KV GET failed: 500"));
	try {
		expect(await read(1)).toBe(200);
	} finally {
		env.RESCUES.getWithMetadata = getWithMetadata;
	}
	expect(await read(2)).toBe(404);
	expect(await isPublished(1)).toBe(false);
	expect(kv.attempts.map(({ key }) => key)).toEqual(["rescues:0"]);
});

test("a document is published once a minute at most, however often it is missed, over evictions too", async () => {
	platform = await harden({ isStale: true });
	await REST.create(rex);
	// KV goes on serving that there is none for a minute.
	for (let i = 0; i < 5; i++) expect(await read(1)).toBe(200);
	await runDurableObjectAlarm(ledger());
	await evictDurableObject(ledger());
	for (let i = 0; i < 5; i++) expect(await read(1)).toBe(200);
	expect(putsOf("rescue:1")).toBe(1);
	// A minute later KV has it; were it gone, it would be published again.
	vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
	platform.restore();
	platform = undefined;
	await env.RESCUES.delete("rescue:1");
	await read(1);
	expect(putsOf("rescue:1")).toBe(3);
	expect(await own(1)).not.toBeNull();
});

test("reads cause so many puts a day, and then they are answered unpublished", async () => {
	await importRescues(10);
	await runDurableObjectAlarm(ledger());
	env.READ_PUTS_PER_DAY = 3;
	try {
		await evictDurableObject(ledger());
		kv.attempts.length = 0;
		for (let id = 1; id <= 10; id++) expect(await read(id)).toBe(200);
		expect(kv.attempts.map(({ key }) => key)).toEqual(["rescue:1", "rescue:2", "rescue:3"]);
		// Repairs count, and an eviction doesn't begin a new day.
		await forgetReads();
		await env.RESCUES.put("rescues:0", "[]");
		kv.attempts.length = 0;
		expect((await fetchWorker("/rescues")).status).toBe(200);
		expect(await read(4)).toBe(200);
		expect(kv.attempts).toEqual([]);
		// A day later there are as many again, and a clock that was wrong doesn't matter.
		vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 25 * 3600_000 });
		for (let id = 4; id <= 10; id++) expect(await read(id)).toBe(200);
		expect(kv.attempts.map(({ key }) => key)).toEqual(["rescue:4", "rescue:5", "rescue:6"]);
		vi.useRealTimers();
		for (let id = 7; id <= 10; id++) expect(await read(id)).toBe(200);
		expect(kv.attempts).toHaveLength(6);
	} finally {
		env.READ_PUTS_PER_DAY = 300;
	}
});

test("while KV refuses everything a read has nothing published", async () => {
	await importRescues(2);
	kv.choose(() => "throw");
	await REST.update(1, { age: 4 });
	expect(await read(2)).toBe(200);
	expect(await isPublished(2)).toBe(false);
	kv.heal();
	await alarmNow();
	expect(await read(2)).toBe(200);
	expect(await own(2)).not.toBeNull();
	expect(await outbox()).toEqual([]);
});
