import { evictDurableObject, reset, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { PAGE_LIMITS } from "../../src/ledger/pages.ts";
import { alarmNow, disagreements, importRows, ledger, publish } from "../ledger/faulty-kv.ts";
import { loseLedger } from "../ledger/lost.ts";
import { holdClock } from "../platform/clock.ts";
import { fetchWorker, type History, REST, transports } from "../transports.ts";

const limits = { ...PAGE_LIMITS };
beforeEach(() => {
	holdClock();
});
afterEach(async () => {
	vi.useRealTimers();
	Object.assign(PAGE_LIMITS, limits);
	await reset();
});

const rex = { name: "Rex", age: 3, species: "dog" };
/** Texts that are nowhere else. */
const marked = { ...rex, breed: "Zzyzx spaniel", description: "Qwxyz was here", microchip: "ZQXJKV123456789" };
const MARKS = ["Zzyzx", "Qwxyz", "ZQXJKV"];

interface Feed {
	changes: {
		rescueId: number;
		version: number;
		kind: string;
		by: string | null;
		cursor: string;
		rescue: object | null;
	}[];
	cursor: string;
	hasMore: boolean;
}
const feed = async (query: string) => (await fetchWorker(`/rescues/changes?${query}`)).json<Feed>();
const numbers = ({ changes }: Feed) => changes.map(({ cursor, kind }) => `${cursor} ${kind}`);
const backUp = async (query = "") => (await fetchWorker(`/backup${query}`)).text();
const restore = async (body: string) => {
	const headers = { "Content-Type": "application/x-ndjson" };
	const response = await fetchWorker("/restore", { method: "POST", headers, body });
	return { status: response.status, ...(await response.json<object>()) };
};

/** Everything that the ledger and KV hold, as text. */
async function everything(): Promise<string> {
	const rows = await runInDurableObject(ledger(), (_, { storage: { sql } }) => {
		const tables = sql.exec<{ name: string }>(
			"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '[_]*' AND name <> 'search_words'",
		);
		return JSON.stringify(tables.toArray().map(({ name }) => sql.exec(`SELECT * FROM "${name}"`).toArray()));
	});
	const { keys } = await env.RESCUES.list();
	return rows + (await Promise.all(keys.map(({ name }) => env.RESCUES.get(name)))).join("\n");
}

describe.each(transports)("over $name", (transport) => {
	/** Makes record 1 with a history, deletes it, and makes record 2. */
	async function live() {
		await transport.create(marked, "create");
		await publish(1);
		await transport.update(1, { age: 4 }, undefined, "update");
		await transport.remove(1, undefined, "remove");
		await transport.create(rex);
	}

	test("nothing is left of a purged record but its id and its last version", async () => {
		await live();
		const before = await everything();
		for (const mark of MARKS) expect(before).toContain(mark);
		expect(await transport.purge(1)).toEqual({ rescue: null });
		const left = await everything();
		for (const mark of MARKS) expect(left).not.toContain(mark);
		expect(await env.RESCUES.get("rescue:1")).toBeNull();
		expect(await disagreements()).toEqual([]);
		expect(await transport.get(1)).toMatchObject({ code: "NOT_FOUND" });
		const { changes, next } = (await transport.history(1)) as History;
		expect([changes.length, next]).toEqual([1, null]);
		expect(changes[0]).toMatchObject({ rescueId: 1, version: 4, kind: "purged", rescue: null });
		await evictDurableObject(ledger());
		expect(await transport.create({ id: 1, ...rex })).toMatchObject({ code: "ALREADY_EXISTS" });
		expect(await transport.create(rex)).toMatchObject({ rescue: { id: 3 } });
	});

	test("the feed skips what is gone, whatever cursor it goes on from, and tells of the purge", async () => {
		await live();
		const { cursor } = await feed("limit=2");
		await transport.purge(1);
		expect(numbers(await feed(""))).toEqual(["4 created", "5 purged"]);
		expect(numbers(await feed(`since=${cursor}`))).toEqual(["4 created", "5 purged"]);
		expect(numbers(await feed("since=4"))).toEqual(["5 purged"]);
		expect(numbers(await feed("since=2000-01-01T00:00:00Z"))).toEqual(["4 created", "5 purged"]);
		const { changes } = await feed("since=4");
		expect(changes[0]).toMatchObject({ rescueId: 1, version: 4, rescue: null });
		const page = await (await fetchWorker("/rescues/export?format=json")).json<{ id: number }[]>();
		expect(page.map(({ id }) => id)).toEqual([2]);
	});

	test("answers kept for idempotency keys are gone, and what they stand for isn't made again", async () => {
		await live();
		expect(await transport.purge(1, "purge")).toEqual({ rescue: null });
		expect(await transport.purge(1, "purge")).toEqual({ rescue: null });
		for (const repeat of [
			() => transport.create(marked, "create"),
			() => transport.update(1, { age: 4 }, undefined, "update"),
			() => transport.remove(1, undefined, "remove"),
		]) {
			expect(await repeat()).toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED" });
		}
		expect((await feed("")).changes).toHaveLength(2);
	});
});

test("a record with the same beginning of its id keeps its answers", async () => {
	for (let id = 1; id < 12; id++) await REST.create(rex, `k${id}`);
	await REST.remove(1);
	await REST.purge(1);
	expect(await REST.create(rex, "k11")).toMatchObject({ rescue: { id: 11 } });
	expect(await REST.create(rex, "k1")).toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED" });
});

test("the index forgets it", async () => {
	Object.assign(PAGE_LIMITS, { records: 2 });
	await REST.create(marked);
	for (let i = 0; i < 10; i++) await REST.create(rex);
	for (let i = 0; i < 6; i++) await alarmNow();
	const noCache = { headers: { "Cache-Control": "no-cache" } };
	expect(await (await fetchWorker("/rescues?q=zzyzx", noCache)).json()).toHaveLength(1);
	await REST.remove(1);
	expect(await everything()).toContain("zzyzx");
	await REST.purge(1);
	expect((await everything()).toLowerCase()).not.toContain("zzyzx");
	expect(await (await fetchWorker("/rescues?q=zzyzx", noCache)).json()).toEqual([]);
});

describe("a backup", () => {
	async function empty() {
		await loseLedger();
		for (const { name } of (await env.RESCUES.list()).keys) await env.RESCUES.delete(name);
	}
	const state = async () => [await feed("limit=1000"), await (await fetchWorker("/rescues")).json()];

	test("carries the purge: what it brings back is the same", async () => {
		await REST.create(marked);
		await REST.remove(1);
		await REST.create(rex);
		await REST.purge(1);
		const [text, was] = [await backUp(), await state()];
		for (const mark of MARKS) expect(text).not.toContain(mark);
		await empty();
		expect(await restore(text)).toMatchObject({ status: 200, next: null });
		expect(await state()).toEqual(was);
		expect(await REST.create({ id: 1, ...rex })).toMatchObject({ code: "ALREADY_EXISTS" });
		expect(await REST.create(rex)).toMatchObject({ rescue: { id: 3 } });
	});

	test.each([
		["was deleted", true],
		["was there", false],
	])(
		"that was begun when the record %s, and gone on with behind the purge, brings back nothing of it",
		async (_when, isGone) => {
			await REST.create(marked);
			await REST.create(rex);
			if (isGone) await REST.remove(1);
			const before = await backUp();
			if (!isGone) await REST.remove(1);
			await REST.purge(1);
			const was = await state();
			const behind = await backUp(`?after=${isGone ? 3 : 2}`);
			await empty();
			expect(await restore(before + behind)).toMatchObject({ status: 200, next: null });
			expect(await state()).toEqual(was);
			for (const mark of MARKS) expect(await everything()).not.toContain(mark);
			// The older one alone brings it back, to be purged again.
			await empty();
			expect(await restore(before)).toMatchObject({ status: 200, next: null });
			expect(((await REST.history(1)) as History).changes).toHaveLength(isGone ? 2 : 1);
			if (!isGone) await REST.remove(1);
			expect(await REST.purge(1)).toEqual({ rescue: null });
		},
	);

	test("breaks off when something is purged meanwhile, and can be gone on with", async () => {
		await REST.create(marked);
		// One by one they would take a slow machine minutes: each publishes a longer page.
		await importRows(Array.from({ length: 1001 }, (_, row) => ({ row, patch: { ...rex, name: `No. ${row}` } })));
		await REST.remove(1);
		const first = await ledger().readBackup(0);
		if (!first.ok || !first.value.next) throw new Error("one block");
		await REST.purge(1);
		expect(await ledger().readBackup(first.value.next)).toMatchObject({ ok: false, code: "UNAVAILABLE" });
		const was = await state();
		const rest = await backUp(`?after=${first.value.next.number}`);
		const text = new TextDecoder().decode(first.value.bytes) + rest;
		await empty();
		expect(await restore(text)).toMatchObject({ status: 200, next: null });
		expect(await state()).toEqual(was);
		for (const mark of MARKS) expect(await everything()).not.toContain(mark);
	});
});
