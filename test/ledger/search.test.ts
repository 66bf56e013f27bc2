import { createExecutionContext, evictDurableObject, reset, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createApp } from "../../src/app.ts";
import type { Env } from "../../src/env.ts";
import type { RescueLedger } from "../../src/ledger/ledger.ts";
import { PAGE_LIMITS } from "../../src/ledger/pages.ts";
import { PATIENCE } from "../../src/ledger/search/finder.ts";
import { CHARACTERS, ROWS_A_RECORD } from "../../src/ledger/search/search-index.ts";
import { INDEX } from "../../src/rescues/find.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { SEARCH_LIMITS, type Search } from "../../src/rescues/search.ts";
import type { ImportRow } from "../../src/transfer/rows.ts";
import { holdClock } from "../platform/clock.ts";
import { harden } from "../platform/platform.ts";
import { buildIndex, findBy, ring, searchFact } from "../rescues/ways.ts";
import { fetchWorker, graphql, REST } from "../transports.ts";
import { alarmAt, importRows, ledger } from "./faulty-kv.ts";

// Pages of five records, so that a few records are many pages.
PAGE_LIMITS.records = 5;

let platform: Awaited<ReturnType<typeof harden>> | undefined;
// The index is built by the alarm, which must not ring between what a test has it do.
beforeEach(() => {
	holdClock();
});
afterEach(async () => {
	vi.useRealTimers();
	findBy("usual");
	platform?.restore();
	platform = undefined;
	await reset();
});

const ALL: Search = { filter: {}, sort: "name", first: 0, from: null, count: false };
const SPECIES = ["dog", "cat", "rabbit"];
const animal = (index: number) => ({
	...{ name: `Animal ${index % 7}`, age: index % 16, species: SPECIES[index % 3] as string },
	...{ status: index % 20 === 0 ? ("available" as const) : ("adopted" as const), externalId: `E-${index}` },
	description: index % 2 ? "Calm and quiet, likes people." : "Lively, walks well on the lead.",
});

/** Brings in `count` animals, in transactions of a hundred, and publishes their pages. */
async function fill(count: number, from = 0, more: object = {}) {
	for (let at = from; at < from + count; at += 100) {
		const indexes = Array.from({ length: Math.min(100, from + count - at) }, (_, index) => at + index);
		const rows: ImportRow[] = indexes.map((index) => ({ row: index, patch: { ...animal(index), ...more } }));
		expect((await importRows(rows)).ok).toBe(true);
	}
	await publish();
}

/** Puts into KV all pages that are waiting; the records' own documents don't matter here. */
async function publish() {
	const left = () =>
		runInDurableObject(ledger(), (_, { storage: { sql } }) => {
			sql.exec("DELETE FROM outbox WHERE key GLOB 'rescue:*'");
			sql.exec("UPDATE outbox SET due = 0");
			return sql.exec<{ n: number }>("SELECT count(*) AS n FROM outbox").one().n;
		});
	while ((await left()) > 0) await ring();
}

async function list(query: string, headers: Record<string, string> = {}) {
	const response = await fetchWorker(`/rescues?${query}`, { headers });
	const text = await response.text();
	const timing = /^kv;desc="(\d+) .*ledger;desc="(\d+) /.exec(response.headers.get("Server-Timing") ?? "") ?? [];
	const body = text === "" ? [] : JSON.parse(text);
	return {
		status: response.status,
		headers: response.headers,
		ids: Array.isArray(body) ? (body as AnimalRescue[]).map(({ id }) => id) : [],
		problem: body as { code?: string; detail?: string },
		reads: Number(timing[1]),
		calls: Number(timing[2]),
	};
}

const tables = () =>
	runInDurableObject(ledger(), (_, { storage: { sql } }) =>
		sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE name GLOB 'search*'").toArray(),
	);

