/** Clients that follow what changes: through the ends of streams, and through restarts of the service. */
import { ApolloClient, ApolloLink, gql, InMemoryCache, Observable } from "@apollo/client";
import { print } from "graphql";
import { createClient } from "graphql-sse";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort, newStateFolder, type Server, startServer } from "../server.ts";

const state = newStateFolder();
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const start = () => startServer(state, ["--var", "STREAM_EVENTS:3"], port);
let server: Server;
beforeAll(async () => {
	server = await start();
});
afterAll(() => server.stop());

const write = async (method: string, path: string, body: object) => {
	const headers = { "Content-Type": "application/json" };
	expect((await fetch(url + path, { method, headers, body: JSON.stringify(body) })).ok).toBe(true);
};
const range = (last: number) => Array.from({ length: last }, (_, i) => String(i + 1));

interface Told {
	rescueChanged: { cursor: string };
}

test("graphql-sse gets each change once through streams that end and servers that are killed", async () => {
	const retry = () => new Promise<void>((resolve) => setTimeout(resolve, 200));
	const client = createClient({ url: `${url}/graphql`, retryAttempts: 1000, retry });
	const query = "subscription ($since: String) { rescueChanged(since: $since) { cursor } }";
	const told: string[] = [];
	const variables = {
		get since() {
			return told.at(-1) ?? "0";
		},
	};
	const following = (async () => {
		while (told.length < 12) {
			for await (const { data } of client.iterate<Told>({ query, variables })) {
				if (data) told.push(data.rescueChanged.cursor);
				if (told.length === 12) break;
			}
		}
	})();
	await write("POST", "/rescues", { name: "Rex", age: 1, species: "dog" });
	for (let age = 2; age <= 7; age++) await write("PATCH", "/rescues/1", { age });
	await expect.poll(() => told).toEqual(range(7));
	await server.stop("SIGKILL");
	server = await start();
	for (let age = 8; age <= 12; age++) await write("PATCH", "/rescues/1", { age });
	await following;
	expect(told).toEqual(range(12));
	client.dispose();
});

test("Apollo Client follows over a graphql-sse link, and keeps its records as they are", async () => {
	const client = createClient({ url: `${url}/graphql` });
	const link = new ApolloLink(
		({ query, variables }) =>
			new Observable((sink) => client.subscribe({ query: print(query), variables }, sink as never)),
	);
	const apollo = new ApolloClient({ link, cache: new InMemoryCache() });
	const query = gql`subscription { rescueChanged(since: "0") { id cursor rescue { rescueId age } } }`;
	const told: string[] = [];
	await new Promise<void>((resolve, reject) => {
		apollo.subscribe<Told>({ query }).subscribe({
			next: ({ data }) => data && told.push(data.rescueChanged.cursor),
			error: reject,
			complete: resolve,
		});
	});
	expect(told).toEqual(range(3));
	apollo.stop();
	client.dispose();
});
