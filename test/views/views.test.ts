/** Who is who, and that what one sees never gets into what another one is answered. */
import { createExecutionContext, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createApp } from "../../src/app.ts";
import { type Caller, type Grant, refuse, roleOf } from "../../src/core/access.ts";
import type { Env } from "../../src/env.ts";
import { FIELDS, NAMES, PRIVATE } from "../../src/rescues/fields.ts";
import { asksForPrivate } from "../../src/rescues/search.ts";
import { publish } from "../ledger/faulty-kv.ts";

const { OPEN_WRITES: _, ...closed } = env as Env;
const service: Env = { ...closed, READ_TOKENS: "ron:r", WRITE_TOKENS: "wim:w", ADMIN_TOKENS: "ada:a" };
const open: Env = { ...closed, OPEN_WRITES: "true" };
const app = createApp();
const rex = { name: "Rex", age: 3, species: "dog", microchip: "985112001234567" };

interface Asked {
	token?: string;
	bindings?: Env;
	headers?: Record<string, string>;
	method?: string;
	body?: object;
	host?: string;
}
const ask = async (path: string, { token, bindings = service, headers, method, body, host }: Asked = {}) =>
	app.fetch(
		new Request(new URL(path, host ?? "http://localhost:8787"), {
			method: method ?? "GET",
			headers: {
				...(body && { "Content-Type": "application/json" }),
				...headers,
				...(token && { Authorization: `Bearer ${token}` }),
			},
			...(body && { body: JSON.stringify(body) }),
		}),
		bindings,
		createExecutionContext(),
	);
const graphql = async (query: string, asked: Asked = {}) =>
	// biome-ignore lint/suspicious/noExplicitAny: the tests look at whatever comes back
	(await ask("/graphql", { ...asked, method: "POST", body: { query } })).json() as Promise<any>;

beforeEach(async () => {
	expect((await ask("/rescues", { token: "w", method: "POST", body: rex })).status).toBe(201);
});
afterEach(reset);

describe("who one is", () => {
	test.each([
		["nobody", undefined, null, "public"],
		["an unknown token", "x", null, "public"],
		["a reader", "r", "ron", "read"],
		["a writer", "w", "wim", "write"],
		["an admin", "a", "ada", "admin"],
	])("%s is told over both transports", async (_who, token, name, role) => {
		const asked = token ? { token } : {};
		expect(await (await ask("/me", asked)).json()).toEqual({ name, role });
		const { data } = await graphql("{ me { name role } }", asked);
		expect(data.me).toEqual({ name, role: role.toUpperCase() });
	});

	test("on an open server everybody is an admin, but not what a page of elsewhere may have sent", async () => {
		const role = async (asked: Asked) =>
			((await (await ask("/me", { bindings: open, ...asked })).json()) as Caller & { role: string }).role;
		expect(await role({})).toBe("admin");
		expect(await role({ host: "http://127.0.0.1:8787" })).toBe("admin");
		expect(await role({ headers: { Origin: "http://localhost:8787" } })).toBe("admin");
		expect(await role({ headers: { Origin: "https://evil.example" } })).toBe("public");
		// A page that has its own name point here asks without an `Origin`.
		expect(await role({ host: "http://rebound.example:8787" })).toBe("public");
		const seen = await ask("/rescues/1", { bindings: open, host: "http://rebound.example:8787" });
		expect(await seen.json()).not.toHaveProperty("microchip");
		expect((await ask("/rescues/1", { bindings: open, method: "DELETE", host: "http://rebound.example" })).status).toBe(
			403,
		);
		// With a token it is what the token gives.
		const both = { ...service, OPEN_WRITES: "true" };
		expect(await role({ bindings: both, token: "r", headers: { Origin: "https://evil.example" } })).toBe("read");
	});

	test("a token that is in several secrets gives the most", async () => {
		const bindings = { ...service, READ_TOKENS: "ron:same", ADMIN_TOKENS: "ada:same" };
		expect(await (await ask("/me", { bindings, token: "same" })).json()).toEqual({ name: "ada", role: "admin" });
	});
});

