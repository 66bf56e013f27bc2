import { createExecutionContext, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test } from "vitest";
import { createApp } from "../../src/app.ts";
import type { Env } from "../../src/env.ts";

afterEach(reset);

const app = createApp();
const { OPEN_WRITES: _, ...closed } = env as Env;
const withTokens = { ...closed, WRITE_TOKENS: "ann:first-token, bob:second:token ,broken,:nameless,empty:" };
const open = { ...closed, OPEN_WRITES: "true" };

const rex = { name: "Rex", age: 3, species: "dog" };
const send = (env: Env, path: string, init: RequestInit) =>
	app.fetch(new Request(new URL(path, "http://localhost:8787"), init), env, createExecutionContext());
const post = (env: Env, headers: Record<string, string> = {}, body: unknown = rex) =>
	send(env, "/rescues", {
		method: "POST",
		headers: { "Content-Type": "application/json", ...headers },
		body: JSON.stringify(body),
	});
const mutate = (env: Env, headers: Record<string, string> = {}, body: object = { query: CREATE }) =>
	send(env, "/graphql", {
		method: "POST",
		headers: { "Content-Type": "application/json", ...headers },
		body: JSON.stringify(body),
	});
const callTool = (env: Env, headers: Record<string, string> = {}) =>
	send(env, "/mcp", {
		method: "POST",
		headers: { "Content-Type": "application/json", ...headers },
		body: JSON.stringify({
			jsonrpc: "2.0",
			id: 1,
			method: "tools/call",
			params: { name: "create_rescue", arguments: { input: rex } },
		}),
	});
const CREATE = 'mutation { createRescue(input: { name: "Rex", age: 3, species: "dog" }) { id } }';
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const codeOf = async (response: Response) => {
	// biome-ignore lint/suspicious/noExplicitAny: the tests look at whatever comes back
	const body = (await response.json()) as any;
	return body.code ?? body.error?.data.code ?? body.errors?.[0].extensions.code;
};
const count = async (env: Env) => (await send(env, "/rescues", {})).headers.get("Total-Count");

const tellsHow = /wrangler secret put WRITE_TOKENS/;

describe.each([
	["REST", post],
	["GraphQL", mutate],
	["MCP", callTool],
])("over %s", (_name, write) => {
	test("a server without tokens refuses every write and says how to set one", async () => {
		for (const headers of [{}, bearer("anything"), bearer("")]) {
			const response = await write(closed, headers);
			expect(response.status).toBe(401);
			expect(response.headers.get("WWW-Authenticate")).toMatch(/^Bearer /);
			expect(await response.clone().text()).toMatch(tellsHow);
			expect(await codeOf(response)).toBe("UNAUTHENTICATED");
		}
		expect(await count(closed)).toBe("0");
	});

	test("a known token writes, under its name", async () => {
		expect((await write(withTokens, bearer("first-token"))).ok).toBe(true);
		expect((await write(withTokens, { authorization: "bearer second:token" })).ok).toBe(true);
		expect(await count(withTokens)).toBe("2");
	});

	test.each([
		["none", {}],
		["one that is not known", bearer("third-token")],
		["a known one's beginning", bearer("first-toke")],
		["a name with its token", bearer("ann:first-token")],
		["a name only", bearer("ann")],
		["an entry without a name", bearer("broken")],
		["a token without a name", bearer("nameless")],
		["another scheme", { Authorization: "Basic first-token" }],
		["two tokens", bearer("first-token second:token")],
	])("a token is needed: %s won't do", async (_what, headers: Record<string, string>) => {
		const response = await write(withTokens, headers);
		expect(response.status).toBe(401);
		expect(response.headers.get("WWW-Authenticate")?.includes("invalid_token")).toBe(
			/^Bearer \S+$/.test(Object.values(headers)[0] ?? ""),
		);
		expect(await response.clone().text()).not.toMatch(/first-token|second/);
		expect(await codeOf(response)).toBe("UNAUTHENTICATED");
		expect(await count(withTokens)).toBe("0");
	});

	test("a write without a token is refused before its input is looked at", async () => {
		const input = { name: 5, colour: "red" };
		const query = "mutation ($input: CreateRescueInput!) { createRescue(input: $input) { id } }";
		const response =
			write === post
				? await post(withTokens, {}, input)
				: await mutate(withTokens, {}, { query, variables: { input } });
		expect(response.status).toBe(401);
	});

	test.each([
		"https://evil.example",
		"http://localhost:9999",
		"https://localhost:8787",
		"null",
		"http://localhost:8787.evil.example",
	])("while writes are open, a page at %s can't write", async (origin) => {
		const response = await write(open, { Origin: origin });
		expect(response.status).toBe(403);
		expect(await codeOf(response)).toBe("FORBIDDEN");
		expect(await count(open)).toBe("0");
	});

	test("while writes are open, the service's own pages, scripts and holders of a token write", async () => {
		expect((await write(open, { Origin: "http://localhost:8787" })).ok).toBe(true);
		expect((await write(open)).ok).toBe(true);
		const both = { ...withTokens, OPEN_WRITES: "true" };
		expect((await write(both, { Origin: "https://evil.example", ...bearer("first-token") })).ok).toBe(true);
		expect(await count(open)).toBe("3");
	});

	test("only the word true opens writes", async () => {
		for (const value of ["", "false", "0", "TRUE", "1"]) {
			expect((await write({ ...closed, OPEN_WRITES: value })).status).toBe(401);
		}
	});
});

