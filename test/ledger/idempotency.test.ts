import { evictDurableObject, reset, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test } from "vitest";
import { fetchWorker, GraphQL, type History, REST, transports } from "../transports.ts";
import { alarmAt, caughtUp } from "./faulty-kv.ts";
import { complete } from "./model.ts";

afterEach(reset);

const rex = { name: "Rex", age: 3, species: "dog" };
const ledger = () => env.LEDGER.getByName("rescues");
const query = <T extends Record<string, SqlStorageValue>>(sql: string) =>
	runInDurableObject(ledger(), (_, state) => state.storage.sql.exec<T>(sql).toArray());
const changes = async () => (await query<{ n: number }>("SELECT count(*) AS n FROM changes"))[0]?.n;

describe.each(transports)("over $name", (transport) => {
	test("every write can be repeated under its key: same answer, nothing changed", async () => {
		const writes = [
			() => transport.create({ ...rex, microchip: "985112001234567" }, "create"),
			() => transport.update(1, { age: 4 }, 1, "update"),
			() => transport.replace(1, rex, undefined, "replace"),
			() => transport.remove(1, 3, "remove"),
			() => transport.restore(1, "restore"),
		];
		const first = [];
		for (const write of writes) first.push(await write());
		const last = await transport.get(1);
		for (const answer of first) expect(answer).toHaveProperty("rescue");
		await evictDurableObject(ledger());
		for (const [index, write] of writes.entries()) expect(await write()).toEqual(first[index]);
		expect(await changes()).toBe(5);
		expect(await transport.get(1)).toEqual(last);
	});

	test("of many concurrent writes under one key one is made", async () => {
		const answers = await Promise.all(Array.from({ length: 20 }, () => transport.create(rex, "k")));
		for (const answer of answers) expect(answer).toEqual(answers[0]);
		expect(await changes()).toBe(1);
	});

	test("a key that was used for another request is refused", async () => {
		await transport.create(rex, "k");
		const reused = { code: "IDEMPOTENCY_KEY_REUSED" };
		expect(await transport.create({ ...rex, age: 4 }, "k")).toMatchObject(reused);
		expect(await transport.update(1, { age: 4 }, undefined, "k")).toMatchObject(reused);
		await transport.update(1, { age: 4 }, 1, "u");
		expect(await transport.update(1, { age: 4 }, undefined, "u")).toMatchObject(reused);
		expect(await transport.update(1, { age: 4 }, 2, "u")).toMatchObject(reused);
		expect(await transport.replace(1, { ...rex, age: 4 }, 1, "u")).toMatchObject(reused);
		expect(await changes()).toBe(2);
	});

	test("a refused write keeps nothing: its key is free", async () => {
		await transport.create(rex);
		expect(await transport.update(1, { age: 300 }, undefined, "k")).toMatchObject({ code: "INVALID_INPUT" });
		expect(await transport.update(2, { age: 4 }, undefined, "k")).toMatchObject({ code: "NOT_FOUND" });
		expect(await transport.update(1, { age: 4 }, 7, "k")).toMatchObject({ code: "VERSION_MISMATCH" });
		expect(await transport.create({ id: 1, ...rex }, "k")).toMatchObject({ code: "ALREADY_EXISTS" });
		expect(await transport.update(1, { age: 4 }, undefined, "k")).toMatchObject({ rescue: { version: 2 } });
	});

	// Over REST "é" is in http/hostile.node.test.ts: workerd would warn of a header that it has made itself.
	const beyondAscii = transport.name === "GraphQL" ? ["ä"] : [];
	test.each(["", "a b", "x".repeat(256), ...beyondAscii])("the key %j is refused", async (key) => {
		expect(await transport.create(rex, key)).toMatchObject({ code: "MALFORMED_REQUEST" });
		expect(await changes()).toBe(0);
	});

	test("a key of 255 characters is taken", async () => {
		const key = "~".repeat(255);
		expect(await transport.create(rex, key)).toEqual(await transport.create(rex, key));
	});
});

