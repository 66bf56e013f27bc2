import { reset, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test } from "vitest";
import { caughtUp } from "../ledger/faulty-kv.ts";
import { fetchWorker, GraphQL, graphql, REST } from "../transports.ts";

afterEach(reset);

const rex = { name: "Rex", age: 3, species: "dog" };
const paths = (error: { extensions: { errors: { path: unknown[] }[] } }) =>
	error.extensions.errors.map(({ path }) => path);

test("ID takes text and numbers", async () => {
	await REST.create(rex);
	const query = "query($id: ID!) { rescue(id: $id) { id } }";
	for (const id of ["1", 1]) expect((await graphql(query, { id })).data).toEqual({ rescue: { id: "1" } });
	expect((await graphql('{ a: rescue(id: 1) { id } b: rescue(id: "1") { id } }')).data).toEqual({
		a: { id: "1" },
		b: { id: "1" },
	});
});

test("a missing record is null from a query, NOT_FOUND from a mutation", async () => {
	expect(await graphql('{ rescue(id: "nobody") { id } }')).toEqual({ data: { rescue: null } });
	const { data, errors } = await graphql("mutation { deleteRescue(id: 9) { id } }");
	expect(data).toEqual({ deleteRescue: null });
	expect(errors[0]).toMatchObject({ path: ["deleteRescue"], extensions: { code: "NOT_FOUND" } });
});

test("a delete gives what was deleted", async () => {
	await REST.create(rex);
	expect(await GraphQL.remove(1)).toMatchObject({ rescue: { id: 1, ...rex, version: 1 } });
});

test("the list has cursors, page info and the total", async () => {
	for (let i = 0; i < 5; i++) await REST.create(rex);
	await caughtUp();
	const query =
		"query($first: Int, $after: String) { rescues(first: $first, after: $after) { edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } }";
	const first = (await graphql(query, { first: 2 })).data.rescues;
	expect(first.nodes).toEqual([{ id: "1" }, { id: "2" }]);
	expect(first.edges.map(({ node }: { node: unknown }) => node)).toEqual(first.nodes);
	expect(first.pageInfo).toEqual({
		hasNextPage: true,
		hasPreviousPage: false,
		startCursor: first.edges[0].cursor,
		endCursor: first.edges[1].cursor,
	});
	expect(first.totalCount).toBe(5);
	const last = (await graphql(query, { first: 3, after: first.pageInfo.endCursor })).data.rescues;
	expect(last.nodes).toEqual([{ id: "3" }, { id: "4" }, { id: "5" }]);
	expect(last.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
	const none = (await graphql(query, { after: last.pageInfo.endCursor })).data.rescues;
	expect(none).toMatchObject({ nodes: [], pageInfo: { startCursor: null, endCursor: null, hasNextPage: false } });
});

test("shared data is the same value as in REST", async () => {
	expect(await graphql("{ sharedData { name } }")).toEqual({ data: { sharedData: { name: "Rustacean" } } });
});

describe("bad input is one INVALID_INPUT with every path, whether", () => {
	const expected = [
		["input", "name"],
		["input", "age"],
		["input", "species"],
		["input", "status"],
		["input", "zz"],
	];

	test("it is written in the document", async () => {
		const { errors } = await graphql(
			"mutation { createRescue(input: { name: 5, age: 300, status: ASLEEP, zz: 1 }) { id } }",
		);
		expect(errors).toHaveLength(1);
		expect(errors[0].extensions.code).toBe("INVALID_INPUT");
		expect(paths(errors[0])).toEqual(expected);
	});

	test("it is one variable", async () => {
		const { errors } = await graphql("mutation($i: CreateRescueInput!) { createRescue(input: $i) { id } }", {
			i: { name: 5, age: 300, status: "ASLEEP", zz: 1 },
		});
		expect(errors).toHaveLength(1);
		expect(paths(errors[0])).toEqual(expected);
		expect(errors[0].extensions.errors[3].message).toContain("INTAKE, AVAILABLE");
	});

	test("it is several variables", async () => {
		const { errors } = await graphql(
			'mutation($name: String!, $age: Int! = 3) { createRescue(input: { name: $name, age: $age, species: "dog" }) { id } }',
			{ name: 5, age: "3" },
		);
		expect(paths(errors[0])).toEqual([
			["input", "name"],
			["input", "age"],
		]);
	});

	test("a variable is missing", async () => {
		const { errors } = await graphql("mutation($i: CreateRescueInput!) { createRescue(input: $i) { id } }");
		expect(errors[0].extensions).toMatchObject({ code: "INVALID_INPUT", errors: [{ path: ["input"] }] });
	});

	test("it hides in a fragment", async () => {
		const { errors } = await graphql(
			'mutation { ...F } fragment F on Mutation { updateRescue(id: 1, input: { age: "x" }) { id } }',
		);
		expect(paths(errors[0])).toEqual([["input", "age"]]);
	});

	test.each(["0", "1001", "-5", '"ten"', "1.5", "99999999999"])("first is %s", async (first) => {
		const { errors } = await graphql(`{ rescues(first: ${first}) { totalCount } }`);
		expect(errors[0].extensions).toEqual({
			code: "INVALID_INPUT",
			errors: [{ path: ["first"], message: "must be a whole number from 1 to 1000" }],
		});
	});
});

describe("what isn't a request is MALFORMED_REQUEST:", () => {
	test.each([
		["a syntax error", "{"],
		["an unknown field", "{ rescus { id } }"],
		["an unknown argument", "{ rescue(id: 1, x: 2) { id } }"],
		["a missing argument", "{ rescue { id } }"],
		["a bad cursor", '{ rescues(after: "x") { totalCount } }'],
		["two operations without a name", "query A { __typename } query B { __typename }"],
		["nothing", ""],
	])("%s", async (_name, query) => {
		const { errors } = await graphql(query);
		expect(errors[0].extensions.code).toBe("MALFORMED_REQUEST");
	});

	test("nothing is suggested", async () => {
		const { errors } = await graphql("{ rescus { id } }");
		expect(errors[0].message).not.toContain("Did you mean");
	});

	test.each([
		"text/plain",
		"application/x-www-form-urlencoded",
		"multipart/form-data; boundary=x",
		"application/graphql",
	])("a POST of type %s is UNSUPPORTED_MEDIA_TYPE", async (type) => {
		const response = await fetchWorker("/graphql", {
			method: "POST",
			headers: { "Content-Type": type },
			body: "query={__typename}",
		});
		expect(response.status).toBe(415);
		expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "UNSUPPORTED_MEDIA_TYPE" } }] });
	});

	test("a batch is refused", async () => {
		const response = await fetchWorker("/graphql", {
			method: "POST",
			headers: { "Content-Type": "application/json" },
			body: '[{"query":"{__typename}"}]',
		});
		expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "MALFORMED_REQUEST" } }] });
	});
});

