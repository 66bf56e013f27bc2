import { evictDurableObject, reset, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { PAGE_LIMITS } from "../../src/ledger/pages.ts";
import type { PageMeta } from "../../src/rescues/page.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { readPage } from "../../src/rescues/view.ts";
import { holdClock } from "../platform/clock.ts";
import { harden } from "../platform/platform.ts";
import { buildIndex } from "../rescues/ways.ts";
import { fetchWorker, graphql, REST } from "../transports.ts";
import { alarmAt, alarmNow, disagreements, importRows, ledger, publish } from "./faulty-kv.ts";
import kv from "./fixtures/release-1.0-kv.json" with { type: "json" };
import { loseLedger, rebuild, runRebuild } from "./lost.ts";

const rex = { name: "Rex", age: 3, species: "dog" };
const later = (ms: number) => vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
const list = async (path = "/rescues") => {
	const response = await fetchWorker(path);
	return { status: response.status, tag: response.headers.get("ETag"), body: await response.json<AnimalRescue[]>() };
};
const query = (sql: string) =>
	runInDurableObject(ledger(), (_, { storage }) => storage.sql.exec<Record<string, SqlStorageValue>>(sql).toArray());
const pageKeys = async () => (await env.RESCUES.list({ prefix: "rescues:" })).keys.map(({ name }) => name);
const damage = async (key: string, change: (body: AnimalRescue[], meta: PageMeta) => [unknown, object | null]) => {
	const { value, metadata } = await env.RESCUES.getWithMetadata<PageMeta>(key, "text");
	const [body, meta] = change(readPage(value as string), metadata as PageMeta);
	await env.RESCUES.put(key, typeof body === "string" ? body : JSON.stringify(body), { metadata: meta });
};

const limits = { ...PAGE_LIMITS };
beforeEach(() => {
	holdClock();
});
afterEach(async () => {
	Object.assign(PAGE_LIMITS, limits);
	vi.useRealTimers();
	await reset();
});

describe.each(["the real KV", "the hard platform"])("adopt, on %s,", (on) => {
	let platform: Awaited<ReturnType<typeof harden>> | undefined;
	beforeEach(async () => {
		if (on === "the hard platform") platform = await harden({ plan: "paid" });
	});
	afterEach(() => {
		platform?.restore();
		platform = undefined;
	});

	/** Records in several pages, some changed and some deleted; all of it published. */
	async function fill(count = 45) {
		PAGE_LIMITS.records = 4;
		await importRows(Array.from({ length: count }, (_, row) => ({ row, patch: { ...rex, name: `No. ${row + 1}` } })));
		for (const id of [2, 7, 7]) await REST.update(id, { age: 9, externalId: `A-${id}` });
		for (const id of [5, count]) await REST.remove(id);
		for (let i = 0; i < 5; i++) {
			later(2000);
			await alarmNow();
		}
		expect(await disagreements()).toEqual([]);
		later(2000);
	}

	test("brings back every record with its id, version, times and ETag, and lists and their cursors are the same", async () => {
		await fill();
		const [before, second] = [await list("/rescues?sort=name"), await list("/rescues?limit=2")];
		const seven = await fetchWorker("/rescues/7");
		const cursor = (await fetchWorker("/rescues/changes?limit=1")).headers.get("Link");
		const pages = await pageKeys();
		await loseLedger();
		later(61_000);
		expect(await REST.create(rex)).toMatchObject({ code: "UNAVAILABLE" });

		const done = await rebuild("adopt");
		expect(done.adopted).toBe(43);
		expect(done.batches).toBeGreaterThan(5);
		later(61_000);
		await alarmNow();
		// The tag of what the index finds is the last change's number.
		expect(await list("/rescues?sort=name")).toEqual({ ...before, tag: expect.any(String) });
		expect(await list("/rescues?limit=2")).toEqual(second);
		expect(await pageKeys()).toEqual(pages);
		const again = await fetchWorker("/rescues/7", { headers: { "Cache-Control": "no-cache" } });
		expect([again.headers.get("ETag"), await again.text()]).toEqual([seven.headers.get("ETag"), await seven.text()]);
		expect(await disagreements()).toEqual([]);
		expect(await rebuild()).toMatchObject({ mended: 0, adopted: 0 });
		expect(cursor).toBeDefined();

		// One change each, by whoever said so.
		expect(await REST.history(7)).toMatchObject({ changes: [{ kind: "restored", version: 3, by: null }], next: null });
		// The service goes on: versions, new ids behind all that there were, the key that is taken.
		expect(await REST.update(7, { age: 10 }, 3)).toMatchObject({ rescue: { version: 4, externalId: "A-7" } });
		const made = await REST.create({ ...rex, externalId: "A-8" });
		expect("rescue" in made && (made.rescue?.id ?? 0)).toBeGreaterThan(45);
		expect(await REST.create({ ...rex, externalId: "A-2" })).toMatchObject({ code: "ALREADY_EXISTS" });
	});

	test("a cursor of the lost ledger's feed finds every record, and no page has an ETag twice", async () => {
		await fill();
		const { cursor } = await (await fetchWorker("/rescues/changes?limit=1000")).json<{ cursor: string }>();
		const revisions = await query("SELECT max(revision) AS last FROM pages");
		await loseLedger();
		await rebuild("adopt");
		const feed = await fetchWorker(`/rescues/changes?since=${cursor}&limit=1000`);
		const { changes } = await feed.json<{ changes: { rescue: AnimalRescue }[] }>();
		expect(changes).toHaveLength(43);
		later(2000);
		await REST.update(1, { age: 10 });
		const [row] = await query("SELECT revision FROM pages WHERE lower = 0");
		expect(row?.revision as number).toBeGreaterThan(revisions[0]?.last as number);
	});

	test("goes on where it broke off, refuses writes until then, and tells nothing of what it has by half", async () => {
		await fill();
		await loseLedger();
		const first = await runRebuild("claim=adopt");
		expect(first).toMatchObject({ status: 200, checked: 4, adopted: 15, next: "adopt" });
		// Whether the object lives on or not.
		for (const between of [async () => undefined, () => evictDurableObject(ledger())]) {
			await between();
			expect(await REST.create(rex)).toMatchObject({
				code: "UNAVAILABLE",
				detail: expect.stringContaining("taken in"),
			});
			expect(await REST.get(30)).toMatchObject({ rescue: { name: "No. 30" } });
			expect((await fetchWorker("/rescues/export?format=json")).status).toBe(503);
			expect(await runRebuild()).toMatchObject({ status: 409 });
			expect(await runRebuild("claim=replace")).toMatchObject({ status: 409 });
		}
		await alarmNow();
		expect(await rebuild("adopt")).toMatchObject({ adopted: 28 });
		later(2000);
		expect((await list()).body).toHaveLength(4);
		expect(await disagreements()).toEqual([]);
		expect(await runRebuild("cursor=adopt")).toMatchObject({ status: 400 });
	});

	test("no index is built of what isn't whole, and the alarm waits for the end", async () => {
		await fill();
		await loseLedger();
		await runRebuild("claim=adopt");
		for (let i = 0; i < 3; i++) {
			later(61_000);
			await alarmNow();
		}
		expect(await query("SELECT name FROM sqlite_master WHERE name GLOB 'search*'")).toEqual([]);
		const at = await alarmAt();
		expect(at ?? Number.POSITIVE_INFINITY).toBeGreaterThan(Date.now() + 1000);
		await rebuild("adopt");
		await buildIndex();
		expect((await list("/rescues?sort=-id&limit=1")).body).toMatchObject([{ id: 44 }]);
	});

	test("two of them at once take everything in once", async () => {
		await fill();
		await loseLedger();
		const both = await Promise.all([rebuild("adopt"), runRebuild("claim=adopt"), runRebuild("claim=adopt")]);
		const more = await runRebuild("claim=adopt");
		const adopted = both.reduce((sum, one) => sum + one.adopted, more.adopted ?? 0);
		expect(adopted).toBe(43);
		expect(await query("SELECT count(*) AS n FROM changes")).toEqual([{ n: 43 }]);
		expect(await query("SELECT value FROM meta WHERE name = 'total'")).toEqual([{ value: 43 }]);
	});

	test("two admins who go on side by side both come to the end", async () => {
		await fill();
		await loseLedger();
		await runRebuild("claim=adopt");
		const [one, other] = await Promise.all([rebuild("adopt"), rebuild("adopt")]);
		expect(one.adopted + other.adopted).toBe(28);
		later(2000);
		await alarmNow();
		expect(await REST.update(1, { age: 7 })).toMatchObject({ rescue: { age: 7 } });
		expect(await disagreements()).toEqual([]);
	});

	test("pages of release 1.0", async () => {
		for (const [key, { value, metadata }] of Object.entries(kv)) await env.RESCUES.put(key, value, { metadata });
		later(2000);
		expect(await rebuild("adopt")).toMatchObject({ adopted: 34 });
		later(2000);
		await alarmNow();
		expect(await REST.get(1)).toMatchObject({ rescue: { name: "Rex", version: 3, externalId: "A-1" } });
		expect(await disagreements()).toEqual([]);
	});
});

describe("what is left in KV", () => {
	/** Twelve records in three pages, all of which have been read, so that they have documents of their own. */
	async function fill() {
		PAGE_LIMITS.records = 4;
		await importRows(
			Array.from({ length: 12 }, (_, row) => ({
				row,
				patch: { ...rex, name: `No. ${row + 1}`, externalId: `A-${row}` },
			})),
		);
		await alarmNow();
		await publish(...Array.from({ length: 12 }, (_, index) => index + 1));
		expect(await pageKeys()).toEqual(["rescues:0", "rescues:5", "rescues:9"]);
	}
	const names = async () => {
		const { data } = await graphql("{ rescues(first: 100, fresh: true) { nodes { name } } }");
		return data.rescues.nodes.map(({ name }: { name: string }) => name);
	};
	const numbers = (...ids: number[]) => ids.map((id) => `No. ${id}`);

	test("two pages that overlap because a split was under way: each record once, as the newer one has it", async () => {
		await fill();
		const old = await env.RESCUES.getWithMetadata<PageMeta>("rescues:5", "text");
		await REST.create({ ...rex, id: 100, name: "No. 100" });
		await REST.remove(6);
		// The page before its end moved and a record left it.
		await env.RESCUES.put("rescues:5", old.value as string, {
			metadata: { ...old.metadata, revision: 1, upper: null },
		});
		for (const key of ["rescues:9"]) {
			await damage(key, (body, meta) => [body.map((one) => ({ ...one, name: `${one.name}!` })), meta]);
		}
		await loseLedger();
		expect(await rebuild("adopt")).toMatchObject({ adopted: 13 });
		expect(await names()).toEqual([
			...numbers(1, 2, 3, 4, 5, 6, 7, 8),
			"No. 9!",
			"No. 10!",
			"No. 11!",
			"No. 12!",
			"No. 100",
		]);
	});

	test("a page that was merged into another and isn't gone yet", async () => {
		await fill();
		const stale = await env.RESCUES.getWithMetadata<PageMeta>("rescues:9", "text");
		for (const id of [9, 10, 11, 12]) await REST.remove(id);
		expect(await pageKeys()).toEqual(["rescues:0", "rescues:5"]);
		await env.RESCUES.put("rescues:9", stale.value as string, { metadata: stale.metadata });
		await loseLedger();
		expect(await rebuild("adopt")).toMatchObject({ adopted: 8 });
		expect(await names()).toEqual(numbers(1, 2, 3, 4, 5, 6, 7, 8));
		await alarmNow();
		expect(await pageKeys()).toEqual(["rescues:0", "rescues:5"]);
	});

	test.each([
		["is missing", () => env.RESCUES.delete("rescues:5")],
		["can't be read", () => damage("rescues:5", (_, meta) => ["[{", meta])],
	])("a page that %s: its records come from their own documents, those that have one", async (_what, lose) => {
		await fill();
		await lose();
		await env.RESCUES.delete("rescue:6");
		await loseLedger();
		expect(await rebuild("adopt")).toMatchObject({ adopted: 11 });
		expect(await names()).toEqual(numbers(1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12));
		await alarmNow();
		expect(await disagreements()).toEqual([]);
	});

	test("the first page missing, all pages missing", async () => {
		await fill();
		for (const key of await pageKeys()) await env.RESCUES.delete(key);
		await loseLedger();
		expect(await REST.create(rex)).toMatchObject({ code: "UNAVAILABLE" });
		expect(await rebuild("adopt")).toMatchObject({ adopted: 12 });
		expect(await names()).toEqual(numbers(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
	});

	test("a record's own document that is newer than its page, and one that was deleted", async () => {
		await fill();
		const tag = (await list("/rescues?cursor=4.5")).tag;
		const { value } = await env.RESCUES.getWithMetadata("rescue:6", "text");
		const newer = { ...JSON.parse(value as string), version: 2, age: 99 };
		await env.RESCUES.put("rescue:6", JSON.stringify(newer), { metadata: { version: 2 } });
		const gone = { ...newer, id: 13, name: "Gone" };
		await env.RESCUES.put("rescue:13", JSON.stringify(gone), { metadata: { version: 2 } });
		await loseLedger();
		expect(await rebuild("adopt")).toMatchObject({ adopted: 12 });
		expect(await REST.get(6)).toMatchObject({ rescue: { version: 2, age: 99 } });
		expect(await REST.history(6)).toMatchObject({ changes: [{ version: 2, kind: "restored" }] });
		expect(await REST.get(13)).toMatchObject({ code: "NOT_FOUND" });
		await alarmNow();
		expect(await disagreements()).toEqual([]);
		// Its page isn't what it was.
		expect((await list("/rescues?cursor=4.5")).tag).not.toBe(tag);
	});

	test("two records with one key: the one that was changed last has it", async () => {
		await fill();
		// The second was given the first one's key; the first one's page wasn't published any more.
		await damage("rescues:9", (body, meta) => [
			body.map((one) => (one.id === 9 ? { ...one, externalId: "A-0", updatedAt: "2999-01-01T00:00:00.000Z" } : one)),
			meta,
		]);
		await damage("rescues:5", (body, meta) => [
			body.map((one) => (one.id === 5 ? { ...one, externalId: "A-1", updatedAt: "2000-01-01T00:00:00.000Z" } : one)),
			meta,
		]);
		await loseLedger();
		expect(await rebuild("adopt")).toMatchObject({ adopted: 12 });
		expect(await REST.get(1)).toMatchObject({ rescue: { externalId: null, version: 2 } });
		expect(await REST.get(9)).toMatchObject({ rescue: { externalId: "A-0", version: 1 } });
		expect(await REST.get(2)).toMatchObject({ rescue: { externalId: "A-1", version: 1 } });
		expect(await REST.get(5)).toMatchObject({ rescue: { externalId: null, version: 2 } });
		await alarmNow();
		expect(await disagreements()).toEqual([]);
	});

	test("what is no record is left out, and what is no page of ours is left alone", async () => {
		await fill();
		await damage("rescues:5", (body, meta) => [[...body, null, 7, { id: 8.5 }, { ...body[0], id: 900 }], meta]);
		await damage("rescues:9", (body) => [body, null]);
		await env.RESCUES.put("rescues:other", "[]");
		await loseLedger();
		expect(await rebuild("adopt")).toMatchObject({ adopted: 12 });
		await alarmNow();
		expect(await names()).toEqual(numbers(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
		expect(await env.RESCUES.get("rescues:other")).toBe("[]");
	});

	test("the highest id there can be leaves room for new ones", async () => {
		await REST.create({ ...rex, id: Number.MAX_SAFE_INTEGER });
		await REST.create({ ...rex, id: 20 });
		await loseLedger();
		expect(await rebuild("adopt")).toMatchObject({ adopted: 2 });
		expect(await REST.create(rex)).toMatchObject({ rescue: { id: 21 } });
		expect(await query("SELECT * FROM taken")).toEqual([
			{ first: Number.MAX_SAFE_INTEGER, last: Number.MAX_SAFE_INTEGER },
		]);
	});

	test("nothing: a new ledger of a new namespace may adopt it", async () => {
		expect(await rebuild("adopt")).toMatchObject({ adopted: 0 });
		expect(await REST.create(rex)).toMatchObject({ rescue: { id: 1 } });
	});

	test("is not for a ledger that has changes, not even deletions, and both transports say so", async () => {
		await REST.create(rex);
		await REST.remove(1);
		expect(await runRebuild("claim=adopt")).toMatchObject({ status: 409, code: "ALREADY_EXISTS" });
		const { errors } = await graphql("mutation { rebuildDocuments(claim: ADOPT) { next } }");
		expect(errors[0].extensions.code).toBe("ALREADY_EXISTS");
		expect(await runRebuild("claim=steal")).toMatchObject({ status: 422, code: "INVALID_INPUT" });
	});

	test("is taken in over GraphQL too, under the name of the token's owner", async () => {
		await fill();
		await loseLedger();
		const step = "mutation ($after: String) { rebuildDocuments(after: $after, claim: ADOPT) { adopted next } }";
		let adopted = 0;
		for (let after: string | null | undefined; after !== null; ) {
			const { data } = await graphql(step, { after });
			adopted += data.rebuildDocuments.adopted;
			after = data.rebuildDocuments.next;
		}
		expect(adopted).toBe(12);
	});
});

test("an adoption costs a put a page and a list a step, however many records have an own document", async () => {
	await importRows(Array.from({ length: 200 }, (_, row) => ({ row, patch: rex })));
	await publish(...Array.from({ length: 200 }, (_, index) => index + 1));
	await alarmNow();
	await loseLedger();
	const platform = await harden({ plan: "free" });
	try {
		expect(await rebuild("adopt")).toMatchObject({ adopted: 200 });
		expect(platform.usage.puts).toBe(1);
		expect(platform.usage.lists).toBeLessThan(6);
	} finally {
		platform.restore();
	}
});
