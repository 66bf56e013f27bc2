import { evictDurableObject, reset, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { PageMeta } from "../../src/rescues/page.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { holdClock } from "../platform/clock.ts";
import { harden } from "../platform/platform.ts";
import { fetchWorker, GraphQL, graphql, REST, transports } from "../transports.ts";
import { alarmAt, alarmNow, importRows, ledger } from "./faulty-kv.ts";
import kv from "./fixtures/release-1.0-kv.json" with { type: "json" };
import { loseLedger, rebuild, runRebuild } from "./lost.ts";

const rex = { name: "Rex", age: 3, species: "dog" };
const staging = () => env.LEDGER.getByName("staging");
const UNAVAILABLE = { code: "UNAVAILABLE", detail: expect.stringContaining("another ledger's") };

/** Everything in KV. */
async function inKV() {
	const { keys } = await env.RESCUES.list();
	const found = keys.map(async ({ name }) => [name, await env.RESCUES.getWithMetadata(name, "text")] as const);
	return Object.fromEntries(await Promise.all(found));
}
const firstPage = async () => (await env.RESCUES.getWithMetadata<PageMeta>("rescues:0")).metadata;
const idOf = (stub = ledger()) =>
	runInDurableObject(stub, (_, { storage }) =>
		storage.sql.exec<{ value: string }>("SELECT value FROM meta WHERE name = 'ledger'").one(),
	).then(({ value }) => value);
const createIn = (stub: ReturnType<typeof ledger>) =>
	stub.write(
		{ do: "create", rescue: { ...rex, status: "intake", sex: "unknown", size: null, breed: null } as never, when: {} },
		{ by: null },
	) as Promise<object>;
const later = (ms: number) => vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });

beforeEach(() => {
	holdClock();
});

