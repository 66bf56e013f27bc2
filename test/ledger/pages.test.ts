import { reset, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { PAGE_LIMITS } from "../../src/ledger/pages.ts";
import type { PageMeta } from "../../src/rescues/page.ts";
import { type AnimalRescue, type RescueFields, toRescue } from "../../src/rescues/rescue.ts";
import { rescueSchemas } from "../../src/rescues/schemas.ts";
import { holdClock } from "../platform/clock.ts";
import { isHard, nextSecond } from "../platform/hard.ts";
import { fetchWorker, graphql, REST } from "../transports.ts";
import { caughtUp, disagreements, importRows, ledger, rows } from "./faulty-kv.ts";

beforeEach(() => {
	holdClock();
});
afterEach(async () => {
	vi.useRealTimers();
	await reset();
});

/** Puts many records into the ledger at once and publishes the pages; the records' own documents come by and by. */
async function fill(ids: number[], description: string | null = null) {
	const given = ids.map((id, row) => ({
		row,
		id,
		patch: { name: `No. ${id}`, age: id % 256, species: "dog", description },
	}));
	const landed = await importRows(given);
	if (!landed.ok) throw new Error(landed.detail);
	expect(landed.value.created).toBe(ids.length);
	await publishPages();
}

/** Runs the alarm until every page is published; after an eviction one is published again a minute later. */
async function publishPages() {
	for (let i = 0; i < 50; i++) {
		nextSecond();
		await runInDurableObject(ledger(), (_, { storage: { sql } }) =>
			sql.exec("UPDATE outbox SET due = 0 WHERE key LIKE 'rescues:%'").toArray(),
		);
		await runDurableObjectAlarm(ledger());
		const isDue = ({ key, due }: { key: string; due: number }) =>
			key.startsWith("rescues:") && due < Date.now() + 30_000;
		if (!(await rows()).some(isDue)) return;
		// What is under way takes real time.
		if (isHard()) await new Promise((resolve) => setTimeout(resolve, 50));
	}
	throw new Error("the pages don't get published");
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const pageMeta = async (lower: number) => (await env.RESCUES.getWithMetadata<PageMeta>(`rescues:${lower}`)).metadata;

/** Follows `Link` from the start to the end. */
async function walkREST(query = "", between: () => Promise<unknown> = async () => undefined) {
	const ids: number[] = [];
	let path: string | undefined = `/rescues${query}`;
	while (path) {
		const response: Response = await fetchWorker(path);
		expect(response.status).toBe(200);
		ids.push(...(await response.json<AnimalRescue[]>()).map(({ id }) => id));
		path = /^<(\/rescues\?[^>]+)>; rel="next"$/.exec(response.headers.get("Link") ?? "")?.[1];
		await between();
	}
	return ids;
}

async function walkGraphQL(first: number) {
	const ids: number[] = [];
	for (let after: string | null = null; ; ) {
		const { data } = await graphql(
			"query($first: Int, $after: String) { rescues(first: $first, after: $after) { nodes { id } totalCount pageInfo { endCursor hasNextPage } } }",
			{ first, after },
		);
		expect(data.rescues.nodes.length).toBeLessThanOrEqual(first);
		ids.push(...data.rescues.nodes.map(({ id }: { id: string }) => Number(id)));
		if (!data.rescues.pageInfo.hasNextPage) return ids;
		// GraphQL fills `first` across pages.
		expect(data.rescues.nodes).toHaveLength(first);
		after = data.rescues.pageInfo.endCursor;
	}
}

test("an append to a full page opens a new one, so pages stay full", async () => {
	await fill(range(1, 1001));
	expect(await pageMeta(0)).toMatchObject({ lower: 0, upper: 1001, count: 1000 });
	expect(await pageMeta(1001)).toMatchObject({ lower: 1001, upper: null, count: 1, total: 1001 });
});

test("a record put into a full page splits it in the middle", async () => {
	await fill(range(1001, 2000));
	await fill([1]);
	const first = await pageMeta(0);
	expect(first).toMatchObject({ lower: 0, total: 1001 });
	expect(first?.count).toBeGreaterThan(400);
	expect(first?.count).toBeLessThan(600);
	expect(await pageMeta(first?.upper as number)).toMatchObject({ upper: null, count: 1001 - (first?.count ?? 0) });
	expect(await walkREST()).toEqual([1, ...range(1001, 2000)]);
});

test("a page splits at 2 MiB, however few records it holds", async () => {
	await fill(range(1, 900), "🐕".repeat(1500));
	const first = await pageMeta(0);
	const bytes = new TextEncoder().encode((await env.RESCUES.get("rescues:0")) ?? "").length;
	expect(bytes).toBeLessThanOrEqual(2 * 1024 * 1024);
	expect(first?.upper).not.toBeNull();
	expect(await walkREST()).toEqual(range(1, 900));
});

describe("a page that release 1.0 has left larger than a page may be", () => {
	const MIB = 1024 * 1024;
	/** One page of 5.5 MiB, and a small one behind it. */
	async function fillAsRelease1() {
		Object.assign(PAGE_LIMITS, { records: 1000, bytes: 8 * MIB });
		try {
			await fill(range(1, 1000), "🐕".repeat(1390));
			await fill([1001]);
		} finally {
			PAGE_LIMITS.bytes = 2 * MIB;
		}
		expect(await pageMeta(0)).toMatchObject({ count: 1000, upper: 1001 });
	}
	async function expectSmallPages() {
		await publishPages();
		const { keys } = await env.RESCUES.list({ prefix: "rescues:" });
		expect(keys.length).toBeGreaterThanOrEqual(4);
		for (const { name } of keys) {
			expect(new TextEncoder().encode((await env.RESCUES.get(name)) ?? "").length).toBeLessThanOrEqual(2 * MIB);
		}
		expect(await disagreements()).toEqual([]);
	}

	test("is served, and split into as many as it takes by the next change in it", async () => {
		await fillAsRelease1();
		expect(await walkREST()).toEqual(range(1, 1001));
		const before = (await fetchWorker("/rescues")).headers.get("ETag");
		await REST.update(500, { age: 9 });
		await expectSmallPages();
		expect(await walkREST()).toEqual(range(1, 1001));
		expect((await fetchWorker("/rescues")).headers.get("ETag")).not.toBe(before);
	});

	test("is split by a deletion in it", async () => {
		await fillAsRelease1();
		await REST.remove(1000);
		await expectSmallPages();
		expect(await walkREST()).toEqual([...range(1, 999), 1001]);
	});

	test("is split when it is published for another reason, under an ETag that it never had", async () => {
		await fillAsRelease1();
		// In the other page.
		await REST.update(1001, { age: 9 });
		const before = (await fetchWorker("/rescues")).headers.get("ETag");
		const { value } = await env.RESCUES.getWithMetadata("rescues:0", "text");
		await env.RESCUES.put("rescues:0", value as string, { metadata: {} });
		nextSecond();
		expect((await fetchWorker("/rescues")).status).toBe(200);
		await expect.poll(() => pageMeta(0)).toMatchObject({ lower: 0 });
		await expectSmallPages();
		expect(await walkREST()).toEqual(range(1, 1001));
		expect((await fetchWorker("/rescues")).headers.get("ETag")).not.toBe(before);
	});
});

test("an emptied page goes, and the first page takes over what follows it", async () => {
	await fill(range(1, 1002));
	nextSecond();
	await REST.remove(1001);
	await REST.remove(1002);
	await caughtUp();
	expect(await pageMeta(0)).toMatchObject({ upper: null, count: 1000, total: 1000 });
	expect(await env.RESCUES.get("rescues:1001")).toBeNull();
	expect(await REST.create({ name: "Rex", age: 3, species: "dog" })).toMatchObject({ rescue: { id: 1003 } });
	expect(await pageMeta(1003)).toMatchObject({ count: 1 });
});

test("a walk over 2,500 records gives each id once on both transports, in pages of any size", async () => {
	await fill(range(1, 2500));
	expect(await walkREST()).toEqual(range(1, 2500));
	expect(await walkREST("?limit=999")).toEqual(range(1, 2500));
	expect(await walkGraphQL(1000)).toEqual(range(1, 2500));
	expect(await walkGraphQL(700)).toEqual(range(1, 2500));
});

test("a walk over 2,500 records misses none and repeats none while records are added and deleted", async () => {
	await fill(range(1, 2500).map((n) => n * 2));
	const deleted = new Set<number>();
	let n = 0;
	const ids = await walkREST("?limit=250", async () => {
		n++;
		// Behind the walk, ahead of it, and at the end.
		await REST.create({ id: n * 2 + 1, name: "New", age: 1, species: "cat" });
		await REST.create({ id: 4001 - n * 2, name: "New", age: 1, species: "cat" });
		await REST.create({ id: 10_000 + n, name: "New", age: 1, species: "cat" });
		for (const id of [4000 - n * 2, n * 20]) {
			await REST.remove(id);
			deleted.add(id);
		}
	});
	expect(new Set(ids).size).toBe(ids.length);
	expect(ids).toEqual(ids.toSorted((a, b) => a - b));
	const throughout = range(1, 2500)
		.map((n) => n * 2)
		.filter((id) => !deleted.has(id));
	const seen = new Set(ids);
	expect(throughout.filter((id) => !seen.has(id))).toEqual([]);
});

test("a cursor that names a page which is gone is settled by the ledger", async () => {
	await fill(range(1, 1500));
	const link = (await fetchWorker("/rescues?limit=1000")).headers.get("Link") ?? "";
	expect(link).toContain("cursor=1000.1001");
	await env.RESCUES.delete("rescues:1001");
	const rest = await fetchWorker("/rescues?cursor=1000.1001");
	expect((await rest.json<AnimalRescue[]>()).map(({ id }) => id)).toEqual(range(1001, 1500));
	const plain = await fetchWorker("/rescues?cursor=1200&limit=3");
	expect((await plain.json<AnimalRescue[]>()).map(({ id }) => id)).toEqual([1201, 1202, 1203]);
});

test("the total is right on every page within half a minute", async () => {
	await fill(range(1, 1500));
	const total = async (path: string) => (await fetchWorker(path)).headers.get("Total-Count");
	expect([await total("/rescues"), await total("/rescues?cursor=1000.1001")]).toEqual(["1500", "1500"]);
	const { data } = await graphql('{ rescues(first: 1, after: "1100.1001") { totalCount } }');
	expect(data.rescues.totalCount).toBe(1500);
});

test("a page's ETag is its own and changes with it", async () => {
	await fill(range(1, 1001));
	const tag = async (path: string) => (await fetchWorker(path)).headers.get("ETag") as string;
	const [first, second] = [await tag("/rescues"), await tag("/rescues?cursor=1000.1001")];
	expect(first).not.toBe(second);
	const answer = await fetchWorker("/rescues", { headers: { "If-None-Match": first } });
	expect(answer.status).toBe(304);
	expect(await answer.text()).toBe("");
	nextSecond();
	await REST.update(1001, { age: 1 });
	expect(await tag("/rescues")).toBe(first);
	expect(await tag("/rescues?cursor=1000.1001")).not.toBe(second);
});

test("toRescue keeps the order that is stored and served", () => {
	const fields = rescueSchemas.create.parse({ species: "dog", age: 3, name: "Rex" }) as RescueFields;
	expect(Object.keys(toRescue(1, fields, 1, "", "")).slice(0, 4)).toEqual(["id", "name", "age", "species"]);
});
