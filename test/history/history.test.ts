import { evictDurableObject, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test } from "vitest";
import { fetchWorker, graphql, type History, REST, transports } from "../transports.ts";

afterEach(reset);

const rex = { name: "Rex", age: 3, species: "dog" };
const versions = (history: History | string) =>
	typeof history === "string" ? history : history.changes.map(({ version, kind }) => `${version} ${kind}`);

describe.each(transports)("over $name", (transport) => {
	test("every change is kept, newest first, with the record as it left it", async () => {
		await transport.create({ ...rex, microchip: "985112001234567" });
		await transport.update(1, { age: 4 });
		await transport.replace(1, { ...rex, name: "Max" });
		await transport.remove(1);
		await transport.restore(1);
		const history = (await transport.history(1)) as History;
		expect(versions(history)).toEqual(["5 restored", "4 deleted", "3 replaced", "2 updated", "1 created"]);
		expect(history.changes.map(({ rescue }) => [rescue?.version, rescue?.name, rescue?.age])).toEqual([
			[5, "Max", 3],
			[4, "Max", 3],
			[3, "Max", 3],
			[2, "Rex", 4],
			[1, "Rex", 3],
		]);
		expect(history.changes[4]).toMatchObject({ by: null, rescue: { microchip: "985112001234567" } });
		expect(history.changes[4]?.at).toBe(history.changes[4]?.rescue?.createdAt);
		expect(history.next).toBeNull();
	});

	test("the history of a deleted record is there, of one that never was it is not", async () => {
		await transport.create(rex);
		await transport.remove(1);
		expect(versions(await transport.history(1))).toEqual(["2 deleted", "1 created"]);
		expect(await transport.history(2)).toBe("NOT_FOUND");
		expect(await transport.history("x")).toBe("NOT_FOUND");
	});

	test("a long history comes in pages", async () => {
		await transport.create(rex);
		for (let age = 0; age < 4; age++) await transport.update(1, { age });
		const first = (await transport.history(1, 2)) as History;
		expect([versions(first), first.next]).toEqual([["5 updated", "4 updated"], "4"]);
		// What happens meanwhile moves nothing.
		await transport.update(1, { age: 9 });
		const second = (await transport.history(1, 2, "4")) as History;
		expect([versions(second), second.next]).toEqual([["3 updated", "2 updated"], "2"]);
		const third = (await transport.history(1, 2, "2")) as History;
		expect([versions(third), third.next]).toEqual([["1 created"], null]);
	});

	test("a bad limit and a bad cursor are refused", async () => {
		await transport.create(rex);
		expect(await transport.history(1, 101)).toBe("INVALID_INPUT");
		expect(await transport.history(1, 5, "x")).toBe("MALFORMED_REQUEST");
	});

	test("a deleted record is restored as it was, under the next version", async () => {
		await transport.create({ ...rex, externalId: "A-1" });
		await transport.remove(1);
		await evictDurableObject(env.LEDGER.getByName("rescues"));
		const answer = await transport.restore(1);
		expect(answer).toMatchObject({ rescue: { id: 1, ...rex, externalId: "A-1", version: 3 } });
		expect(await transport.get(1)).toEqual(answer);
		expect(await (await fetchWorker("/rescues")).json()).toHaveLength(1);
		// Its unique keys are its own again.
		expect(await transport.create({ ...rex, externalId: "A-1" })).toMatchObject({ code: "ALREADY_EXISTS" });
	});

	test("only what was deleted can be restored", async () => {
		expect(await transport.restore(1)).toMatchObject({ code: "NOT_FOUND" });
		expect(await transport.restore("x")).toMatchObject({ code: "NOT_FOUND" });
		await transport.create(rex);
		expect(await transport.restore(1)).toMatchObject({ code: "ALREADY_EXISTS" });
	});

	test("a record whose microchip another one has got since is not restored", async () => {
		await transport.create({ ...rex, microchip: "985112001234567" });
		await transport.remove(1);
		await transport.create({ ...rex, microchip: "985112001234567" });
		expect(await transport.restore(1)).toMatchObject({
			code: "ALREADY_EXISTS",
			errors: [{ path: ["microchip"], message: "is taken" }],
		});
		expect(await transport.get(1)).toMatchObject({ code: "NOT_FOUND" });
	});
});

test("a restore over REST is 200 with the record's ETag", async () => {
	await REST.create(rex);
	await REST.remove(1);
	const response = await fetchWorker("/rescues/1/restore", { method: "POST" });
	expect([response.status, response.headers.get("ETag")]).toEqual([200, '"3"']);
});

test("a record's history can be asked for with the record", async () => {
	await REST.create(rex);
	await REST.update(1, { age: 4 });
	const { data } = await graphql(
		"{ rescue(id: 1) { history(first: 1) { nodes { kind rescue { age } } edges { cursor node { version } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }",
	);
	expect(data.rescue.history).toEqual({
		nodes: [{ kind: "UPDATED", rescue: { age: 4 } }],
		edges: [{ cursor: "2", node: { version: 2 } }],
		pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: "2", endCursor: "2" },
	});
});
