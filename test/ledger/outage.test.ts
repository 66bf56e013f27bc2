import { evictDurableObject, reset, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { holdClock } from "../platform/clock.ts";
import { harden } from "../platform/platform.ts";
import { findBy } from "../rescues/ways.ts";
import { REST } from "../transports.ts";
import {
	alarmAt,
	alarmNow,
	breakKV,
	disagreements,
	importRows,
	isInKV,
	ledger,
	outbox,
	publish,
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
	kv.restore();
	platform?.restore();
	platform = undefined;
	await reset();
});

const breaker = () =>
	runInDurableObject(ledger(), (_, { storage: { sql } }) => {
		const [row] = sql.exec<{ value: string }>("SELECT value FROM meta WHERE name = 'breaker'").toArray();
		return JSON.parse(row?.value ?? "null") as { refusals: number; at: number; alarm: number } | null;
	});
const importRescues = (count: number) =>
	importRows(Array.from({ length: count }, (_, row) => ({ row, id: row + 1, patch: rex })));

/** Has so many documents of their own waiting, oldest first. */
async function wait(count: number) {
	await importRescues(count);
	await runDurableObjectAlarm(ledger());
	await runInDurableObject(ledger(), async (_, { storage }) => {
		await storage.setAlarm(Date.now());
		storage.transactionSync(() => {
			for (let id = 1; id <= count; id++)
				storage.sql.exec("INSERT INTO outbox VALUES (?, ?, 0, 0, 0)", `rescue:${id}`, id);
		});
	});
}

describe.each(["throw", "quota", "lie"] as const)("when KV refuses everything (%s)", (fault) => {
	test("writes don't wait for it, one key is tried at a time, then all the others follow", async () => {
		await importRescues(30);
		await publish(...Array.from({ length: 30 }, (_, index) => index + 1));
		kv.choose(() => fault);
		await REST.update(1, { age: 4 });
		const before = kv.attempts.length;
		for (let id = 2; id <= 30; id++)
			expect(await REST.update(id, { age: 4 })).toMatchObject({ rescue: { version: 2 } });
		expect(await REST.create(rex)).toMatchObject({ rescue: { id: 31 } });
		expect(kv.attempts).toHaveLength(before);
		for (let tries = 1; tries <= 3; tries++) {
			expect(await alarmNow()).toBe(true);
			expect(kv.attempts).toHaveLength(before + tries);
		}
		kv.heal();
		expect(await alarmNow()).toBe(true);
		expect(await breaker()).toBeNull();
		expect(await disagreements()).toEqual([]);
		expect((await outbox()).filter((row) => !isInKV(row))).toEqual([]);
	});

	test("it is tried after one second, two, four … five minutes, over evictions too", async () => {
		await REST.create(rex);
		kv.choose(() => fault);
		await REST.update(1, { age: 4 });
		const waits = [];
		for (let tries = 1; tries <= 11; tries++) {
			const state = await breaker();
			expect(state?.refusals).toBe(tries);
			waits.push(Math.round(((state?.at ?? 0) - Date.now()) / 1000));
			if (tries % 4 === 0) await evictDurableObject(ledger());
			await alarmNow();
		}
		expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
	});
});

test("no request is needed: the alarm finds out that KV takes puts again", async () => {
	vi.useRealTimers();
	await REST.create(rex);
	kv.choose(() => "throw");
	await REST.update(1, { age: 4 });
	kv.heal();
	await expect.poll(breaker).toBeNull();
	await expect.poll(disagreements).toEqual([]);
});

test("a 429 is about its key: the others go on, and writes to them are in KV when they are answered", async () => {
	await importRescues(2);
	await publish(1, 2);
	kv.choose((key) => (key === "rescue:1" ? "429" : null));
	await REST.update(1, { age: 4 });
	await REST.update(2, { age: 4 });
	expect(await breaker()).toBeNull();
	expect((await outbox()).map(({ key }) => key)).toEqual(["rescue:1"]);
});

test("when KV hangs, writes wait for it no longer than until that is known", async () => {
	await REST.create(rex);
	vi.setSystemTime(Date.now() + 1);
	kv.choose(() => "hang");
	await REST.update(1, { age: 4 });
	vi.setSystemTime(Date.now() + 11_000);
	await runDurableObjectAlarm(ledger());
	expect(await breaker()).toMatchObject({ refusals: 1 });
	const waits: number[] = [];
	for (let age = 5; age < 8; age++) {
		const start = performance.now();
		await REST.update(1, { age });
		waits.push(performance.now() - start);
	}
	// Who waits, waits for two seconds; the quickest, because a slow machine may hold up one.
	expect(Math.min(...waits)).toBeLessThan(1900);
	// What hangs is given up, and KV works again.
	kv.heal();
	vi.setSystemTime(Date.now() + 60_000);
	for (let i = 0; i < 3; i++) await runDurableObjectAlarm(ledger());
	expect(await disagreements()).toEqual([]);
});

