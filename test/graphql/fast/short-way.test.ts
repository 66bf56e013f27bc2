import { reset } from "cloudflare:test";
import { afterEach, describe, expect, test } from "vitest";
import { fetchWorker, REST } from "../../transports.ts";

afterEach(reset);

/** Accept headers that are answered without Yoga around, each with one that says the same in words that only Yoga reads. */
const accepts = [
	["*/*", "*/* , text/html;charset=utf-8"],
	["application/json", "application/json , text/html;charset=utf-8"],
	["application/graphql-response+json, application/json", "application/graphql-response+json , application/json"],
	["application/graphql-response+json,application/json;q=0.9", "application/graphql-response+json ,application/json"],
] as const;

const bodies: [string, unknown][] = [
	["a query", { query: "{ rescues { totalCount nodes { id name status } } }" }],
	["a query with variables", { query: "query ($id: ID!) { rescue(id: $id) { name } }", variables: { id: 1 } }],
	[
		"an operation by its name",
		{ query: "query A { rescue(id: 1) { id } } query B { __typename }", operationName: "B" },
	],
	["nothing found", { query: "{ rescue(id: 99) { id } }" }],
	["introspection", { query: "{ __schema { queryType { name } } }" }],
	["a mutation of what isn't there", { query: "mutation { deleteRescue(id: 99) { id } }" }],
	["a bad cursor", { query: '{ rescues(after: "?") { totalCount } }' }],
	["a bad value", { query: "{ rescues(first: 5000) { totalCount } }" }],
	["a bad variable", { query: "query ($id: ID!) { rescue(id: $id) { id } }", variables: {} }],
	["an unknown field", { query: "{ rescue(id: 1) { colour } }" }],
	["a syntax error", { query: "{" }],
	["two operations and no name", { query: "query A { __typename } query B { __typename }" }],
	["variables that are no object", { query: "{ __typename }", variables: [] }],
	["an unknown parameter", { query: "{ __typename }", colour: "red" }],
	["no query", {}],
	["no object", 5],
	["several errors", { query: '{ a: rescues(after: "?") { totalCount } b: rescues(first: 0) { totalCount } }' }],
];

const ask = async (accept: string, body: unknown, headers?: Record<string, string>) => {
	const response = await fetchWorker("/graphql", {
		method: "POST",
		headers: { "Content-Type": "application/json", Accept: accept, ...headers },
		body: JSON.stringify(body),
	});
	return { status: response.status, type: response.headers.get("Content-Type"), body: await response.text() };
};

describe.each(accepts)("accepting %s, the short way answers as Yoga does", (short, long) => {
	test.each(bodies)("%s", async (_what, body) => {
		await REST.create({ name: "Rex", age: 3, species: "dog" });
		const answer = await ask(short, body);
		expect(answer.type).toContain("json; charset=utf-8");
		expect(answer).toEqual(await ask(long, body));
	});
});

test("a query that was executed before is refused all the same when its variables ask for too much, or don't fit", async () => {
	const lists = Array.from({ length: 6 }, (_, i) => `l${i}: rescues(first: $n) { nodes { id } }`).join(" ");
	const query = `query Lists($n: Int!) { ${lists} }`;
	const codes = [];
	for (const n of [1, 1, 1000, "x", 0, 1]) {
		const answer = await ask("*/*", { query, variables: { n } });
		expect(answer).toEqual(await ask("*/* , text/html;charset=utf-8", { query, variables: { n } }));
		codes.push(JSON.parse(answer.body).errors?.[0].extensions.code);
	}
	expect(codes).toEqual([undefined, undefined, "MALFORMED_REQUEST", "INVALID_INPUT", "INVALID_INPUT", undefined]);
	const unnamed = await ask("*/*", { query, variables: { n: 1 }, operationName: "Other" });
	expect(JSON.parse(unnamed.body).errors[0].extensions.code).toBe("MALFORMED_REQUEST");
});
