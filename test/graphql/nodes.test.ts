import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createApp } from "../../src/app.ts";
import type { Env } from "../../src/env.ts";
import { caughtUp } from "../ledger/faulty-kv.ts";
import { fetchWorker, graphql, REST } from "../transports.ts";

beforeEach(async () => {
	await REST.create({ name: "Rex", age: 3, species: "dog" });
	await REST.create({ name: "Tom", age: 2, species: "cat" });
	await REST.update(1, { age: 4 });
});
afterEach(reset);

const node = "{ __typename id ... on AnimalRescue { name age } ... on RescueChange { kind rescue { rescueId age } } }";

test("a plain number is a rescue, with its version a change", async () => {
	const query = `query ($id: ID!) { node(id: $id) ${node} }`;
	const of = async (id: unknown) => (await graphql(query, { id })).data.node;
	expect(await of("1")).toEqual({ __typename: "AnimalRescue", id: "1", name: "Rex", age: 4 });
	expect(await of(1)).toEqual(await of("1"));
	const change = { __typename: "RescueChange", id: "1:1", kind: "CREATED", rescue: { rescueId: "1", age: 3 } };
	expect(await of("1:1")).toEqual(change);
	for (const nothing of ["3", "1:3", "1:", ":1", "01", "1:1:1", "rex", ""]) expect(await of(nothing)).toBeNull();
});

test("several come in the order that was asked for, null where there is nothing", async () => {
	const query = `query ($ids: [ID!]!) { nodes(ids: $ids) ${node} }`;
	const { data } = await graphql(query, { ids: ["1:2", "2", "9", "1:1", "2"] });
	expect(data.nodes.map((node: { id: string } | null) => node?.id)).toEqual(["1:2", "2", undefined, "1:1", "2"]);
	const { errors } = await graphql(query, { ids: Array(26).fill("1") });
	expect(errors[0].extensions).toEqual({
		code: "INVALID_INPUT",
		errors: [{ path: ["ids"], message: "must be a list of at most 25 ids" }],
	});
});

test("a fragment on the interface is answered wherever a rescue is", async () => {
	const query = "{ rescue(id: 1) { ...N name } rescues { nodes { ...N } } } fragment N on Node { id __typename }";
	const answer = { data: { rescue: { id: "1", __typename: "AnimalRescue", name: "Rex" } } };
	for (let i = 0; i < 2; i++) expect(await graphql(query)).toMatchObject(answer);
});

test("the histories of a list are one call to the ledger, and one read of each budget", async () => {
	let reads = 0;
	let ledgerReads = 0;
	const limiter = (count: () => number) => ({ limit: async () => ({ success: count() >= 0 }) });
	const bindings = {
		...env,
		OPEN_WRITES: undefined,
		READ_LIMITER: limiter(() => reads++),
		LEDGER_READ_LIMITER: limiter(() => ledgerReads++),
	} as unknown as Env;
	const query = `{ rescues {
		nodes { id history(first: 1) { nodes { id } pageInfo { hasNextPage } } }
		edges { node { history(first: 1) { nodes { version } } } }
	} }`;
	const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ query }) };
	await caughtUp();
	const response = await createApp().request("/graphql", init, bindings);
	const { data } = await response.json<{ data: { rescues: unknown } }>();
	expect(data.rescues).toEqual({
		nodes: [
			{ id: "1", history: { nodes: [{ id: "1:2" }], pageInfo: { hasNextPage: true } } },
			{ id: "2", history: { nodes: [{ id: "2:1" }], pageInfo: { hasNextPage: false } } },
		],
		edges: [{ node: { history: { nodes: [{ version: 2 }] } } }, { node: { history: { nodes: [{ version: 1 }] } } }],
	});
	expect(response.headers.get("Server-Timing")).toContain('ledger;desc="1 call"');
	expect([reads, ledgerReads]).toEqual([2, 1]);
});

test("of two mutations the one that was made is seen when the other fails", async () => {
	const { data, errors } = await graphql(
		"mutation { a: updateRescue(id: 1, input: { age: 9 }) { age } b: deleteRescue(id: 99) { id } }",
	);
	expect(data).toEqual({ a: { age: 9 }, b: null });
	expect(errors).toMatchObject([{ path: ["b"], extensions: { code: "NOT_FOUND" } }]);
});

const persisted = { persistedQuery: { version: 1, sha256Hash: "a".repeat(64) } };

test.each(["application/json", "application/graphql-response+json, application/json"])(
	"a hash without a document is answered in Apollo's form, accepting %s",
	async (accept) => {
		const asked = [
			fetchWorker("/graphql", {
				method: "POST",
				headers: { "Content-Type": "application/json", Accept: accept },
				body: JSON.stringify({ operationName: "A", variables: {}, extensions: persisted }),
			}),
			fetchWorker(`/graphql?operationName=A&extensions=${encodeURIComponent(JSON.stringify(persisted))}`, {
				headers: { Accept: accept },
			}),
		];
		for (const response of await Promise.all(asked)) {
			expect(response.status).toBe(200);
			expect(await response.json()).toEqual({
				errors: [{ message: "PersistedQueryNotFound", extensions: { code: "PERSISTED_QUERY_NOT_FOUND" } }],
			});
		}
		const { data } = await (
			await fetchWorker("/graphql", {
				method: "POST",
				headers: { "Content-Type": "application/json", Accept: accept },
				body: JSON.stringify({ query: "{ rescue(id: 2) { name } }", extensions: persisted }),
			})
		).json<{ data: unknown }>();
		expect(data).toEqual({ rescue: { name: "Tom" } });
	},
);

test("a WebSocket is refused in words", async () => {
	const headers = { Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Protocol": "graphql-transport-ws" };
	const response = await createApp().request("/graphql", { headers }, env as Env);
	expect(response.status).toBe(400);
	expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "MALFORMED_REQUEST" } }] });
});

test.each(["text/csv", "application/json;q=0", "image/*"])(
	"accepting %s is 406, and nothing is made",
	async (accept) => {
		const response = await fetchWorker("/graphql", {
			method: "POST",
			headers: { "Content-Type": "application/json", Accept: accept },
			body: JSON.stringify({ query: "mutation { deleteRescue(id: 1) { id } }" }),
		});
		expect(response.status).toBe(406);
		expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "MALFORMED_REQUEST" } }] });
		expect(await REST.get(1)).toMatchObject({ rescue: { id: 1 } });
	},
);

test("HEAD is GET without the body, and is among what is allowed", async () => {
	const path = `/graphql?query=${encodeURIComponent("{ sharedData { name } }")}`;
	const [get, head] = [await fetchWorker(path), await fetchWorker(path, { method: "HEAD" })];
	expect([head.status, await head.text()]).toEqual([200, ""]);
	expect(head.headers.get("Content-Type")).toBe(get.headers.get("Content-Type"));
	const other = await fetchWorker("/graphql", { method: "DELETE" });
	expect([other.status, other.headers.get("Allow")]).toEqual([405, "GET, HEAD, POST"]);
	// What Yoga refuses itself.
	const mutation = await fetchWorker(`/graphql?query=${encodeURIComponent("mutation { deleteRescue(id: 1) { id } }")}`);
	expect([mutation.status, mutation.headers.get("Allow")]).toEqual([405, "POST"]);
});