test("a name that was made to point here doesn't make a page one of ours", async () => {
	const request = new Request("http://rebound.example:8787/rescues", {
		method: "POST",
		headers: { "Content-Type": "application/json", Origin: "http://rebound.example:8787" },
		body: JSON.stringify(rex),
	});
	expect((await app.fetch(request, open, createExecutionContext())).status).toBe(403);
});

test("reads need no token, and don't mind a wrong one", async () => {
	expect((await send(closed, "/rescues", {})).status).toBe(200);
	expect((await send(withTokens, "/rescues", { headers: bearer("wrong") })).status).toBe(200);
	expect((await mutate(closed, {}, { query: "{ rescues { totalCount } }" })).status).toBe(200);
});

test.each(["PUT", "PATCH", "DELETE"])("%s needs a token", async (method) => {
	await post(open);
	const body = method === "DELETE" ? null : JSON.stringify(rex);
	const response = await send(withTokens, "/rescues/1", {
		method,
		body,
		headers: { "Content-Type": "application/json" },
	});
	expect(response.status).toBe(401);
	expect((await send(withTokens, "/rescues/1", {})).headers.get("ETag")).toBe('"1p"');
});

test("an import without a token is refused without reading it", async () => {
	let pulled = 0;
	const body = new ReadableStream({
		pull(controller) {
			pulled++;
			controller.enqueue(new Uint8Array(1024 * 1024));
			if (pulled === 20) controller.close();
		},
	});
	const headers = { "Content-Type": "text/csv" };
	const response = await send(withTokens, "/rescues/import", { method: "POST", headers, body });
	expect(response.status).toBe(401);
	expect(pulled).toBeLessThan(3);
});

const INPUT = '{ name: "Rex", age: 3, species: "dog" }';

test.each([
	["with an alias", { query: `mutation { x: createRescue(input: ${INPUT}) { id } }` }],
	["in a fragment", { query: `mutation { ...F } fragment F on Mutation { createRescue(input: ${INPUT}) { id } }` }],
	["in an inline fragment", { query: `mutation { ... on Mutation { ... { createRescue(input: ${INPUT}) { id } } } }` }],
	[
		"as one of several operations",
		{ query: `query Q { sharedData { name } } ${CREATE.replace("mutation", "mutation M")}`, operationName: "M" },
	],
	[
		"behind a directive",
		{ query: `mutation ($x: Boolean = true) { createRescue(input: ${INPUT}) @include(if: $x) { id } }` },
	],
	[
		"all four kinds at once",
		{
			query: `mutation { createRescue(input: ${INPUT}) { id } deleteRescue(id: 1) { id } replaceRescue(id: 1, input: ${INPUT}) { id } updateRescue(id: 1, input: { age: 4 }) { id } }`,
		},
	],
])("a mutation is found %s", async (_how, body) => {
	await post(open);
	const response = await mutate(withTokens, {}, body);
	expect(response.status).toBe(401);
	expect(await codeOf(response)).toBe("UNAUTHENTICATED");
	expect((await send(withTokens, "/rescues/1", {})).headers.get("ETag")).toBe('"1p"');
	expect(await count(withTokens)).toBe("1");
});

test("a mutation can't hide in a batch or in a GET", async () => {
	const batch = await mutate(withTokens, {}, [{ query: "{ sharedData { name } }" }, { query: CREATE }]);
	expect(batch.status).toBe(400);
	const get = await send(open, `/graphql?query=${encodeURIComponent(CREATE)}`, {});
	expect(get.status).toBe(405);
	expect(await count(open)).toBe("0");
});