describe("up to four pages", () => {
	test("there is no index, and writes cost what they cost without", async () => {
		const costs = async (id: number) => {
			platform = await harden();
			await REST.update(id, { name: `Rex ${id}` });
			platform.restore();
			return platform.usage.rowsWritten;
		};
		await fill(3);
		const first = await costs(1);
		await fill(17, 3);
		await ring();
		expect(await tables()).toEqual([]);
		expect(await costs(18)).toBe(first);
		await fill(1, 20);
		await buildIndex();
		expect(await tables()).not.toEqual([]);
		// The change is noted; the alarm does the rest.
		expect(await costs(19)).toBe(first + 1);
	});

	test("the pages are read side by side", async () => {
		await fill(20);
		platform = await harden({ readMs: [300, 300] });
		const { status, reads, calls, headers } = await list("sort=-name&limit=3");
		expect({ status, reads, calls }).toEqual({ status: 200, reads: 4, calls: 0 });
		expect(headers.get("Total-Count")).toBe("20");
	});

	test("pages that have split since the first one was published are read nevertheless", async () => {
		await fill(20);
		const before = await env.RESCUES.getWithMetadata("rescues:0", "text");
		await REST.create({ id: 9_000, name: "Late", age: 1, species: "dog" });
		await publish();
		await env.RESCUES.put("rescues:0", before.value as string, { metadata: before.metadata });
		findBy("pages");
		expect((await list("sort=-id&limit=1")).ids).toEqual([9_000]);
		expect((await list("q=late")).ids).toEqual([9_000]);
		// And those that an earlier release published, which name no others.
		const { following: _, ...metadata } = before.metadata as Record<string, unknown>;
		await env.RESCUES.put("rescues:0", before.value as string, { metadata });
		expect((await list("q=late")).ids).toEqual([9_000]);
	});
});

