/** Goes through all that the service can be asked, and looks for what only those with a token may see. */
import { createExecutionContext, reset, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import {
	type GraphQLField,
	type GraphQLNamedType,
	type GraphQLObjectType,
	getNamedType,
	isAbstractType,
	isObjectType,
	isRequiredArgument,
} from "graphql";
import { findTargetHandler, isMiddleware } from "hono/utils/handler";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createApp } from "../../src/app.ts";
import type { Env } from "../../src/env.ts";
import { schema } from "../../src/graphql/schema.ts";
import { PAGE_LIMITS } from "../../src/ledger/pages.ts";
import { FIELDS, PRIVATE } from "../../src/rescues/fields.ts";
import { ledger } from "../ledger/faulty-kv.ts";
import { holdClock } from "../platform/clock.ts";

const TOKENS = {
	READ_TOKENS: "name-of-reader:reads",
	WRITE_TOKENS: "name-of-writer:writes",
	ADMIN_TOKENS: "name-of-admin:rules",
};
// The walk asks more than a client may in a minute.
const { OPEN_WRITES: _, READ_LIMITER: _reads, LEDGER_READ_LIMITER: _ledgerReads, ...closed } = env as Env;
const service: Env = { LOG: "all", ...closed, ...TOKENS };
const app = createApp();

/** What no public answer may hold. The numbers tell the versions of a record apart. */
const hidden = (which: number) =>
	Object.fromEntries(
		PRIVATE.map((name) => [name, FIELDS[name].holds.kind === "code" ? `XCHIP${which}0000000` : `x${name}-${which}`]),
	);
const VALUES = [1, 2, 3, 4].flatMap((which) => Object.values(hidden(which)));
const NAMES = ["name-of-reader", "name-of-writer", "name-of-admin"];

interface Asked {
	method?: string;
	token?: string | undefined;
	body?: string | undefined;
	headers?: Record<string, string>;
}
async function ask(path: string, { method = "GET", token, body, headers }: Asked = {}) {
	const request = new Request(new URL(path, "http://localhost"), {
		method,
		headers: {
			...(body !== undefined && { "Content-Type": "application/json" }),
			...headers,
			...(token !== undefined && { Authorization: `Bearer ${token}` }),
		},
		...(body !== undefined && { body }),
	});
	const response = await app.fetch(request, service, createExecutionContext());
	const head = JSON.stringify([...response.headers]);
	return { status: response.status, text: `${head}\n${await response.text().catch(() => "")}` };
}
const graphql = (query: string, token?: string) =>
	ask("/graphql", { method: "POST", body: JSON.stringify({ query }), token });

const limits = { ...PAGE_LIMITS };
const logged: string[] = [];
beforeAll(async () => {
	holdClock();
	Object.assign(PAGE_LIMITS, { records: 2 });
	const rex = { name: "Rex", age: 3, species: "dog" };
	const write = async (method: string, path: string, body?: object, token = "writes") => {
		const { status, text } = await ask(path, { method, token, body: body && JSON.stringify(body) });
		expect(status, text).toBeLessThan(300);
	};
	await write("POST", "/rescues", { ...rex, ...hidden(1) });
	await write("PATCH", "/rescues/1", hidden(2));
	await write("POST", "/rescues", { ...rex, ...hidden(3) });
	await write("DELETE", "/rescues/2");
	await write("POST", "/rescues", { ...rex, ...hidden(4) });
	await write("DELETE", "/rescues/3");
	await write("DELETE", "/rescues/3/history", undefined, "rules");
	// Pages of two records: more than four, so that there is an index.
	for (let id = 4; id < 14; id++) await write("POST", "/rescues", { ...rex, name: `Rex ${id}` });
	for (let turn = 0; turn < 6; turn++) await runDurableObjectAlarm(ledger());
	for (const method of ["log", "warn", "error", "info"] as const) {
		vi.spyOn(console, method).mockImplementation((...line) => void logged.push(line.join(" ")));
	}
});
afterAll(async () => {
	vi.useRealTimers();
	vi.restoreAllMocks();
	Object.assign(PAGE_LIMITS, limits);
	await reset();
});

/** Every route of Hono's. */
const ROUTES = [
	...new Set(
		app.routes
			.filter(({ method, handler }) => !(method === "ALL" && isMiddleware(findTargetHandler(handler))))
			.map(({ method, path }) => `${method} ${path}`),
	),
];
const IDS = ["1", "2", "3", "4", "99", "1:1"];
const QUERIES = [
	"",
	"?limit=1",
	"?limit=3&cursor=1",
	"?species=dog",
	"?sort=-age",
	"?sort=name&limit=2",
	"?q=rex",
	"?format=csv",
	"?format=csv&full=true",
	"?format=ndjson",
	"?format=json&full=true",
	"?since=0&limit=1000",
	"?after=0",
	"?history=1",
	...PRIVATE.flatMap((name) => [`?${name}=zzz`, `?sort=${name}`, `?sort=-${name}`]),
];
const HEADERS: Record<string, string>[] = [
	{},
	{ "Cache-Control": "no-cache" },
	{ "If-None-Match": '"2"' },
	{ Accept: "application/json" },
];

/** Asks everything of a route; gives what is found of what is looked for, and where. */
async function walk(route: string, token: string | undefined, wanted: string[]) {
	const [method = "", path = ""] = route.split(" ");
	const found: string[] = [];
	const isRead = method === "GET";
	for (const id of path.includes(":id") ? IDS : [""]) {
		for (const query of isRead ? QUERIES : [""]) {
			for (const headers of isRead ? HEADERS : [{}]) {
				const at = path.replace(":id", id) + query;
				const body = isRead || method === "DELETE" ? undefined : "{}";
				const { text } = await ask(at, { method, token, body, headers });
				for (const value of wanted) if (text.includes(value)) found.push(`${method} ${at}: ${value}`);
			}
		}
	}
	return found;
}

