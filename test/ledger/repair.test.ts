import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test } from "vitest";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { nextSecond } from "../platform/hard.ts";
import { fetchWorker, GraphQL, graphql, REST, transports } from "../transports.ts";
import { caughtUp, forgetReads, publish } from "./faulty-kv.ts";

afterEach(reset);

const rex = { name: "Rex", age: 3, species: "dog" };
const noCache = { headers: { "Cache-Control": "max-age=0, no-cache" } };

/** Everything in KV, as it is, but for what each publication of a page has of its own. */
async function published() {
	const { keys } = await env.RESCUES.list();
	const documents = await Promise.all(
		keys.map(async ({ name }) => {
			const { value, metadata } = await env.RESCUES.getWithMetadata<{ edition?: unknown }>(name, "text");
			const edition = name.startsWith("rescues:") && { edition: typeof metadata?.edition };
			return [name, { value, metadata: { ...metadata, ...edition } }] as const;
		}),
	);
	return Object.fromEntries(documents);
}

/** Waits for what the ledger publishes on its own. */
async function until<T>(read: () => Promise<T>, expected: T) {
	await expect.poll(read, { interval: 10 }).toEqual(expected);
}

describe("a fresh read", () => {
	test("knows a write that KV doesn't know yet, on both transports", async () => {
		await REST.create(rex);
		await publish(1);
		const stale = await published();
		await REST.update(1, { age: 9 });
		await REST.create(rex);
		for (const [key, { value, metadata }] of Object.entries(stale)) {
			await env.RESCUES.put(key, value as string, { metadata });
		}
		expect(await REST.get(1)).toMatchObject({ rescue: { age: 3 } });
		const fresh = await fetchWorker("/rescues/1", noCache);
		expect(await fresh.json()).toMatchObject({ age: 9, version: 2 });
		expect(fresh.headers.get("ETag")).toBe('"2"');
		const list = await fetchWorker("/rescues?limit=1", noCache);
		expect(await list.json()).toMatchObject([{ age: 9 }]);
		expect(list.headers.get("Total-Count")).toBe("2");
		const found = await fetchWorker("/rescues?species=dog", noCache);
		expect(await found.json()).toHaveLength(2);
		const { data } = await graphql(
			"{ rescue(id: 1, fresh: true) { age } stale: rescue(id: 1) { age } rescues(fresh: true) { totalCount nodes { age } } found: rescues(fresh: true, sort: NAME_ASC) { nodes { id } } }",
		);
		expect(data).toMatchObject({
			rescue: { age: 9 },
			stale: { age: 3 },
			rescues: { totalCount: 2, nodes: [{ age: 9 }, { age: 3 }] },
			found: { nodes: [{ id: "1" }, { id: "2" }] },
		});
	});

	test("touches no KV", async () => {
		await REST.create(rex);
		const { getWithMetadata } = env.RESCUES;
		env.RESCUES.getWithMetadata = () => {
			throw new Error("KV was read");
		};
		try {
			expect((await fetchWorker("/rescues/1", noCache)).status).toBe(200);
			expect((await fetchWorker("/rescues", noCache)).status).toBe(200);
		} finally {
			env.RESCUES.getWithMetadata = getWithMetadata;
		}
	});
});

describe("a damaged document is answered from the ledger and published again:", () => {
	const damages: [string, string, (body: string, metadata: object) => [string, object | null]][] = [
		["a record without metadata", "rescue:1", (body) => [body, null]],
		["a record with an impossible version", "rescue:1", (body) => [body, { version: "one" }]],
		["a record at version 0", "rescue:1", (body) => [body, { version: 0 }]],
		["a page without metadata", "rescues:0", (body) => [body, null]],
		["a page with another page's bound", "rescues:0", (body, meta) => [body, { ...meta, lower: 5 }]],
		["a page that ends before it begins", "rescues:0", (body, meta) => [body, { ...meta, upper: 0 }]],
		["a page with more records than there are", "rescues:0", (body, meta) => [body, { ...meta, total: 0 }]],
	];
	test.each(damages)("%s", async (_name, key, damage) => {
		await REST.create(rex);
		await publish(1);
		for (const transport of transports) {
			await forgetReads();
			const sound = await published();
			const [body, metadata] = damage(sound[key]?.value as string, sound[key]?.metadata as object);
			await env.RESCUES.put(key, body, { metadata });
			expect(await transport.get(1)).toMatchObject({ rescue: { ...rex, version: 1 } });
			const list = await fetchWorker("/rescues");
			expect([list.status, await list.json()]).toMatchObject([200, [{ ...rex, version: 1 }]]);
			await until(published, sound);
		}
	});

	test.each([
		["no JSON", "rescue:1", "{"],
		["another record", "rescue:1", JSON.stringify({ ...rex, id: 2, version: 1 })],
		["no JSON", "rescues:0", "[{]"],
		["no list", "rescues:0", "{}"],
		["too few records", "rescues:0", "[]"],
	])("a body with %s, at %s, where a read parses it", async (_name, key, body) => {
		await REST.create(rex);
		await REST.create(rex);
		await caughtUp();
		await publish(1);
		await forgetReads();
		const sound = await published();
		nextSecond();
		const damage = () => env.RESCUES.put(key, body, { metadata: sound[key]?.metadata as object });
		await damage();
		expect(await GraphQL.get(1)).toMatchObject({ rescue: { id: 1, version: 1 } });
		const { data } = await graphql("{ rescues { nodes { id } } found: rescues(sort: AGE_ASC) { nodes { id } } }");
		const both = { nodes: [{ id: "1" }, { id: "2" }] };
		expect(data).toEqual({ rescues: both, found: both });
		expect(await (await fetchWorker("/rescues?limit=1")).json<AnimalRescue[]>()).toMatchObject([{ id: 1 }]);
		await until(published, sound);
	});

	test("what nothing stands behind is taken away", async () => {
		await REST.create(rex);
		await env.RESCUES.put("rescue:9", "{", { metadata: {} });
		expect(await REST.get(9)).toMatchObject({ code: "NOT_FOUND" });
		await until(() => env.RESCUES.get("rescue:9"), null);
	});

	test("at most once a minute, however often it is read", async () => {
		await REST.create(rex);
		await publish(1);
		await forgetReads();
		let puts = 0;
		const { put } = env.RESCUES;
		const damage = () => put.call(env.RESCUES, "rescue:1", "{", {});
		await damage();
		env.RESCUES.put = async (...args: Parameters<typeof put>) => {
			puts++;
			return put.apply(env.RESCUES, args);
		};
		try {
			await REST.get(1);
			await until(async () => puts, 1);
			await damage();
			for (let i = 0; i < 5; i++) expect(await REST.get(1)).toMatchObject({ rescue: rex });
			expect(puts).toBe(1);
		} finally {
			env.RESCUES.put = put;
		}
	});
});