test("queries work over GET, mutations don't", async () => {
	const query = await fetchWorker(`/graphql?query=${encodeURIComponent("{ sharedData { name } }")}`);
	expect(await query.json()).toEqual({ data: { sharedData: { name: "Rustacean" } } });
	const mutation = await fetchWorker(`/graphql?query=${encodeURIComponent("mutation { deleteRescue(id: 1) { id } }")}`);
	expect(mutation.status).toBe(405);
	expect(await mutation.json()).toMatchObject({ errors: [{ extensions: { code: "METHOD_NOT_ALLOWED" } }] });
});

test("what breaks inside is INTERNAL, and nothing of it gets out", async () => {
	await REST.create(rex);
	// A document that parses but can't be what the schema promises: graphql-js throws while it completes the field.
	const document = JSON.stringify({ id: 1, ...rex, version: 1, age: "secret" });
	await env.RESCUES.put("rescue:1", document, { metadata: { version: 1 } });
	const answer = await graphql("{ rescue(id: 1) { age } }");
	expect(answer.errors[0].extensions).toEqual({ code: "INTERNAL" });
	expect(JSON.stringify(answer)).not.toMatch(/secret|Int cannot|stack| at /);
});

test("a ledger that can't be reached is UNAVAILABLE on both transports, and reads go on from KV", async () => {
	await REST.create(rex);
	await runInDurableObject(env.LEDGER.getByName("rescues"), (instance) => {
		Object.assign(instance, {
			write: () => {
				throw new Error("the object is overloaded: secret");
			},
		});
	});
	for (const transport of [REST, GraphQL]) {
		expect(await transport.update(1, { age: 4 })).toMatchObject({ code: "UNAVAILABLE" });
		expect(await transport.get(1)).toMatchObject({ rescue: { age: 3 } });
	}
	const response = await fetchWorker("/rescues/1", {
		method: "PATCH",
		headers: { "Content-Type": "application/json" },
		body: '{"age":4}',
	});
	expect(response.headers.get("Retry-After")).toBe("2");
});
