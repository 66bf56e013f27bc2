/** What writes and their publication cost on the platform as it is: many records, real latency, one put a second a key. */
import { reset, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { holdClock } from "../platform/clock.ts";
import { harden } from "../platform/platform.ts";
import { buildIndex } from "../rescues/ways.ts";
import { fetchWorker, REST } from "../transports.ts";
import { alarmNow, disagreements, importRows, ledger, rows } from "./faulty-kv.ts";
import { loseLedger, rebuild } from "./lost.ts";

const rex = { name: "Rex", age: 3, species: "dog" };
let platform: Awaited<ReturnType<typeof harden>>;

afterEach(async () => {
	vi.useRealTimers();
	platform.restore();
	await reset();
});

/** As Workers KV puts and reads. */
const real = { putMs: [150, 500], readMs: [5, 20] } satisfies Parameters<typeof harden>[0];
const ndjson = (records: object[]) => records.map((record) => JSON.stringify(record)).join("\n");
const importFile = async (records: object[], search = "") => {
	const headers = { "Content-Type": "application/x-ndjson" };
	const response = await fetchWorker(`/rescues/import${search}`, { method: "POST", headers, body: ndjson(records) });
	return { status: response.status, ...(await response.json<Record<string, unknown>>()) };
};
const many = (count: number, from = 0) =>
	Array.from({ length: count }, (_, index) => ({ ...rex, externalId: `E-${from + index}` }));
/** Waits, in real time, until nothing is left to be published. */
const settled = async () => {
	const left = async () => (await rows()).filter(({ due }) => due < Date.now() + 10_000);
	await expect.poll(left, { timeout: 60_000 }).toEqual([]);
};
/** Runs the alarm as if the first page's total were due, too. */
const finish = async () => {
	await runInDurableObject(ledger(), (_, { storage: { sql } }) => sql.exec("UPDATE outbox SET due = 0").rowsWritten);
	await runDurableObjectAlarm(ledger());
	await settled();
};
const largest = (numbers: number[]) => Math.round(Math.max(...numbers));
const note = (what: string, found: object) => console.log(`MEASURED ${what}: ${JSON.stringify(found)}`);

test("an import of 5,000 on the free plan: all pages are published with a few puts, and the ledger is idle then", async () => {
	platform = await harden({ ...real, plan: "free" });
	const start = performance.now();
	expect(await importFile(many(5000))).toMatchObject({ status: 200, created: 5000 });
	const answered = performance.now() - start;
	await settled();
	const published = performance.now() - start;
	await finish();
	const { rowsWritten } = platform.usage;
	// More than four pages: the index is built, as far as it may on one day.
	for (let alarms = 0; alarms < 20; alarms++) await runDurableObjectAlarm(ledger());
	note("import of 5,000, free", { answered, published, importWritten: rowsWritten, ...platform.usage });
	expect(platform.usage.puts).toBeLessThanOrEqual(12);
	expect(platform.usage.rowsRead).toBeLessThan(150_000);
	expect(platform.usage.rowsWritten).toBeLessThan(90_000);
	expect(await disagreements()).toEqual([]);
	// Idle: nothing is read or written any more.
	await runInDurableObject(ledger(), async (_, { storage }) => {
		platform.reset();
		await new Promise((resolve) => setTimeout(resolve, 2000));
		expect(platform.usage.statements).toBe(0);
		expect((await storage.getAlarm()) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(Date.now() + 30_000);
	});
}, 600_000);

test("an import of 10,000 is some eleven puts", async () => {
	platform = await harden({ ...real, plan: "free" });
	expect(await importFile(many(10_000))).toMatchObject({ created: 10_000 });
	await settled();
	await finish();
	note("import of 10,000, free", platform.usage);
	expect(platform.usage.puts).toBeLessThanOrEqual(16);
	expect(platform.usage.tooSoon).toBeLessThanOrEqual(1);
	const { keys } = await env.RESCUES.list();
	expect(keys.map(({ name }) => name).sort()).toHaveLength(10);
	expect(await disagreements()).toEqual([]);
}, 600_000);

test("while a backlog is published, a write is in KV after the time of its own put", async () => {
	platform = await harden({ ...real, plan: "paid" });
	// 1,500 records that were read, and are changed by an import.
	await importRows(many(1500).map((patch, row) => ({ row, id: row + 1, patch })));
	await finish();
	await runInDurableObject(ledger(), (_, { storage: { sql } }) => {
		sql.exec("INSERT INTO documents SELECT id, 0 FROM rescues");
	});
	expect(await importFile(many(1500).map((record) => ({ ...record, age: 4 })))).toMatchObject({ updated: 1500 });
	/** What is put, in order. */
	const bodies: string[] = [];
	const { put } = env.RESCUES;
	env.RESCUES.put = ((...args: Parameters<typeof put>) => {
		bodies.push(String(args[1]));
		return put.apply(env.RESCUES, args);
	}) as typeof put;
	// The alarm has begun with the backlog.
	await expect.poll(() => bodies.length).toBeGreaterThan(20);
	const waits: number[] = [];
	const between: number[] = [];
	for (let i = 0; i < 12; i++) {
		const [start, before] = [performance.now(), bodies.length];
		expect(await REST.update(1 + i * 100, { name: `Max ${i}` })).toHaveProperty("rescue");
		waits.push(performance.now() - start);
		const own = () => bodies.findIndex((body) => body.startsWith("{") && body.includes(`"Max ${i}"`));
		await expect.poll(own).toBeGreaterThanOrEqual(before);
		between.push(own() - before);
		await new Promise((resolve) => setTimeout(resolve, 300));
	}
	const before = { ...platform.usage };
	await new Promise((resolve) => setTimeout(resolve, 3000));
	const perSecond = Math.round((platform.usage.puts - before.puts) / 3);
	const left = (await rows()).length;
	note("PATCH during a backlog", { waits: waits.map(Math.round), between, perSecond, left, ...platform.usage });
	expect(left).toBeGreaterThan(100);
	// Not by the clock, which also measures the machine: hardly any put of the backlog comes before a write's own.
	expect(Math.max(...between)).toBeLessThanOrEqual(6);
}, 600_000);

test("50 changes in 50 pages of 2 MiB have 8 MiB on their way to KV at most", async () => {
	platform = await harden({ ...real, plan: "paid" });
	const description = "x".repeat(4900);
	const photos = Array.from({ length: 3 }, (_, n) => `https://photos.example/${n}/${"p".repeat(1990)}`);
	// 11 KB each: some 190 are a page.
	const perPage = Math.floor((2 * 1024 * 1024) / 11_200);
	for (let page = 0; page < 50; page++) {
		const records = Array.from({ length: perPage }, (_, row) => ({
			row,
			id: page * perPage + row + 1,
			patch: { ...rex, description, photos },
		}));
		await importRows(records);
	}
	await runInDurableObject(ledger(), (_, { storage: { sql } }) => {
		sql.exec("DELETE FROM outbox");
	});
	await new Promise((resolve) => setTimeout(resolve, 3000));
	const lowers = await runInDurableObject(ledger(), (_, { storage: { sql } }) =>
		sql.exec<{ lower: number; bytes: number }>("SELECT lower, bytes FROM pages").toArray(),
	);
	expect(lowers.length).toBeGreaterThanOrEqual(50);
	platform.reset();
	const waits = await Promise.all(
		lowers.map(async ({ lower }) => {
			const start = performance.now();
			expect(await REST.update(lower + 1, { age: 4 })).toHaveProperty("rescue");
			return performance.now() - start;
		}),
	);
	await settled();
	note("50 PATCHes in 50 pages", {
		pages: lowers.length,
		size: largest(lowers.map(({ bytes }) => bytes)),
		longest: largest(waits),
		...platform.usage,
	});
	expect(platform.usage.puts).toBeGreaterThanOrEqual(50);
	expect(platform.usage.bytesUnderWay).toBeLessThanOrEqual(8 * 1024 * 1024);
}, 600_000);

test("pages of more than 2 MB of text are written, listed and published", async () => {
	platform = await harden({ plan: "paid" });
	const description = "x".repeat(4900);
	const ids = Array.from({ length: 900 }, (_, index) => index + 1);
	for (let from = 0; from < 900; from += 100) {
		await importFile(ids.slice(from, from + 100).map((id) => ({ ...rex, id, description })));
	}
	expect(await REST.create({ ...rex, description })).toMatchObject({ rescue: { id: 901 } });
	expect(await REST.update(450, { age: 9 })).toMatchObject({ rescue: { version: 2 } });
	expect(await REST.remove(1)).toHaveProperty("rescue");
	await finish();
	expect(await disagreements()).toEqual([]);
	const list = await fetchWorker("/rescues?limit=1000", { headers: { "Cache-Control": "no-cache" } });
	expect(list.status).toBe(200);
	expect(((await list.json()) as unknown[]).length).toBeGreaterThan(300);
});

describe("what a write reads doesn't grow with", () => {
	// What the alarm reads isn't counted.
	beforeEach(() => {
		holdClock();
	});
	/** Puts all that waits into KV, which takes one put a second of a key. */
	const publishAll = async () => {
		for (let second = 0; second < 4; second++) {
			await alarmNow();
			vi.setSystemTime(Date.now() + 1100);
		}
		expect(await rows()).toEqual([]);
	};
	const usage = async (act: () => Promise<unknown>) => {
		platform.reset();
		await act();
		const { rowsRead, rowsWritten } = platform.usage;
		return { rowsRead, rowsWritten };
	};

	test("the number of pages", async () => {
		const found = [];
		for (const pages of [6, 60]) {
			platform = await harden({ plan: "paid" });
			await runInDurableObject(ledger(), (_, { storage }) => {
				storage.transactionSync(() => {
					// Of ten records each.
					storage.sql.exec("DELETE FROM pages");
					for (let page = 0; page < pages; page++) {
						const upper = page === pages - 1 ? null : (page + 1) * 10;
						storage.sql.exec("INSERT INTO pages VALUES (?, ?, 0, 0, 0)", page * 10, upper);
					}
				});
			});
			await importRows(Array.from({ length: pages * 10 - 1 }, (_, row) => ({ row, id: row + 1, patch: rex })));
			await publishAll();
			await buildIndex();
			found.push({
				create: await usage(() => REST.create(rex)),
				change: await usage(() => REST.update(5, { age: 4 })),
				remove: await usage(() => REST.remove(15)),
			});
			platform.restore();
			await reset();
		}
		note("rows with 6 and with 60 pages", found);
		expect(found[1]).toEqual(found[0]);
	});

	test("the records in its page, once that has been rendered", async () => {
		platform = await harden({ plan: "paid" });
		const found: Awaited<ReturnType<typeof usage>>[] = [];
		for (const more of [10, 800]) {
			await importRows(Array.from({ length: more }, (_, row) => ({ row, patch: rex })));
			await publishAll();
			found.push(await usage(() => REST.update(1, { age: 3 + (more % 7) })));
		}
		note("rows with 10 and with 810 records in a page", found);
		expect(found[1]?.rowsRead).toBeLessThanOrEqual((found[0]?.rowsRead ?? 0) + 5);
	});

	test("the ids that were given", async () => {
		platform = await harden({ plan: "paid" });
		await REST.create(rex);
		const before = await usage(() => REST.create(rex));
		await runInDurableObject(ledger(), (_, { storage }) => {
			storage.transactionSync(() => {
				for (let id = 3; id <= 50_000; id++) {
					storage.sql.exec(
						"INSERT INTO changes (id, version, kind, at, by, document) VALUES (?, 1, 'created', '', NULL, '{}')",
						id,
					);
				}
				storage.sql.exec("INSERT INTO taken VALUES (3, 50000)");
			});
		});
		platform.reset();
		const start = performance.now();
		expect(await REST.create(rex)).toMatchObject({ rescue: { id: 50_001 } });
		const ms = performance.now() - start;
		note("a create behind 50,000 given ids", { before, after: { ...platform.usage }, ms });
		expect(platform.usage.rowsRead).toBeLessThan(before.rowsRead + 10);
		expect(await REST.create(rex)).toMatchObject({ rescue: { id: 50_002 } });
	});
});

test("given ids are skipped, whatever the order in which they come", async () => {
	platform = await harden({ plan: "paid" });
	const taken = () =>
		runInDurableObject(ledger(), (_, { storage: { sql } }) =>
			sql.exec<{ first: number; last: number }>("SELECT * FROM taken ORDER BY first").toArray(),
		);
	for (const id of [5, 3, 4, 9, 8, 20, 1]) expect(await REST.create({ ...rex, id })).toHaveProperty("rescue");
	expect(await taken()).toEqual([
		{ first: 1, last: 1 },
		{ first: 3, last: 5 },
		{ first: 8, last: 9 },
		{ first: 20, last: 20 },
	]);
	const ids = [];
	for (let i = 0; i < 4; i++) {
		const made = await REST.create(rex);
		ids.push("rescue" in made && made.rescue?.id);
	}
	expect(ids).toEqual([2, 6, 7, 10]);
	expect(await taken()).toEqual([{ first: 20, last: 20 }]);
	// One that the intervals don't know is skipped all the same.
	await runInDurableObject(ledger(), (_, { storage: { sql } }) => {
		sql.exec("INSERT INTO changes (id, version, kind, at, by, document) VALUES (11, 1, 'created', '', NULL, '{}')");
	});
	expect(await REST.create(rex)).toMatchObject({ rescue: { id: 12 } });
});

test("a transaction of 5,000 rows, the most there may be, is made whole, and writes beside it are made behind it", async () => {
	platform = await harden({ plan: "paid" });
	await REST.create(rex);
	const record = { ...rex, description: "x".repeat(500), breed: "Mix", photos: ["https://a.example/1"] };
	const rows = Array.from({ length: 5000 }, (_, row) => ({ row, patch: { ...record, externalId: `E-${row}` } }));
	for (const dryRun of [true, false]) {
		const start = performance.now();
		const [imported, changed] = await Promise.all([importRows(rows, dryRun), REST.update(1, { age: dryRun ? 4 : 5 })]);
		note("5,000 rows in one transaction", { dryRun, ms: performance.now() - start });
		expect(imported).toMatchObject({ ok: true, value: { created: 5000, failed: 0 } });
		expect(changed).toMatchObject({ rescue: { version: dryRun ? 2 : 3 } });
	}
});

test("no invocation makes more than fifty subrequests: imports, rebuilds, a claim, an adoption, alarms", async () => {
	platform = await harden({ plan: "free", sparesTests: true });
	const next = () => vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
	const everyAlarm = async () => {
		for (let i = 0; i < 8; i++) {
			next();
			await alarmNow();
		}
	};
	await importRows(many(120).map((patch, row) => ({ row, id: row + 1, patch })));
	await runInDurableObject(ledger(), (_, { storage: { sql } }) => {
		sql.exec("INSERT INTO documents SELECT id, 0 FROM rescues");
	});
	expect(await rebuild()).toMatchObject({ mended: 120 });
	expect(await importFile(many(120).map((record) => ({ ...record, age: 4 })))).toMatchObject({ updated: 120 });
	await everyAlarm();
	expect(await disagreements()).toEqual([]);
	// All are too many, once another ledger has the namespace.
	await loseLedger();
	next();
	expect(await REST.create(rex)).toMatchObject({ code: "UNAVAILABLE" });
	await rebuild("adopt");
	await everyAlarm();
	expect(await disagreements()).toEqual([]);
	await loseLedger();
	next();
	await rebuild("replace");
	await everyAlarm();
	expect((await env.RESCUES.list()).keys.map(({ name }) => name)).toEqual(["rescues:0"]);
	note("subrequests", platform.usage);
	expect(platform.usage.subrequests).toBeGreaterThan(40);
	expect(platform.usage.subrequests).toBeLessThanOrEqual(50);
}, 600_000);
