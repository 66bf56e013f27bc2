import { execute } from "graphql";
import { afterEach, expect, test, vi } from "vitest";
import { LIST, ONE } from "../../../bench/exchanges.ts";
import type { Context } from "../../../src/core/context.ts";
import { success } from "../../../src/core/errors.ts";
import type { GraphQLContext } from "../../../src/graphql/builder.ts";
import { yoga } from "../../../src/graphql/yoga.ts";

vi.mock("graphql", async (importOriginal) => {
	const graphql = await importOriginal<typeof import("graphql")>();
	return { ...graphql, execute: vi.fn(graphql.execute) };
});
afterEach(() => void vi.mocked(execute).mockClear());

const rex = { id: 1, name: "Rex", age: 3, species: "dog" };
const published = (value: unknown, meta: object) => success({ meta, parse: async () => success({ value, meta }) });
const context: GraphQLContext = {
	ctx: {
		access: { spend: async () => null },
		store: {
			rescue: async () => published(rex, { version: 1 }),
			page: async () => published([rex], { lower: 0, upper: null, count: 1, total: 1 }),
		},
	} as unknown as Context,
	limits: { tokens: 1000, depth: 10, aliases: 15, directives: 20, cost: 5000 },
	requestId: "test",
	onErrors: () => {},
};

async function ask(query: string, variables: object) {
	const response = await yoga.fetch(
		"http://localhost/graphql",
		{
			method: "POST",
			headers: { "Content-Type": "application/json" },
			body: JSON.stringify({ query, variables }),
		},
		context,
	);
	return response.json();
}

const answers = { rescue: { ...rex, id: "1" }, list: { nodes: [{ ...rex, id: "1" }] } };

test("a plan executes the benchmark's queries, not graphql-js", async () => {
	expect(await ask(ONE, { id: "1" })).toEqual({ data: { rescue: answers.rescue } });
	expect(await ask(LIST, { first: 100 })).toEqual({ data: { rescues: answers.list } });
	expect(execute).not.toHaveBeenCalled();
});

test("graphql-js executes what no plan covers", async () => {
	expect(await ask("{ rescue(id: 1) @include(if: true) { name } }", {})).toEqual({ data: { rescue: { name: "Rex" } } });
	expect(execute).toHaveBeenCalledOnce();
});
