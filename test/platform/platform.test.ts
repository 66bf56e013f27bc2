import { reset, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fetchWorker, REST } from "../transports.ts";
import { holdClock } from "./clock.ts";
import { harden } from "./platform.ts";

let platform: Awaited<ReturnType<typeof harden>> | undefined;
beforeEach(() => {
	holdClock();
});
afterEach(async () => {
	vi.useRealTimers();
	platform?.restore();
	await reset();
});

const rex = { name: "Rex", age: 3, species: "dog" };

test("a key takes one put a second", async () => {
	platform = await harden();
	await env.RESCUES.put("a", "1");
	await expect(env.RESCUES.put("a", "2")).rejects.toThrow("429");
	await env.RESCUES.put("b", "1");
	expect(platform.usage).toMatchObject({ puts: 3, tooSoon: 1 });
});

test("a day has a thousand puts", async () => {
	platform = await harden();
	for (let i = 0; i < 1000; i++) await env.RESCUES.put(`k${i}`, "1");
	await expect(env.RESCUES.put("k", "1")).rejects.toThrow("limit exceeded for the day");
	platform.nextDay();
	await env.RESCUES.put("k", "1");
});

test("a read is up to a minute old, a miss as well", async () => {
	platform = await harden({ isStale: true });
	expect((await env.RESCUES.getWithMetadata("a", "text")).value).toBeNull();
	await env.RESCUES.put("a", "1");
	expect((await env.RESCUES.getWithMetadata("a", "text")).value).toBeNull();
});

test("the ledger's rows are counted, and a string of more than 2 MB is refused", async () => {
	platform = await harden();
	await REST.create(rex);
	expect(platform.usage.rowsRead).toBeGreaterThan(3);
	expect(platform.usage.rowsWritten).toBeGreaterThan(3);
	const ledger = env.LEDGER.getByName("rescues");
	const long = () =>
		runInDurableObject(ledger, (_, { storage }) => storage.sql.exec("SELECT ?", "x".repeat(2_000_001)));
	await expect(long()).rejects.toThrow("SQLITE_TOOBIG");
	const made = () =>
		runInDurableObject(ledger, (_, { storage }) => storage.sql.exec("SELECT hex(zeroblob(1000001)) AS text").one());
	await expect(made()).rejects.toThrow("SQLITE_TOOBIG");
	expect((await fetchWorker("/rescues/1")).status).toBe(200);
});

test("an invocation has so many subrequests, and what a test does itself may be spared", async () => {
	platform = await harden({ sparesTests: true });
	await REST.create(rex);
	expect(platform.usage.subrequests).toBeGreaterThanOrEqual(2);
	for (let i = 0; i < 60; i++) await env.RESCUES.put("a", `${i}`);
	expect(platform.usage).toMatchObject({ puts: 1, tooSoon: 0 });
	const { getWithMetadata } = env.RESCUES;
	env.RESCUES.getWithMetadata = (async (...args: [string, "text"]) => {
		for (let i = 0; i < 60; i++) await getWithMetadata.apply(env.RESCUES, args as never);
	}) as never;
	// Nor may it ask the ledger any more.
	expect((await fetchWorker("/rescues/1")).status).toBe(503);
	expect(platform.usage.subrequests).toBeGreaterThan(50);
	env.RESCUES.getWithMetadata = getWithMetadata;
});