describe("what one may do", () => {
	const acts: [string, Grant, Asked & { path: string }, string][] = [
		[
			"write",
			"write",
			{ path: "/rescues/1", method: "PATCH", body: { age: 4 } },
			"updateRescue(id: 1, input: {age: 4}) { id }",
		],
		["rebuild", "admin", { path: "/rebuild", method: "POST" }, "rebuildDocuments { checked }"],
		["purge", "admin", { path: "/rescues/1/history", method: "DELETE" }, "purgeRescue(id: 1) { version }"],
	];
	test.each(acts)("%s: the same refusals over both transports", async (_act, needed, { path, ...asked }, mutation) => {
		for (const [token, grant] of [
			[undefined, null],
			["x", null],
			["r", "read"],
			["w", "write"],
		] as const) {
			const isEnough = grant === needed;
			const rest = await ask(path, { ...asked, ...(token && { token }) });
			const { errors } = await graphql(`mutation { ${mutation} }`, token ? { token } : {});
			if (isEnough) {
				expect([rest.status, errors]).toEqual([200, undefined]);
				continue;
			}
			const { code, detail } = (await rest.json()) as { code: string; detail: string };
			expect([rest.status, code]).toEqual(grant ? [403, "FORBIDDEN"] : [401, "UNAUTHENTICATED"]);
			expect({ code, detail }).toEqual({ code: errors[0].extensions.code, detail: errors[0].message });
			expect(rest.headers.has("WWW-Authenticate")).toBe(grant === null);
		}
	});

	test("to filter or sort by a private field takes a token, whatever the transport", () => {
		for (const name of NAMES) {
			const isPrivate = "isPrivate" in FIELDS[name];
			expect([name, asksForPrivate({ [name]: "x" }, "id")]).toEqual([name, isPrivate]);
			expect([name, asksForPrivate({}, `-${name}`)]).toEqual([name, isPrivate]);
			expect(asksForPrivate({ [name]: null }, "id")).toBe(false);
		}
		const nobody: Caller = {
			name: null,
			grant: null,
			hasToken: false,
			grants: ["read"],
			isOpen: false,
			isForeign: false,
		};
		expect(refuse({ caller: nobody }, "read")).toMatchObject({ code: "UNAUTHENTICATED" });
		expect(refuse({ caller: { ...nobody, hasToken: true } }, "read")?.detail).toBe("The token is not known.");
		expect(refuse({ caller: { ...nobody, grants: [] } }, "read")?.detail).toContain("READ_TOKENS");
		expect(refuse({ caller: { ...nobody, isOpen: true, isForeign: true } }, "read")).toMatchObject({
			code: "FORBIDDEN",
		});
		expect(refuse({ caller: { ...nobody, grant: "read" } }, "read")).toBeNull();
		expect(roleOf(nobody)).toBe("public");
	});
});

test("the public can't find out by the changes it asks for what is private, polled, streamed or over GraphQL", async () => {
	await ask("/rescues/1", { token: "w", method: "PATCH", body: { notes: "Zebedee", location: "Kennel 7" } });
	const feed = async (query: string, token?: string) => {
		const response = await ask(`/rescues/changes?since=0&${query}`, token ? { token } : {});
		return { status: response.status, ...(await response.json<{ changes?: object[] }>()) };
	};
	expect(await feed("q=zebedee", "r")).toMatchObject({ status: 200, changes: [{ version: 2 }] });
	expect(await feed("q=zebedee")).toMatchObject({ status: 200, changes: [] });
	expect(await feed("q=rex")).toMatchObject({ changes: [{ version: 1 }, { version: 2 }] });
	for (const asked of ["location=Kennel+7", "microchip=985112001234567"]) {
		expect(await feed(asked, "r")).toMatchObject({ status: 200, changes: [{}, {}].slice(asked[0] === "l" ? 1 : 0) });
		expect((await feed(asked)).status).toBe(401);
		const headers = { Accept: "text/event-stream" };
		expect((await ask(`/rescues/changes?${asked}`, { headers })).status).toBe(401);
	}
	const changes = 'changes(since: "0", filter: { q: "zebedee" }, first: 5) { changes { version } }';
	expect((await graphql(`{ ${changes} }`)).data.changes.changes).toEqual([]);
	expect((await graphql(`{ ${changes} }`, { token: "r" })).data.changes.changes).toEqual([{ version: 2 }]);
});

test("private fields are behind all others, so that the public view is a document's beginning", () => {
	expect(NAMES.slice(-PRIVATE.length)).toEqual(PRIVATE);
});

