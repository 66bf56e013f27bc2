import { evictDurableObject, reset, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { PageMeta } from "../../src/rescues/page.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { readPage } from "../../src/rescues/view.ts";
import { holdClock } from "../platform/clock.ts";
import { nextSecond } from "../platform/hard.ts";
import { fetchWorker, GraphQL, REST, transports } from "../transports.ts";
import { caughtUp, isPublished, ledger, publish, writePage } from "./faulty-kv.ts";

beforeEach(() => {
	holdClock();
});
afterEach(async () => {
	vi.useRealTimers();
	await reset();
});

const rex = { name: "Rex", age: 3, species: "dog" };
const outbox = () =>
	runInDurableObject(ledger(), (_, state) =>
		state.storage.sql.exec("SELECT key, attempts FROM outbox ORDER BY key").toArray(),
	);

test("a write is in KV when it is answered, in the very bytes that a read answers", async () => {
	await REST.create(rex);
	const edition = expect.stringMatching(/^[0-9a-f-]{36}$/);
	const page = await env.RESCUES.getWithMetadata("rescues:0", "text");
	expect(readPage(page.value as string)).toMatchObject([{ id: 1, ...rex, version: 1 }]);
	const id = expect.stringMatching(/^[0-9a-f]{32}$/);
	const all = { revision: 1, lower: 0, upper: null, count: 1, total: 1, edition, ledger: id, schema: 2 };
	const { body, publicEnd } = writePage([JSON.stringify(readPage(page.value as string)[0])]);
	expect(page.value).toBe(body);
	expect(page.metadata).toEqual({ ...all, publicEnd });
	// The record's own document is there once somebody has read it.
	expect(await env.RESCUES.get("rescue:1")).toBeNull();
	await publish(1);
	const own = await env.RESCUES.getWithMetadata("rescue:1", "text");
	expect(own.metadata).toEqual({ version: 1, schema: 2 });
	expect(page.value).toBe(writePage([own.value as string]).body);
	nextSecond();
	await REST.update(1, { age: 4 });
	const changed = await env.RESCUES.getWithMetadata("rescue:1", "text");
	expect(changed.metadata).toEqual({ version: 2, schema: 2 });
	expect(JSON.parse(changed.value as string)).toMatchObject({ age: 4, version: 2 });
	expect(await env.RESCUES.get("rescues:0")).toBe(writePage([changed.value as string]).body);
	await runDurableObjectAlarm(ledger());
	expect(await outbox()).toEqual([]);
});

test("a delete takes the record out of KV", async () => {
	await REST.create(rex);
	await publish(1);
	expect(await env.RESCUES.get("rescue:1")).not.toBeNull();
	nextSecond();
	await GraphQL.remove(1);
	expect(await env.RESCUES.get("rescue:1")).toBeNull();
	expect(await env.RESCUES.get("rescues:0")).toBe("[]\n[]");
	// It isn't published again when it is restored, but when it is read.
	nextSecond();
	await REST.restore(1);
	expect(await isPublished(1)).toBe(false);
	expect(await env.RESCUES.get("rescue:1")).toBeNull();
	nextSecond();
	await publish(1);
	expect(await env.RESCUES.getWithMetadata("rescue:1")).toMatchObject({ metadata: { version: 3 } });
});

test("an empty service has its first page once it has been asked", async () => {
	expect(await REST.get(1)).toMatchObject({ code: "NOT_FOUND" });
	await runDurableObjectAlarm(ledger());
	expect(await env.RESCUES.get("rescues:0")).toBe("[]\n[]");
});

test("50 concurrent writes to one record, over both transports, leave KV at the ledger's last version", async () => {
	await REST.create(rex);
	await publish(1);
	await Promise.all(Array.from({ length: 50 }, (_, age) => transports[age % 2]?.update(1, { age })));
	await caughtUp();
	const inLedger = await ledger().readRescue(1, "unread");
	if (!inLedger.ok) throw new Error(inLedger.detail);
	expect(inLedger.value.meta.version).toBe(51);
	const inKV = await env.RESCUES.getWithMetadata("rescue:1", "text");
	expect(inKV).toMatchObject({ value: inLedger.value.body, metadata: { version: 51 } });
	expect(await env.RESCUES.get("rescues:0")).toBe(writePage([inLedger.value.body]).body);
	await runDurableObjectAlarm(ledger());
	expect(await outbox()).toEqual([]);
});

test("of 20 concurrent creates of one id exactly one wins", async () => {
	const answers = await Promise.all(
		Array.from({ length: 20 }, (_, age) => transports[age % 2]?.create({ id: 5, ...rex, age })),
	);
	expect(answers.filter((answer) => answer && "rescue" in answer)).toHaveLength(1);
	expect(answers.filter((answer) => answer && "code" in answer && answer.code === "ALREADY_EXISTS")).toHaveLength(19);
});

test("a write that KV refuses stands, is answered, and reaches KV by the alarm alone", async () => {
	await REST.create(rex);
	await publish(1);
	const restore = await runInDurableObject(ledger(), (instance) => {
		// The real binding, made to fail.
		const kv = (instance as unknown as { env: { RESCUES: KVNamespace } }).env.RESCUES;
		const put = kv.put;
		kv.put = () => Promise.reject(new Error("KV PUT failed: 429 Too Many Requests"));
		return () => {
			kv.put = put;
		};
	});
	expect(await REST.update(1, { age: 9 })).toMatchObject({ rescue: { age: 9, version: 2 } });
	expect(await outbox()).toMatchObject([
		{ key: "rescue:1", attempts: 1 },
		{ key: "rescues:0", attempts: 1 },
	]);
	expect(await env.RESCUES.getWithMetadata("rescue:1")).toMatchObject({ metadata: { version: 1 } });
	nextSecond();
	await runInDurableObject(ledger(), restore);
	await runInDurableObject(ledger(), (_, state) => state.storage.sql.exec("UPDATE outbox SET due = 0").rowsWritten);
	expect(await runDurableObjectAlarm(ledger())).toBe(true);
	expect(await env.RESCUES.getWithMetadata("rescue:1")).toMatchObject({ metadata: { version: 2 } });
	expect(await outbox()).toEqual([]);
});

test("a record that KV doesn't know yet is found by way of the ledger", async () => {
	await REST.create(rex);
	expect(await env.RESCUES.get("rescue:1")).toBeNull();
	for (const transport of transports) expect(await transport.get(1)).toMatchObject({ rescue: { id: 1, ...rex } });
});

test("a page that KV doesn't have is found by way of the ledger", async () => {
	await REST.create(rex);
	await env.RESCUES.delete("rescues:0");
	const response = await fetchWorker("/rescues");
	expect(await response.json<AnimalRescue[]>()).toMatchObject([{ id: 1, ...rex }]);
});

test("ids, versions and pages survive an eviction", async () => {
	await REST.create(rex);
	await REST.create(rex);
	await evictDurableObject(ledger());
	expect(await REST.create(rex)).toMatchObject({ rescue: { id: 3, version: 1 } });
	expect(await REST.update(1, { age: 4 })).toMatchObject({ rescue: { version: 2 } });
	await caughtUp();
	const page = await env.RESCUES.getWithMetadata<PageMeta>("rescues:0", "text");
	expect(page.metadata).toMatchObject({ count: 3, total: 3 });
});
