import { describe, expect, test } from "vitest";
import { get, graphql, JSON_TYPE, json, nested, post, rex, send, underAttack, utf8 } from "./under-attack.ts";

underAttack();

const head = (line: string, headers: string[] = []) =>
	[line, "Host: localhost", "Connection: close", ...headers, "", ""].join("\r\n");

/** What a refusal over REST must look like. */
async function expectProblem(response: Response, status: number, code: string) {
	expect(response.headers.get("Content-Type")).toBe("application/problem+json");
	const problem = await json(response);
	expect([response.status, problem.code]).toEqual([status, code]);
	expect(problem).toMatchObject({ type: "about:blank", status, detail: expect.any(String) });
	expect(JSON.stringify(problem).length).toBeLessThan(200_000);
	return problem;
}

const withField = (field: string) => `{"name":"Rex","age":3,"species":"dog",${field}}`;

describe("a body of REST", () => {
	const bodies: [string, RequestInit["body"], number, string][] = [
		["nested lists, 30,000 deep", nested(30_000), 422, "INVALID_INPUT"],
		["a field nested 30,000 deep", withField(`"breed":${nested(30_000)}`), 422, "INVALID_INPUT"],
		[
			"an unknown field nested 10,000 deep",
			withField(`"x":${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`),
			422,
			"INVALID_INPUT",
		],
		[
			"5,000 unknown fields",
			withField(Array.from({ length: 3000 }, (_, i) => `"f${i}":1`).join()),
			422,
			"INVALID_INPUT",
		],
		["an unknown field with a name of 60 KB", withField(`"${"x".repeat(60_000)}":1`), 422, "INVALID_INPUT"],
		["20,000 photos", withField(`"photos":[${Array(20_000).fill("1").join()}]`), 422, "INVALID_INPUT"],
		["more than 64 KiB", "x".repeat(65_537), 413, "PAYLOAD_TOO_LARGE"],
		["10 MB", "x".repeat(10_000_000), 413, "PAYLOAD_TOO_LARGE"],
		["__proto__", withField('"__proto__":{"age":1}'), 422, "INVALID_INPUT"],
		["constructor", withField('"constructor":{"prototype":{"age":1}}'), 422, "INVALID_INPUT"],
		["toString", withField('"toString":1'), 422, "INVALID_INPUT"],
		["a lone surrogate", withField('"breed":"\\ud800"'), 422, "INVALID_INPUT"],
		["NUL", withField('"breed":"a\\u0000b"'), 422, "INVALID_INPUT"],
		["an age of 1e309", '{"name":"Rex","age":1e309,"species":"dog"}', 422, "INVALID_INPUT"],
		["an age of -1e309", '{"name":"Rex","age":-1e309,"species":"dog"}', 422, "INVALID_INPUT"],
		["an age of 1e-309", '{"name":"Rex","age":1e-309,"species":"dog"}', 422, "INVALID_INPUT"],
		["an id of 1e309", withField('"id":1e309'), 422, "INVALID_INPUT"],
		["an id of 16 KB", withField(`"id":${"9".repeat(16_384)}`), 422, "INVALID_INPUT"],
		["an id of 16 KB as text", withField(`"id":"${"9".repeat(16_384)}"`), 422, "INVALID_INPUT"],
		["a negative id", withField('"id":-1'), 422, "INVALID_INPUT"],
		["an id of -0", withField('"id":-0'), 422, "INVALID_INPUT"],
		["a fractional id", withField('"id":1.5'), 422, "INVALID_INPUT"],
		["an id that another has, as a fraction", withField('"id":1.0'), 409, "ALREADY_EXISTS"],
		["invalid UTF-8", new Uint8Array([...utf8('{"name":"'), 0xff, 0xfe, ...utf8('"}')]), 400, "MALFORMED_REQUEST"],
		[
			"an overlong slash in UTF-8",
			new Uint8Array([...utf8('{"name":"'), 0xc0, 0xaf, ...utf8('"}')]),
			400,
			"MALFORMED_REQUEST",
		],
		["UTF-16", new Uint8Array([...JSON.stringify(rex)].flatMap((c) => [c.charCodeAt(0), 0])), 400, "MALFORMED_REQUEST"],
		["cut off JSON", '{"name":"Rex","age":3,"spec', 400, "MALFORMED_REQUEST"],
		["nothing", "", 400, "MALFORMED_REQUEST"],
		["NaN", '{"name":"Rex","age":NaN,"species":"dog"}', 400, "MALFORMED_REQUEST"],
		["two values", "{}{}", 400, "MALFORMED_REQUEST"],
		["null", "null", 422, "INVALID_INPUT"],
	];

	test.each(bodies)("with %s is refused", async (_what, body, status, code) => {
		await expectProblem(await post(body), status, code);
	});

	test("names every bad field even if there are many, in a sentence that stays short", async () => {
		const body = withField(Array.from({ length: 3000 }, (_, i) => `"f${i}":1`).join());
		const problem = await expectProblem(await post(body), 422, "INVALID_INPUT");
		expect(problem.detail.length).toBeLessThan(600);
	});

	test("with a key twice has the last one's value", async () => {
		const response = await post('{"name":"First","age":3,"species":"dog","name":"Last"}');
		expect([response.status, (await json(response)).name]).toEqual([201, "Last"]);
	});

	test("with an age of -0 has 0", async () => {
		const response = await post('{"name":"Rex","age":-0,"species":"dog"}');
		expect(await response.text()).toContain('"age":0,');
	});

	test("beyond 64 KiB without a Content-Length is refused, over all transports", async () => {
		const chunked = () =>
			new ReadableStream({
				start(controller) {
					for (let i = 0; i < 64; i++) controller.enqueue(utf8("x".repeat(1024)));
					// Nothing is left to be sent when the answer comes: a connection that is closed meanwhile is a broken pipe.
					controller.enqueue(utf8("x"));
					controller.close();
				},
			});
		await expectProblem(await post(chunked()), 413, "PAYLOAD_TOO_LARGE");
		const response = await post(chunked(), JSON_TYPE, "/graphql");
		expect([response.status, (await json(response)).errors[0].extensions.code]).toEqual([413, "PAYLOAD_TOO_LARGE"]);
		const message = await post(chunked(), JSON_TYPE, "/mcp");
		expect([message.status, (await json(message)).error.data.code]).toEqual([413, "PAYLOAD_TOO_LARGE"]);
	});

	test("of exactly 64 KiB is read", async () => {
		const body = JSON.stringify(rex).padEnd(65_536);
		expect((await post(body)).status).toBe(201);
		expect((await post(new Blob([body]).stream())).status).toBe(201);
	});

	test.each([
		["none", {}],
		["text/plain", { "Content-Type": "text/plain" }],
		["a form", { "Content-Type": "application/x-www-form-urlencoded" }],
		["UTF-16", { "Content-Type": "application/json; charset=utf-16" }],
		["Latin 1", { "Content-Type": 'application/json;charset="iso-8859-1"' }],
		["XML", { "Content-Type": "application/xml" }],
		["JSON behind something", { "Content-Type": "text/html, application/json" }],
	])("with the media type %s is refused", async (_what, headers) => {
		await expectProblem(
			await post(utf8(JSON.stringify(rex)), headers as Record<string, string>),
			415,
			"UNSUPPORTED_MEDIA_TYPE",
		);
	});

	test("that is cut off harms nobody", async () => {
		const request = head("POST /rescues HTTP/1.1", ["Content-Type: application/json", "Content-Length: 500"]);
		expect(await send(`${request}{"name":"Cut"`, true)).toBe("");
		const chunked = head("POST /rescues HTTP/1.1", ["Content-Type: application/json", "Transfer-Encoding: chunked"]);
		await send(`${chunked}ff\r\n{"name"`, true);
		await send(`${chunked}zz\r\n`, true);
	});
});