describe("views", () => {
	const tag = (response: Response) => response.headers.get("ETag");

	test.each(["/rescues/1", "/rescues", "/rescues?species=dog", "/rescues?limit=1&sort=name"])(
		"%s has a tag for each, and names what it depends on",
		async (path) => {
			await publish(1);
			for (const headers of [{}, { "Cache-Control": "no-cache" }]) {
				const [seen, all] = [await ask(path, { headers }), await ask(path, { headers, token: "r" })];
				expect(tag(seen)).toBe(tag(all)?.replace(/"$/, 'p"'));
				for (const response of [seen, all]) expect(response.headers.get("Vary")).toContain("Authorization");
				const [of, ofAll] = [await seen.json(), await all.json()].map((body) => [body].flat()[0] as typeof rex);
				expect(of).not.toHaveProperty("microchip");
				expect(ofAll).toMatchObject({ microchip: rex.microchip });
				expect(Object.keys(ofAll as object)).toEqual(NAMES);
			}
			// Each view is revalidated by its own tag only.
			const [mine, theirs] = [tag(await ask(path)) as string, tag(await ask(path, { token: "r" })) as string];
			const status = async (match: string, asked: Asked = {}) =>
				(await ask(path, { ...asked, headers: { "If-None-Match": match } })).status;
			expect([await status(mine), await status(theirs)]).toEqual([304, 200]);
			expect([await status(theirs, { token: "r" }), await status(mine, { token: "r" })]).toEqual([304, 200]);
			// If-Match is about the state.
			for (const match of [mine, theirs]) {
				expect((await ask(path, { headers: { "If-Match": match } })).status).toBe(200);
				expect((await ask(path, { token: "r", headers: { "If-Match": match } })).status).toBe(200);
			}
			expect((await ask(path, { headers: { "If-Match": '"0p"' } })).status).toBe(412);
		},
	);

	test("both spellings of a version are good for a write", async () => {
		const change = (match: string) =>
			ask("/rescues/1", { token: "w", method: "PATCH", body: { age: 9 }, headers: { "If-Match": match } });
		expect((await change('"1p"')).status).toBe(200);
		expect((await change('"2"')).status).toBe(200);
		expect((await change('"2p"')).status).toBe(412);
		expect((await change('W/"3p"')).status).toBe(412);
	});

	test("an isolate that knows a page by one view gives another one its own", async () => {
		const query =
			"{ rescues(first: 2) { nodes { name microchip history(first: 2) { nodes { by rescue { microchip } } } } } }";
		const seen = { name: "Rex", microchip: null, history: { nodes: [{ by: null, rescue: { microchip: null } }] } };
		const { microchip } = rex;
		const all = { name: "Rex", microchip, history: { nodes: [{ by: "wim", rescue: { microchip } }] } };
		for (const token of [undefined, "r", undefined, "w", "r", undefined]) {
			const { data, errors } = await graphql(query, token ? { token } : {});
			expect(errors).toBeUndefined();
			expect(data.rescues.nodes).toEqual([token ? all : seen]);
			const plain = await graphql("{ rescues { nodes { microchip } } }", token ? { token } : {});
			expect(plain.data.rescues.nodes).toEqual([{ microchip: token ? microchip : null }]);
			const [first] = (await (await ask("/rescues", token ? { token } : {})).json()) as object[];
			expect("microchip" in (first as object)).toBe(token !== undefined);
		}
	});

	test("an export has the private columns from read on", async () => {
		const head = async (asked: Asked, query: string) =>
			(await (await ask(`/rescues/export?${query}`, asked)).text()).split("\r\n");
		for (const query of ["format=csv", "format=csv&full=true"]) {
			const [seen, all] = [await head({}, query), await head({ token: "r" }, query)];
			for (const name of PRIVATE) {
				expect(seen[0]?.split(",")).not.toContain(name);
				expect(all[0]?.split(",")).toContain(name);
			}
			expect(seen[1]?.split(",")).toHaveLength(seen[0]?.split(",").length ?? 0);
			expect(all[1]).toContain(rex.microchip);
		}
	});

	test("the public gets a page's bytes as they are in KV, up to where the private parts begin", async () => {
		const { value } = await env.RESCUES.getWithMetadata("rescues:0", "text");
		expect(await (await ask("/rescues")).text()).toBe((value as string).split("\n")[0]);
	});

	test("of a page whose parts don't fit together the ledger's is given", async () => {
		const { value, metadata } = await env.RESCUES.getWithMetadata<object>("rescues:0", "text");
		await env.RESCUES.put("rescues:0", `${(value as string).split("\n")[0]}\n[]`, {
			metadata: { ...metadata, edition: "x" },
		});
		expect(await (await ask("/rescues", { token: "r" })).json()).toMatchObject([{ microchip: rex.microchip }]);
		await env.RESCUES.put("rescues:0", value as string, { metadata: { ...metadata, publicEnd: undefined } });
		const [seen] = (await (await ask("/rescues")).json()) as object[];
		expect(seen).not.toHaveProperty("microchip");
	});
});