describe.each(["the real KV", "the hard platform"])("on %s", (on) => {
	let platform: Awaited<ReturnType<typeof harden>> | undefined;
	beforeEach(async () => {
		if (on === "the hard platform") platform = await harden({ plan: "free" });
	});
	afterEach(async () => {
		vi.useRealTimers();
		platform?.restore();
		platform = undefined;
		await reset();
	});

	/** Thirty records, published; the own documents of some are gone, as if nobody had read them. */
	async function fill() {
		await importRows(
			Array.from({ length: 30 }, (_, row) => ({ row, patch: { ...rex, name: `No. ${row + 1}`, age: row } })),
		);
		await REST.get(1);
		await alarmNow();
		later(2000);
		for (const id of [7, 8, 9]) await env.RESCUES.delete(`rescue:${id}`);
		later(2000);
	}

	test("a lost ledger: reads go on from KV, nothing is put or deleted, writes are refused and say what to do", async () => {
		await fill();
		const before = await inKV();
		const list = await fetchWorker("/rescues");
		const tag = list.headers.get("ETag");
		await loseLedger();
		later(61_000);

		for (const transport of transports) {
			expect(await transport.get(1)).toMatchObject({ rescue: { name: "No. 1" } });
			// One whose own document isn't in KV, and one that isn't there.
			expect(await transport.get(7)).toMatchObject({ rescue: { name: "No. 7", version: 1 } });
			expect(await transport.get(31)).toMatchObject({ code: "NOT_FOUND" });
			expect(await transport.create(rex)).toMatchObject(UNAVAILABLE);
			expect(await transport.update(1, { age: 9 })).toMatchObject(UNAVAILABLE);
			expect(await transport.remove(1)).toMatchObject(UNAVAILABLE);
			expect(await transport.history(1)).toBe("UNAVAILABLE");
		}
		const one = await fetchWorker("/rescues/8");
		expect([one.status, one.headers.get("ETag"), await one.json()]).toMatchObject([200, '"1"', { name: "No. 8" }]);
		const after = await fetchWorker("/rescues");
		expect([after.status, after.headers.get("ETag"), await after.json()]).toMatchObject([200, tag, { length: 30 }]);
		const found = await fetchWorker("/rescues?q=no.%202&sort=-age");
		expect((await found.json<AnimalRescue[]>()).map(({ id }) => id)).toEqual([
			29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 12, 2,
		]);
		// What only the ledger can tell.
		for (const path of ["/rescues/export?format=json", "/rescues/changes", "/rescues/1/history"]) {
			expect((await fetchWorker(path)).status).toBe(503);
		}
		expect((await fetchWorker("/rescues", { headers: { "Cache-Control": "no-cache" } })).status).toBe(503);
		const refused = await fetchWorker("/rescues", {
			method: "POST",
			headers: { "Content-Type": "application/json" },
			body: JSON.stringify(rex),
		});
		expect(refused.status).toBe(503);
		const detail = (await refused.json<{ detail: string }>()).detail;
		expect(detail).toContain("npm run rebuild -- --adopt");
		expect(detail).toContain("npm run rebuild -- --replace");

		// Whatever waits, the alarm publishes nothing, and isn't set for soon.
		await alarmNow();
		await alarmNow();
		const alarm = await alarmAt();
		expect((alarm ?? 0) - Date.now()).toBeGreaterThan(60_000);
		// A rebuild refuses to delete.
		expect(await runRebuild()).toMatchObject({ status: 409, code: "ALREADY_EXISTS", detail });
		const { errors } = await graphql("mutation { rebuildDocuments { next } }");
		expect(errors[0].extensions.code).toBe("ALREADY_EXISTS");
		expect(await inKV()).toEqual(before);
	});

	test("a ledger that is lost before its first read or write overwrites nothing by its alarm either", async () => {
		await fill();
		const before = await inKV();
		await loseLedger();
		// What wakes it up reads nothing.
		await runInDurableObject(ledger(), () => undefined);
		await alarmNow();
		expect(await inKV()).toEqual(before);
	});

	test("pages of release 1.0 aren't an empty ledger's, and are taken over by one that has changes", async () => {
		for (const [key, { value, metadata }] of Object.entries(kv)) await env.RESCUES.put(key, value, { metadata });
		later(2000);
		expect(await REST.get(1)).toMatchObject({ rescue: { id: 1 } });
		expect(await REST.create(rex)).toMatchObject(UNAVAILABLE);
		await alarmNow();
		expect(await firstPage()).toEqual(kv["rescues:0"].metadata);
		// Its database is there after all: `migrations.test.ts` has a whole one.
		await runInDurableObject(ledger(), (_, { storage: { sql } }) => {
			sql.exec("DELETE FROM meta WHERE name = 'namespace'");
			sql.exec("INSERT INTO changes VALUES (50, 50, 1, 'created', '2026-01-01T00:00:00.000Z', NULL, '{}')");
		});
		await evictDurableObject(ledger());
		expect(await REST.create({ ...rex, id: 90 })).toMatchObject({ rescue: { id: 90 } });
		expect(await firstPage()).toMatchObject({ ledger: await idOf() });
	});

	test("an empty first page without an id is anybody's", async () => {
		const metadata = { revision: 0, lower: 0, upper: null, count: 0, total: 0 };
		await env.RESCUES.put("rescues:0", "[]", { metadata });
		later(2000);
		expect(await REST.create(rex)).toMatchObject({ rescue: { id: 1 } });
		expect(await firstPage()).toMatchObject({ ledger: await idOf(), count: 1 });
	});

	test("what is left of a namespace that has lost its first page isn't a new ledger's", async () => {
		await env.RESCUES.put("rescues:1001", "[]", { metadata: {} });
		expect(await REST.create(rex)).toMatchObject(UNAVAILABLE);
		await alarmNow();
		expect(Object.keys(await inKV())).toEqual(["rescues:1001"]);
	});

	test("a staging copy that shares the namespace publishes nothing, and the other goes on", async () => {
		await fill();
		expect(await createIn(staging())).toMatchObject(UNAVAILABLE);
		expect(await staging().readRescue(1, "damaged")).toMatchObject(UNAVAILABLE);
		expect(await staging().readPage(0, "rescues:0")).toMatchObject(UNAVAILABLE);
		await runDurableObjectAlarm(staging());
		later(61_000);
		expect(await REST.update(1, { age: 77 })).toMatchObject({ rescue: { version: 2 } });
		expect(await firstPage()).toMatchObject({ count: 30, ledger: await idOf() });
	});

	test("a staging copy that had a namespace of its own stops when it is given another's, and tells what it has", async () => {
		await createIn(staging());
		const id = await idOf(staging());
		expect(await firstPage()).toMatchObject({ ledger: id, count: 1 });
		// Another binding: what was published there isn't here.
		later(2000);
		for (const key of Object.keys(await inKV())) await env.RESCUES.delete(key);
		later(2000);
		await fill();
		await evictDurableObject(staging());
		expect(await createIn(staging())).toMatchObject(UNAVAILABLE);
		const changes = await staging().readChanges(0, 10);
		expect(changes).toMatchObject({ ok: true, value: { changes: [{ kind: "created" }] } });
		expect(await firstPage()).toMatchObject({ count: 30, ledger: await idOf() });
	});

	test("of two ledgers that are started one after the other the second one stops", async () => {
		expect(await REST.create(rex)).toMatchObject({ rescue: { id: 1 } });
		expect(await createIn(staging())).toMatchObject(UNAVAILABLE);
		later(61_000);
		expect(await REST.create(rex)).toMatchObject({ rescue: { id: 2 } });
		expect(await firstPage()).toMatchObject({ count: 2, ledger: await idOf() });
	});

	test("a ledger that another one has replaced notices within a minute, and one that has the namespace again goes on", async () => {
		await fill();
		expect(await staging().write({ do: "rebuild", from: null, claim: "replace" }, { by: "admin" })).toMatchObject({
			ok: true,
			value: { mended: 1 },
		});
		expect(await firstPage()).toMatchObject({ ledger: await idOf(staging()), count: 0 });
		expect(await createIn(staging())).toMatchObject({ ok: true });
		later(61_000);
		expect(await REST.create(rex)).toMatchObject(UNAVAILABLE);
		await alarmNow();
		expect(await firstPage()).toMatchObject({ ledger: await idOf(staging()) });
		// After an eviction too.
		await evictDurableObject(ledger());
		expect(await REST.create(rex)).toMatchObject(UNAVAILABLE);
		// The other way round.
		later(2000);
		expect((await rebuild("replace")).mended).toBeGreaterThan(0);
		await alarmNow();
		expect(await firstPage()).toMatchObject({ ledger: await idOf(), count: 30 });
		expect(await (await fetchWorker("/rescues/1")).json()).toMatchObject({ name: "No. 1" });
		later(61_000);
		expect(await REST.create(rex)).toMatchObject({ rescue: { id: 31 } });
		expect(await createIn(staging())).toMatchObject(UNAVAILABLE);
	});

	test("what is replaced is gone from KV, record by record, and what has the same ids is this ledger's", async () => {
		await fill();
		await loseLedger();
		later(61_000);
		expect(await REST.create(rex)).toMatchObject(UNAVAILABLE);
		expect(await runRebuild("claim=replace")).toMatchObject({ status: 200, mended: 1 });
		later(2000);
		expect(await REST.create({ ...rex, name: "New" })).toMatchObject({ rescue: { id: 1, version: 1 } });
		later(2000);
		await rebuild();
		await alarmNow();
		expect(Object.keys(await inKV()).sort()).toEqual(["rescue:1", "rescues:0"]);
		expect(await (await fetchWorker("/rescues/1")).json()).toMatchObject({ name: "New" });
	});

	test("a claim holds until it can be read in KV, although the other one publishes once more", async () => {
		await fill();
		const { value, metadata } = await env.RESCUES.getWithMetadata("rescues:0", "text");
		await staging().write({ do: "rebuild", from: null, claim: "replace" }, { by: null });
		later(2000);
		await env.RESCUES.put("rescues:0", value as string, { metadata });
		later(61_000);
		await evictDurableObject(staging());
		expect(await createIn(staging())).toMatchObject({ ok: true });
		later(2000);
		await runDurableObjectAlarm(staging());
		expect(await firstPage()).toMatchObject({ ledger: await idOf(staging()), count: 1 });
	});

	test("a read that is up to a minute old undoes no claim", async () => {
		if (!platform) return;
		platform.restore();
		platform = await harden({ isStale: true });
		await fill();
		expect(await createIn(staging())).toMatchObject(UNAVAILABLE);
		await staging().write({ do: "rebuild", from: null, claim: "replace" }, { by: null });
		// Another life, and what it sees is what was there before the claim.
		await evictDurableObject(staging());
		expect(await createIn(staging())).toMatchObject({ ok: true });
		later(61_000);
		expect(await createIn(staging())).toMatchObject({ ok: true });
		later(61_000);
		expect(await REST.create(rex)).toMatchObject(UNAVAILABLE);
	});

	test("a wiped namespace is still this ledger's, after an eviction too", async () => {
		await fill();
		later(2000);
		for (const key of Object.keys(await inKV())) await env.RESCUES.delete(key);
		later(61_000);
		await evictDurableObject(ledger());
		expect(await GraphQL.create(rex)).toMatchObject({ rescue: { id: 31 } });
		expect(await firstPage()).toMatchObject({ count: 31 });
	});
});

