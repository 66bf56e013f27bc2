/** Relay's compiler and runtime: connections are paged by the queries that `usePaginationFragment` would send. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
	type ConcreteRequest,
	createOperationDescriptor,
	Environment,
	fetchQuery,
	getFragment,
	getRequest,
	getSingularSelector,
	Network,
	type ReaderFragment,
	RecordSource,
	Store,
} from "relay-runtime";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newStateFolder, type Server, startServer } from "../server.ts";

const SOURCE = `
graphql\`query listQuery { ...list_rescues }\`;
graphql\`
	fragment list_rescues on Query
	@refetchable(queryName: "listPaginationQuery")
	@argumentDefinitions(count: { type: "Int", defaultValue: 2 }, cursor: { type: "String" }) {
		rescues(first: $count, after: $cursor) @connection(key: "list_rescues") { edges { node { id name } } }
	}\`;
graphql\`query listDetailQuery($id: ID!) { rescue(id: $id) { id name age ...list_history } }\`;
graphql\`
	fragment list_history on AnimalRescue
	@refetchable(queryName: "listHistoryPaginationQuery")
	@argumentDefinitions(count: { type: "Int", defaultValue: 2 }, cursor: { type: "String" }) {
		history(first: $count, after: $cursor) @connection(key: "list_history") {
			edges { node { id kind rescue { rescueId name age } } }
			pageInfo { endCursor hasNextPage }
		}
	}\`;
`;

const require = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "relay-"));
const artifact = <T>(name: string): T => require(join(folder, "__generated__", `${name}.graphql.js`)) as T;

let server: Server;
beforeAll(async () => {
	mkdirSync(join(folder, "__generated__"));
	writeFileSync(join(folder, "list.js"), SOURCE);
	writeFileSync(join(folder, "schema.graphql"), readFileSync("schema/schema.graphql"));
	const config = {
		src: ".",
		schema: "schema.graphql",
		language: "javascript",
		artifactDirectory: "__generated__",
		eagerEsModules: false,
	};
	writeFileSync(join(folder, "relay.config.json"), JSON.stringify(config));
	writeFileSync(join(folder, "package.json"), "{}");
	await promisify(execFile)(process.execPath, [require.resolve("relay-compiler/cli.js"), "relay.config.json"], {
		cwd: folder,
	});
	server = await startServer(newStateFolder());
	const headers = { "Content-Type": "application/json" };
	for (let age = 0; age < 5; age++) {
		const body = JSON.stringify({ name: `Rex ${age}`, age, species: "dog" });
		await fetch(`${server.url}/rescues`, { method: "POST", headers, body });
		await fetch(`${server.url}/rescues/1`, { method: "PATCH", headers, body: JSON.stringify({ age: age + 10 }) });
	}
});
afterAll(async () => {
	rmSync(folder, { recursive: true, force: true });
	await server.stop();
});

const start = () =>
	new Environment({
		store: new Store(new RecordSource()),
		network: Network.create(async ({ text }, variables) => {
			const response = await fetch(`${server.url}/graphql`, {
				method: "POST",
				headers: { "Content-Type": "application/json" },
				body: JSON.stringify({ query: text, variables }),
			});
			return response.json();
		}),
	});

type Edges<T> = { edges: { node: T }[]; pageInfo: { endCursor: string; hasNextPage: boolean } };
// biome-ignore lint/suspicious/noExplicitAny: what a query answers is for the test to say
type Data = any;

const ask = (environment: Environment, name: string, variables: object) =>
	fetchQuery(environment, artifact<ConcreteRequest>(name), variables as never).toPromise() as Promise<Data>;
const lookUp = (environment: Environment, name: string, variables: object): Data =>
	environment.lookup(
		createOperationDescriptor(getRequest(artifact<ConcreteRequest>(name)), variables as never).fragment,
	).data;
const read = (environment: Environment, name: string, of: unknown): Data => {
	const selector = getSingularSelector(getFragment(artifact<ReaderFragment>(name)), of);
	if (!selector) throw new Error("not there");
	return environment.lookup(selector).data;
};

test("a list is paged by the query that the compiler makes of a fragment on Query", async () => {
	const environment = start();
	await ask(environment, "listQuery", {});
	const names = () => {
		const { rescues } = read(environment, "list_rescues", lookUp(environment, "listQuery", {}));
		return rescues as Edges<{ id: string }>;
	};
	const seen = () => names().edges.map(({ node }) => node.id);
	expect(seen()).toEqual(["1", "2"]);
	while (names().pageInfo.hasNextPage) {
		await ask(environment, "listPaginationQuery", { count: 2, cursor: names().pageInfo.endCursor });
	}
	expect(seen()).toEqual(["1", "2", "3", "4", "5"]);
});

test("a history is paged by node, and the record in the store stays as it is", async () => {
	const environment = start();
	const variables = { id: "1" };
	const record = () => lookUp(environment, "listDetailQuery", variables).rescue;
	const history = (): Edges<{ id: string; kind: string; rescue: { age: number } }> =>
		read(environment, "list_history", record()).history;
	await ask(environment, "listDetailQuery", variables);
	expect(record()).toMatchObject({ id: "1", name: "Rex 0", age: 14 });
	while (history().pageInfo.hasNextPage) {
		const { endCursor: cursor } = history().pageInfo;
		await ask(environment, "listHistoryPaginationQuery", { id: "1", count: 2, cursor });
	}
	expect(history().edges.map(({ node }) => [node.id, node.rescue.age])).toEqual([
		["1:6", 14],
		["1:5", 13],
		["1:4", 12],
		["1:3", 11],
		["1:2", 10],
		["1:1", 0],
	]);
	expect(record()).toMatchObject({ id: "1", name: "Rex 0", age: 14 });
});
