import { reset, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { STEP } from "../../src/ledger/birthdays.ts";
import type { RescueLedger } from "../../src/ledger/ledger.ts";
import { readPage } from "../../src/rescues/view.ts";
import { readStream } from "../history/streams.ts";
import { ring } from "../rescues/ways.ts";
import { fetchWorker, GraphQL, type History, REST, transports } from "../transports.ts";
import { alarmAt, breakKV, ledger } from "./faulty-kv.ts";

const kitten = { name: "Mia", species: "cat" };
const at = (time: string) => vi.setSystemTime(new Date(time));
const sql = <T>(run: (sql: SqlStorage) => T) => runInDurableObject(ledger(), (_, { storage }) => run(storage.sql));
const birthdays = () => sql((sql) => sql.exec("SELECT id, next FROM birthdays ORDER BY id").toArray());
/** Rings until nothing is left to be done now. */
async function ringAll(most = 20) {
	for (let rung = 0; rung < most; rung++) await ring();
}

beforeEach(() => {
	// Far ahead of the real clock: an alarm for a time that has passed the platform rings at once.
	vi.useFakeTimers({ toFake: ["Date"], now: new Date("2126-11-26T12:00:00Z") });
});
afterEach(async () => {
	vi.useRealTimers();
	await reset();
});

test.each(transports)("over $name an animal is a year older on its birthday, by a change like any other", async (t) => {
	expect(await t.create({ ...kitten, birthDate: "2124-11-28" })).toMatchObject({ rescue: { age: 1, version: 1 } });
	at("2126-11-27T23:59:59Z");
	await ringAll(2);
	expect(await t.get(1)).toMatchObject({ rescue: { age: 1, version: 1 } });
	at("2126-11-28T00:00:00Z");
	await ringAll(2);
	at("2126-11-28T00:00:06Z");
	await ringAll(2);
	expect(await t.get(1)).toMatchObject({ rescue: { age: 2, version: 2, updatedAt: "2126-11-28T00:00:00.000Z" } });
	const { changes } = (await t.history(1)) as History;
	expect(changes[0]).toMatchObject({ kind: "updated", by: null, version: 2 });
	expect(await birthdays()).toEqual([{ id: 1, next: "2127-11-28" }]);
});

test("whoever follows the changes is told of a birthday when it happens", async () => {
	await REST.create({ ...kitten, birthDate: "2124-11-28" });
	const stream = readStream(await fetchWorker("/rescues/changes", { headers: { Accept: "text/event-stream" } }));
	at("2126-11-28T00:00:00Z");
	await ring();
	expect(await stream.take(1)).toMatchObject([{ kind: "updated", by: null, rescue: { id: 1, age: 2, version: 2 } }]);
	await stream.leave();
});

test("the alarm is set for the next birthday, without any request", async () => {
	await REST.create({ ...kitten, birthDate: "2124-12-24" });
	await REST.create({ ...kitten, birthDate: "2120-12-03" });
	await REST.create({ ...kitten, age: 4 });
	await ringAll(3);
	expect(await alarmAt()).toBe(Date.parse("2126-12-03T00:00:00Z"));
});

test("who was born on 29 February is older on 1 March, and on 29 February when there is one", async () => {
	await REST.create({ ...kitten, birthDate: "2124-02-29" });
	expect(await birthdays()).toEqual([{ id: 1, next: "2127-03-01" }]);
	at("2127-02-28T23:00:00Z");
	await ring();
	expect(await REST.update(1, {})).toMatchObject({ rescue: { age: 2 } });
	at("2127-03-01T00:00:00Z");
	await ring();
	expect(await birthdays()).toEqual([{ id: 1, next: "2128-02-29" }]);
	expect(await REST.update(1, {})).toMatchObject({ rescue: { age: 3 } });
});

test("who has left gets no older, until it comes back", async () => {
	await REST.create({ ...kitten, birthDate: "2124-11-28", status: "adopted" });
	expect(await birthdays()).toEqual([]);
	at("2127-06-01T00:00:00Z");
	await ring();
	expect(await GraphQL.update(1, { description: "Writes home." })).toMatchObject({ rescue: { age: 1 } });
	const back = { status: "available", outcomeDate: null, age: 2 };
	expect(await GraphQL.update(1, { status: "available" })).toMatchObject({ rescue: back });
	expect(await birthdays()).toEqual([{ id: 1, next: "2127-11-28" }]);
});

test("who is deleted has no birthdays, and is restored at the age that it has by then", async () => {
	await REST.create({ ...kitten, birthDate: "2124-11-28" });
	await REST.remove(1);
	expect(await birthdays()).toEqual([]);
	at("2127-11-28T00:00:00Z");
	await ring();
	expect(await REST.restore(1)).toMatchObject({ rescue: { age: 3, version: 3 } });
	expect(await birthdays()).toEqual([{ id: 1, next: "2128-11-28" }]);
});

test("who has no date of birth any more has no birthdays", async () => {
	await REST.create({ ...kitten, birthDate: "2124-11-28" });
	await REST.update(1, { birthDate: null });
	expect(await birthdays()).toEqual([]);
	await GraphQL.update(1, { birthDate: "2124-02-29" });
	expect(await birthdays()).toEqual([{ id: 1, next: "2127-03-01" }]);
	await GraphQL.replace(1, { ...kitten, age: 2 });
	expect(await birthdays()).toEqual([]);
	at("2128-03-01T00:00:00Z");
	await ringAll(2);
	expect(await REST.update(1, {})).toMatchObject({ rescue: { age: 2, version: 5 } });
});

test("several birthdays that nobody has kept are one change", async () => {
	await REST.create({ ...kitten, birthDate: "2120-01-15" });
	at("2131-01-15T00:00:00Z");
	await ring();
	expect(await REST.update(1, {})).toMatchObject({ rescue: { age: 11, version: 3 } });
});

test("a thousand birthdays on one day are kept in steps, and their page is published once", async () => {
	const rows = Array.from({ length: 1000 }, (_, index) => ({
		...kitten,
		externalId: `${index}`,
		birthDate: "2122-01-01",
	}));
	const imported = await fetchWorker("/rescues/import", {
		method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify(rows),
	});
	expect(await imported.json()).toMatchObject({ created: 1000 });
	await ringAll(3);
	const kv = breakKV(() => null);
	at("2127-01-01T00:00:00Z");
	const kept = () => sql((sql) => sql.exec("SELECT count(*) AS n FROM birthdays WHERE next = '2128-01-01'").one().n);
	await ring();
	expect(await kept()).toBe(STEP);
	await ringAll(3);
	expect(await kept()).toBe(1000);
	expect(kv.attempts).toEqual([]);
	at("2127-01-01T00:00:05Z");
	await ringAll(2);
	expect(kv.attempts.map(({ key }) => key)).toEqual(["rescues:0"]);
	const page = readPage((await env.RESCUES.get("rescues:0")) ?? "");
	expect(page).toHaveLength(1000);
	expect(page.every(({ age }) => age === 5)).toBe(true);
	kv.restore();
});

test("a ledger that may not write keeps no birthdays, and doesn't spin", async () => {
	await REST.create({ ...kitten, birthDate: "2124-11-28" });
	await ringAll(2);
	await env.RESCUES.put("rescues:0", "[]", {
		metadata: { revision: 1, lower: 0, upper: null, count: 1, total: 1, ledger: "another" },
	});
	at("2126-11-28T00:00:00Z");
	await ring();
	expect(await sql((sql) => sql.exec("SELECT count(*) AS n FROM changes").one().n)).toBe(1);
	expect(await alarmAt()).toBeGreaterThanOrEqual(Date.now() + 30_000);
});

test("a birthday that can't be kept is tried again in a minute, and lets the rest of the alarm be done", async () => {
	await REST.create({ ...kitten, birthDate: "2124-11-28" });
	await ringAll(2);
	at("2126-11-28T00:00:00Z");
	const failing = await runInDurableObject(ledger(), async (instance, { storage: { sql } }) => {
		const { exec } = sql;
		sql.exec = ((query: string, ...bindings: unknown[]) => {
			if (/FROM birthdays WHERE/.test(query)) throw new Error("disk I/O error");
			return exec.call(sql, query, ...bindings);
		}) as typeof exec;
		await (instance as RescueLedger).alarm();
		sql.exec = exec;
		return (instance as RescueLedger).readState();
	});
	expect(failing).toMatchObject({ ok: true });
	expect(await alarmAt()).toBe(Date.parse("2126-11-28T00:01:00Z"));
	at("2126-11-28T00:01:00Z");
	await ring();
	expect(await REST.update(1, {})).toMatchObject({ rescue: { age: 2, version: 3 } });
});

test("what release 1.0 writes keeps the table true", async () => {
	await REST.create({ ...kitten, birthDate: "2124-11-28" });
	await sql((sql) => {
		const change = (from: string, to: string) =>
			sql.exec("UPDATE rescues SET document = replace(document, ?, ?)", from, to);
		const next = () => sql.exec("SELECT next FROM birthdays").toArray()[0]?.next;
		change('"age":1', '"age":2');
		expect(next()).toBe("2127-11-28");
		change('"status":"intake"', '"status":"deceased"');
		expect(next()).toBeUndefined();
		change('"status":"deceased"', '"status":"hold"');
		expect(next()).toBe("2127-11-28");
		sql.exec("DELETE FROM rescues");
		expect(next()).toBeUndefined();
	});
});

test("a record without a date of birth writes no row for it", async () => {
	const rows = (input: object) =>
		runInDurableObject(ledger(), (_, { storage: { sql } }) => {
			const id = Math.floor(Math.random() * 1e9) + 1;
			const document = JSON.stringify({ id, status: "intake", age: 3, ...input });
			const created = sql.exec("INSERT INTO rescues VALUES (?, 1, NULL, NULL, ?)", id, document).rowsWritten;
			const changed = sql.exec("UPDATE rescues SET document = document || ' ' WHERE id = ?", id).rowsWritten;
			return [created, changed];
		});
	const [created = 0, changed = 0] = await rows({ birthDate: null });
	expect(await birthdays()).toEqual([]);
	expect(await rows({ birthDate: "2123-05-05" })).toEqual([created + 2, changed]);
});
