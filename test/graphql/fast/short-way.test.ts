import { createExecutionContext, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createApp } from "../../../src/app.ts";
import type { Env } from "../../../src/env.ts";
import { yoga } from "../../../src/graphql/yoga.ts";
import { publish } from "../../ledger/faulty-kv.ts";
import { REST } from "../../transports.ts";

afterEach(reset);

/** Accept headers that the short way takes, each with one that says the same in words that only Yoga reads. */
const accepts = [
	["*/*", "*/* , text/html;charset=utf-8"],
	["application/json", "application/json , text/html;charset=utf-8"],
	["application/graphql-response+json, application/json", "application/graphql-response+json , application/json"],
	["application/graphql-response+json,application/json;q=0.9", "application/graphql-response+json ,application/json"],
] as const;

/** What the short way answers when it has been executed before. */
const known: [string, unknown][] = [
	["a query", { query: "{ rescues { totalCount nodes { id name status } } }" }],
	["a query with variables", { query: "query ($id: ID!) { rescue(id: $id) { name } }", variables: { id: 1 } }],
	["a query without any", { query: "{ rescue(id: 1) { name } }", variables: null, operationName: null }],
	["an operation by its name", { query: "query A { rescue(id: 1) { id } }", operationName: "A" }],
	["nothing found", { query: "{ rescue(id: 99) { id } }" }],
	["a bad cursor", { query: '{ rescues(after: "?") { totalCount } }' }],
	["a value that is out of bounds", { query: "{ rescues(first: 5000) { totalCount } }" }],
	["several errors", { query: '{ a: rescues(after: "?") { totalCount } b: rescues(first: 0) { totalCount } }' }],
	[
		"an error beside data",
		{ query: '{ a: rescue(id: 1) { id } b: rescueHistory(id: 1, after: "?") { nodes { kind } } }' },
	],
	["a damaged record", { query: "{ rescue(id: 7) { age } }" }],
];

/** What is for Yoga, each time. */
const others: [string, unknown][] = [
	["one of two operations", { query: "query A { rescue(id: 1) { id } } query B { __typename }", operationName: "B" }],
	["an operation that has another name", { query: "query A { rescue(id: 1) { id } }", operationName: "B" }],
	["an operation by an empty name", { query: "{ rescue(id: 1) { name } }", operationName: "" }],
	["introspection", { query: "{ __schema { queryType { name } } }" }],
	["a mutation of what isn't there", { query: "mutation { deleteRescue(id: 99) { id } }" }],
	["a bad variable", { query: "query ($id: ID!) { rescue(id: $id) { id } }", variables: {} }],
	["an unknown field", { query: "{ rescue(id: 1) { colour } }" }],
	["a syntax error", { query: "{" }],
	["two operations and no name", { query: "query A { __typename } query B { __typename }" }],
	["variables that are a list", { query: "{ __typename }", variables: [] }],
	["variables that are text", { query: "{ __typename }", variables: "text" }],
	["a name that is a number", { query: "{ __typename }", operationName: 5 }],
	["an unknown parameter", { query: "{ __typename }", colour: "red" }],
	["extensions", { query: "{ rescue(id: 1) { name } }", extensions: { a: 1 } }],
	["no query", {}],
	["no object", 5],
];

const app = createApp();

/** All that is said of a request, in the answer and in the log, but for its id and what it took. */
async function ask(accept: string, body: unknown, bindings = env as Env, headers?: Record<string, string>) {
	const log = vi.spyOn(console, "error").mockImplementation(() => {});
	const lines = vi.spyOn(console, "log").mockImplementation(() => {});
	const yogaSays = vi.spyOn(yoga.logger, "debug");
	const request = new Request("http://localhost/graphql", {
		method: "POST",
		headers: { "Content-Type": "application/json", Accept: accept, "X-Request-Id": "an-id", ...headers },
		body: typeof body === "string" ? body : JSON.stringify(body),
	});
	const response = await app.fetch(request, bindings, createExecutionContext());
	const text = await response.text();
	// Yoga says so of each request that it parses.
	const isShort = yogaSays.mock.calls.length === 0;
	const all = [...log.mock.calls, ...lines.mock.calls];
	const logged = all.map(([line]) => ({ ...JSON.parse(line), stack: "", ms: 0, kvMs: 0, ledgerMs: 0 }));
	vi.restoreAllMocks();
	const { "server-timing": timing = "", ...rest } = Object.fromEntries(response.headers);
	const costs = timing.replace(/;dur=\d+/g, "");
	return { isShort, answer: { status: response.status, headers: rest, costs, text, logged } };
}

