import { evictDurableObject, reset, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { holdClock } from "../platform/clock.ts";
import { nextSecond } from "../platform/hard.ts";
import { fetchWorker, graphql, REST, transports } from "../transports.ts";
import {
	type Attempt,
	alarmNow,
	breakKV,
	caughtUp,
	disagreements,
	type Fault,
	importRows,
	ledger,
	outbox,
	publish,
	rows,
} from "./faulty-kv.ts";

const rex = { name: "Rex", age: 3, species: "dog" };
let kv: ReturnType<typeof breakKV>;

beforeEach(() => {
	holdClock();
	kv = breakKV(() => null);
});
afterEach(async () => {
	vi.useRealTimers();
	kv.restore();
	await reset();
});

/** What landed at a key, in the order in which it did. */
const landed = (key: string) =>
	kv.attempts.filter((attempt) => attempt.key === key && attempt.hasLanded).map(({ revision }) => revision);
const isOn = (key: string) => (attempt: Attempt) => attempt.key === key;

describe.each<Fault>(["throw", "429", "quota", "lie"])("while KV refuses writes (%s)", (fault) => {
	test.each(transports)(
		"a write over $name stands, and reaches KV by the alarm once KV recovers",
		async (transport) => {
			await transport.create(rex);
			await transport.create({ ...rex, name: "Max" });
			await publish(1, 2);
			kv.choose(() => fault);
			expect(await transport.update(1, { age: 9 })).toMatchObject({ rescue: { age: 9, version: 2 } });
			expect(await transport.create(rex)).toMatchObject({ rescue: { id: 3 } });
			expect(await transport.remove(2)).toHaveProperty("rescue");
			expect(await transport.update(1, { age: 9 }, 1)).toMatchObject({ code: "VERSION_MISMATCH" });
			// Still refused: the alarm sets itself again.
			expect(await alarmNow()).toBe(true);
			if (fault !== "lie") expect(await disagreements()).not.toEqual([]);
			kv.heal();
			expect(await alarmNow()).toBe(true);
			expect(await disagreements()).toEqual([]);
			expect(await outbox()).toEqual([]);
			expect(await transport.get(1)).toMatchObject({ rescue: { age: 9, version: 2 } });
			expect(await transport.get(2)).toMatchObject({ code: "NOT_FOUND" });
		},
	);
});

test("no request is needed: the platform's own alarm brings KV up to date", async () => {
	vi.useRealTimers();
	await REST.create(rex);
	await publish(1);
	const before = kv.attempts.length;
	kv.choose(() => (kv.attempts.length < before + 2 ? "429" : null));
	await REST.update(1, { age: 4 });
	expect(await outbox()).toHaveLength(2);
	// Nothing but real time passes: the first retry is due after a second.
	const version = async () => (await env.RESCUES.getWithMetadata<{ version: number }>("rescue:1")).metadata?.version;
	await expect.poll(version).toBe(2);
	await expect.poll(disagreements).toEqual([]);
});

test("retries of a key come at least a second apart, however many writes are made meanwhile", async () => {
	vi.useRealTimers();
	await REST.create(rex);
	await publish(1);
	const before = kv.attempts.length;
	kv.choose((_key, attempt) => (attempt < 3 ? "429" : null));
	const triesOf = (key: string) => kv.attempts.slice(before).filter(isOn(key));
	const keys = ["rescue:1", "rescues:0"];
	// For some three seconds: until each key has been tried again after both of its failures.
	for (let age = 0; keys.some((key) => triesOf(key).at(-1)?.fault !== null); age = (age + 1) % 200) {
		await REST.update(1, { age });
		await new Promise((resolve) => setTimeout(resolve, 25));
	}
	for (const key of keys) {
		const tries = triesOf(key);
		const failed = tries.filter(({ fault }) => fault !== null);
		expect(failed).toHaveLength(2);
		for (const attempt of failed) {
			const next = tries[tries.indexOf(attempt) + 1] as Attempt;
			// Timers may be a few milliseconds early.
			expect(next.at - attempt.at).toBeGreaterThanOrEqual(990);
		}
	}
	// The last one may still be on its way.
	await expect.poll(disagreements).toEqual([]);
});

test("retries back off, to five minutes at most", async () => {
	kv.choose(() => "429");
	await REST.create(rex);
	const waits = [];
	for (let attempt = 1; attempt <= 12; attempt++) {
		const row = (await outbox()).find(({ key }) => key === "rescues:0");
		expect(row?.attempts).toBe(attempt);
		waits.push(Math.round(((row?.due ?? 0) - Date.now()) / 1000));
		await alarmNow();
	}
	expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
});

test("a write waits no longer than two seconds for a KV that hangs", async () => {
	kv.choose(() => "hang");
	const start = performance.now();
	expect(await REST.create(rex)).toMatchObject({ rescue: { id: 1 } });
	const waited = performance.now() - start;
	expect(waited).toBeGreaterThanOrEqual(1900);
	// Nothing else ends the wait: what hangs is looked after when ten seconds have passed.
	expect(waited).toBeLessThan(9000);
});

test("while a put hangs no other put of its key is started, and other keys go on", async () => {
	await REST.create(rex);
	await REST.create(rex);
	await publish(1, 2);
	nextSecond();
	const before = kv.attempts.length;
	kv.choose((key) => (key === "rescue:1" ? "late" : null));
	await Promise.all([1, 2, 3].map((age) => REST.update(1, { age })));
	await REST.update(2, { age: 7 });
	await alarmNow();
	await alarmNow();
	expect(kv.attempts.slice(before).filter(isOn("rescue:1"))).toHaveLength(1);
	expect((await outbox()).map(({ key }) => key)).toEqual(["rescue:1"]);
	expect(await env.RESCUES.getWithMetadata("rescue:2")).toMatchObject({ metadata: { version: 2 } });
	// It lands late, after newer writes: what is newest is published right behind it.
	kv.heal();
	await runInDurableObject(ledger(), () => kv.letGo());
	await caughtUp();
	await expect.poll(outbox).toEqual([]);
	expect(landed("rescue:1")).toEqual([1, 2, 4]);
	expect(await disagreements()).toEqual([]);
});

test("a put that hangs for a minute is given up, and its key published again when it lands after all", async () => {
	await REST.create(rex);
	await publish(1);
	const { value: old, metadata } = await env.RESCUES.getWithMetadata("rescue:1", "text");
	nextSecond();
	kv.choose((key) => (key === "rescue:1" ? "late" : null));
	expect(await REST.update(1, { age: 4 })).toMatchObject({ rescue: { version: 2 } });
	kv.heal();
	vi.setSystemTime(Date.now() + 61_000);
	expect(await alarmNow()).toBe(true);
	expect(await disagreements()).toEqual([]);
	// Published, and kept for a minute; when the late one lands, at once.
	await env.RESCUES.put("rescue:1", old as string, { metadata: metadata as object });
	await runInDurableObject(ledger(), () => kv.letGo());
	await expect.poll(async () => (await rows())[0]?.due).toBe(0);
	await alarmNow();
	expect(await disagreements()).toEqual([]);
});

test("a page that hangs keeps no other page back", async () => {
	await runInDurableObject(ledger(), (_, state) => {
		// Two pages, without a thousand records.
		state.storage.sql.exec("UPDATE pages SET upper = 1001 WHERE lower = 0");
		state.storage.sql.exec("INSERT INTO pages VALUES (1001, NULL, 0, 0, 0)");
	});
	await REST.create({ id: 1, ...rex });
	await REST.create({ id: 1001, ...rex });
	kv.choose((key) => (key === "rescues:0" ? "hang" : null));
	await REST.update(1, { age: 9 });
	nextSecond();
	await REST.update(1001, { age: 9 });
	expect((await outbox()).map(({ key }) => key)).toEqual(["rescues:0"]);
	expect(await (await fetchWorker("/rescues?cursor=1000.1001")).json()).toMatchObject([{ id: 1001, age: 9 }]);
});

test("KV never ends on an older version: each key's revisions land in order, whatever fails", async () => {
	await REST.create(rex);
	await publish(1);
	const faults: (Fault | null)[] = ["429", null, "lie", "throw", null, "quota", "lie", null];
	kv.choose((_key, attempt) => faults[attempt % faults.length] ?? null);
	for (let age = 0; age < 30; age++) {
		await Promise.all([REST.update(1, { age }), REST.update(1, { name: `Rex ${age}` })]);
		if (age % 3 === 0) await alarmNow();
	}
	kv.heal();
	await alarmNow();
	expect(await disagreements()).toEqual([]);
	for (const key of ["rescue:1", "rescues:0"]) {
		const revisions = landed(key) as number[];
		expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
		expect(revisions.at(-1)).toBe(61);
	}
});

test("an eviction between the transaction and the publication loses nothing: the alarm takes over", async () => {
	kv.choose(() => "hang");
	await REST.create(rex);
	await evictDurableObject(ledger());
	kv.heal();
	expect(await disagreements()).not.toEqual([]);
	expect(await runDurableObjectAlarm(ledger())).toBe(true);
	expect(await disagreements()).toEqual([]);
});

test("what has landed is cleared by the alarm, and published no second time", async () => {
	await REST.create(rex);
	await publish(1);
	nextSecond();
	await REST.update(1, { age: 4 });
	expect((await rows()).map(({ key }) => key)).toEqual(["rescue:1", "rescues:0"]);
	expect(kv.attempts).toHaveLength(4);
	expect(await runDurableObjectAlarm(ledger())).toBe(true);
	expect(await rows()).toEqual([]);
	expect(kv.attempts).toHaveLength(4);
	expect(await runDurableObjectAlarm(ledger())).toBe(false);
	expect(await disagreements()).toEqual([]);
});

test("an eviction between the landing and the clearing has what landed published again, and loses nothing", async () => {
	await REST.create(rex);
	await publish(1);
	nextSecond();
	await REST.update(1, { age: 4 });
	await evictDurableObject(ledger());
	nextSecond();
	expect(await runDurableObjectAlarm(ledger())).toBe(true);
	expect(landed("rescue:1")).toEqual([1, 2, 2]);
	expect(await disagreements()).toEqual([]);
	vi.setSystemTime(Date.now() + 61_000);
	expect(await runDurableObjectAlarm(ledger())).toBe(true);
	expect(await rows()).toEqual([]);
	expect(landed("rescues:0")).toEqual([1, 2, 2, 2]);
	expect(await disagreements()).toEqual([]);
});

test("a write to a key that has landed and isn't cleared yet is published by the alarm when KV refuses it", async () => {
	await REST.create(rex);
	await publish(1);
	kv.choose(() => "429");
	nextSecond();
	await REST.update(1, { age: 4 });
	expect((await rows()).map(({ attempts }) => attempts)).toEqual([1, 1]);
	// Whatever the alarm clears, not these.
	expect(await alarmNow()).toBe(true);
	expect((await rows()).map(({ attempts }) => attempts)).toEqual([2, 2]);
	kv.heal();
	expect(await alarmNow()).toBe(true);
	expect(await rows()).toEqual([]);
	expect(await disagreements()).toEqual([]);
});

test("a write while a put of its key lands is published behind it, and cleared only then", async () => {
	await REST.create(rex);
	await publish(1);
	nextSecond();
	kv.choose((key) => (key === "rescue:1" ? "late" : null));
	const first = REST.update(1, { age: 4 });
	await expect.poll(() => kv.attempts.filter(isOn("rescue:1")).length).toBe(2);
	nextSecond();
	const second = REST.update(1, { age: 5 });
	await expect.poll(() => landed("rescues:0").at(-1)).toBe(3);
	kv.heal();
	await runInDurableObject(ledger(), () => kv.letGo());
	await Promise.all([first, second]);
	await caughtUp();
	expect(landed("rescue:1")).toEqual([1, 2, 3]);
	await runDurableObjectAlarm(ledger());
	expect(await rows()).toEqual([]);
	expect(await disagreements()).toEqual([]);
});

test("what is due later is so although its key has just landed, and what is taken back changes nothing", async () => {
	await runInDurableObject(ledger(), (_, state) => {
		state.storage.sql.exec("UPDATE pages SET upper = 1001 WHERE lower = 0");
		state.storage.sql.exec("INSERT INTO pages VALUES (1001, NULL, 0, 0, 0)");
	});
	await REST.create({ id: 1, ...rex });
	const before = kv.attempts.filter(isOn("rescues:0")).length;
	nextSecond();
	const row = { row: 0, id: 1001, patch: rex };
	await importRows([row], true);
	await importRows([row]);
	// The first page's total.
	const due = (await rows()).find(({ key }) => key === "rescues:0")?.due ?? 0;
	expect(due - Date.now()).toBeGreaterThan(10_000);
	expect(await runDurableObjectAlarm(ledger())).toBe(true);
	expect((await rows()).map(({ key }) => key)).toEqual(["rescues:0"]);
	expect(kv.attempts.filter(isOn("rescues:0"))).toHaveLength(before);
	await alarmNow();
	expect(await rows()).toEqual([]);
	expect(await disagreements()).toEqual([]);
});

test("a put that outlives its evicted ledger and lands on a newer document is put right within a minute", async () => {
	await REST.create(rex);
	await publish(1);
	const { value: old, metadata } = await env.RESCUES.getWithMetadata("rescue:1", "text");
	nextSecond();
	kv.choose((key) => (key === "rescue:1" ? "hang" : null));
	await REST.update(1, { age: 4 });
	await evictDurableObject(ledger());
	kv.heal();
	nextSecond();
	await REST.update(1, { age: 5 });
	expect(await disagreements()).toEqual([]);
	// It has been published, but stays on the list for a minute.
	const [row] = await outbox();
	expect(row?.key).toBe("rescue:1");
	expect((row?.due ?? 0) - Date.now()).toBeGreaterThan(50_000);
	expect((row?.due ?? 0) - Date.now()).toBeLessThanOrEqual(60_000);
	await env.RESCUES.put("rescue:1", old as string, { metadata: metadata as object });
	expect(await disagreements()).not.toEqual([]);
	await alarmNow();
	expect(await disagreements()).toEqual([]);
});

test("a KV that fails for some keys only has the others at once", async () => {
	await REST.create(rex);
	await REST.create(rex);
	await publish(1, 2);
	kv.choose((key) => (key === "rescues:0" ? "429" : null));
	nextSecond();
	await REST.update(1, { age: 4 });
	nextSecond();
	await REST.update(2, { age: 4 });
	expect(await env.RESCUES.getWithMetadata("rescue:2")).toMatchObject({ metadata: { version: 2 } });
	expect((await outbox()).map(({ key }) => key)).toEqual(["rescues:0"]);
	kv.heal();
	await alarmNow();
	expect(await disagreements()).toEqual([]);
});

test("one drain tries forty keys at most, and the alarm goes on with the rest", async () => {
	const ids = Array.from({ length: 100 }, (_, index) => index + 1);
	await importRows(ids.map((id) => ({ row: id, id, patch: rex })));
	await publish(...ids);
	kv.choose(() => "429");
	await Promise.all(ids.map((id) => REST.update(id, { age: 4 })));
	kv.heal();
	const before = kv.attempts.length;
	await alarmNow();
	expect(kv.attempts.length - before).toBe(40);
	await alarmNow();
	await alarmNow();
	expect(kv.attempts.length - before).toBe(101);
	expect(await disagreements()).toEqual([]);
});

test("when KV can't be read, every read is answered by the ledger, on both transports", async () => {
	await REST.create(rex);
	await REST.create({ ...rex, name: "Max", age: 9 });
	const { getWithMetadata } = env.RESCUES;
	env.RESCUES.getWithMetadata = () => Promise.reject(new Error("KV GET failed: 500"));
	try {
		for (const transport of transports) expect(await transport.get(2)).toMatchObject({ rescue: { name: "Max" } });
		for (const path of ["/rescues", "/rescues?limit=1&cursor=1", "/rescues?q=max"]) {
			const response = await fetchWorker(path);
			expect(response.status).toBe(200);
			expect((await response.json<AnimalRescue[]>()).at(-1)).toMatchObject({ name: "Max" });
		}
		const { data } = await graphql("{ rescues(first: 1) { nodes { id } totalCount pageInfo { hasNextPage } } }");
		expect(data.rescues).toEqual({ nodes: [{ id: "1" }], totalCount: 2, pageInfo: { hasNextPage: true } });
		expect(await REST.get(3)).toMatchObject({ code: "NOT_FOUND" });
	} finally {
		env.RESCUES.getWithMetadata = getWithMetadata;
	}
});
