import { findTargetHandler, isMiddleware } from "hono/utils/handler";
import { expect, test } from "vitest";
import { createApp } from "../../src/app.ts";
import type { QueryParameters } from "../../src/http/query.ts";
import { openapi } from "../../src/openapi.ts";

/** Routes that are not in the OpenAPI document, and why. */
const ELSEWHERE = {
	"GET /": "a page for people",
	"GET /import": "a page for people",
	"GET /animals/{id}": "a page for people",
	"GET /docs": "a page for people",
	"GET /docs/": "leads to that page",
	"GET /graphql": "GraphQL: schema/schema.graphql is its contract",
	"POST /graphql": "GraphQL: schema/schema.graphql is its contract",
	"POST /mcp": "MCP: schema/mcp.json is its contract",
};

/** Routes by method and path, each with the names of its query parameters: `name` may be given once, `name[]` again. */
type Contract = Record<string, string[]>;

/** What the app answers. Each handler of a route is an entry of its own in Hono's list. */
const routed: Contract = {};
for (const { method, path, handler } of createApp().routes) {
	const target: ReturnType<typeof findTargetHandler> & { parameters?: QueryParameters } = findTargetHandler(handler);
	// What `use` put in the way of all methods; `all` and `on` would be routes.
	if (method === "ALL" && isMiddleware(target)) continue;
	const { once = [], repeatable = [] } = target.parameters ?? {};
	const route = `${method} ${path.replace(/:(\w+)(\{.*?\})?/g, "{$1}")}`;
	routed[route] = [...(routed[route] ?? []), ...once, ...repeatable.map((name) => `${name}[]`)].sort();
}

interface Parameter {
	name: string;
	in: string;
	schema: { type?: unknown };
}
type Item = Record<string, { parameters?: Parameter[] }> & { parameters?: Parameter[] };

/** What the document says. */
const documented: Contract = {};
for (const [path, { parameters: shared = [], ...operations }] of Object.entries(
	openapi.paths as object as Record<string, Item>,
)) {
	for (const [method, { parameters = [] }] of Object.entries(operations)) {
		documented[`${method.toUpperCase()} ${path}`] = [...shared, ...parameters]
			.filter((parameter) => parameter.in === "query")
			.map(({ name, schema }) => (schema.type === "array" ? `${name}[]` : name))
			.sort();
	}
}

test("every route is documented or listed with a reason, and nothing else is", () => {
	expect(Object.keys(routed).sort()).toEqual([...Object.keys(documented), ...Object.keys(ELSEWHERE)].sort());
});

test.each(Object.keys(documented))("%s takes the documented query parameters, as often as documented", (route) => {
	expect(routed[route]).toEqual(documented[route]);
});