test("a quota that is used up is asked for once an hour, at the beginning of the day, and when somebody writes", async () => {
	// Far ahead of the real clock: an alarm for a time that has passed the platform rings at once.
	const evening = Date.UTC(2126, 10, 26, 20, 30);
	vi.setSystemTime(evening);
	await REST.create(rex);
	kv.choose(() => "quota");
	await REST.update(1, { age: 4 });
	const asked = [];
	for (let at = await alarmAt(); at !== null && at <= Date.UTC(2126, 10, 27); at = await alarmAt()) {
		vi.setSystemTime(at);
		await runDurableObjectAlarm(ledger());
		asked.push(Math.round((at - evening) / 1000));
	}
	// The first alarm looks after the create.
	expect(asked.slice(0, 13)).toEqual([1, 3, 7, 15, 31, 63, 127, 255, 511, 1023, 2047, 4095, 7695]);
	expect(asked.at(-1)).toBe(3.5 * 3600);
	// A write asks as soon as it may.
	vi.setSystemTime(Date.now() + 6 * 60_000);
	kv.heal();
	await REST.update(1, { age: 5 });
	expect(await alarmAt()).toBe(Date.now());
	await runDurableObjectAlarm(ledger());
	expect(await disagreements()).toEqual([]);
});

describe("with 5,000 keys waiting,", () => {
	// What building the index costs: `search.test.ts`.
	beforeEach(() => findBy("pages"));
	afterEach(() => findBy("usual"));

	test("an alarm reads and writes some hundreds of rows", async () => {
		platform = await harden({ plan: "paid" });
		await wait(5000);
		platform.reset();
		await runDurableObjectAlarm(ledger());
		console.log(`MEASURED an alarm with 5,000 waiting: ${JSON.stringify(platform.usage)}`);
		expect(platform.usage.puts).toBe(40);
		expect(platform.usage.rowsRead).toBeLessThan(500);
		expect(platform.usage.rowsWritten).toBeLessThan(200);
		// A new life of the object doesn't read what waits.
		await evictDurableObject(ledger());
		platform.reset();
		await runDurableObjectAlarm(ledger());
		expect(platform.usage.rowsRead).toBeLessThan(500);
	});

	test.each([
		["5,000 documents of records", () => wait(5000)],
		["a page of 1,000", () => importRescues(1000)],
	])("a day of a used-up quota takes less than a hundredth of a free day's rows: %s", async (what, fill) => {
		platform = await harden();
		vi.setSystemTime(Date.UTC(2126, 10, 26, 0, 0, 1));
		for (let i = 0; i < 1000; i++) await env.RESCUES.put(`other:${i}`, "").catch(() => {});
		await fill();
		platform.reset();
		const end = Date.UTC(2126, 10, 27);
		let alarms = 0;
		for (let at = Date.now(); at < end; at = (await alarmAt()) ?? end) {
			vi.setSystemTime(at);
			await runDurableObjectAlarm(ledger());
			alarms++;
			// Between two of its alarms the object is gone.
			if (alarms > 10) await evictDurableObject(ledger());
		}
		console.log(`MEASURED a day of a used-up quota, ${what}: ${JSON.stringify({ alarms, ...platform.usage })}`);
		expect(alarms).toBeLessThan(60);
		expect(platform.usage.rowsRead).toBeLessThan(50_000);
		expect(platform.usage.rowsWritten).toBeLessThan(1000);
		// The next day has a thousand again.
		const waiting = (await rows()).length;
		platform.nextDay();
		vi.setSystemTime(end);
		platform.reset();
		const most = Math.max(waiting - 900, 0);
		// Forty keys each; one that has as many under way leaves them to the next.
		for (let alarms = 0; alarms < 50 && (await rows()).length > most; alarms++) {
			await runDurableObjectAlarm(ledger());
			vi.setSystemTime(Date.now() + 61_000);
		}
		expect((await rows()).length).toBeLessThanOrEqual(most);
		expect(platform.usage.puts).toBeLessThanOrEqual(1000);
	});
});
