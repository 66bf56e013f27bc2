import { createExecutionContext, reset, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createApp } from "../../src/app.ts";
import type { Env } from "../../src/env.ts";
import { alarmNow, breakKV, ledger } from "../ledger/faulty-kv.ts";
import { harden } from "../platform/platform.ts";
import { REST } from "../transports.ts";

afterEach(reset);

const app = createApp();
const { OPEN_WRITES: _, ...closed } = env as Env;
const service = { ...closed, WRITE_TOKENS: "bob:writes", ADMIN_TOKENS: "ann:secret" };
const rex = { name: "Rex", age: 3, species: "dog" };
const send = (env: Env, path: string, token?: string, init: RequestInit = {}) =>
	app.fetch(
		new Request(new URL(path, "http://localhost"), {
			...init,
			headers: { "Content-Type": "application/json", ...(token !== undefined && { Authorization: `Bearer ${token}` }) },
		}),
		env,
		createExecutionContext(),
	);
const health = async (env: Env, token?: string) => {
	const response = await send(env, "/health", token);
	const [, calls] = /ledger;desc="(\d)/.exec(response.headers.get("Server-Timing") ?? "") ?? [];
	return { status: response.status, calls: Number(calls), body: await response.json() };
};
const nothing = { status: 200, calls: 0, body: { status: "ok" } };
const ledgerQuery = "{ ledger { id records namespace backlog breaker } }";
const query = async (token?: string) => {
	const response = await send(service, "/graphql", token, {
		method: "POST",
		body: JSON.stringify({ query: ledgerQuery }),
	});
	// biome-ignore lint/suspicious/noExplicitAny: the tests look at whatever comes back
	return (await response.json()) as any;
};

describe("GET /health", () => {
	test("without a token, or with one that isn't known, says that the Worker runs and touches no storage", async () => {
		expect(await health(service)).toEqual(nothing);
		expect(await health(service, "wrong")).toEqual(nothing);
		expect(await health(service, "writes")).toEqual(nothing);
		expect(await health(closed, "wrong")).toEqual(nothing);
		expect(await health(env as Env)).toEqual(nothing);
	});

	test("with a token of an admin it tells whose the namespace is and what is waiting, as GraphQL does", async () => {
		await REST.create(rex);
		const id = expect.stringMatching(/^[0-9a-f]{32}$/);
		const state = { id, records: 1, namespace: "own", backlog: 0, breaker: "closed" };
		expect(await health(service, "secret")).toMatchObject({
			status: 200,
			calls: 1,
			body: { status: "ok", ledger: state },
		});
		// Where everybody is an admin, any token does.
		expect(await health(env as Env, "any")).toMatchObject({
			status: 200,
			calls: 1,
			body: { status: "ok", ledger: state },
		});
		const inCapitals = { namespace: "OWN", breaker: "CLOSED" };
		expect((await query("secret")).data.ledger).toEqual({ ...state, ...inCapitals });
		const refused = await query();
		expect([refused.data, refused.errors[0].extensions.code]).toEqual([{ ledger: null }, "UNAUTHENTICATED"]);
		expect((await query("writes")).errors[0].extensions.code).toBe("FORBIDDEN");
	});

	test("counts what is waiting, and tells a foreign namespace and one that can't be looked at", async () => {
		const kv = breakKV(() => "429");
		try {
			await REST.create(rex);
			expect(await health(service, "secret")).toMatchObject({
				status: 200,
				calls: 1,
				body: { ledger: { namespace: "own", backlog: 1 } },
			});
		} finally {
			kv.restore();
		}
		await reset();
		await env.RESCUES.put("rescues:0", "[]", { metadata: { ledger: "another" } });
		expect(await health(service, "secret")).toMatchObject({
			status: 200,
			calls: 1,
			body: { ledger: { namespace: "foreign", records: 0 } },
		});
		await reset();
		const { getWithMetadata } = env.RESCUES;
		env.RESCUES.getWithMetadata = () => Promise.reject(new Error("KV GET failed: 500"));
		try {
			expect(await health(service, "secret")).toMatchObject({
				status: 200,
				calls: 1,
				body: { ledger: { namespace: "unknown" } },
			});
		} finally {
			env.RESCUES.getWithMetadata = getWithMetadata;
		}
	});

	test("shows what waits while the day's quota is used up, and that it is published when the next day begins", async () => {
		const platform = await harden({ plan: "free" });
		try {
			for (let i = 0; i < 1000; i++) await env.RESCUES.put(`other:${i}`, "");
			expect(await REST.create(rex)).toMatchObject({ rescue: { id: 1 } });
			expect(await REST.update(1, { age: 4 })).toMatchObject({ rescue: { version: 2 } });
			const waiting = (await health(service, "secret")).body as { ledger: { backlog: number } };
			expect(waiting.ledger.backlog).toBeGreaterThan(0);
			expect(await REST.get(1)).toMatchObject({ rescue: { age: 4 } });
			platform.nextDay();
			vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 301_000 });
			await alarmNow();
			expect(await health(service, "secret")).toMatchObject({ body: { ledger: { backlog: 0 } } });
			expect(await env.RESCUES.get("rescues:0")).toContain('"age":4');
		} finally {
			vi.useRealTimers();
			platform.restore();
		}
	});

	test("stays 200 when the ledger can't be reached", async () => {
		await runInDurableObject(ledger(), (instance) => {
			Object.assign(instance, {
				readState: () => {
					throw new Error("overloaded");
				},
			});
		});
		expect(await health(service, "secret")).toMatchObject({
			status: 200,
			calls: 1,
			body: { status: "ok", ledger: null },
		});
		expect((await query("secret")).errors[0].extensions.code).toBe("UNAVAILABLE");
	});
});
