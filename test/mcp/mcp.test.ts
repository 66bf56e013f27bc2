import { createExecutionContext, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test } from "vitest";
import { createApp } from "../../src/app.ts";
import type { Env } from "../../src/env.ts";
import { callTool, fetchWorker, REST } from "../transports.ts";

afterEach(reset);

const app = createApp();
const { OPEN_WRITES: _, SMALL_LIMITER, ...closed } = env as Env & { SMALL_LIMITER: RateLimit };
const withTokens = { ...closed, WRITE_TOKENS: "ann:a" };
const rex = { name: "Rex", age: 3, species: "dog" };

type Headers = Record<string, string>;

/** Sends a body to a service, as it is when it is text. */
function send(service: Env, body: unknown, headers: Headers = {}): Promise<Response> {
	const request = new Request("http://localhost/mcp", {
		method: "POST",
		headers: { "Content-Type": "application/json", ...headers },
		body: typeof body === "string" ? body : JSON.stringify(body),
	});
	return Promise.resolve(app.fetch(request, service, createExecutionContext()));
}

const message = (method: string, params: object = {}) => ({ jsonrpc: "2.0", id: 7, method, params });
const call = (name: unknown, args?: unknown) => message("tools/call", { name, arguments: args });

/** What 2026-07-28 says with each request, in the body and in headers. */
const meta = {
	"io.modelcontextprotocol/protocolVersion": "2026-07-28",
	"io.modelcontextprotocol/clientCapabilities": {},
};
const modern = (method: string, params: { name?: string; arguments?: object } = {}, headers: Headers = {}) =>
	send(withTokens, message(method, { _meta: meta, ...params }), {
		"MCP-Protocol-Version": "2026-07-28",
		"Mcp-Method": method,
		...(params.name !== undefined && { "Mcp-Name": params.name }),
		...headers,
	});

// biome-ignore lint/suspicious/noExplicitAny: the tests look at whatever comes back
const read = async (response: Response) => ({ status: response.status, body: (await response.json()) as any });
const toolsOf = async (response: Response) =>
	(await read(response)).body.result.tools.map(({ name }: Env & { name: string }) => name);

describe("what is no message of the protocol is refused as JSON-RPC does it", () => {
	test.each<[string, unknown, Headers, number, number]>([
		["no JSON", "{", {}, 400, -32700],
		["no UTF-8", "\ud800{", {}, 400, -32700],
		["another media type", "{}", { "Content-Type": "text/plain" }, 415, 415],
		["an encoded body", "{}", { "Content-Encoding": "gzip" }, 415, 415],
		["a batch", [message("ping")], {}, 400, -32600],
		["no object", "5", {}, 400, -32600],
		["another JSON-RPC", { ...message("ping"), jsonrpc: "1.0" }, {}, 400, -32600],
		["no method", { jsonrpc: "2.0", id: 7 }, {}, 400, -32600],
		["a response", { jsonrpc: "2.0", id: 7, result: {} }, {}, 400, -32600],
		["an id of null", { ...message("ping"), id: null }, {}, 400, -32600],
		["an id that is no whole number", { ...message("ping"), id: 1.5 }, {}, 400, -32600],
		["params that are a list", { ...message("ping"), params: [] }, {}, 400, -32600],
		["a method there isn't", message("prompts/list"), {}, 200, -32601],
		["a tool there isn't", call("drop_rescues"), {}, 200, -32602],
		["a tool named as what every object has", call("constructor"), {}, 200, -32602],
		["no tool", call(undefined), {}, 200, -32602],
		["arguments that are a list", call("find_rescues", []), {}, 200, -32602],
		["an old revision", message("ping"), { "MCP-Protocol-Version": "2024-11-05" }, 400, -32022],
	])("%s", async (_what, body, headers, status, code) => {
		const answer = await read(await send(withTokens, body, headers));
		expect([answer.status, answer.body.error.code, answer.body.jsonrpc]).toEqual([status, code, "2.0"]);
		expect(answer.body.error.message).toMatch(/\w/);
	});

	test("a body beyond 64 KiB, and another method", async () => {
		const large = await read(await send(withTokens, JSON.stringify(call("x".repeat(65 * 1024)))));
		expect(large).toMatchObject({ status: 413, body: { error: { code: 413, data: { code: "PAYLOAD_TOO_LARGE" } } } });
		for (const method of ["GET", "DELETE", "PUT"]) {
			const refused = await fetchWorker("/mcp", { method });
			expect([refused.status, refused.headers.get("Allow")]).toEqual([405, "POST"]);
			expect(await refused.json()).toMatchObject({ error: { code: 405 } });
		}
	});

	test("a notification is accepted without a word", async () => {
		for (const method of ["notifications/initialized", "notifications/cancelled", "anything"]) {
			const response = await send(withTokens, { jsonrpc: "2.0", method });
			expect([response.status, await response.text()]).toEqual([202, ""]);
		}
	});
});

