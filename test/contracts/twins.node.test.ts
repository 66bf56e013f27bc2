import type { GraphQLObjectType } from "graphql";
import { expect, test } from "vitest";
import { tools } from "../../scripts/mcp-tools.ts";
import { schema } from "../../src/graphql/schema.ts";
import { openapi } from "../../src/openapi.ts";

/** The operation that answers what a query does. */
const QUERIES: Record<string, string> = {
	changes: "listChanges",
	deletedRescues: "listDeleted",
	ledger: "getHealth",
	me: "getMe",
	photos: "listPhotos",
	rescue: "getRescue",
	rescueHistory: "listHistory",
	rescues: "listRescues",
	sharedData: "getSharedData",
};

/** Queries that only GraphQL has, and why. */
const GRAPHQL_ONLY: Record<string, string> = {
	node: "Relay's object identification; REST has URLs",
	nodes: "the same for several",
};

/** Reads that only REST has, and why. */
const REST_ONLY: Record<string, string> = {
	backUp: "a file of any size, written while it is read",
	exportRescues: "a file of any size, written while it is read",
	getGraphQLSchema: "GraphQL has introspection",
	getOpenApi: "GraphQL has introspection",
	getPhoto: "a picture",
	getRestore: "what it is about, restoring, is a file",
	redirectToRescue: "the tutorial's other URL",
};

const operations = Object.values(openapi.paths).flatMap(({ parameters: _, ...item }: Record<string, unknown>) =>
	Object.entries(item as Record<string, { operationId: string }>).map(([method, { operationId }]) => ({
		method,
		operationId,
	})),
);
const ids = (isWrite: boolean) =>
	operations
		.filter(({ method }) => (method !== "get") === isWrite)
		.map(({ operationId }) => operationId)
		.sort();
const fields = (type: GraphQLObjectType | null | undefined) => Object.keys(type?.getFields() ?? {}).sort();

/** Writes that only REST has, and why. */
const REST_ONLY_WRITES: Record<string, string> = {
	importRescuesCsv: "importRescues, for files",
	importRescuesNdjson: "importRescues, for files",
	restoreBackup: "a file of any size, a part at a time",
	uploadPhoto: "a picture",
};

test("every mutation is an operation that writes, under the same name, and the other way round but for those with a reason", () => {
	expect([...fields(schema.getMutationType()), ...Object.keys(REST_ONLY_WRITES)].sort()).toEqual(ids(true));
});

test("every query is an operation that reads, and the other way round but for those with a reason", () => {
	expect(fields(schema.getQueryType())).toEqual([...Object.keys(QUERIES), ...Object.keys(GRAPHQL_ONLY)].sort());
	expect(ids(false)).toEqual([...Object.values(QUERIES), ...Object.keys(REST_ONLY)].sort());
});

/** The operation that streams, when it is asked to, what a subscription does. */
const SUBSCRIPTIONS: Record<string, string> = { rescueChanged: "listChanges" };

test("every subscription has an operation that streams the same", () => {
	expect(fields(schema.getSubscriptionType())).toEqual(Object.keys(SUBSCRIPTIONS));
	for (const operationId of Object.values(SUBSCRIPTIONS)) expect(ids(false)).toContain(operationId);
	const { description } = openapi.paths["/rescues/changes"].get;
	expect(description).toContain("text/event-stream");
});

/** Operations that no tool is, and why. */
const NO_TOOL: Record<string, string> = {
	...REST_ONLY,
	...REST_ONLY_WRITES,
	getHealth: "for operators",
	getMe: "an assistant has the tools that it may call",
	getSharedData: "the tutorial's",
	listPhotos: "an assistant sees the photos of each rescue",
	purgeRescue: "a model doesn't erase for good",
	rebuildDocuments: "for operators",
};

test("every operation is a tool that reads or writes, under the same name, and the other way round but for those with a reason", () => {
	const named = (isWrite: boolean) =>
		tools
			.filter(({ annotations }) => annotations.readOnlyHint !== isWrite)
			.map(({ name }) => name.replace("find_", "list_").replace(/_(\w)/g, (_, letter) => letter.toUpperCase()));
	for (const isWrite of [true, false]) {
		expect(named(isWrite).sort()).toEqual(ids(isWrite).filter((id) => !(id in NO_TOOL)));
	}
	expect(Object.keys(NO_TOOL).filter((id) => ![...ids(true), ...ids(false)].includes(id))).toEqual([]);
});