describe("an id in a path", () => {
	test.each([
		"-1",
		"0",
		"-0",
		"01",
		"1.0",
		"1.5",
		"1e0",
		"0x1",
		"+1",
		"%201",
		"1%20",
		"1%00",
		"%00",
		"1%0A",
		"1;a=b",
		"1,2",
		"%EF%BC%91",
		"9007199254740992",
		"9007199254740993",
		"9".repeat(16_384),
		"a".repeat(16_384),
		"%2e%2e%2f1",
		"..%2f1",
		"1%2f",
		"1%2F2",
		"%2f1",
		"%252f",
		"%25252e",
		"1%252f..%252f2",
		"%",
		"%zz",
		"%ff",
		"%c0%af",
		"__proto__",
		"constructor",
		"undefined",
		"null",
		"NaN",
		"Infinity",
		"[object%20Object]",
		"'%20OR%201=1--",
		"%F0%9F%90%95",
		"rescue:1",
		"rescues:0",
		"*",
		"1%23",
		"1%3Fx",
	])("that is %s is nobody's", async (id) => {
		for (const method of ["GET", "DELETE"]) {
			const response = await get(`/rescues/${id}`, { method });
			const problem = await expectProblem(response, 404, "NOT_FOUND");
			expect(problem.detail.length).toBeLessThan(200);
		}
		const { data, errors } = await json(
			await graphql({ query: "query ($id: ID!) { rescue(id: $id) { id } }", variables: { id: decode(id) } }),
		);
		expect([data, errors]).toEqual([{ rescue: null }, undefined]);
	});

	test("is read once: what it stands for when encoded is what it stands for", async () => {
		expect(await (await get("/rescues/%31")).json()).toMatchObject({ id: 1 });
	});

	test("can't put a header into an answer", async () => {
		for (const path of [
			"/rescue/1%0d%0aSet-Cookie:%20a=b",
			"/rescues/1%0d%0aSet-Cookie:%20a=b",
			"/rescues?limit=1&q=%0d%0aSet-Cookie:%20a=b",
			"/rescues?limit=1&cursor=1%0d%0aSet-Cookie:%20a=b",
		]) {
			const response = await get(path, { redirect: "manual" });
			expect(response.status).toBeLessThan(500);
			expect(response.headers.get("Set-Cookie")).toBeNull();
		}
		const query = await get("/rescues?limit=1&sort=name%0d%0a");
		await expectProblem(query, 422, "INVALID_INPUT");
	});
});