describe("revisions that begin with a hello", () => {
	test.each([
		["2025-11-25", "2025-11-25"],
		["2025-06-18", "2025-06-18"],
		["2024-11-05", "2025-11-25"],
		["2026-07-28", "2025-11-25"],
		["2099-01-01", "2025-11-25"],
	])("a client that asks for %s is offered %s, and no session", async (asked, offered) => {
		const response = await send(withTokens, message("initialize", { protocolVersion: asked, capabilities: {} }));
		expect(response.headers.has("Mcp-Session-Id")).toBe(false);
		expect(await response.json()).toMatchObject({
			id: 7,
			result: { protocolVersion: offered, capabilities: { tools: {} }, serverInfo: { name: "animal-rescue-api" } },
		});
	});

	test("need no header", async () => {
		expect((await read(await send(withTokens, message("ping")))).body).toEqual({ jsonrpc: "2.0", id: 7, result: {} });
		expect(await toolsOf(await send(withTokens, message("tools/list")))).toContain("find_rescues");
	});
});

describe("the revision in which each request stands alone", () => {
	test("is discovered, with the others there are", async () => {
		const { body } = await read(await modern("server/discover"));
		expect(body.result).toMatchObject({
			resultType: "complete",
			supportedVersions: ["2026-07-28", "2025-11-25", "2025-06-18"],
			capabilities: { tools: {} },
			_meta: { "io.modelcontextprotocol/serverInfo": { version: "1.0.0" } },
		});
	});

	test.each<[string, string, object, Headers, number]>([
		["another method", "tools/list", {}, { "Mcp-Method": "ping" }, -32020],
		["another version", "tools/list", {}, { "MCP-Protocol-Version": "2025-11-25" }, -32020],
		["another tool", "tools/call", { name: "get_rescue" }, { "Mcp-Name": "delete_rescue" }, -32020],
		["another tool in Base64", "tools/call", { name: "get_rescue" }, { "Mcp-Name": `=?base64?${btoa("x")}?=` }, -32020],
		["what is no Base64", "tools/call", { name: "get_rescue" }, { "Mcp-Name": "=?base64?%?=" }, -32020],
		[
			"no capabilities in the body",
			"tools/list",
			{ _meta: { [Object.keys(meta)[0] as string]: "2026-07-28" } },
			{},
			-32602,
		],
		["nothing in the body", "tools/list", { _meta: null }, {}, -32602],
		["a revision to come", "tools/list", { _meta: {} }, { "MCP-Protocol-Version": "2099-01-01" }, -32022],
	])(
		"headers that say one thing while the body says another are refused: %s",
		async (_what, method, params, headers, code) => {
			const { status, body } = await read(await modern(method, params, headers));
			expect([status, body.id, body.error.code]).toEqual([400, 7, code]);
		},
	);

	test("takes a tool's name in Base64, and has no hello and no ping", async () => {
		const named = await modern(
			"tools/call",
			{ name: "find_rescues" },
			{ "Mcp-Name": `=?base64?${btoa("find_rescues")}?=` },
		);
		expect((await read(named)).body.result).toMatchObject({ resultType: "complete", structuredContent: { total: 0 } });
		for (const method of ["initialize", "ping", "resources/list"]) {
			expect(await read(await modern(method))).toMatchObject({ status: 404, body: { id: 7, error: { code: -32601 } } });
		}
	});
});