async function fill() {
	await REST.create({ name: "Rex", age: 3, species: "dog" });
	await publish(1);
	const damaged = JSON.stringify({ id: 7, name: "Max", age: "secret", species: "cat", version: 1 });
	await env.RESCUES.put("rescue:7", damaged, { metadata: { version: 1 } });
}

describe.each(accepts)("accepting %s, the short way answers as Yoga does", (short, long) => {
	test.each(known)("%s, without Yoga", async (_what, body) => {
		await fill();
		const byYoga = await ask(long, body);
		const first = await ask(short, body);
		expect(byYoga.isShort).toBe(false);
		expect(first.isShort).toBe(true);
		expect(first.answer.headers["content-type"]).toContain("json; charset=utf-8");
		expect(first.answer).toEqual(byYoga.answer);
	});

	test.each(others)("%s, by handing it on", async (_what, body) => {
		await fill();
		// That its query is known doesn't help.
		await ask(long, { query: "{ __typename }" });
		const byYoga = await ask(long, body);
		for (const _ of [1, 2]) expect(await ask(short, body)).toEqual(byYoga);
	});
});

test("a query is for Yoga until it has been executed", async () => {
	const body = { query: "query Once { rescue(id: 1) { name } }" };
	const [first, second] = [await ask("*/*", body), await ask("*/*", body)];
	expect([first.isShort, second.isShort]).toEqual([false, true]);
	expect(second.answer).toEqual(first.answer);
});

test("a query that was executed before is refused all the same when its variables ask for too much, or don't fit", async () => {
	const lists = Array.from({ length: 6 }, (_, i) => `l${i}: rescues(first: $n) { nodes { id } }`).join(" ");
	const query = `query Lists($n: Int!) { ${lists} }`;
	const codes = [];
	for (const n of [1, 1, 1000, "x", 0, 1]) {
		const { answer } = await ask("*/*", { query, variables: { n } });
		expect(answer).toEqual((await ask("*/* , text/html;charset=utf-8", { query, variables: { n } })).answer);
		codes.push(JSON.parse(answer.text).errors?.[0].extensions.code);
	}
	expect(codes).toEqual([undefined, undefined, "MALFORMED_REQUEST", "INVALID_INPUT", "INVALID_INPUT", undefined]);
	const unnamed = await ask("*/*", { query, variables: { n: 1 }, operationName: "Other" });
	expect(JSON.parse(unnamed.answer.text).errors[0].extensions.code).toBe("MALFORMED_REQUEST");
});

test("an operation can't evade the limits by an empty name", async () => {
	const lists = Array.from({ length: 6 }, (_, i) => `l${i}: rescues(first: $n) { nodes { id } }`).join(" ");
	const body = { query: `query ($n: Int!) { ${lists} }`, variables: { n: 1 } };
	expect(JSON.parse((await ask("*/*", body)).answer.text)).toHaveProperty("data");
	const { answer } = await ask("*/*", { ...body, variables: { n: 1000 }, operationName: "" });
	expect(JSON.parse(answer.text)).toMatchObject({ errors: [{ extensions: { code: "MALFORMED_REQUEST" } }] });
});

test("a body that is no JSON object is for Yoga", async () => {
	for (const body of ["", "{", "null", '"text"', "[]", '{"query":"{ rescue(id: 1) { name } }"}x']) {
		const short = await ask("*/*", body);
		expect(short).toEqual(await ask("*/* , text/html;charset=utf-8", body));
		expect(short.isShort).toBe(false);
	}
});

test("a budget that is used up has the status 429, as Yoga gives it", async () => {
	const { OPEN_WRITES: _, SMALL_LIMITER, ...closed } = env as Env & { SMALL_LIMITER: RateLimit };
	const limited = { ...closed, READ_LIMITER: SMALL_LIMITER };
	const body = { query: "{ rescue(id: 1) { name } sharedData { name } }" };
	const asking = (accept: string) => ask(accept, body, limited, { "CF-Connecting-IP": "203.0.113.77" });
	await ask("*/* , text/html;charset=utf-8", body);
	// A window that ends meanwhile begins a second budget.
	for (let calls = 0; calls < 12 && (await asking("*/*")).answer.status !== 429; calls++);
	const short = await asking("application/json");
	expect(short.isShort).toBe(true);
	expect(short.answer.status).toBe(429);
	expect(short.answer).toEqual((await asking("application/json , text/html;charset=utf-8")).answer);
});
