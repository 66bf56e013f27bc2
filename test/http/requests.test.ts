import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import schema from "../../schema/schema.graphql?raw";
import { createApp } from "../../src/app.ts";
import type { Env } from "../../src/env.ts";
import type { Problem } from "../../src/http/problem.ts";
import { fetchWorker, graphql, REST } from "../transports.ts";

const rex = { name: "Rex", age: 3, species: "dog" };
beforeEach(async () => void (await REST.create(rex)));
afterEach(reset);

const json = { "Content-Type": "application/json" };
const code = async (response: Response) => (await response.json<Problem>()).code;

describe("a query parameter that a route doesn't know is refused, and nothing is done, by", () => {
	const body = JSON.stringify(rex);
	test.each<[string, string, RequestInit?]>([
		["DELETE", "/rescues/1?dryRun=true", { method: "DELETE" }],
		["POST", "/rescues?dryRun=true", { method: "POST", headers: json, body }],
		["PUT", "/rescues/1?x=", { method: "PUT", headers: json, body }],
		["PATCH", "/rescues/1?x", { method: "PATCH", headers: json, body: '{"age":9}' }],
		["a restore", "/rescues/1/restore?x=1", { method: "POST" }],
		["an import", "/rescues/import?dry_run=true", { method: "POST", headers: json, body: `[${body}]` }],
		["a rebuild", "/rebuild?x=1", { method: "POST" }],
		["a read", "/rescues/1?fresh=true"],
		["a list", "/rescues?specis=dog"],
		["a list, without a name", "/rescues?=dog"],
		["a read, without a name", "/rescues/1?="],
		["a history", "/rescues/1/history?first=1"],
		["the tutorial's redirect", "/rescue/1?x=1"],
		["shared data", "/shared-data?x=1"],
		["the OpenAPI document", "/openapi.json?x=1"],
	])("%s", async (_what, path, init = {}) => {
		const response = await fetchWorker(path, { ...init, redirect: "manual" });
		expect(response.status).toBe(422);
		const name = [...new URL(path, "http://x").searchParams.keys()][0];
		expect(await response.json()).toMatchObject({
			code: "INVALID_INPUT",
			errors: [{ path: [name], message: "is not a known parameter" }],
		});
		expect(await REST.get(1)).toMatchObject({ rescue: { version: 1 } });
		expect(await (await fetchWorker("/rescues")).json()).toHaveLength(1);
	});

	test("but not by pages for people, GraphQL, the health check, nor before 404 and 405", async () => {
		for (const path of ["/?fbclid=1", "/docs?x=1", "/graphql?query={__typename}&fbclid=1", "/health?x=1&=2"]) {
			expect((await fetchWorker(path)).status, path).toBe(200);
		}
		expect((await fetchWorker("/nothing?x=1")).status).toBe(404);
		expect((await fetchWorker("/health?x=1", { method: "PUT" })).status).toBe(405);
	});
});

describe("a body with a Content-Encoding is 415, whether it is encoded or not, to", () => {
	const gzip = (text: string) => new Response(new Response(text).body?.pipeThrough(new CompressionStream("gzip")));
	test.each([
		["REST", "/rescues", "POST", JSON.stringify(rex)],
		["a patch", "/rescues/1", "PATCH", '{"age":9}'],
		["an import", "/rescues/import", "POST", JSON.stringify([rex])],
		["GraphQL", "/graphql", "POST", '{"query":"{__typename}"}'],
		["MCP", "/mcp", "POST", '{"jsonrpc":"2.0","id":1,"method":"ping"}'],
	])("%s", async (_what, path, method, text) => {
		const bodies = [
			["gzip", await gzip(text).arrayBuffer()],
			["br", text],
		] as const;
		for (const [coding, body] of bodies) {
			const response = await fetchWorker(path, { method, body, headers: { ...json, "Content-Encoding": coding } });
			expect([response.status, response.headers.get("Accept-Encoding")]).toEqual([415, "identity"]);
			expect(await response.text()).toContain("UNSUPPORTED_MEDIA_TYPE");
		}
		const identity = await fetchWorker(path, {
			method,
			body: text,
			headers: { ...json, "Content-Encoding": "identity" },
		});
		expect(identity.ok).toBe(true);
		expect(identity.headers.get("Accept-Encoding")).toBeNull();
	});
});

describe("If-Match", () => {
	const get = (path: string, tag: string) => fetchWorker(path, { headers: { "If-Match": tag } });

	test("on a read gives that version or none", async () => {
		for (const tag of ['"1"', "*", '"9", "1"']) expect((await get("/rescues/1", tag)).status).toBe(200);
		for (const tag of ['"2"', 'W/"1"']) {
			const response = await get("/rescues/1", tag);
			expect([response.status, await code(response)]).toEqual([412, "VERSION_MISMATCH"]);
		}
		const malformed = await get("/rescues/1", "1");
		expect([malformed.status, await code(malformed)]).toEqual([400, "MALFORMED_REQUEST"]);
		expect((await get("/rescues/9", '"1"')).status).toBe(404);
		const tag = (await fetchWorker("/rescues")).headers.get("ETag") as string;
		expect((await get("/rescues", tag)).status).toBe(200);
		expect((await get("/rescues", '"7-7"')).status).toBe(412);
	});

	test("on a restore names the version that the deletion made, on both transports", async () => {
		await REST.remove(1);
		const restore = (tag: string) =>
			fetchWorker("/rescues/1/restore", { method: "POST", headers: { "If-Match": tag } });
		const stale = await restore('"1"');
		expect(await stale.json()).toMatchObject({ code: "VERSION_MISMATCH", currentVersion: 2 });
		expect(await code(await restore("2"))).toBe("MALFORMED_REQUEST");
		const mutation = "mutation ($v: Int) { restoreRescue(id: 1, ifVersion: $v) { version } }";
		const { errors } = await graphql(mutation, { v: 1 });
		expect(errors[0].extensions).toEqual({ code: "VERSION_MISMATCH", currentVersion: 2 });
		expect((await restore('"2"')).status).toBe(200);
		await REST.remove(1);
		expect((await graphql(mutation, { v: 4 })).data).toEqual({ restoreRescue: { version: 5 } });
	});
});