describe("a rebuild", () => {
	/** Goes through all batches; gives how many documents were compared and repaired. */
	async function rebuild(step: (cursor: string | null) => Promise<{ checked: number; mended: number; next: string }>) {
		const sum = { checked: 0, mended: 0 };
		for (let next: string | null = null; ; ) {
			const answer = await step(next);
			sum.checked += answer.checked;
			sum.mended += answer.mended;
			next = answer.next;
			if (next === null) return sum;
		}
	}
	const overREST = () =>
		rebuild(async (cursor) => {
			const search = new URLSearchParams(cursor === null ? {} : { cursor });
			return (await fetchWorker(`/rebuild?${search}`, { method: "POST" })).json();
		});
	const overGraphQL = () =>
		rebuild(async (after) => {
			const query = "mutation ($after: String) { rebuildDocuments(after: $after) { checked mended next } }";
			return (await graphql(query, { after })).data.rebuildDocuments;
		});

	test.each([
		["REST", overREST],
		["GraphQL", overGraphQL],
	])("over %s brings back what is gone, mends what is damaged, takes away what is too much", async (_name, rebuild) => {
		for (let i = 0; i < 45; i++) await REST.create(rex);
		await REST.create({ id: Number.MAX_SAFE_INTEGER, ...rex });
		await REST.remove(7);
		await publish(...Array.from({ length: 45 }, (_, index) => index + 1).filter((id) => id !== 7));
		await publish(Number.MAX_SAFE_INTEGER);
		nextSecond();
		await caughtUp();
		const sound = await published();
		expect(Object.keys(sound)).toHaveLength(46);

		// Healthy: nothing changes.
		const puts = countWrites();
		expect(await rebuild()).toEqual({ checked: 46, mended: 0 });
		expect(puts()).toBe(0);

		nextSecond();
		// Half-wiped and damaged.
		for (const id of [1, 2, 44]) await env.RESCUES.delete(`rescue:${id}`);
		await env.RESCUES.put("rescue:3", "{", { metadata: { version: 1 } });
		await env.RESCUES.put("rescue:7", "{}", { metadata: { version: 1 } });
		await env.RESCUES.put("rescues:17", "[]", {
			metadata: { revision: 1, lower: 17, upper: null, count: 0, total: 0 },
		});
		await env.RESCUES.put("rescues:0", "[]", { metadata: sound["rescues:0"]?.metadata as object });
		expect(await rebuild()).toEqual({ checked: 46, mended: 7 });
		await caughtUp();
		expect(await published()).toEqual(sound);

		nextSecond();
		// Wiped.
		for (const key of Object.keys(sound)) await env.RESCUES.delete(key);
		expect(await rebuild()).toEqual({ checked: 46, mended: 46 });
		await caughtUp();
		expect(await published()).toEqual(sound);
	});

	test("a place that no rebuild gave is refused", async () => {
		for (const cursor of ["x", "rescue:x", "rescue:99999999999999999", "page:1"]) {
			const response = await fetchWorker(`/rebuild?cursor=${cursor}`, { method: "POST" });
			expect([cursor, response.status]).toEqual([cursor, 400]);
		}
	});

	test("under an idempotency key gives the first answer again", async () => {
		await REST.create(rex);
		await env.RESCUES.delete("rescues:0");
		const post = () => fetchWorker("/rebuild", { method: "POST", headers: { "Idempotency-Key": "k" } });
		const [first, second] = [await post(), await post()];
		expect(await second.json()).toEqual(await first.json());
		expect(second.headers.get("Idempotency-Replayed")).toBe("true");
	});
});

/** Counts what is written to the real KV from now on. */
function countWrites() {
	let writes = 0;
	const { put } = env.RESCUES;
	env.RESCUES.put = async (...args: Parameters<typeof put>) => {
		writes++;
		return put.apply(env.RESCUES, args);
	};
	return () => {
		env.RESCUES.put = put;
		return writes;
	};
}
