import { expect, test } from "vitest";
import { rootResolvers } from "../../src/graphql/root-resolvers.ts";
import { schema } from "../../src/graphql/schema.ts";

test("every mutation and subscription, and every query with arguments, has its resolver, which is asked for every bad one", () => {
	const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {});
	const subscriptions = Object.keys(schema.getSubscriptionType()?.getFields() ?? {});
	const queries = Object.values(schema.getQueryType()?.getFields() ?? {}).filter(({ args }) => args.length > 0);
	const names = [...mutations, ...subscriptions, ...queries.map(({ name }) => name)];
	expect(Object.keys(rootResolvers).sort()).toEqual(names.sort());
});
