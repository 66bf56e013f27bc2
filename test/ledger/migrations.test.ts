import { evictDurableObject, reset, runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test } from "vitest";
import { MIGRATIONS } from "../../src/ledger/migrations.ts";
import { fetchWorker, graphql, REST } from "../transports.ts";
import { caughtUp, ledger, publish } from "./faulty-kv.ts";
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
	await caughtUp();
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
	expect(first).toContainEqual({ name: "schema", value: MIGRATIONS.length });
	await evictDurableObject(ledger());
	expect(await facts()).toEqual(first);
});

test("the number of records and the documents in KV stay known while the release before runs", async () => {
	await REST.create(rex);
	await REST.create(rex);
	await publish(1);
	const facts = await runInDurableObject(ledger(), (_, { storage: { sql } }) => {
		// What release 1.0 does in its writes.
		const mark = (key: string, revision: number) =>
			sql.exec(
				`INSERT INTO outbox VALUES (?1, ?2, 0, 0, 1) ON CONFLICT (key) DO UPDATE SET
					revision = excluded.revision, due = min(due, excluded.due), state = max(state, excluded.state)`,
				key,
				revision,
			);
		const create = (id: number) => sql.exec("INSERT INTO rescues VALUES (?, 1, NULL, NULL, '{}')", id);
		const remove = (id: number) => sql.exec("DELETE FROM rescues WHERE id = ?", id);
		const documents = () => sql.exec<{ id: number }>("SELECT id FROM documents ORDER BY id").toArray();
		const known = [documents()];
		mark("rescue:1", 3);
		create(7);
		mark("rescue:7", 4);
		known.push(documents());
		remove(7);
		mark("rescue:7", 5);
		remove(2);
		mark("rescue:2", 6);
		known.push(documents());
		create(7);
		mark("rescue:7", 7);
		known.push(documents());
		const total = sql.exec("SELECT value FROM meta WHERE name = 'total'").one().value;
		return { total, known: known.map((rows) => rows.map(({ id }) => id)) };
	});
	expect(facts).toEqual({ total: 2, known: [[1], [1, 7], [1], [1, 7]] });
});
