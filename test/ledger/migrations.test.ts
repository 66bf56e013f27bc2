import { evictDurableObject, reset, runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test } from "vitest";
import { fetchWorker, graphql, REST } from "../transports.ts";
import { ledger } from "./faulty-kv.ts";
import { installRelease1 } from "./release-1.ts";

afterEach(reset);

const rex = { name: "Rex", age: 3, species: "dog" };

test("a database as release 1.0 wrote it is read, changed, walked and exported", async () => {
	await installRelease1();
	expect(await REST.get(1)).toMatchObject({ rescue: { name: "Rex", age: 4, version: 3, externalId: "A-1" } });
	expect(await REST.update(1, { age: 5 }, 3)).toMatchObject({ rescue: { version: 4, breed: "Labrador mix" } });
	expect(await REST.create({ name: "New", age: 1, species: "cat" })).toMatchObject({ rescue: { id: 35 } });
	expect(await REST.create({ name: "Again", age: 1, species: "cat", id: 40 })).toMatchObject({
		code: "ALREADY_EXISTS",
	});
	const list = (await graphql("{ rescues(first: 1000) { totalCount nodes { id } } }")).data.rescues;
	expect(list.nodes).toHaveLength(35);
	expect(list.totalCount).toBe(35);
	const exported = await fetchWorker("/rescues/export?format=ndjson");
	expect((await exported.text()).trim().split("\n")).toHaveLength(35);
	const history = (await graphql("{ rescueHistory(id: 3) { nodes { kind version } } }")).data.rescueHistory;
	expect(history.nodes).toEqual([
		{ kind: "DELETED", version: 2 },
		{ kind: "CREATED", version: 1 },
	]);
	expect(await REST.restore(3)).toMatchObject({ rescue: { name: "Gone", version: 3 } });
});

test("migrations run once: a second start changes nothing", async () => {
	const facts = () =>
		runInDurableObject(ledger(), (_, { storage: { sql } }) => sql.exec("SELECT * FROM meta").toArray());
	const first = await facts();
	expect(first).toContainEqual({ name: "schema", value: 2 });
	await evictDurableObject(ledger());
	expect(await facts()).toEqual(first);
});

test("the number of records and the documents in KV stay known while the release before runs", async () => {
	await REST.create(rex);
	const facts = await runInDurableObject(ledger(), (_, { storage: { sql } }) => {
		// What release 1.0 does in a create and a delete.
		sql.exec("INSERT INTO rescues VALUES (7, 1, NULL, NULL, '{}')");
		sql.exec("INSERT OR REPLACE INTO outbox VALUES ('rescue:7', 2, 0, 0, 0)");
		sql.exec("INSERT INTO rescues VALUES (8, 1, NULL, NULL, '{}')");
		sql.exec("DELETE FROM rescues WHERE id = 8");
		const total = sql.exec("SELECT value FROM meta WHERE name = 'total'").one().value;
		return { total, documents: sql.exec("SELECT id FROM documents ORDER BY id").toArray() };
	});
	expect(facts).toEqual({ total: 2, documents: [{ id: 1 }, { id: 7 }] });
});