describe("who sees and may do what", () => {
	const READING = ["find_rescues", "get_rescue", "list_history", "list_deleted", "list_changes"];

	test("without a token only tools that read are listed, with one and where writes are open all are", async () => {
		for (const service of [closed, withTokens]) {
			expect(await toolsOf(await send(service, message("tools/list")))).toEqual(READING);
		}
		const all = await toolsOf(await send(withTokens, message("tools/list"), { Authorization: "Bearer a" }));
		expect(all).toEqual([...READING, ...all.slice(READING.length)]);
		expect(all).toHaveLength(13);
		expect(await toolsOf(await send({ ...closed, OPEN_WRITES: "true" }, message("tools/list")))).toEqual(all);
	});

	test("a write without a token is 401 for its client to settle, whatever its arguments", async () => {
		for (const [name, args] of [
			["create_rescue", { input: rex }],
			["delete_rescue", { id: 1, colour: 5 }],
			["import_rescues", { rows: Array(101).fill(rex) }],
		] as const) {
			const response = await send(withTokens, call(name, args));
			expect(response.headers.get("WWW-Authenticate")).toBe('Bearer realm="writes"');
			const answer = { status: 401, body: { id: 7, error: { code: 401, data: { code: "UNAUTHENTICATED" } } } };
			expect(await read(response)).toMatchObject(answer);
		}
	});

	test("a token that isn't known is told of at once", async () => {
		for (const asked of [message("tools/list"), message("initialize"), call("find_rescues")]) {
			const response = await send(withTokens, asked, { Authorization: "Bearer b" });
			expect(response.status).toBe(401);
			expect(response.headers.get("WWW-Authenticate")).toMatch(/error="invalid_token"$/);
		}
	});

	test("while writes are open, pages of other origins aren't answered; where a token is the guard they are", async () => {
		const open = { ...closed, OPEN_WRITES: "true" };
		for (const asked of [message("initialize"), message("tools/list"), call("find_rescues")]) {
			const refused = await read(await send(open, asked, { Origin: "https://evil.example" }));
			expect(refused).toMatchObject({ status: 403, body: { error: { code: 403, data: { code: "FORBIDDEN" } } } });
			expect((await send(withTokens, asked, { Origin: "https://inspector.example" })).status).toBe(200);
		}
	});

	test("a write is made in the token's name", async () => {
		await send(withTokens, call("create_rescue", { input: rex }), { Authorization: "Bearer a" });
		const { content, structuredContent } = await callTool("list_history", { id: 1 });
		expect(structuredContent.changes).toMatchObject([{ kind: "created", by: "ann" }]);
		expect(content[0].text).toMatch(/^1 change, newest first\.\n/);
	});

	test("a budget that is used up is the tool's answer, with the time to come back", async () => {
		const limited = { ...withTokens, READ_LIMITER: SMALL_LIMITER };
		const answers = [];
		for (let calls = 0; calls < 12; calls++) {
			const response = await send(limited, call("find_rescues"), { "CF-Connecting-IP": "192.0.2.77" });
			answers.push({ wait: response.headers.get("Retry-After"), ...(await read(response)).body.result });
		}
		const refused = answers.find(({ isError }) => isError);
		expect(refused).toMatchObject({ wait: "60", _meta: { refusal: { code: "RATE_LIMITED" } } });
		// What touches no storage is on no budget.
		expect(
			await toolsOf(await send(limited, message("tools/list"), { "CF-Connecting-IP": "192.0.2.77" })),
		).toHaveLength(5);
	});
});