test("details speak of what REST calls limit and the body", async () => {
	const detail = async (path: string, init?: RequestInit) =>
		(await (await fetchWorker(path, init)).json<Problem>()).detail;
	expect(await detail("/rescues?limit=0")).toBe("Not valid: limit.");
	expect(await detail("/rescues/changes?limit=0")).toBe("Not valid: limit.");
	expect(await detail("/rescues", { method: "POST", headers: json, body: "[]" })).toBe("Not valid: the body.");
	expect((await graphql("{ rescues(first: 0) { totalCount } }")).errors[0].message).toBe("Not valid: first.");
});

test.each([
	["/rescues", "GET, HEAD, POST, OPTIONS"],
	["/rescues/1", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"],
	["/rescues/changes", "GET, HEAD, OPTIONS"],
	["/rescues/import", "POST, OPTIONS"],
	["/graphql", "GET, HEAD, POST, OPTIONS"],
	["/mcp", "POST, OPTIONS"],
])("OPTIONS %s without a preflight says what there is", async (path, allow) => {
	const response = await fetchWorker(path, { method: "OPTIONS" });
	expect([response.status, response.headers.get("Allow")]).toEqual([204, allow]);
});

test("OPTIONS of nothing is 404, a preflight is what it was", async () => {
	expect((await fetchWorker("/nothing", { method: "OPTIONS" })).status).toBe(404);
	const headers = { Origin: "https://a.example", "Access-Control-Request-Method": "PATCH" };
	const preflight = await fetchWorker("/rescues/1", { method: "OPTIONS", headers });
	expect([preflight.status, preflight.headers.get("Access-Control-Max-Age")]).toEqual([204, "86400"]);
});

test("documents are asked for again by whoever keeps them, and stay as they are on the way", async () => {
	for (const path of ["/rescues", "/rescues/1", "/rescues?species=dog"]) {
		const response = await fetchWorker(path);
		expect(response.headers.get("Cache-Control")).toBe("no-cache, no-transform");
		const headers = { "If-None-Match": response.headers.get("ETag") as string };
		const unchanged = await fetchWorker(path, { headers });
		expect([unchanged.status, unchanged.headers.get("Cache-Control")]).toEqual([304, "no-cache, no-transform"]);
	}
});

test("the GraphQL schema is served", async () => {
	const response = await fetchWorker("/schema.graphql");
	expect(response.headers.get("Content-Type")).toBe("text/plain; charset=utf-8");
	expect(await response.text()).toBe(schema);
});

describe("a photo's URL is stored as RFC 3986 writes it:", () => {
	test.each([
		["https://a.example/x y.jpg", "https://a.example/x%20y.jpg"],
		[
			"https://a.example/ä|^[1].jpg?q={a b}&p=100%#a#b",
			"https://a.example/%C3%A4%7C%5E%5B1%5D.jpg?q=%7Ba%20b%7D&p=100%25#a%23b",
		],
		["HTTPS://Bücher.example/é%20è", "https://xn--bcher-kva.example/%C3%A9%20%C3%A8"],
		["https://[2001:db8::1]:8443/a.jpg", "https://[2001:db8::1]:8443/a.jpg"],
		["https://example.org/a_b-c.d~e!$&'()*+,;=:@/%7E?x=/?", "https://example.org/a_b-c.d~e!$&'()*+,;=:@/%7E?x=/?"],
	])("%s", async (given, stored) => {
		const answer = await REST.create({ ...rex, photos: [given] });
		expect(answer).toMatchObject({ rescue: { photos: [stored] } });
		// Nothing is left to be normalised.
		expect(await REST.update(2, { photos: [stored] })).toMatchObject({ rescue: { photos: [stored] } });
	});

	test("at most 2,048 characters of it", async () => {
		const answer = await REST.create({ ...rex, photos: [`https://a.example/${" ".repeat(700)}x`] });
		expect(answer).toMatchObject({ code: "INVALID_INPUT", errors: [{ path: ["photos", 0] }] });
	});
});

test("an upload that breaks off is no error of ours", async () => {
	const lines: string[] = [];
	const error = console.error;
	console.error = (line: string) => void lines.push(line);
	const broken = () =>
		new ReadableStream({
			start(controller) {
				controller.enqueue(new TextEncoder().encode('{"name":'));
				controller.error(new Error("Network connection lost."));
			},
		});
	try {
		for (const path of ["/rescues", "/rescues/import", "/graphql", "/mcp"]) {
			for (const length of [{ "Content-Length": "1000" }, {}]) {
				const request = new Request(`http://localhost${path}`, {
					method: "POST",
					headers: { ...json, ...length },
					body: broken(),
				});
				const response = await createApp().fetch(request, env as Env);
				expect(response.status).toBe(400);
				expect(await response.text()).toContain("The body broke off.");
			}
		}
	} finally {
		console.error = error;
	}
	expect(lines).toEqual([]);
});
