import { describe, expect, test } from "vitest";
import { get, graphql, JSON_TYPE, json, nested, post, rex, underAttack, utf8 } from "../http/under-attack.ts";

underAttack();

describe("a GraphQL request", () => {
	const aliases = (count: number) =>
		`{ ${Array.from({ length: count }, (_, i) => `a${i}:sharedData{name}`).join(" ")} }`;
	const create = "mutation ($input: CreateRescueInput!) { createRescue(input: $input) { id } }";
	const MALFORMED = "MALFORMED_REQUEST";
	const requests: [string, unknown, string][] = [
		["2,000 aliases", { query: aliases(2000) }, MALFORMED],
		["cyclic fragments", { query: "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }" }, MALFORMED],
		["a fragment in itself", { query: "{ ...A } fragment A on Query { ... { ... on Query { ...A } } }" }, MALFORMED],
		["fields 10,000 deep", { query: "{a".repeat(10_000) + "}".repeat(10_000) }, MALFORMED],
		["fields that never end", { query: "{a".repeat(20_000) }, MALFORMED],
		["a list 400 deep", { query: `{ rescue(id: ${nested(400)}) { id } }` }, "INVALID_INPUT"],
		[
			"a list 15,000 deep in the variables",
			`{"query":${JSON.stringify(create)},"variables":{"input":{"name":${nested(15_000)},"age":1,"species":"x"}}}`,
			"INVALID_INPUT",
		],
		[
			"photos 15,000 deep in the variables",
			`{"query":${JSON.stringify(create)},"variables":{"input":{"name":"Rex","age":1,"species":"x","photos":${nested(15_000)}}}}`,
			"INVALID_INPUT",
		],
		[
			"an input 10,000 deep",
			`{"query":${JSON.stringify(create)},"variables":{"input":${'{"input":'.repeat(6000)}1${"}".repeat(6000)}}}`,
			"INVALID_INPUT",
		],
		[
			"__proto__ in its input",
			`{"query":${JSON.stringify(create)},"variables":{"input":{"name":"Rex","age":1,"species":"x","__proto__":{"age":2}}}}`,
			"INVALID_INPUT",
		],
		[
			"__proto__ as its variables",
			`{"query":${JSON.stringify(create)},"variables":{"__proto__":{"input":{"name":"Rex","age":1,"species":"x"}}}}`,
			"INVALID_INPUT",
		],
		["a lone surrogate", { query: create, variables: { input: { ...rex, name: "\ud800" } } }, "INVALID_INPUT"],
		["NUL", { query: create, variables: { input: { ...rex, name: "\0" } } }, "INVALID_INPUT"],
		[
			"an age of 1e309",
			`{"query":${JSON.stringify(create)},"variables":{"input":{"name":"Rex","age":1e309,"species":"x"}}}`,
			"INVALID_INPUT",
		],
		["an id of 16 KB", { query: create, variables: { input: { ...rex, id: "9".repeat(16_384) } } }, "INVALID_INPUT"],
		[
			"a first of 1e309",
			'{"query":"query ($n: Int) { rescues(first: $n) { totalCount } }","variables":{"n":1e309}}',
			"INVALID_INPUT",
		],
		["almost an enum value", { query: create, variables: { input: { ...rex, status: "INTAK" } } }, "INVALID_INPUT"],
		["almost a field", { query: create, variables: { input: { ...rex, nam: "Rex" } } }, "INVALID_INPUT"],
		["almost an argument", { query: "{ rescue(idd: 1) { id } }" }, MALFORMED],
		["almost a type", { query: "query ($id: IDD!) { rescue(id: $id) { id } }" }, MALFORMED],
		["no query", {}, MALFORMED],
		["a query of null", { query: null }, MALFORMED],
		["a list as its query", { query: ["{ sharedData { name } }"] }, MALFORMED],
		["an empty query", { query: "" }, MALFORMED],
		["only a fragment", { query: "fragment A on Query { sharedData { name } }" }, MALFORMED],
		[
			"two operations and no name",
			{ query: "query A { sharedData { name } } query B { sharedData { name } }" },
			MALFORMED,
		],
		["an operation that isn't there", { query: "query A { sharedData { name } }", operationName: "B" }, MALFORMED],
		["a subscription", { query: "subscription { rescues }" }, MALFORMED],
		["variables as a list", { query: "{ sharedData { name } }", variables: [] }, MALFORMED],
		["variables as text", { query: "{ sharedData { name } }", variables: "{}" }, MALFORMED],
		["extensions as text", { query: "{ sharedData { name } }", extensions: "x" }, MALFORMED],
		["an unknown parameter", { query: "{ sharedData { name } }", __proto: 1 }, MALFORMED],
		["a name no GraphQL name can be", { query: "{ rescue(id: 1) { \u0000 } }" }, MALFORMED],
		["a batch", [{ query: "{ sharedData { name } }" }], MALFORMED],
		["a batch of 10,000", Array(10_000).fill(1), MALFORMED],
		["text", '"query"', MALFORMED],
		["null", "null", MALFORMED],
		["cut off JSON", '{"query":"{ sharedData', MALFORMED],
	];

	test.each(requests)("with %s is refused", async (_what, request, code) => {
		const response = await graphql(request, { Accept: "application/graphql-response+json" });
		const answer = await json(response);
		// 200 with `data`: it was executed, and its only field refused it.
		expect(response.status).toBe(answer.data === undefined ? 400 : 200);
		for (const value of Object.values(answer.data ?? {})) expect(value).toBeNull();
		for (const { extensions } of answer.errors) expect(extensions.code).toBe(code);
		expect(JSON.stringify(answer)).not.toMatch(/did you mean|stack|\.ts\b/i);
	});

	test("of 100,000 aliases is refused", async () => {
		const response = await graphql({ query: aliases(100_000) });
		expect(response.status).toBe(413);
		expect((await json(response)).errors[0].extensions.code).toBe("PAYLOAD_TOO_LARGE");
		const path = `/graphql?query=${encodeURIComponent(aliases(300))}`;
		expect((await get(path, { headers: { Accept: "application/graphql-response+json" } })).status).toBe(400);
	});

	test.each([
		["a form", "application/x-www-form-urlencoded", "query=%7B+sharedData+%7B+name+%7D+%7D"],
		[
			"a multipart form",
			"multipart/form-data; boundary=x",
			'--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{"query":"{ sharedData { name } }"}\r\n--x--',
		],
		["text", "text/plain", '{"query":"{ sharedData { name } }"}'],
		["a bare document", "application/graphql", "{ sharedData { name } }"],
		["another charset", "application/json; charset=utf-16", '{"query":"{ sharedData { name } }"}'],
	])("sent as %s, which any page could do, is refused", async (_what, type, body) => {
		const response = await post(body, { "Content-Type": type }, "/graphql");
		expect([response.status, (await json(response)).errors[0].extensions.code]).toEqual([
			415,
			"UNSUPPORTED_MEDIA_TYPE",
		]);
	});

	test("that isn't UTF-8 is refused", async () => {
		const bytes = new Uint8Array([...utf8('{"query":"{ sharedData { name } } # '), 0xff, ...utf8('"}')]);
		const response = await post(bytes, JSON_TYPE, "/graphql");
		expect([response.status, (await json(response)).errors[0].extensions.code]).toEqual([400, MALFORMED]);
	});
});