test("a repeat may come over the other transport, its input spelt another way", async () => {
	const created = await REST.create(rex, "k");
	expect(await GraphQL.create({ species: " dog", age: 3, name: "Rex ", status: "intake" }, "k")).toEqual(created);
	const updated = await GraphQL.update("1", { status: null, age: 5 }, 1, "u");
	expect(updated).toMatchObject({ rescue: { version: 2 } });
	expect(await REST.update(1, { age: 5, status: "intake" }, 1, "u")).toEqual(updated);
	await GraphQL.remove(1, undefined, "d");
	expect(await REST.remove(1, undefined, "d")).toEqual({ rescue: null });
	expect(await changes()).toBe(3);
});

test("a repeat over REST has the first answer's status, headers and body, and says that it is one", async () => {
	const post = () =>
		fetchWorker("/rescues", {
			method: "POST",
			headers: { "Content-Type": "application/json", "Idempotency-Key": "k" },
			body: JSON.stringify(rex),
		});
	const first = await post();
	await REST.update(1, { age: 9 });
	const repeat = await post();
	expect(first.headers.has("Idempotency-Replayed")).toBe(false);
	expect(repeat.headers.get("Idempotency-Replayed")).toBe("true");
	expect(repeat.status).toBe(201);
	expect(await repeat.text()).toBe(await first.text());
	// What is of the request, not of the answer, is its own.
	const own = ["idempotency-replayed", "x-request-id", "server-timing"];
	const ofAnswer = ({ headers }: Response) => Object.fromEntries([...headers].filter(([name]) => !own.includes(name)));
	const headers = ofAnswer(repeat);
	expect(headers).toEqual(ofAnswer(first));
	expect(headers).toMatchObject({ etag: '"1"', location: "/rescues/1" });
	await REST.remove(1, undefined, "d");
	const removed = await fetchWorker("/rescues/1", { method: "DELETE", headers: { "Idempotency-Key": "d" } });
	expect([removed.status, removed.headers.get("Idempotency-Replayed")]).toEqual([204, "true"]);
});

test("a key belongs to the token that sent it", async () => {
	const create = (by: string | null) => {
		const sender = { by, idempotencyKey: "k", fingerprint: "f" };
		return runInDurableObject(ledger(), (instance) =>
			instance.write({ do: "create", rescue: complete(rex), when: {} }, sender),
		);
	};
	expect(await create("website")).toMatchObject({ ok: true, value: { id: 1 } });
	expect(await create("partner")).toMatchObject({ ok: true, value: { id: 2 } });
	expect(await create(null)).toMatchObject({ ok: true, value: { id: 3 } });
	expect(await create("website")).toMatchObject({ ok: true, value: { id: 1 }, replayed: true });
	expect(((await REST.history(1)) as History).changes[0]?.by).toBe("website");
});

test("a key is good for 24 hours, and the alarm sweeps it then", async () => {
	const start = Date.now();
	await REST.create(rex, "old");
	await REST.create(rex, "new");
	const [kept] = await query<{ expires: number }>("SELECT expires FROM idempotency WHERE key = 'old'");
	expect(kept?.expires).toBeGreaterThanOrEqual(start + 24 * 3600_000);
	expect(kept?.expires).toBeLessThan(start + 24 * 3600_000 + 60_000);
	await caughtUp();
	await runDurableObjectAlarm(ledger());
	// Nothing but the keys is left to wait for, and the alarm is set for them.
	const alarm = await alarmAt();
	expect(alarm).toBeGreaterThan(start + 24 * 3600_000);
	await query("UPDATE idempotency SET expires = 1 WHERE key = 'old'");
	// Even before it is swept, an expired key is free.
	expect(await REST.create({ ...rex, age: 9 }, "old")).toMatchObject({ rescue: { id: 3 } });
	await query("UPDATE idempotency SET expires = 1 WHERE key = 'old'");
	await runDurableObjectAlarm(ledger());
	expect(await query("SELECT key FROM idempotency")).toEqual([{ key: "new" }]);
});