describe("beyond four pages", () => {
	test("a filter, a sort, a search and a total ask storage twice, and read rows in the order of what they give", async () => {
		// What is counted of a search is read: here fifty, elsewhere ten thousand at most.
		SEARCH_LIMITS.counted = 50;
		const rows: Record<string, number[]> = {};
		for (const [from, to] of [
			[0, 300],
			[300, 1200],
		] as const) {
			await fill(to - from, from);
			await buildIndex();
			// Brought up to date before anything is counted.
			await list("q=x");
			platform = await harden({ readMs: [20, 20] });
			for (const query of [
				"species=rabbit&status=available&limit=10",
				"status=available&sort=createdAt&limit=10",
				"status=adopted&sort=-age&limit=10",
				"species=cat&sort=name&limit=10",
				"sort=-updatedAt&limit=10",
				"q=E-77&sort=name&limit=10",
				"q=calm+dog&sort=-name&limit=10",
				"q=l&limit=10",
			]) {
				platform.reset();
				INDEX.hasAnswered = false;
				expect(await list(query), query).toMatchObject({ status: 200, reads: 1, calls: 1 });
				rows[query] = [...(rows[query] ?? []), platform.usage.rowsRead];
			}
			platform.restore();
		}
		for (const [query, [few = 0, many = 0]] of Object.entries(rows)) {
			expect(few, query).toBeLessThan(300);
			expect(many, query).toBeLessThan(Math.max(few, 400));
		}
	});

	test("what matches is found where it is at the far end of the order, and more rows are not read in vain", async () => {
		await fill(340);
		await fill(60, 340, { name: "Zoe", breed: "Axolotl", size: "small" });
		await buildIndex();
		PATIENCE.least = 1;
		platform = await harden();
		for (const query of [
			"q=axolotl&sort=name&limit=1",
			"size=small&sort=name&limit=1",
			"size=small&sort=-id&limit=1",
		]) {
			platform.reset();
			const found = await list(query);
			expect(found, query).toMatchObject({ status: 200, calls: 1 });
			expect(found.ids, query).toEqual([query.includes("-id") ? 400 : 341]);
			expect(platform.usage.rowsRead, query).toBeLessThan(400);
		}
		PATIENCE.least = 1000;
	});

	test("a search finds within a word, and nothing across two", async () => {
		await fill(40);
		await REST.create({ name: "aba bab", age: 1, species: "dog", breed: "ab ba" });
		await buildIndex();
		for (const [q, isFound] of [
			...(["a", "ab", "ba", "aba", "bab", "bab aba", "BAB  dog", "ab b"] as const).map((q) => [q, true] as const),
			...(["abab", "babab", "abba", "aba bab x", "abd"] as const).map((q) => [q, false] as const),
		]) {
			const found = await list(`species=dog&status=intake&q=${encodeURIComponent(q)}`);
			expect(found, q).toMatchObject({ ids: isFound ? [41] : [], calls: 1 });
		}
	});

	test("a chip, an externalId and ids are found without the index, by their keys", async () => {
		findBy("pages");
		await fill(300);
		await REST.update(207, { microchip: "985112001234567", notes: "Bites" });
		await publish();
		findBy("usual");
		expect(await searchFact("search_built_until")).not.toBe(Number.MAX_SAFE_INTEGER);
		platform = await harden({ readMs: [20, 20] });
		for (const [query, ids] of [
			["microchip=985+112-001+234567", [207]],
			["microchip=985112001234567&q=bites&species=dog", []],
			["externalId=E-206&q=bites&sort=-name", [207]],
			["externalId=nobody", []],
			["ids=300&ids=4&ids=4000", [4, 300]],
			["ids=300&ids=4&sort=-id&status=adopted", [300, 4]],
		] as const) {
			platform.reset();
			// The first page tells that there are many; nothing more is read.
			const found = await list(query);
			expect(found, query).toMatchObject({ status: 200, ids, reads: 1, calls: 1 });
			expect(found.headers.get("Total-Count")).toBe(String(ids.length));
			expect(platform.usage.rowsRead, query).toBeLessThan(30);
		}
		const { data } = await graphql(
			"{ rescues(filter: { ids: [9, 8, 7] }, sort: ID_DESC, first: 2) { totalCount nodes { id } pageInfo { endCursor hasNextPage } } }",
		);
		expect(data.rescues).toMatchObject({
			totalCount: 3,
			nodes: [{ id: "9" }, { id: "8" }],
			pageInfo: { hasNextPage: true },
		});
		const rest = await graphql(
			`{ rescues(filter: { ids: [7, 8, 9] }, sort: ID_DESC, after: "${data.rescues.pageInfo.endCursor}") { nodes { id } } }`,
		);
		expect(rest.data.rescues.nodes).toEqual([{ id: "7" }]);
		// That keys are found says nothing of the index.
		expect(INDEX.hasAnswered).toBe(false);
	});

	test("private text is found for those who may see it alone, and what is remembered for one is not given to the other", async () => {
		await fill(40);
		await REST.update(7, { notes: "Möller called", location: "Kennel 12", microchip: "985112001234567" });
		await REST.update(8, { description: "Möller's favourite", location: "kennel 12" });
		await buildIndex();
		const elsewhere = { Origin: "https://elsewhere.example" };
		for (const sort of ["id", "-age"]) {
			for (let time = 0; time < 2; time++) {
				expect(await list(`q=moller&sort=${sort}`, elsewhere)).toMatchObject({ ids: [8], calls: 1 });
				const all = await list(`q=moller&sort=${sort}`);
				expect(all.ids.toSorted()).toEqual([7, 8]);
				expect(all.headers.get("Total-Count")).toBe("2");
				expect((await list(`q=4567&sort=${sort}`, elsewhere)).ids).toEqual([]);
				expect((await list(`q=4567+called+E-6&sort=${sort}`)).ids).toEqual([7]);
				expect((await list(`location=KENNEL+12&sort=${sort}`)).ids.toSorted()).toEqual([7, 8]);
			}
		}
		expect(await list("location=kennel+12", elsewhere)).toMatchObject({ status: 403, problem: { code: "FORBIDDEN" } });
		await REST.update(7, { notes: null, location: "Foster" });
		expect((await list("q=moller")).ids).toEqual([8]);
		expect((await list("location=kennel+12")).ids).toEqual([8]);
	});

	test("the index is built in bounded steps", async () => {
		findBy("pages");
		await fill(600);
		findBy("usual");
		platform = await harden();
		const written: number[] = [];
		for (let until: unknown; until !== Number.MAX_SAFE_INTEGER; until = await searchFact("search_built_until")) {
			platform.reset();
			await runInDurableObject(ledger(), async (instance, { storage }) => {
				// The platform's own alarm comes between.
				await storage.deleteAlarm();
				await (instance as RescueLedger).alarm();
				written.push(platform?.usage.rowsWritten ?? 0);
				await storage.deleteAlarm();
			});
		}
		expect(written.length).toBe(4);
		expect(Math.max(...written)).toBeLessThan(250 * ROWS_A_RECORD + 50);
		expect(Math.max(...written)).toBeGreaterThan(250 * ROWS_A_RECORD);
		expect(await list("species=cat&sort=-name&limit=1")).toMatchObject({ status: 200, reads: 1, calls: 1 });
		// From then on no page is read first.
		expect(await list("species=cat&sort=-name&limit=1")).toMatchObject({ status: 200, reads: 0, calls: 1 });
	});

	test("long texts make steps shorter, and what a search takes in", async () => {
		findBy("pages");
		await fill(70, 0, { description: "abcde ".repeat(800) });
		findBy("usual");
		await ring();
		await ring();
		expect(await searchFact("search_built_until")).toBe(Math.ceil(CHARACTERS / 4825));
		await buildIndex();
		const left = async () => {
			await runInDurableObject(ledger(), (instance) =>
				(instance as RescueLedger).search({ ...ALL, first: 1 }, false, true),
			);
			return runInDurableObject(ledger(), (_, { storage: { sql } }) =>
				sql.exec<{ n: number }>("SELECT count(*) AS n FROM search_due").one(),
			);
		};
		await runInDurableObject(ledger(), (_, { storage: { sql } }) => {
			sql.exec("UPDATE rescues SET document = json_set(document, '$.age', 99)").toArray();
		});
		expect(await left()).toEqual({ n: 70 - Math.ceil(CHARACTERS / 4825) });
		expect(await left()).toEqual({ n: 0 });
	});

	test("building leaves the day's rows to writes while the pages can be read, and goes on the next day", async () => {
		findBy("pages");
		await fill(150);
		findBy("usual");
		const build = async () => {
			for (let rung = 0; rung < 4; rung++) await ring();
			return searchFact("search_built_until");
		};
		await runInDurableObject(ledger(), (_, { storage: { sql } }) => {
			sql.exec("INSERT OR REPLACE INTO meta VALUES ('search_day', ?)", `${Math.floor(Date.now() / 86_400_000)} 30000`);
		});
		expect(await build()).toBe(0);
		expect(await list("sort=-id&limit=1")).toMatchObject({ status: 200, ids: [150], reads: 30 });
		vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 86_400_000 });
		expect(await build()).toBe(Number.MAX_SAFE_INTEGER);
	});

	test("changes are taken in within the day's rows too; beyond, the pages are read, and the next day it goes on", async () => {
		await fill(40);
		await buildIndex();
		await runInDurableObject(ledger(), (_, { storage: { sql } }) => {
			sql.exec("INSERT OR REPLACE INTO meta VALUES ('search_day', ?)", `${Math.floor(Date.now() / 86_400_000)} 30000`);
		});
		await REST.update(3, { name: "Quirin" });
		await ring();
		const asked = await list("q=quirin");
		expect(asked).toMatchObject({ status: 200, ids: [3] });
		expect(asked.reads).toBeGreaterThan(1);
		const alarm = await alarmAt();
		expect(alarm).toBeGreaterThan(Date.now() + 1000);
		vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 86_400_000 });
		await ring();
		expect(await list("q=quirin")).toMatchObject({ status: 200, ids: [3], calls: 1 });
	});

	test("it knows every write that was answered, after an eviction too", async () => {
		await fill(40);
		await buildIndex();
		await REST.create({ name: "Quirin", age: 250, species: "Axolotl", description: "Zwölf" });
		expect((await list("q=zwolf")).ids).toEqual([41]);
		await REST.update(41, { description: "Elf" });
		expect((await list("q=zwolf")).ids).toEqual([]);
		expect((await list("q=elf+quirin&species=axolotl")).ids).toEqual([41]);
		await REST.update(41, { status: "pending" });
		await REST.update(1, { age: 251 });
		await evictDurableObject(ledger());
		expect((await list("sort=-age&limit=2")).ids).toEqual([1, 41]);
		expect(await list("status=pending")).toMatchObject({ ids: [41], calls: 1 });
		await REST.remove(41);
		expect((await list("status=pending")).headers.get("Total-Count")).toBe("0");
		await REST.restore(41);
		expect((await list("q=elf")).ids).toEqual([41]);
		const rows = [1, 2, 3].map((row) => ({ row, patch: { name: "Rex", age: 1, species: "Axolotl" } }));
		expect((await importRows(rows)).ok).toBe(true);
		expect((await list("species=axolotl&sort=-id")).ids).toEqual([44, 43, 42, 41]);
	});

	test("it knows what the release before has written, which knows of no index", async () => {
		await fill(40);
		await buildIndex();
		await runInDurableObject(ledger(), (_, { storage: { sql } }) => {
			sql.exec("UPDATE rescues SET document = json_set(document, '$.name', 'Quirin') WHERE id = 7");
			sql.exec(
				"INSERT INTO rescues SELECT 99, 1, NULL, NULL, json_set(document, '$.id', 99) FROM rescues WHERE id = 7",
			);
			sql.exec("DELETE FROM rescues WHERE id = 8");
		});
		expect((await list("q=quirin")).ids).toEqual([7, 99]);
		expect((await list("sort=-id&limit=40")).ids).not.toContain(8);
	});

	test("a record may change as often as it likes before it is brought up to date, by an earlier release too", async () => {
		await fill(40);
		await buildIndex();
		for (const microchip of ["985112001", "985112002", "985112003"])
			expect(await REST.update(1, { microchip })).toMatchObject({ rescue: { microchip } });
		expect(await REST.remove(2)).toHaveProperty("rescue");
		expect(await REST.restore(2)).toMatchObject({ rescue: { id: 2 } });
		await runInDurableObject(ledger(), (_, { storage: { sql } }) => {
			// As release 1.0 stores every change.
			for (const name of ["Quirin", "Quirin", "Quirin II"]) {
				sql.exec(
					`INSERT INTO rescues SELECT id, version, microchip, external_id, json_set(document, '$.name', ?)
						FROM rescues WHERE id = 3 ON CONFLICT (id) DO UPDATE SET document = excluded.document`,
					name,
				);
			}
		});
		expect((await list("q=quirin+ii")).ids).toEqual([3]);
		expect((await list("sort=-id&limit=40")).ids.slice(-3)).toEqual([3, 2, 1]);
	});

	test("the alarm brings it up to date when nobody searches", async () => {
		await fill(40);
		await buildIndex();
		await REST.update(1, { name: "Quirin" });
		const due = () =>
			runInDurableObject(ledger(), (_, { storage: { sql } }) => sql.exec("SELECT * FROM search_due").toArray());
		expect(await due()).toEqual([{ id: 1 }]);
		await ring();
		expect(await due()).toEqual([]);
	});

	test("what hasn't been taken in yet is waited for only by who asks for fresh data", async () => {
		await fill(40);
		await buildIndex();
		await runInDurableObject(ledger(), (_, { storage: { sql } }) => {
			sql.exec("UPDATE rescues SET document = json_set(document, '$.species', 'Axolotl') WHERE id = 40");
			// More than a search takes in.
			const numbers = "WITH RECURSIVE n(id) AS (SELECT -1 UNION ALL SELECT id - 1 FROM n LIMIT 2500) SELECT id FROM n";
			sql.exec(`INSERT INTO search_due ${numbers}`);
		});
		const fresh = await list("sort=-id&limit=1", { "Cache-Control": "no-cache" });
		expect(fresh).toMatchObject({ status: 200, ids: [40] });
		expect(fresh.calls).toBeGreaterThan(1);
		const before = await list("sort=-id&limit=1");
		const again = await list("sort=-id&limit=1");
		expect(before).toMatchObject({ status: 200, calls: 1 });
		expect(again.headers.get("ETag")).not.toBe(before.headers.get("ETag"));
		expect((await list("species=axolotl")).ids).toEqual([40]);
	});

	test("it goes when the list has two pages, and comes back", async () => {
		await fill(40);
		await buildIndex();
		for (let id = 1; id <= 33; id++) await REST.remove(id);
		await ring();
		expect(await tables()).toEqual([]);
		expect(await searchFact("search_built_until")).toBeUndefined();
		expect(await list("sort=-id&limit=2")).toMatchObject({ ids: [40, 39] });
		await fill(40, 40);
		await buildIndex();
		expect(await list("sort=-id&limit=2")).toMatchObject({ ids: [80, 79], calls: 1 });
		expect((await list("species=dog&limit=1")).headers.get("Total-Count")).toBe("16");
	});

	test("an index of another number is made anew", async () => {
		await fill(40);
		await buildIndex();
		await runInDurableObject(ledger(), (_, { storage: { sql } }) => {
			sql.exec("UPDATE meta SET value = 0 WHERE name = 'search_version'");
			sql.exec("DELETE FROM search_texts");
		});
		await evictDurableObject(ledger());
		expect((await list("q=calm&limit=1")).ids).toEqual([2]);
		await ring();
		expect(await searchFact("search_version")).toBeGreaterThan(0);
		await buildIndex();
		expect(await list("q=calm&limit=1")).toMatchObject({ ids: [2], calls: 1 });
	});

	test("a step that fails keeps nothing else back, and is tried again in a minute", async () => {
		await fill(40);
		await buildIndex();
		await runInDurableObject(ledger(), (_, { storage: { sql } }) => sql.exec("DROP TABLE search_counts").rowsWritten);
		await REST.create({ name: "Rex", age: 1, species: "dog" });
		await ring();
		const alarm = await alarmAt();
		expect(alarm).toBeGreaterThan(Date.now());
		const { keys } = await env.RESCUES.list({ prefix: "rescues:" });
		const pages = await Promise.all(keys.map(({ name }) => env.RESCUES.get(name)));
		expect(pages.join()).toContain('{"id":41,');
		expect(await list("sort=-id&limit=1")).toMatchObject({ status: 200, ids: [41] });
	});
});

