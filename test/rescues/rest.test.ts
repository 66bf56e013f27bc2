import { reset } from "cloudflare:test";
import { afterEach, describe, expect, test } from "vitest";
import type { Problem } from "../../src/http/problem.ts";
import { fetchWorker, REST } from "../transports.ts";

afterEach(reset);

const rex = { name: "Rex", age: 3, species: "dog" };
const json = { "Content-Type": "application/json" };
const send = (method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
	fetchWorker(path, { method, headers: { ...json, ...headers }, body: JSON.stringify(body) });

async function expectProblem(response: Response, status: number, code: string): Promise<Problem> {
	expect(response.status).toBe(status);
	expect(response.headers.get("Content-Type")).toBe("application/problem+json");
	const problem = await response.json<Problem>();
	expect(problem).toMatchObject({ type: "about:blank", status, code });
	return problem;
}

describe("the tutorial's requests work unchanged:", () => {
	test("create, list, read, replace, delete", async () => {
		const created = await send("POST", "/rescues", { id: 1, name: "Rex", age: 3, species: "dog" });
		expect(created.status).toBe(201);
		expect(await (await fetchWorker("/rescues")).json()).toMatchObject([{ id: 1, ...rex }]);
		expect(await (await fetchWorker("/rescues/1")).json()).toMatchObject({ id: 1, ...rex });
		const replaced = await send("PUT", "/rescues/1", { name: "Max", age: 4, species: "cat" });
		expect(await replaced.json()).toMatchObject({ id: 1, name: "Max", age: 4, species: "cat" });
		expect((await fetchWorker("/rescues/1", { method: "DELETE" })).status).toBe(204);
		expect((await fetchWorker("/rescues/1")).status).toBe(404);
	});

	test("GET /rescue/:id leads to /rescues/:id", async () => {
		const response = await fetchWorker("/rescue/1", { redirect: "manual" });
		expect(response.status).toBe(308);
		expect(response.headers.get("Location")).toBe("/rescues/1");
	});

	test("GET /shared-data gives the shared data's name", async () => {
		const response = await fetchWorker("/shared-data");
		expect(response.headers.get("Content-Type")).toMatch(/^text\/plain/);
		expect(await response.text()).toBe("Rustacean");
	});
});

describe("what a write answers:", () => {
	test("201 with Location, ETag and the record", async () => {
		const response = await send("POST", "/rescues", rex);
		expect(response.headers.get("Location")).toBe("/rescues/1");
		expect(response.headers.get("ETag")).toBe('"1"');
		expect(response.headers.get("Cache-Control")).toBe("no-cache, no-transform");
		const record = await response.json<{ createdAt: string; updatedAt: string }>();
		expect(record.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
		expect(record.updatedAt).toBe(record.createdAt);
	});

	test("204 without a body for a delete", async () => {
		await REST.create(rex);
		const response = await fetchWorker("/rescues/1", { method: "DELETE" });
		expect(response.status).toBe(204);
		expect(await response.text()).toBe("");
	});

	test("a merge patch in either media type", async () => {
		await REST.create({ ...rex, breed: "Lab" });
		const typed = { "Content-Type": "application/merge-patch+json" };
		expect(await (await send("PATCH", "/rescues/1", { breed: null }, typed)).json()).toMatchObject({ breed: null });
		expect(await (await send("PATCH", "/rescues/1", { age: 4 })).json()).toMatchObject({ age: 4, version: 3 });
	});
});

describe("conditional requests:", () => {
	test("a read with the current ETag is 304, with another it is 200", async () => {
		await REST.create(rex);
		for (const tag of ['"1"', 'W/"1"', '"0", "1"', "*"]) {
			const response = await fetchWorker("/rescues/1", { headers: { "If-None-Match": tag } });
			expect([tag, response.status, await response.text()]).toEqual([tag, 304, ""]);
			expect(response.headers.get("ETag")).toBe('"1"');
		}
		expect((await fetchWorker("/rescues/1", { headers: { "If-None-Match": '"2"' } })).status).toBe(200);
	});

	test.each([
		['"1"', 200],
		['"7", "1"', 200],
		["*", 200],
		['"2"', 412],
		['W/"1"', 412],
		["1", 400],
		['"1', 400],
	])("a write with If-Match: %s is %i", async (tag, status) => {
		await REST.create(rex);
		expect((await send("PATCH", "/rescues/1", { age: 4 }, { "If-Match": tag })).status).toBe(status);
		expect((await fetchWorker("/rescues/1", { method: "DELETE", headers: { "If-Match": '"9"' } })).status).toBe(412);
	});

	test("a stale write learns the current version", async () => {
		await REST.create(rex);
		const response = await send("PUT", "/rescues/1", rex, { "If-Match": '"5"' });
		expect(await expectProblem(response, 412, "VERSION_MISMATCH")).toMatchObject({ currentVersion: 1 });
	});
});

describe("the list:", () => {
	test("pages by limit and cursor, with Link and Total-Count", async () => {
		for (let i = 0; i < 5; i++) await REST.create(rex);
		const first = await fetchWorker("/rescues?limit=2");
		expect(first.headers.get("Total-Count")).toBe("5");
		expect(first.headers.get("Link")).toBe('</rescues?limit=2&cursor=2>; rel="next"');
		const last = await fetchWorker("/rescues?limit=2&cursor=4");
		expect(await last.json()).toMatchObject([{ id: 5 }]);
		expect(last.headers.get("Link")).toBeNull();
	});

	test.each([
		["limit=0", 422, "INVALID_INPUT", [["limit"]]],
		["limit=1001", 422, "INVALID_INPUT", [["limit"]]],
		["limit=ten", 422, "INVALID_INPUT", [["limit"]]],
		["limit=1&limit=2", 422, "INVALID_INPUT", [["limit"]]],
		["limt=5&x=1", 422, "INVALID_INPUT", [["limt"], ["x"]]],
		["cursor=abc", 400, "MALFORMED_REQUEST", undefined],
		["cursor=-1", 400, "MALFORMED_REQUEST", undefined],
		["cursor=", 400, "MALFORMED_REQUEST", undefined],
		["cursor=1.99", 400, "MALFORMED_REQUEST", undefined],
	])("?%s is %i", async (query, status, code, paths) => {
		const problem = await expectProblem(await fetchWorker(`/rescues?${query}`), status, code);
		expect(problem.errors?.map(({ path }) => path)).toEqual(paths);
	});
});

describe("everything that goes wrong is a problem:", () => {
	test.each(["/nothing", "/rescues/", "/rescues/1/nothing", "//rescues", "/RESCUES"])(
		"no route at %s",
		async (path) => {
			await expectProblem(await fetchWorker(`http://rescue.test${path}`), 404, "NOT_FOUND");
		},
	);

	test.each([
		["DELETE", "/rescues", "GET, HEAD, POST"],
		["POST", "/rescues/1", "GET, HEAD, PUT, PATCH, DELETE"],
		["POST", "/health", "GET, HEAD"],
		["PUT", "/shared-data", "GET, HEAD"],
	])("%s %s is 405 and names what is allowed", async (method, path, allowed) => {
		const response = await fetchWorker(path, { method });
		await expectProblem(response, 405, "METHOD_NOT_ALLOWED");
		expect(new Set(response.headers.get("Allow")?.split(", "))).toEqual(new Set(allowed.split(", ")));
	});

	test.each([
		["JSON that is cut off", '{"name":'],
		["nothing", ""],
		["text", "hello"],
		["bytes that aren't UTF-8", new Uint8Array([0x22, 0xff, 0x22])],
	])("a body of %s is malformed", async (_name, body) => {
		await expectProblem(
			await fetchWorker("/rescues", { method: "POST", headers: json, body }),
			400,
			"MALFORMED_REQUEST",
		);
	});

	test.each([
		"text/plain",
		"application/x-www-form-urlencoded",
		"application/json; charset=latin1",
		"",
		"application/merge-patch+json",
	])("a create of type '%s' is unsupported", async (type) => {
		const body = new TextEncoder().encode(JSON.stringify(rex));
		const response = await fetchWorker("/rescues", { method: "POST", headers: { "Content-Type": type }, body });
		await expectProblem(response, 415, "UNSUPPORTED_MEDIA_TYPE");
	});

	test("a body beyond 64 KiB is too large, with and without a Content-Length", async () => {
		const body = JSON.stringify({ ...rex, description: "x".repeat(70_000) });
		await expectProblem(
			await fetchWorker("/rescues", { method: "POST", headers: json, body }),
			413,
			"PAYLOAD_TOO_LARGE",
		);
		const chunked = new Blob([body]).stream();
		await expectProblem(
			await fetchWorker("/rescues", { method: "POST", headers: json, body: chunked }),
			413,
			"PAYLOAD_TOO_LARGE",
		);
	});
});

test("HEAD answers what GET does, without a body", async () => {
	await REST.create(rex);
	for (const path of ["/rescues", "/rescues/1", "/health", "/openapi.json"]) {
		const [get, head] = [await fetchWorker(path), await fetchWorker(path, { method: "HEAD" })];
		expect([path, head.status, head.headers.get("ETag")]).toEqual([path, 200, get.headers.get("ETag")]);
		expect(await head.text()).toBe("");
		await get.text();
	}
	expect((await fetchWorker("/rescues/2", { method: "HEAD" })).status).toBe(404);
});

test("GET /health says that the service runs", async () => {
	expect(await (await fetchWorker("/health")).json()).toEqual({ status: "ok" });
});
