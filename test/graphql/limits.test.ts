import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { buildSchema, getIntrospectionQuery, parse } from "graphql";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createApp } from "../../src/app.ts";
import type { Env } from "../../src/env.ts";
import { findBeyond, measure, readLimits } from "../../src/graphql/limits.ts";
import { schema } from "../../src/graphql/schema.ts";
import { fetchWorker } from "../transports.ts";

afterEach(async () => {
	vi.restoreAllMocks();
	await reset();
});

/** Asks, and tells the code or `ok`, and what storage had to do for it. */
async function ask(query: string, variables?: unknown, bindings?: Env) {
	const init = {
		method: "POST",
		headers: { "Content-Type": "application/json", Accept: "application/graphql-response+json" },
		body: JSON.stringify({ query, variables }),
	};
	const response = bindings
		? await createApp().request("/graphql", init, bindings)
		: await fetchWorker("/graphql", init);
	// biome-ignore lint/suspicious/noExplicitAny: the tests look at whatever comes back
	const { errors } = (await response.json()) as any;
	const timing = /^kv;desc="(\d+) .*ledger;desc="(\d+) /.exec(response.headers.get("Server-Timing") ?? "") ?? [];
	return { status: response.status, errors, touched: Number(timing[1]) + Number(timing[2]) };
}

async function expectRefused(words: RegExp, query: string, variables?: unknown, bindings?: Env) {
	const { status, errors, touched } = await ask(query, variables, bindings);
	expect(errors).toHaveLength(1);
	expect(errors[0].message).toMatch(words);
	expect(errors[0].extensions.code).toBe("MALFORMED_REQUEST");
	expect([status, touched]).toEqual([400, 0]);
}

async function expectAnswered(query: string, variables?: unknown) {
	const { status, errors } = await ask(query, variables);
	expect(errors).toBeUndefined();
	expect(status).toBe(200);
}

/** A query of a depth: nothing here goes deeper than 8, so the limit is lowered for it. */
const deep = (fragments: number) =>
	`{ rescue(id: 1) { history(first: 1) { nodes { rescue { ${"... { ".repeat(fragments)} name ${"} ".repeat(fragments)} } } } } }`;
const aliased = (count: number) =>
	`{ ${Array.from({ length: count }, (_, i) => `a${i}: sharedData { name }`).join(" ")} }`;
const directed = (count: number) => `{ sharedData { name ${"@include(if: true) ".repeat(count)} } }`;