/** A path's id as a client would put it into GraphQL. */
function decode(id: string): string {
	try {
		return decodeURIComponent(id);
	} catch {
		return id;
	}
}

describe("a query string", () => {
	test.each([
		["limit=0", 422],
		["limit=-1", 422],
		["limit=1.5", 422],
		["limit=1e2", 422],
		["limit=0x10", 422],
		["limit=", 422],
		["limit=99999999999999999999", 422],
		["limit=1&limit=2", 422],
		["limit[]=1", 422],
		["__proto__=1", 422],
		["constructor=1", 422],
		["limit=%ff", 422],
		["limit=%00", 422],
		["cursor=%00", 400],
		["cursor=-1", 400],
		["cursor=1e3", 400],
		["cursor=9007199254740993", 400],
		[`cursor=${"9".repeat(10_000)}`, 400],
		["status=__proto__", 422],
		["sort=constructor", 422],
		[`x${"x".repeat(10_000)}=1`, 422],
	])("with %s is refused", async (query, status) => {
		await expectProblem(await get(`/rescues?${query}`), status, status === 400 ? "MALFORMED_REQUEST" : "INVALID_INPUT");
	});
});

describe("a header", () => {
	test.each([
		["If-Match", '"1', 400],
		["If-Match", "1", 400],
		["If-Match", '"1e0"', 412],
		["If-Match", `"${"1".repeat(8000)}"`, 412],
		["If-Match", ",".repeat(1000), 400],
		["If-Match", '"1" "2"', 400],
		["If-None-Match", '"', 400],
		["If-Match", 'W/"1"', 412],
		["Idempotency-Key", "a b", 400],
		["Idempotency-Key", "x".repeat(256), 400],
		["Idempotency-Key", "é", 400],
	])("%s: %s is refused", async (name, value, status) => {
		const request = { method: "PUT", headers: { ...JSON_TYPE, [name]: value }, body: JSON.stringify(rex) };
		await expectProblem(
			await get("/rescues/1", request),
			status,
			status === 400 ? "MALFORMED_REQUEST" : "VERSION_MISMATCH",
		);
	});

	test("that no client sends ends in an answer or a closed connection", async () => {
		const odd = [
			["X-Request-Id: a\r\n b"],
			["X-Request-Id: a\u0000b"],
			["Origin: \u0001"],
			["Authorization: Bearer \u00ff\u00fe"],
			["Content-Length: 5", "Content-Length: 7"],
			["Content-Length: 5", "Transfer-Encoding: chunked"],
			["Content-Length: -1"],
			["Transfer-Encoding: gzip"],
			["X: y".repeat(10_000)],
		];
		for (const headers of odd) {
			const answer = await send(`${head("GET /rescues/2 HTTP/1.1", headers)}hello`);
			expect(answer).not.toMatch(/^HTTP\/1\.1 5/);
		}
		expect(await send(head("GET /rescues/2\u0000 HTTP/1.1"))).not.toMatch(/^HTTP\/1\.1 (5|200)/);
		expect(
			await send("GET http://evil.example/rescues/2 HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"),
		).not.toMatch(/^HTTP\/1\.1 5/);
	});
});
