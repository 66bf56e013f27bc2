import { createExecutionContext, reset } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createApp } from "../../src/app.ts";
import type { Env } from "../../src/env.ts";
import { sharedData } from "../../src/service/resolvers.ts";
import { publish } from "../ledger/faulty-kv.ts";
import { fetchWorker } from "../transports.ts";

afterEach(async () => {
	vi.restoreAllMocks();
	await reset();
});

const json = { "Content-Type": "application/json" };
const rex = '{"name":"Rex","age":3,"species":"dog"}';
const post = (body: object) => ({ method: "POST", headers: json, body: JSON.stringify(body) });
const callTool = (name: string, args: object) =>
	post({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args } });
/** Answers of every kind; whether they are logged anyway. */
const answers: [string, string, RequestInit, number, boolean][] = [
	["a list", "/rescues", {}, 200, false],
	["a HEAD", "/rescues", { method: "HEAD" }, 200, false],
	["a create", "/rescues", { method: "POST", headers: json, body: rex }, 201, true],
	["a record that isn't there", "/rescues/9", {}, 404, true],
	["no such route", "/nothing", {}, 404, true],
	["a method that isn't there", "/health", { method: "POST" }, 405, true],
	["a body that is too large", "/rescues", { method: "POST", headers: json, body: "x".repeat(70_000) }, 413, true],
	[
		"a foreign page's write",
		"/rescues",
		{ method: "POST", headers: { ...json, Origin: "https://a.example" }, body: rex },
		403,
		true,
	],
	["GraphQL", "/graphql", post({ query: "{ sharedData { name } }" }), 200, false],
	["GraphQL's refusal", "/graphql", post({ query: '{ rescues(after: "x") { totalCount } }' }), 200, true],
	["GraphQL's write", "/graphql", post({ query: 'mutation { deleteRescue(id: "9") { id } }' }), 200, true],
	["GraphQL of the wrong type", "/graphql", { method: "POST", body: "x" }, 415, true],
	["GraphQL by another method", "/graphql", { method: "DELETE" }, 405, true],
	["MCP", "/mcp", post({ jsonrpc: "2.0", id: 1, method: "ping" }), 200, false],
	["MCP's refusal", "/mcp", callTool("get_rescue", { id: 9 }), 200, true],
	["MCP's write", "/mcp", callTool("create_rescue", { input: JSON.parse(rex) }), 200, true],
	["MCP of no tool", "/mcp", callTool("no_tool", {}), 200, true],
	["MCP of the wrong type", "/mcp", { method: "POST", body: "x" }, 415, true],
	["MCP by another method", "/mcp", { method: "GET" }, 405, true],
];

describe.each(answers)("%s", (_what, path, init, status, isLogged) => {
	test("carries an X-Request-Id, CORS and security headers", async () => {
		const response = await fetchWorker(path, init);
		expect(response.status).toBe(status);
		const header = (name: string) => response.headers.get(name);
		expect(header("X-Request-Id")).toMatch(/^[0-9a-f-]{36}$/);
		expect(header("Access-Control-Allow-Origin")).toBe("*");
		expect(header("Access-Control-Allow-Credentials")).toBeNull();
		for (const name of ["ETag", "Link", "Location", "Total-Count", "Retry-After", "X-Request-Id", "Server-Timing"]) {
			expect(header("Access-Control-Expose-Headers")).toContain(name);
		}
		expect(header("X-Content-Type-Options")).toBe("nosniff");
		expect(header("Cross-Origin-Resource-Policy")).toBe("cross-origin");
		expect(header("Strict-Transport-Security")).toBeNull();
	});

	test(isLogged ? "is one line in the log" : "is in the log of the platform only", async () => {
		const log = vi.spyOn(console, "log");
		await fetchWorker(path, init);
		expect(log).toHaveBeenCalledTimes(isLogged ? 1 : 0);
	});

	test("is one line where all is logged, without tokens, bodies or addresses' queries", async () => {
		const log = vi.spyOn(console, "log");
		const headers = { ...(init.headers as object), Authorization: "Bearer sesame", "X-Request-Id": "id-7" };
		const request = new Request(new URL(`${path}?q=private`, "http://localhost"), { ...init, headers });
		await createApp().fetch(request, { ...(env as Env), LOG: "all" }, createExecutionContext());
		const lines = log.mock.calls.map(([line]) => String(line));
		expect(lines).toHaveLength(1);
		const line = JSON.parse(lines[0] as string);
		expect(line).toMatchObject({ message: "request", id: "id-7", method: init.method ?? "GET", by: null });
		expect(line).toMatchObject({
			ms: expect.any(Number),
			kvReads: expect.any(Number),
			ledgerCalls: expect.any(Number),
		});
		expect(lines[0]).not.toMatch(/sesame|private|Rex/);
	});
});

