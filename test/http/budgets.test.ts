import { createExecutionContext, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test } from "vitest";
import { createApp } from "../../src/app.ts";
import type { Env } from "../../src/env.ts";
import { publish } from "../ledger/faulty-kv.ts";

afterEach(reset);

const app = createApp();
const { OPEN_WRITES: _, SMALL_LIMITER, ...closed } = env as Env & { SMALL_LIMITER: RateLimit };
const service = { ...closed, WRITE_TOKENS: "ann:a,bob:b" };
const POLICY = closed.RATE_LIMIT_POLICY;

interface Call {
	path?: string;
	query?: string;
	address?: string;
	token?: string;
	headers?: Record<string, string>;
}
/** Calls over REST a `path`, over GraphQL a `query`. */
const call = (
	env: Env,
	{ path = "/graphql", query, address = "192.0.2.1", token, headers }: Call,
	init: RequestInit = {},
) =>
	app.fetch(
		new Request(new URL(path, "http://localhost"), {
			...(query && { method: "POST", body: JSON.stringify({ query }) }),
			...init,
			headers: {
				"Content-Type": "application/json",
				"CF-Connecting-IP": address,
				...headers,
				...(token && { Authorization: `Bearer ${token}` }),
			},
		}),
		env,
		createExecutionContext(),
	);
const post = { method: "POST", body: '{"name":"Rex","age":3,"species":"dog"}' };
const CREATE = 'mutation { createRescue(input: { name: "Rex", age: 3, species: "dog" }) { id } }';

/** Calls until the budget is used up; a window that ends meanwhile begins a second budget. */
async function useUp(act: () => Promise<Response> | Response): Promise<Response> {
	for (let calls = 0; calls < 12; calls++) {
		const response = await act();
		if (response.status === 429) {
			expect(calls).toBeGreaterThanOrEqual(5);
			return response;
		}
	}
	throw new Error("never limited");
}

async function expectLimited(response: Response) {
	expect(response.headers.get("Retry-After")).toBe("60");
	expect(response.headers.get("RateLimit-Policy")).toBe(POLICY);
	// biome-ignore lint/suspicious/noExplicitAny: the tests look at whatever comes back
	const body = (await response.json()) as any;
	expect(body.code ?? body.errors[0].extensions.code).toBe("RATE_LIMITED");
}

describe("reads are counted by client address", () => {
	const limited = { ...service, READ_LIMITER: SMALL_LIMITER };

	test.each([
		["REST", { path: "/rescues" }, 1],
		["GraphQL", { query: "{ rescues { totalCount } }" }, 2],
	])("over %s", async (_name, what, network) => {
		await expectLimited(await useUp(() => call(limited, { ...what, address: `192.0.2.${network}` })));
		expect((await call(limited, { ...what, address: "198.51.100.7" })).status).toBe(200);
	});

	test("one IPv6 network is one client", async () => {
		// Each way of writing it is seen too rarely to use up a budget of its own.
		const ways = ["2001:db8:0:1::", "2001:db8::1:0:0:0:", "2001:0DB8:0000:0001::"];
		let host = 0;
		await useUp(() => call(limited, { path: "/rescues", address: `${ways[host % 3]}${++host}` }));
		expect((await call(limited, { path: "/rescues", address: "2001:db8:0:2::1" })).status).toBe(200);
	});

	test("each field of a query is a read, and what it can't give any more doesn't hide what it gives", async () => {
		const query = `{ ${Array.from({ length: 11 }, (_, i) => `r${i}: rescue(id: ${i + 1}) { id }`).join(" ")} sharedData { name } }`;
		const response = await call(limited, { query, address: "192.0.2.3" });
		await expectLimited(response);
	});

	test("health checks are not counted", async () => {
		for (let i = 0; i < 12; i++)
			expect((await call(limited, { path: "/health", address: "192.0.2.4" })).status).toBe(200);
	});
});

describe("writes are counted by token", () => {
	const limited = { ...service, WRITE_LIMITER: SMALL_LIMITER };

	test("over both transports from one budget", async () => {
		let calls = 0;
		const response = await useUp(() =>
			calls++ % 2
				? call(limited, { path: "/rescues", token: "a" }, post)
				: call(limited, { query: CREATE, token: "a" }),
		);
		await expectLimited(response);
		expect((await call(limited, { path: "/rescues", token: "b" }, post)).status).toBe(201);
		expect((await call(limited, { path: "/rescues" })).status).toBe(200);
	});

	test("a write without a token takes nothing from anybody's budget", async () => {
		for (let i = 0; i < 12; i++) expect((await call(limited, { path: "/rescues" }, post)).status).toBe(401);
	});
});

describe("reads that reach the ledger have a budget of their own", () => {
	const limited = { ...service, LEDGER_READ_LIMITER: SMALL_LIMITER };

	test.each([
		["a record that isn't there", { path: "/rescues/404" }, 11],
		["over GraphQL too", { query: "{ rescue(id: 404) { id } }" }, 12],
		["a fresh record", { path: "/rescues/1", headers: { "Cache-Control": "no-cache" } }, 13],
		["a fresh list", { path: "/rescues", headers: { "Cache-Control": "no-cache" } }, 14],
		["a history", { path: "/rescues/1/history" }, 15],
		["a history over GraphQL", { query: "{ rescue(id: 1) { history { nodes { version } } } }" }, 16],
		["changes", { path: "/rescues/changes" }, 17],
	])("%s", async (_name, what, host) => {
		const address = `192.0.2.${host}`;
		await call(limited, { path: "/rescues", token: "b" }, post);
		await publish(1);
		await expectLimited(await useUp(() => call(limited, { ...what, address })));
		// What KV knows is still answered.
		expect((await call(limited, { path: "/rescues/1", address })).status).toBe(200);
	});
});

test("while writes are open nothing is counted", async () => {
	const open = { ...closed, OPEN_WRITES: "true", READ_LIMITER: SMALL_LIMITER, WRITE_LIMITER: SMALL_LIMITER };
	for (let i = 0; i < 12; i++) {
		expect((await call(open, { path: "/rescues", address: "192.0.2.21" })).status).toBe(200);
		expect((await call(open, { path: "/rescues" }, post)).status).toBe(201);
	}
});

test("without the bindings nothing is counted", async () => {
	const { READ_LIMITER: _r, WRITE_LIMITER: _w, LEDGER_READ_LIMITER: _l, ...without } = service;
	for (let i = 0; i < 12; i++) expect((await call(without, { path: "/rescues/404" })).status).toBe(404);
});
