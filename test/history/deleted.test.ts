import { reset, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, test } from "vitest";
import { ledger } from "../ledger/faulty-kv.ts";
import { fetchWorker, type History, REST, transports } from "../transports.ts";

afterEach(reset);

const create = (name: string) =>
	REST.create({ name, age: 3, species: "dog", microchip: `98511200${name.padEnd(7, "0")}` });
const read = (list: History | string) =>
	typeof list === "string" ? list : [list.changes.map(({ rescue }) => rescue?.name), list.next];

describe.each(transports)("over $name", (transport) => {
	test("what is deleted is listed, the last one first, as it was", async () => {
		for (const name of ["Rex", "Tom", "Mia"]) await create(name);
		expect(read(await transport.deleted())).toEqual([[], null]);
		await transport.remove(2);
		await transport.remove(1);
		const list = (await transport.deleted()) as History;
		expect(read(list)).toEqual([["Rex", "Tom"], null]);
		expect(list.changes[1]).toMatchObject({
			rescueId: 2,
			version: 2,
			kind: "deleted",
			by: null,
			cursor: "4",
			rescue: { version: 2, microchip: "98511200TOM0000" },
		});
	});

	test("what was restored or purged isn't, and what was deleted again is once", async () => {
		for (const name of ["Rex", "Tom", "Mia"]) await create(name);
		for (const id of [1, 2, 3]) await transport.remove(id);
		await transport.restore(1);
		expect(read(await transport.deleted())).toEqual([["Mia", "Tom"], null]);
		await transport.purge(3);
		expect(read(await transport.deleted())).toEqual([["Tom"], null]);
		await transport.remove(1);
		expect(read(await transport.deleted())).toEqual([["Rex", "Tom"], null]);
	});

	test("a long list comes in parts, which nothing that happens meanwhile moves", async () => {
		for (const name of ["A", "B", "C", "D"]) await create(name);
		for (const id of [1, 2, 3]) await transport.remove(id);
		const first = (await transport.deleted(2)) as History;
		expect(read(first)).toEqual([["C", "B"], "6"]);
		await transport.remove(4);
		expect(read(await transport.deleted(2, "6"))).toEqual([["A"], null]);
		await transport.restore(1);
		expect(read(await transport.deleted(2, "6"))).toEqual([[], null]);
	});

	test("a bad limit and a bad cursor are refused", async () => {
		expect(await transport.deleted(101)).toBe("INVALID_INPUT");
		expect(await transport.deleted(5, "x")).toBe("MALFORMED_REQUEST");
	});
});

test("one call looks at 10,000 deletions at most, and says where it goes on", async () => {
	await create("Rex");
	await REST.remove(1);
	await runInDurableObject(ledger(), (_, { storage: { sql } }) => {
		// Another record that was deleted and restored 11,000 times.
		const document = "SELECT document FROM changes WHERE version = 2";
		sql.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 22001)
			INSERT INTO changes (id, version, kind, at, by, document)
			SELECT 2, i, CASE WHEN i % 2 THEN 'restored' ELSE 'deleted' END, '2026-01-01T00:00:00.000Z', NULL, (${document}) FROM n`);
	});
	const first = await fetchWorker("/rescues/deleted");
	expect(await first.json()).toEqual([]);
	const next = /<([^>]+)>; rel="next"/.exec(first.headers.get("Link") ?? "")?.[1] as string;
	const second = await fetchWorker(next);
	expect((await second.json<History["changes"]>()).map(({ rescueId }) => rescueId)).toEqual([1]);
	expect(second.headers.get("Link")).toBeNull();
});

test("unknown parameters and other methods are refused, HEAD is answered", async () => {
	expect((await fetchWorker("/rescues/deleted?q=rex")).status).toBe(422);
	expect((await fetchWorker("/rescues/deleted", { method: "POST" })).status).toBe(405);
	expect((await fetchWorker("/rescues/deleted", { method: "HEAD" })).status).toBe(200);
});