test("the log says what a request cost", async () => {
	await fetchWorker("/rescues", { method: "POST", headers: json, body: rex });
	await publish(1);
	const log = vi.spyOn(console, "log");
	const request = new Request("http://localhost/rescues/1");
	await createApp().fetch(request, { ...(env as Env), LOG: "all" }, createExecutionContext());
	await fetchWorker("/rescues/2");
	await fetchWorker("/rescues/1", { method: "DELETE" });
	const lines = log.mock.calls.map(([line]) => JSON.parse(line));
	expect(lines).toMatchObject([
		{ route: "/rescues/:id", status: 200, kvReads: 1, ledgerCalls: 0 },
		{ route: "/rescues/:id", status: 404, kvReads: 1, ledgerCalls: 1 },
		{ route: "/rescues/:id", status: 204, kvReads: 0, ledgerCalls: 1 },
	]);
});

test.each([
	["a-sane_id=1", true],
	["x".repeat(255), true],
	["x".repeat(256), false],
	['"><script>', false],
	['{"level":"fake"}', false],
	["", false],
])("an incoming X-Request-Id %s is kept: %s", async (id, isKept) => {
	const response = await fetchWorker("/health", { headers: { "X-Request-Id": id } });
	expect(response.headers.get("X-Request-Id") === id).toBe(isKept);
});

test.each(["/rescues", "/rescues/1", "/graphql", "/mcp"])(
	"a preflight to %s is answered 204 and may be kept",
	async (path) => {
		const response = await fetchWorker(path, {
			method: "OPTIONS",
			headers: {
				Origin: "https://app.example",
				"Access-Control-Request-Method": "PATCH",
				"Access-Control-Request-Headers": "authorization,content-type,if-match,idempotency-key",
			},
		});
		expect(response.status).toBe(204);
		expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
		expect(response.headers.get("Access-Control-Allow-Methods")).toContain("PATCH");
		expect(response.headers.get("Access-Control-Allow-Headers")).toContain("authorization");
		expect(Number(response.headers.get("Access-Control-Max-Age"))).toBeGreaterThan(600);
		expect(response.headers.get("X-Request-Id")).not.toBeNull();
	},
);

test("over https browsers are told to stay there", async () => {
	const response = await exports.default.fetch(new Request("https://rescue.test/rescues"));
	expect(response.headers.get("Strict-Transport-Security")).toMatch(/^max-age=\d{8}/);
});

test.each([
	["REST", "/shared-data", {}],
	["GraphQL", "/graphql", { method: "POST", headers: json, body: '{"query":"{ sharedData { name } }"}' }],
])("what goes wrong over %s is in the log with its cause, and not in the answer", async (_name, path, init) => {
	const error = vi.spyOn(console, "error");
	const { name } = sharedData;
	Object.defineProperty(sharedData, "name", {
		configurable: true,
		get() {
			throw new Error("a secret", { cause: new TypeError("its cause") });
		},
	});
	const response = await fetchWorker(path, { ...init, headers: { ...json, "X-Request-Id": "id-9" } });
	Object.defineProperty(sharedData, "name", { value: name });
	const text = await response.text();
	expect(text).toContain("INTERNAL");
	expect(text).not.toMatch(/secret|cause|stack|\.ts/);
	const lines = error.mock.calls.map(([line]) => JSON.parse(line));
	expect(lines).toMatchObject([
		{ message: "unexpected error", id: "id-9", error: "Error: a secret", cause: { error: "TypeError: its cause" } },
	]);
	expect(lines[0].stack).toContain("Error: a secret");
});
