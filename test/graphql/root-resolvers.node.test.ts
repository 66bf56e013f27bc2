import { expect, test } from "vitest";
import { rootResolvers } from "../../src/graphql/root-resolvers.ts";
import { schema } from "../../src/graphql/schema.ts";

test("every mutation, and every query with arguments, has its resolver, which is asked for every bad one", () => {
	const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {});
	const queries = Object.values(schema.getQueryType()?.getFields() ?? {}).filter(({ args }) => args.length > 0);
	expect(Object.keys(rootResolvers).sort()).toEqual([...mutations, ...queries.map(({ name }) => name)].sort());
});