describe("when the index can't be asked", () => {
	/** The ledger answers nothing. */
	const breakLedger = () =>
		runInDurableObject(ledger(), (instance) => {
			const fail = () => {
				throw new Error("overloaded");
			};
			Object.assign(instance, { search: fail, readPage: fail });
		});

	test("up to forty pages are read, and beyond that a list is UNAVAILABLE, on both transports", async () => {
		findBy("pages");
		await fill(200);
		findBy("usual");
		await breakLedger();
		expect(await list("sort=-id&limit=1")).toMatchObject({ status: 200, ids: [200], reads: 40 });
		await reset();
		findBy("pages");
		await fill(205);
		findBy("usual");
		await breakLedger();
		const refused = await list("sort=-id&limit=1");
		expect(refused).toMatchObject({ status: 503, problem: { code: "UNAVAILABLE" } });
		expect(refused.headers.get("Retry-After")).not.toBeNull();
		const { errors } = await graphql("{ rescues(sort: ID_DESC) { totalCount } }");
		expect(errors[0].extensions.code).toBe("UNAVAILABLE");
		expect(await list("limit=5")).toMatchObject({ status: 200, ids: [1, 2, 3, 4, 5] });
	});

	test("several lists in one request read no more pages than one", async () => {
		findBy("pages");
		await fill(125);
		findBy("usual");
		await breakLedger();
		expect(await list("sort=-id&limit=1")).toMatchObject({ status: 200, reads: 25 });
		const query = "{ a: rescues(sort: ID_DESC) { totalCount } b: rescues(sort: NAME_ASC) { totalCount } }";
		const response = await fetchWorker("/graphql", {
			method: "POST",
			headers: { "Content-Type": "application/json" },
			body: JSON.stringify({ query }),
		});
		const { errors } = await response.json<{ errors: { extensions: object }[] }>();
		expect(errors[0]?.extensions).toMatchObject({ code: "UNAVAILABLE" });
		const reads = Number(/kv;desc="(\d+)/.exec(response.headers.get("Server-Timing") ?? "")?.[1]);
		expect(reads).toBeGreaterThan(30);
		expect(reads).toBeLessThan(50);
	});
});

test("asking the index is on the budget of reads that reach the ledger", async () => {
	await fill(40);
	await buildIndex();
	const { OPEN_WRITES: _, SMALL_LIMITER, ...closed } = env as Env & { SMALL_LIMITER: RateLimit };
	const app = createApp();
	const statuses: number[] = [];
	for (let call = 0; call < 12; call++) {
		const request = new Request("http://localhost/rescues?sort=name", {
			headers: { "CF-Connecting-IP": "192.0.2.77" },
		});
		const service = { ...closed, LEDGER_READ_LIMITER: SMALL_LIMITER };
		statuses.push((await app.fetch(request, service, createExecutionContext())).status);
	}
	expect(new Set(statuses)).toEqual(new Set([200, 429]));
});

test("a total beyond what is counted is a bound, and says so on both transports", async () => {
	await fill(40);
	await buildIndex();
	SEARCH_LIMITS.counted = 10;
	try {
		const query = (q: string) =>
			`{ rescues(first: 2, filter: { q: "${q}" }) { totalCount totalCountIsExact nodes { id } } }`;
		const many = await list("q=calm&limit=2");
		expect(many.headers.get("Total-Count")).toBe("10");
		expect(many.headers.get("Total-Count-Is")).toBe("at-least");
		expect(many.headers.get("Access-Control-Expose-Headers")).toContain("Total-Count-Is");
		expect((await graphql(query("calm"))).data.rescues).toMatchObject({ totalCount: 10, totalCountIsExact: false });
		const one = await list("q=E-39&limit=2");
		expect(one.headers.get("Total-Count")).toBe("1");
		expect(one.headers.get("Total-Count-Is")).toBeNull();
	} finally {
		SEARCH_LIMITS.counted = 10_000;
	}
	const few = await list("q=calm&limit=2");
	expect(few.headers.get("Total-Count")).toBe("20");
	expect(few.headers.get("Total-Count-Is")).toBeNull();
	const all = await graphql("{ rescues(first: 2) { totalCount totalCountIsExact } }");
	expect(all.data.rescues).toEqual({ totalCount: 40, totalCountIsExact: true });
});

test("a list by the index has an ETag that changes with every write", async () => {
	await fill(40);
	await buildIndex();
	const first = await list("species=dog&sort=name");
	const etag = first.headers.get("ETag") as string;
	expect((await list("species=dog&sort=name", { "If-None-Match": etag })).status).toBe(304);
	await REST.update(4, { name: "Abby" });
	const changed = await list("species=dog&sort=name", { "If-None-Match": etag });
	expect(changed).toMatchObject({ status: 200, calls: 1 });
	expect(changed.ids[0]).toBe(4);
});

test("fresh data asks the index alone", async () => {
	await fill(40);
	await buildIndex();
	const fresh = { "Cache-Control": "no-cache" };
	expect(await list("sort=-id&limit=1", fresh)).toMatchObject({ ids: [40], reads: 0, calls: 1 });
	const { data } = await graphql("{ rescues(sort: ID_DESC, first: 1, fresh: true) { nodes { id } } }");
	expect(data.rescues.nodes).toEqual([{ id: "40" }]);
});

test("large records come in several answers, and are one list", async () => {
	await fill(250, 0, { description: "x".repeat(1000) });
	await buildIndex();
	SEARCH_LIMITS.bytes = 20_000;
	try {
		const found = await list("sort=-id&limit=240");
		expect(found.ids).toEqual(Array.from({ length: 240 }, (_, index) => 250 - index));
		expect(found.headers.get("Link")).not.toBeNull();
		expect(found.headers.get("Total-Count")).toBe("250");
		expect(found.calls).toBeGreaterThan(3);
	} finally {
		SEARCH_LIMITS.bytes = 8 * 1024 * 1024;
	}
});

test("a search takes as many words as fit", async () => {
	const letters = Array.from({ length: 50 }, (_, index) => String.fromCodePoint(0x4e00 + index));
	await fill(40);
	const flags = { neutered: true, goodWithChildren: true, goodWithDogs: true, goodWithCats: true };
	await REST.create({ name: letters.join(" "), age: 1, species: "dog", ...flags, location: "Kennel 12" });
	await buildIndex();
	const others = "neutered=true&goodWithChildren=true&goodWithDogs=true&goodWithCats=true&location=kennel+12";
	const filters = `status=intake&species=dog&${others}`;
	for (const sort of ["id", "name"]) {
		const found = await list(`sort=${sort}&${filters}&q=${encodeURIComponent(letters.join(" "))}`);
		expect(found).toMatchObject({ ids: [41], calls: 1 });
	}
});
