import { ClientError, GraphQLClient } from "graphql-request";
import { hc } from "hono/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RestApi } from "../../src/rest.ts";
import { newStateFolder, type Server, startServer } from "../server.ts";
import {
	CreateRescueDocument,
	DeleteRescueDocument,
	GetRescueDocument,
	ListRescuesDocument,
	UpdateRescueDocument,
} from "./operations.ts";

const state = newStateFolder();
let server: Server;
const rest = () => hc<RestApi>(server.url);
const graphql = () => new GraphQLClient(`${server.url}/graphql`);

beforeAll(async () => {
	server = await startServer(state);
});
afterAll(() => server.stop());

const rex = { name: "Rex", age: 3, species: "dog" };

test("what graphql-request writes, Hono's client reads", async () => {
	const { createRescue } = await graphql().request(CreateRescueDocument, {
		input: { ...rex, id: 11, status: "AVAILABLE", size: "LARGE" },
	});
	expect(createRescue).toMatchObject({ id: "11", status: "AVAILABLE", size: "LARGE", version: 1 });
	const response = await rest().rescues[":id"].$get({ param: { id: "11" } });
	expect(response.headers.get("ETag")).toBe('"1"');
	const rescue = await response.json();
	expect(rescue).toMatchObject({ ...rex, id: 11, status: "available", size: "large", version: 1 });
});

test("what Hono's client writes, graphql-request reads", async () => {
	const created = await rest().rescues.$post({ json: { ...rex, id: 12, name: "Ålesund 🐕" } });
	expect(created.status).toBe(201);
	const patched = await rest().rescues[":id"].$patch({ param: { id: "12" }, json: { status: "adopted" } });
	if (!patched.ok) throw new Error((await patched.json()).detail);
	expect((await patched.json()).version).toBe(2);
	const { rescue } = await graphql().request(GetRescueDocument, { id: "12" });
	expect(rescue).toMatchObject({ id: "12", name: "Ålesund 🐕", status: "ADOPTED", version: 2 });
	const { rescues } = await graphql().request(ListRescuesDocument, { first: 1, after: "11" });
	expect(rescues.nodes.map(({ id }) => id)).toEqual(["12"]);
});

test("a stale write is refused to either client, with the current version", async () => {
	await graphql().request(CreateRescueDocument, { input: { ...rex, id: 13 } });
	const headers = { "If-Match": '"9"' };
	const stale = await rest().rescues[":id"].$put({ param: { id: "13" }, json: rex }, { headers });
	expect(await stale.json()).toMatchObject({ code: "VERSION_MISMATCH", currentVersion: 1 });
	const error = await graphql()
		.request(UpdateRescueDocument, { id: "13", input: { age: 4 }, ifVersion: 9 })
		.catch((error: unknown) => error);
	if (!(error instanceof ClientError)) throw new Error("accepted");
	expect(error.response.errors?.[0]?.extensions).toMatchObject({ code: "VERSION_MISMATCH", currentVersion: 1 });
});

test("what was written survives a restart, and ids go on", async () => {
	await graphql().request(CreateRescueDocument, { input: { ...rex, id: 21, externalId: "before" } });
	await graphql().request(CreateRescueDocument, { input: { ...rex, id: 22 } });
	await graphql().request(DeleteRescueDocument, { id: "22" });
	const list = async (headers = {}) => (await fetch(`${server.url}/rescues`, { headers })).text();
	const before = await list({ "Cache-Control": "no-cache" });
	await server.stop();
	server = await startServer(state);
	// What wasn't published yet when it stopped is soon.
	await expect.poll(() => list()).toBe(before);
	const { rescue } = await graphql().request(GetRescueDocument, { id: "21" });
	expect(rescue).toMatchObject({ externalId: "before", version: 1 });
	const taken = await rest().rescues.$post({ json: { ...rex, id: 22 } });
	expect(taken.status).toBe(409);
});