test.each(ROUTES)("%s shows the public nothing that is private", async (route) => {
	expect(await walk(route, undefined, [...VALUES, ...NAMES])).toEqual([]);
	expect(await walk(route, "unknown", [...VALUES, ...NAMES])).toEqual([]);
});

test("those who may read see it by every route that reaches a record", async () => {
	const reaching: string[] = [];
	for (const route of ROUTES.filter((route) => route.startsWith("GET "))) {
		if ((await walk(route, "reads", VALUES)).length > 0) reaching.push(route.replace("GET ", ""));
	}
	expect(reaching.sort()).toEqual([
		"/animals/:id",
		"/rescues",
		"/rescues/:id",
		"/rescues/:id/history",
		"/rescues/changes",
		"/rescues/deleted",
		"/rescues/export",
	]);
	for (const path of ["/rescues/1/history", "/rescues/changes", "/rescues/deleted"]) {
		expect((await ask(path, { token: "reads" })).text).toContain("name-of-writer");
	}
	// What was purged nobody sees: record 3 had the fourth value.
	const purged = Object.values(hidden(4));
	for (const route of ROUTES.filter((route) => route.startsWith("GET "))) {
		expect(await walk(route, "rules", purged)).toEqual([]);
	}
});

/** Arguments that are needed, and those that widen what is asked. */
const ARGUMENTS: Record<string, string> = {
	id: '"1"',
	ids: '["1", "1:1", "1:2", "3:3", "7"]',
	first: "3",
	url: '"https://example.org/rex.jpg"',
};

/** All fields of a type, down to where a type comes a second time. */
function selection(type: GraphQLNamedType, above: readonly string[] = []): string {
	if (isAbstractType(type)) {
		const types = schema.getPossibleTypes(type);
		return `{ ${types.map((one) => `... on ${one.name} ${selection(one, above)}`).join(" ")} }`;
	}
	if (!isObjectType(type)) return "";
	if (above.filter((name) => name === type.name).length > 0) return "{ __typename }";
	const fields = Object.values(type.getFields()).map((field) => call(field, [...above, type.name]));
	return `{ ${fields.join(" ")} }`;
}

function call(field: GraphQLField<unknown, unknown>, above: readonly string[], more: Record<string, string> = {}) {
	const given: Record<string, string> = { ...ARGUMENTS, ...more };
	const args = field.args.filter((arg) => isRequiredArgument(arg) || arg.name in given);
	const list = args.map(({ name }) => `${name}: ${given[name]}`).join(", ");
	return `${field.name}${list && `(${list})`} ${selection(getNamedType(field.type), above)}`;
}

const roots = Object.values((schema.getQueryType() as GraphQLObjectType).getFields());
/** Each query, and with it what its arguments can be besides. */
const ASKED = roots.flatMap((field) =>
	[
		{},
		...IDS.map((id) => ({ id: `"${id}"` })),
		{ fresh: "true" },
		{ sort: "AGE_DESC" },
		{ filter: '{ species: "dog" }' },
		{ filter: '{ q: "rex" }', sort: "NAME_ASC", fresh: "true" },
	]
		.filter((more) => Object.keys(more).every((name) => field.args.some((arg) => arg.name === name)))
		.map((more: Record<string, string>) => ({ name: field.name, query: `{ ${call(field, [], more)} }` })),
);

test("over GraphQL the public is shown nothing that is private, whatever it asks for", async () => {
	for (const { query } of ASKED) {
		for (const _again of [1, 2]) {
			const { status, text } = await graphql(query);
			expect(text, query).not.toContain("MALFORMED_REQUEST");
			expect(status, query).toBe(200);
			for (const value of [...VALUES, ...NAMES]) expect(text.includes(value), `${value} in ${query}`).toBe(false);
		}
	}
});

test("those who may read see it by every query that reaches a record, at any depth", async () => {
	const reaching = new Set<string>();
	const named = new Set<string>();
	for (const { name, query } of ASKED) {
		const { text } = await graphql(query, "reads");
		if (VALUES.some((value) => text.includes(value))) reaching.add(name);
		if (text.includes("name-of-writer")) named.add(name);
	}
	const all = ["changes", "deletedRescues", "node", "nodes", "rescue", "rescueHistory", "rescues"];
	expect([...reaching].sort()).toEqual(all);
	expect([...named].sort()).toEqual(all);
});

test("mutations are refused to the public and to readers in words that hold nothing private", async () => {
	for (const field of Object.values((schema.getMutationType() as GraphQLObjectType).getFields())) {
		const more = field.name.startsWith("create") || field.name.startsWith("replace");
		const input = field.name.startsWith("import")
			? "[]"
			: more
				? '{ name: "A", age: 1, species: "dog" }'
				: "{ age: 1 }";
		const query = `mutation { ${call(field, [], { input })} }`;
		for (const [token, status] of [
			[undefined, 401],
			["unknown", 401],
			["reads", 403],
		] as const) {
			const answer = await graphql(query, token);
			expect([answer.status, query], answer.text).toEqual([status, query]);
			for (const value of [...VALUES, ...NAMES]) expect(answer.text).not.toContain(value);
		}
	}
});

test("a search by what is private finds nothing for the public", async () => {
	for (const value of Object.values(hidden(2))) {
		for (const sort of ["id", "name"]) {
			const { text } = await ask(`/rescues?q=${value}&sort=${sort}`);
			expect(text).toContain('["total-count","0"]');
		}
	}
});

test("no private value gets into the log", () => {
	expect(logged.length).toBeGreaterThan(100);
	const lines = logged.join("\n");
	for (const value of VALUES) expect(lines).not.toContain(value);
});