describe("looking at the namespace", () => {
	const { getWithMetadata, list } = env.RESCUES;
	let reads = { get: 0, list: 0 };
	beforeEach(() => {
		reads = { get: 0, list: 0 };
		env.RESCUES.getWithMetadata = ((...args: never[]) => {
			reads.get++;
			return (getWithMetadata as (...args: never[]) => unknown).apply(env.RESCUES, args);
		}) as never;
		env.RESCUES.list = ((...args: never[]) => {
			reads.list++;
			return (list as (...args: never[]) => unknown).apply(env.RESCUES, args);
		}) as never;
	});
	afterEach(async () => {
		vi.useRealTimers();
		Object.assign(env.RESCUES, { getWithMetadata, list });
		await reset();
	});

	test("of a ledger that is another's takes none of the day's lists but the first", async () => {
		await REST.create(rex);
		await staging().readState();
		reads = { get: 0, list: 0 };
		for (let i = 0; i < 5; i++) {
			later(61_000);
			if (i % 2) await evictDurableObject(staging());
			expect(await createIn(staging())).toMatchObject(UNAVAILABLE);
		}
		expect(reads).toEqual({ get: 5, list: 0 });
	});

	test("that hangs keeps one write waiting, for two seconds, and no other", async () => {
		await REST.create(rex);
		const { put } = env.RESCUES;
		env.RESCUES.getWithMetadata = (() => new Promise(() => {})) as never;
		env.RESCUES.put = (() => new Promise(() => {})) as never;
		later(61_000);
		const time = async (age: number) => {
			const start = performance.now();
			expect(await REST.update(1, { age })).toMatchObject({ rescue: { age } });
			return performance.now() - start;
		};
		try {
			// What hangs is looked after when ten seconds have passed.
			expect(await time(4)).toBeLessThan(9000);
			for (let age = 5; age < 8; age++) {
				later(6000);
				// Who waits, waits for two seconds.
				expect(await time(age)).toBeLessThan(1900);
			}
		} finally {
			Object.assign(env.RESCUES, { getWithMetadata, put });
		}
		// As soon as KV answers, it is looked at again.
		later(6000);
		await REST.update(1, { age: 8 });
		await alarmNow();
		expect(await firstPage()).toMatchObject({ revision: 6 });
	});

	test("comes before every claim: what isn't known can't be replaced", async () => {
		await REST.create(rex);
		const text = await (await fetchWorker("/backup")).text();
		await loseLedger();
		expect(await REST.create(rex)).toMatchObject(UNAVAILABLE);
		await evictDurableObject(ledger());
		// Whoever's the first page is can't be read; all else can.
		env.RESCUES.getWithMetadata = ((...args: [string]) => {
			if (typeof args[0] === "string") return Promise.reject(new Error("KV GET failed: 500"));
			return (getWithMetadata as (...args: [string]) => unknown).apply(env.RESCUES, args);
		}) as never;
		for (const claim of ["replace", "adopt"]) expect(await runRebuild(`claim=${claim}`)).toMatchObject({ status: 503 });
		const headers = { "Content-Type": "application/x-ndjson" };
		const restore = () => fetchWorker("/restore?replace=true", { method: "POST", headers, body: text });
		expect((await restore()).status).toBe(503);
		env.RESCUES.getWithMetadata = getWithMetadata;
		later(61_000);
		expect((await restore()).status).toBe(200);
		later(61_000);
		expect(await REST.create(rex)).toMatchObject({ rescue: { id: 2 } });
	});

	test("costs a new service one read and one list, side by side, then a read a minute while it publishes", async () => {
		await REST.create(rex);
		expect(reads).toEqual({ get: 1, list: 1 });
		for (let age = 0; age < 5; age++) await REST.update(1, { age });
		expect(reads).toEqual({ get: 1, list: 1 });
		later(61_000);
		await REST.update(1, { age: 9 });
		await REST.update(1, { age: 10 });
		expect(reads).toEqual({ get: 2, list: 1 });
		await evictDurableObject(ledger());
		await REST.update(1, { age: 11 });
		expect(reads).toEqual({ get: 3, list: 1 });
	});

	test("while KV can't be read, a new ledger takes no writes, and one that has published takes them and publishes later", async () => {
		const fail = () => {
			env.RESCUES.getWithMetadata = () => Promise.reject(new Error("KV GET failed: 500"));
		};
		const heal = env.RESCUES.getWithMetadata;
		fail();
		expect(await REST.create(rex)).toMatchObject({ code: "UNAVAILABLE" });
		expect(await REST.get(1)).toMatchObject({ code: "UNAVAILABLE" });
		env.RESCUES.getWithMetadata = heal;
		later(6000);
		expect(await REST.create(rex)).toMatchObject({ rescue: { id: 1 } });
		await runDurableObjectAlarm(ledger());
		await evictDurableObject(ledger());
		fail();
		expect(await REST.update(1, { age: 4 })).toMatchObject({ rescue: { version: 2 } });
		await alarmNow();
		env.RESCUES.getWithMetadata = heal;
		expect(await firstPage()).toMatchObject({ revision: 1 });
		later(11_000);
		await alarmNow();
		expect(await firstPage()).toMatchObject({ revision: 2 });
	});

	test("a look that hangs keeps a write back for two seconds, and the next ones not at all", async () => {
		await REST.create(rex);
		await evictDurableObject(ledger());
		env.RESCUES.getWithMetadata = () => new Promise(() => {}) as never;
		const start = performance.now();
		expect(await REST.update(1, { age: 4 })).toMatchObject({ rescue: { version: 2 } });
		expect(performance.now() - start).toBeLessThan(9000);
		const again = performance.now();
		expect(await REST.update(1, { age: 5 })).toMatchObject({ rescue: { version: 3 } });
		expect(performance.now() - again).toBeLessThan(1900);
	});

	test("is said in the log once", async () => {
		await env.RESCUES.put("rescues:0", "[]", { metadata: { ledger: "another", count: 0 } });
		const error = vi.spyOn(console, "error");
		for (let i = 0; i < 3; i++) {
			expect(await REST.create(rex)).toMatchObject(UNAVAILABLE);
			later(61_000);
		}
		const lines = error.mock.calls.filter(([line]) => String(line).includes("foreign namespace"));
		expect(lines).toHaveLength(1);
		expect(JSON.parse(String(lines[0]?.[0]))).toEqual({
			message: "foreign namespace",
			ledger: await idOf(),
			found: "another",
		});
		error.mockRestore();
	});
});
