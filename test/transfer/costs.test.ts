import { reset, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import deploying from "../../docs/deploying.md?raw";
import { holdClock } from "../platform/clock.ts";
import { fetchWorker, REST } from "../transports.ts";

/** What one operation takes of what the platform counts. */
interface Costs {
	kvReads: number;
	kvWrites: number;
	ledgerCalls: number;
	rowsRead: number;
	rowsWritten: number;
}

const rex = { name: "Rex", age: 3, species: "dog", breed: "Mix", description: "x".repeat(300) };
const kv = env.RESCUES;
const { getWithMetadata, put, delete: remove } = kv;
const { getByName } = env.LEDGER;
let counted = { kvReads: 0, kvWrites: 0, ledgerCalls: 0 };
let isCounting = true;
let cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];

beforeAll(async () => {
	// What the alarm does is counted when it is run here.
	holdClock();
	const count = <Args extends unknown[], T>(what: keyof typeof counted, run: (...args: Args) => T) =>
		((...args: Args) => {
			counted[what]++;
			return run(...args);
		}) as never;
	kv.getWithMetadata = count("kvReads", getWithMetadata.bind(kv) as never);
	kv.put = count("kvWrites", put.bind(kv) as never);
	kv.delete = count("kvWrites", remove.bind(kv));
	env.LEDGER.getByName = count("ledgerCalls", getByName.bind(env.LEDGER));
	await REST.create(rex);
	await runInDurableObject(getByName.call(env.LEDGER, "rescues"), (_instance, { storage }) => {
		const { exec } = storage.sql;
		storage.sql.exec = ((query: string, ...bindings: unknown[]) => {
			const cursor = exec.call(storage.sql, query, ...bindings);
			if (isCounting) cursors.push(cursor);
			return cursor;
		}) as typeof exec;
	});
});
afterAll(async () => {
	vi.useRealTimers();
	Object.assign(kv, { getWithMetadata, put, delete: remove });
	Object.assign(env.LEDGER, { getByName });
	await reset();
});

async function costsOf(act: () => Promise<unknown>): Promise<Costs> {
	counted = { kvReads: 0, kvWrites: 0, ledgerCalls: 0 };
	cursors = [];
	await act();
	const rowsRead = cursors.reduce((sum, cursor) => sum + cursor.rowsRead, 0);
	const rowsWritten = cursors.reduce((sum, cursor) => sum + cursor.rowsWritten, 0);
	return { ...counted, rowsRead, rowsWritten };
}
const read = (path: string) => async () => (await fetchWorker(path)).text();
const bring = (from: number, to: number) => async () => {
	const rows = Array.from({ length: to - from }, (_, index) =>
		JSON.stringify({ ...rex, externalId: `E-${from + index}` }),
	);
	const headers = { "Content-Type": "application/x-ndjson" };
	return (await fetchWorker("/rescues/import", { method: "POST", headers, body: rows.join("\n") })).text();
};
/** Reads a record, and waits until the ledger has published it. */
const firstRead = async () => {
	await read("/rescues/1")();
	while ((await kv.get("rescue:1")) === null) await new Promise((resolve) => setTimeout(resolve, 10));
};
/** What the alarm does until nothing is due any more. */
const drain = async () => {
	const stub = getByName.call(env.LEDGER, "rescues");
	for (let left = 1; left > 0; ) {
		await runDurableObjectAlarm(stub);
		left = await runInDurableObject(stub, (_instance, { storage }) => {
			isCounting = false;
			const due = storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM outbox WHERE due <= ?", Date.now());
			isCounting = true;
			return due.one().n;
		});
	}
};

/** The table in the documentation: KV operations and calls are exact, rows at most. */
const documented = new Map(
	[...deploying.matchAll(/^\| ([^|]+?) +\| ([\d,]+) +\| ([\d,]+) +\| ([\d,]+) +\| ([\d,]+) +\| ([\d,]+) +\|$/gm)].map(
		([, operation = "", ...numbers]) => [operation, numbers.map((number) => Number(number.replaceAll(",", "")))],
	),
);

test("each operation costs what docs/deploying.md says", async () => {
	const costs: [string, () => Promise<unknown>][] = [
		["filtered or sorted list", read("/rescues?species=dog&sort=name")],
		["changes, none new", read("/rescues/changes?since=1")],
		["import of 200 new", bring(0, 200)],
		["… and what the alarm does then", drain],
		["import of 200 known", bring(0, 200)],
		["import of 2,300 new", bring(200, 2500)],
		["… and what it does then", drain],
		["update among 2,500", () => REST.update(1, { age: 4 })],
		["first read of a record", firstRead],
		["update of a record that was read", () => REST.update(1, { age: 5 })],
		["filtered or sorted list of 2,500", read("/rescues?species=dog&sort=name")],
		["export of 2,500", read("/rescues/export?format=ndjson")],
	];
	const wrong: string[] = [];
	for (const [operation, act] of costs) {
		const { kvReads, kvWrites, ledgerCalls, rowsRead, rowsWritten } = await costsOf(act);
		const [reads, writes, calls, read = 0, written = 0] = documented.get(operation) ?? [];
		const isRight = kvReads === reads && kvWrites === writes && ledgerCalls === calls;
		if (isRight && rowsRead <= read && rowsWritten <= written) continue;
		wrong.push(`| ${operation} | ${[kvReads, kvWrites, ledgerCalls, rowsRead, rowsWritten].join(" | ")} |`);
	}
	expect(wrong).toEqual([]);
});