describe("what a document may have at most", () => {
	test("is a depth of 10, whatever the schema; fragments are no depth", async () => {
		const depth = (source: string, of = schema) => measure(of, parse(source), undefined, {}).depth;
		expect(depth(deep(20))).toBe(5);
		const tree = buildSchema("type Query { in: Query, leaf: Int }");
		const nested = (count: number) => `${"{ in ".repeat(count)} { leaf } ${"}".repeat(count)}`;
		expect([depth(nested(9), tree), depth(nested(10), tree)]).toEqual([10, 11]);
		const limits = { ...readLimits(env as Env), depth: 10 };
		const document = parse(nested(10));
		expect(findBeyond({ schema: tree, document }, limits)).toEqual(["a depth of 11 (at most 10)"]);
		expect(findBeyond({ schema: tree, document: parse(nested(9)) }, limits)).toEqual([]);
		const lowered = { ...env, GRAPHQL_MAX_DEPTH: 4 } as Env;
		await expectRefused(/depth of 5 \(at most 4\)/, deep(0), undefined, lowered);
	});

	test("is 15 aliases", async () => {
		await expectAnswered(aliased(15));
		await expectRefused(/16 aliases \(at most 15\)/, aliased(16));
	});

	test("is 20 directives", async () => {
		const repeated = (count: number) => `{ ${"sharedData @include(if: true) { name } ".repeat(count)} }`;
		await expectAnswered(repeated(20));
		await expectRefused(/21 directives \(at most 20\)/, repeated(21));
		const { errors } = await ask(directed(500));
		expect(errors.length).toBeLessThanOrEqual(101);
	});

	test("is 1,000 tokens", async () => {
		const withTokens = (count: number) =>
			`{ rescues(filter: { status: [${"INTAKE ".repeat(count - 16)}] }) { totalCount } }`;
		await expectAnswered(withTokens(1000));
		for (let i = 0; i < 2; i++) await expectRefused(/more than 1000 tokens/, withTokens(1001));
	});

	test.each([
		["a record", "{ rescue(id: 1) { id } }", 1],
		["the list, a hundred", "{ rescues { nodes { id } } }", 100],
		["edges and nodes", "{ rescues(first: 10) { edges { node { id } } nodes { id } pageInfo { hasNextPage } } }", 40],
		["only the count", "{ rescues(first: 1000) { totalCount } }", 0],
		["lists in a list", "{ rescues(first: 10) { nodes { history(first: 5) { nodes { version } } } } }", 120],
		["a history of which nothing is looked at", "{ rescueHistory(id: 1, first: 100) { __typename } }", 101],
		["nodes by their ids", '{ nodes(ids: ["1", "2:1"]) { id } }', 2],
		["more than a list gives", "{ rescues(first: 2000000) { nodes { id } } }", 1000],
		["less than nothing", "{ rescues(first: -5) { nodes { id } } }", 0],
		["null is the default", "{ rescues(first: null) { nodes { id } } }", 100],
	])("costs what it says: %s", (_what, query, cost) => {
		expect(measure(schema, parse(query), undefined, {}).cost).toBe(cost);
	});

	test("is a cost of 5,000, however it is written", async () => {
		const lists = (count: number, first: string | number) =>
			Array.from({ length: count }, (_, i) => `l${i}: rescues(first: ${first}) { nodes { id } }`).join(" ");
		await expectAnswered(`{ ${lists(5, 1000)} }`);
		await expectRefused(/cost of 6000 \(at most 5000\)/, `{ ${lists(6, 1000)} }`);
		await expectRefused(/cost of 6000/, `query ($n: Int) { ${lists(6, "$n")} }`, { n: 1000 });
		await expectRefused(/cost of 6000/, `query ($n: Int = 1000) { ${lists(6, "$n")} }`);
		await expectAnswered(`query ($n: Int = 1000) { ${lists(6, "$n")} }`, { n: 1 });
		await expectRefused(/cost of 6000/, `{ ...F } fragment F on Query { ${lists(6, 1000)} }`);
		await expectRefused(/cost of 6000/, `{ ... { ... on Query { ${lists(6, 1000)} } } }`);
	});

	test("counts a fragment wherever it is spread, in no time", async () => {
		const levels = Array.from({ length: 60 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`);
		await expectRefused(/aliases/, `{ ...F0 } ${levels.join(" ")} fragment F60 on Query { x: sharedData { name } }`);
	});

	test("is told all at once", async () => {
		const lowered = { ...env, GRAPHQL_MAX_DEPTH: 4 } as Env;
		const both = `${deep(0).slice(0, -1)} ${aliased(16).slice(1)}`;
		await expectRefused(/depth of 5 .*, 16 aliases .*\./, both, undefined, lowered);
	});
});

test("GraphiQL's introspection passes, and can't be made endless", async () => {
	await expectAnswered(getIntrospectionQuery({ descriptions: true, inputValueDeprecation: true }));
	const round = "{ fields { type { ";
	const { errors } = await ask(`{ __type(name: "Query") ${round.repeat(4)} name ${"} } } ".repeat(4)} }`);
	expect(errors[0]).toMatchObject({ extensions: { code: "MALFORMED_REQUEST" } });
});

test("a syntax error is MALFORMED_REQUEST, every time it is sent", async () => {
	for (let i = 0; i < 2; i++) {
		const { status, errors } = await ask("{ rescue(");
		expect([status, errors.length, errors[0].extensions.code]).toEqual([400, 1, "MALFORMED_REQUEST"]);
	}
});