describe("a tool answers", () => {
	test("a refusal in words, each bad field with what would be right, and as data", async () => {
		await REST.create(rex);
		const { isError, content, structuredContent, _meta } = await callTool("update_rescue", {
			id: 1,
			input: { age: 300, colour: "red" },
			ifVersion: "1",
		});
		expect([isError, structuredContent]).toEqual([true, undefined]);
		expect(content[0].text).toBe(
			"INVALID_INPUT: Not valid: age, colour, ifVersion.\n- input.age must be a whole number from 0 to 255\n- input.colour is not a known field\n- ifVersion must be a whole number",
		);
		expect(_meta.refusal.errors).toHaveLength(3);
		const stale = await callTool("delete_rescue", { id: 1, ifVersion: 7 });
		expect(stale.content[0].text).toMatch(/^VERSION_MISMATCH: .*\n- the version is 1 now$/);
		expect(stale._meta.refusal).toMatchObject({ code: "VERSION_MISMATCH", currentVersion: 1 });
	});

	test.each<[string, Record<string, unknown>, (string | number)[][]]>([
		[
			"find_rescues",
			{ first: 51, filter: { sex: "x", colour: "red" }, sort: "age!" },
			[["first"], ["filter", "sex"], ["filter", "colour"], ["sort"]],
		],
		["find_rescues", { filter: 5 }, [["filter"]]],
		["find_rescues", { filter: [] }, [["filter"]]],
		["find_rescues", { limit: 5 }, [["limit"]]],
		["find_rescues", { first: 0 }, [["first"]]],
		["list_history", { id: 1, first: 51 }, [["first"]]],
		["list_changes", { first: 51, until: "now" }, [["first"], ["until"]]],
		["import_rescues", { rows: Array(101).fill(rex), dryRun: "yes" }, [["rows"], ["dryRun"]]],
		["import_rescues", { rows: rex }, [["rows"]]],
		["import_rescues", {}, [["rows"]]],
	])("%s with %o refuses every bad field", async (name, args, paths) => {
		const { _meta } = await callTool(name, args);
		expect(_meta.refusal.code).toBe("INVALID_INPUT");
		expect(_meta.refusal.errors.map(({ path }: { path: unknown }) => path).sort()).toEqual(paths.sort());
	});

	test("a list, which goes on at its cursor, by filters and order", async () => {
		for (const name of ["Rex", "Bella", "Zoë"]) await REST.create({ ...rex, name });
		await REST.create({ ...rex, species: "cat" });
		for (const args of [{}, { filter: { species: "dog" }, sort: "-name" }]) {
			const names: string[] = [];
			let after: string | undefined;
			do {
				const { structuredContent, content } = await callTool("find_rescues", { ...args, first: 2, after });
				const { rescues, total, next } = structuredContent;
				expect(content[0].text.split("\n")[0]).toBe(`${rescues.length} of ${total} rescues.`);
				names.push(...rescues.map(({ name }: { name: string }) => name));
				after = next ?? undefined;
			} while (after);
			expect(names).toEqual("sort" in args ? ["Zoë", "Rex", "Bella"] : ["Rex", "Bella", "Zoë", "Rex"]);
		}
	});

	test("twenty records when nobody says how many", async () => {
		for (let id = 1; id <= 21; id++) await REST.create(rex);
		const { structuredContent } = await callTool("find_rescues", {});
		expect([structuredContent.rescues.length, structuredContent.total]).toEqual([20, 21]);
	});

	test("in text for clients without data: no nulls, and long texts are cut in lists only", async () => {
		await REST.create({ ...rex, description: `${"x".repeat(199)}🐕 and more` });
		const [one, many] = await Promise.all([callTool("get_rescue", { id: 1 }), callTool("find_rescues", {})]);
		expect(one.content[0].text).toMatch(/^Found Rex, rescue 1, version 1\.\n\{"rescue":\{"id":1,.*🐕 and more"/);
		expect(one.content[0].text).not.toContain("null");
		expect(one.structuredContent.rescue).toHaveProperty("breed", null);
		expect(many.content[0].text).toContain(`"${"x".repeat(199)}\ufffd…"`);
		expect(many.structuredContent.rescues[0].description).toMatch(/and more$/);
	});

	test("a repeat as it answered first, and says so", async () => {
		const args = { input: rex, idempotencyKey: "k" };
		const [first, second] = [await callTool("create_rescue", args), await callTool("create_rescue", args)];
		expect(second.structuredContent).toEqual({ ...first.structuredContent, replayed: true });
		expect(second.content[0].text).toMatch(/^Created Rex, rescue 1, version 1\. It was done before\.\n/);
	});

	test("an import's report, and the changes that it made", async () => {
		const rows = [{ ...rex, externalId: "A-1" }, { name: "" }];
		const dry = await callTool("import_rescues", { rows, dryRun: true });
		expect(dry.structuredContent.report).toMatchObject({ created: 1, failed: 1 });
		expect((await callTool("list_changes", {})).structuredContent.changes).toEqual([]);
		const { content, structuredContent } = await callTool("import_rescues", { rows });
		expect(content[0].text).toMatch(/^1 created, 0 updated, 0 unchanged, 1 refused\.\n/);
		expect(structuredContent.report.errors).toContainEqual({ row: 2, path: ["name"], message: expect.any(String) });
		const { changes, cursor, hasMore } = (await callTool("list_changes", { since: "0" })).structuredContent;
		expect([changes.length, changes[0].rescue.externalId, hasMore]).toEqual([1, "A-1", false]);
		expect((await callTool("list_changes", { since: cursor })).structuredContent.changes).toEqual([]);
	});
});
