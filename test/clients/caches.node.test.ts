/** Caches that keep objects by type and id: what they know of a record stays the present, whatever of its past is read. */
import { createHash } from "node:crypto";
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { Client, fetchExchange } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { newStateFolder, type Server, startServer } from "../server.ts";

let server: Server;
beforeAll(async () => {
	server = await startServer(newStateFolder());
	const headers = { "Content-Type": "application/json" };
	const body = JSON.stringify({ name: "Rex", age: 3, species: "dog" });
	await fetch(`${server.url}/rescues`, { method: "POST", headers, body });
	await fetch(`${server.url}/rescues/1`, { method: "PATCH", headers, body: '{"age":4,"name":"Max"}' });
});
afterAll(() => server.stop());

const RECORD = gql`query ($id: ID!) { rescue(id: $id) { id name age version } }`;
const HISTORY = gql`query ($id: ID!) {
	rescueHistory(id: $id) { nodes { id kind rescue { rescueId name age version } } }
	changes { changes { id rescue { rescueId name age version } } }
	rescue(id: $id) { id history { nodes { id version rescue { rescueId name age version } } } }
}`;
const now = { id: "1", name: "Max", age: 4, version: 2 };
const variables = { id: "1" };

test("Apollo Client's reads the record, its history, and the record again from the cache", async () => {
	const client = new ApolloClient({ link: new HttpLink({ uri: `${server.url}/graphql` }), cache: new InMemoryCache() });
	expect((await client.query({ query: RECORD, variables })).data).toMatchObject({ rescue: now });
	expect((await client.query({ query: HISTORY, variables })).data).toMatchObject({
		rescueHistory: {
			nodes: [
				{ id: "1:2", rescue: { age: 4 } },
				{ id: "1:1", rescue: { age: 3, name: "Rex" } },
			],
		},
	});
	expect(client.readQuery({ query: RECORD, variables })).toMatchObject({ rescue: now });
	// One object for the record, one for each change; snapshots are inside those.
	const kept = Object.keys(client.cache.extract() as object).filter((key) => key.includes(":"));
	expect(kept.sort()).toEqual(["AnimalRescue:1", "RescueChange:1:1", "RescueChange:1:2"]);
	client.stop();
});

test("graphcache does, and warns of nothing that lacks a key", async () => {
	const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
	const exchanges = [cacheExchange({ keys: { RescueSnapshot: () => null, RescueChanges: () => null } }), fetchExchange];
	const client = new Client({ url: `${server.url}/graphql`, preferGetMethod: false, exchanges });
	expect((await client.query(RECORD, variables)).data).toMatchObject({ rescue: now });
	const { data } = await client.query(HISTORY, variables);
	expect(data.rescueHistory.nodes[1]).toMatchObject({ id: "1:1", rescue: { rescueId: "1", name: "Rex", age: 3 } });
	const again = await client.query(RECORD, variables, { requestPolicy: "cache-only" });
	expect(again.data).toMatchObject({ rescue: now });
	expect(warned.mock.calls).toEqual([]);
	warned.mockRestore();
});

test("Apollo's persisted-query link falls back to the document, over POST and GET", async () => {
	for (const useGETForHashedQueries of [false, true]) {
		const sent: string[] = [];
		const http = new HttpLink({
			uri: `${server.url}/graphql`,
			fetch: (url, init) => {
				sent.push(init?.method === "GET" ? decodeURIComponent(String(url)) : String(init?.body));
				return fetch(url, init);
			},
		});
		const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
		const link = ApolloLink.from([new PersistedQueryLink({ sha256, useGETForHashedQueries }), http]);
		const client = new ApolloClient({ link, cache: new InMemoryCache() });
		expect((await client.query({ query: RECORD, variables })).data).toMatchObject({ rescue: now });
		expect(sent.map((text) => [text.includes("sha256Hash"), text.includes("rescue(id: $id)")])).toEqual([
			[true, false],
			[true, true],
		]);
		client.stop();
	}
});
