import { reset, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { asServed, readStored, SCHEMA, upgrade } from "../../src/rescues/upgrade.ts";
import { readPage } from "../../src/rescues/view.ts";
import { ledger } from "../ledger/faulty-kv.ts";
import { installRelease1 } from "../ledger/release-1.ts";
import { harden } from "../platform/platform.ts";
import { fetchWorker, GraphQL, graphql, REST } from "../transports.ts";

const noCache = { headers: { "Cache-Control": "no-cache" } };
const PUBLIC =
	"id name age species birthDate status sex size color breed description photos externalId neutered vaccinated houseTrained goodWithChildren goodWithDogs goodWithCats specialNeeds intakeDate intakeType outcomeDate version createdAt updatedAt";
const FIELDS = `${PUBLIC} microchip location notes`;

let platform: Awaited<ReturnType<typeof harden>>;
beforeEach(async () => {
	await installRelease1();
	platform = await harden();
});
afterEach(async () => {
	platform.restore();
	await reset();
});

const json = async <T>(path: string, init?: RequestInit): Promise<T> => {
	const response = await fetchWorker(path, init);
	expect(response.status).toBe(200);
	return response.json();
};
/** The names of the fields of a record as this release serves it, in order. */
const complete = FIELDS.split(" ");
const expectComplete = (rescues: AnimalRescue[], count: number) => {
	expect(rescues).toHaveLength(count);
	for (const rescue of rescues) {
		expect(Object.keys(rescue)).toEqual(complete);
		const intakeDate = rescue.createdAt.slice(0, 10);
		expect(rescue).toMatchObject({ birthDate: null, neutered: null, intakeDate, outcomeDate: null, notes: null });
	}
};

test.each([
	["KV", undefined],
	["the ledger", noCache],
] as const)(
	"a record that was stored before a field existed is read from %s with its default",
	async (_where, init) => {
		const one = await json<AnimalRescue>("/rescues/1", init);
		expectComplete([one], 1);
		expect(one).toMatchObject({ name: "Rex", age: 4, microchip: "985112001234567", version: 3 });
		expectComplete(await json("/rescues", init), 34);
		expectComplete(await json("/rescues?limit=3&cursor=2", init), 3);
		expectComplete(await json("/rescues?species=rabbit&sort=-age", init), 11);
		const fresh = init ? ", fresh: true" : "";
		const { data, errors } = await graphql(
			`{ rescue(id: 2${fresh}) { ${FIELDS} } rescues(first: 1000${fresh}) { nodes { ${FIELDS} } } }`,
		);
		expect(errors).toBeUndefined();
		expectComplete([data.rescue], 1);
		expectComplete(data.rescues.nodes, 34);
	},
);

test("so are its history, the feed and exports", async () => {
	const past = FIELDS.replace("id", "id: rescueId");
	const overGraphQL = await graphql(`{ rescueHistory(id: 1) { nodes { rescue { ${past} } } } }`);
	for (const changes of [
		await json<{ rescue: AnimalRescue }[]>("/rescues/1/history"),
		overGraphQL.data.rescueHistory.nodes as { rescue: AnimalRescue }[],
	]) {
		expectComplete(
			changes.map(({ rescue }) => rescue),
			3,
		);
	}
	const feed = await json<{ changes: { rescue: AnimalRescue }[] }>("/rescues/changes");
	expectComplete(
		feed.changes.map(({ rescue }) => rescue),
		41,
	);
	const { data } = await graphql(`{ changes(first: 41) { changes { rescue { ${past} } } } }`);
	expectComplete(
		data.changes.changes.map(({ rescue }: { rescue: AnimalRescue }) => rescue),
		41,
	);
	expectComplete(await json("/rescues/export?format=json&full=true"), 34);
	const csv = await (await fetchWorker("/rescues/export?format=csv")).text();
	const [head, first] = csv.split("\r\n");
	expect(head?.split(",").at(-1)).toBe("notes");
	expect(first).toBe("1,Rex,4,dog,,available,unknown,,,Labrador mix,,,A-1,,,,,,,,2026-11-25,,,985112001234567,,");
});

test("it is changed, deleted and restored, and a write that was answered then is answered again", async () => {
	expect(await REST.update(1, { age: 5 }, 3)).toMatchObject({
		rescue: { age: 5, version: 4, externalId: "A-1", notes: null },
	});
	expect(await GraphQL.replace(2, { name: "Mia", age: 3, species: "cat", externalId: "M" })).toMatchObject({
		rescue: { version: 3, externalId: "M" },
	});
	expect(await REST.remove(5)).toEqual({ rescue: null });
	expect(await GraphQL.restore(5)).toMatchObject({ rescue: { name: "Animal 0", version: 3, notes: null } });
	expect(await GraphQL.restore(3)).toMatchObject({ rescue: { name: "Gone", notes: null } });
	const row = JSON.stringify({ id: 6, name: "Animal 1" });
	const headers = { "Content-Type": "application/x-ndjson" };
	const imported = await fetchWorker("/rescues/import", { method: "POST", headers, body: row });
	expect(await imported.json()).toMatchObject({ unchanged: 1, failed: 0 });
	// The page's size is still that of what is stored.
	const sizes = await runInDurableObject(ledger(), (_, { storage: { sql } }) =>
		sql
			.exec("SELECT sum(bytes) AS pages, (SELECT sum(octet_length(document)) FROM rescues) AS rescues FROM pages")
			.one(),
	);
	expect(sizes.pages).toBe(sizes.rescues);
	// As the release before answered it.
	const first = await REST.update(7, { age: 9 }, undefined, "k");
	await runInDurableObject(ledger(), (_, { storage: { sql } }) =>
		sql.exec(
			"UPDATE idempotency SET result = json_remove(result, '$.birthDate', '$.neutered', '$.intakeDate', '$.notes')",
		),
	);
	expect(await GraphQL.update(7, { age: 9 }, undefined, "k")).toEqual(first);
});

test("what another release published is published anew, in the present schema", async () => {
	const metadata = async (key: string) => (await env.RESCUES.getWithMetadata(key, "text")).metadata;
	expect(await metadata("rescues:0")).not.toHaveProperty("schema");
	await runInDurableObject(ledger(), (_, { storage: { sql } }) => sql.exec("UPDATE outbox SET due = 0"));
	await runDurableObjectAlarm(ledger());
	expect(await metadata("rescues:0")).toMatchObject({ count: 34, schema: 2 });
	const page = (await env.RESCUES.get("rescues:0")) as string;
	expectComplete(readPage(page), 34);
});

test("a record of the present schema is passed on as it is, and a new field raises the schema's number", () => {
	const at = "2026-11-25T20:30:12.887Z";
	const oldest = { id: 1, name: "Rex", age: 3, species: "dog", version: 1, createdAt: at, updatedAt: at };
	const now = upgrade(oldest);
	// Has a field been added? Then raise SCHEMA, and let NEWEST be one of the new fields.
	expect({ schema: SCHEMA, fields: Object.keys(now) }).toEqual({ schema: 2, fields: complete });
	expect(now.intakeDate).toBe("2026-11-25");
	expect(asServed(JSON.stringify(oldest))).toBe(JSON.stringify(now));
	const document = `{ "breed": "", "updatedAt":"${at}","microchip":null,"notes":null }`;
	expect(asServed(document)).toBe(document);
	// A text can't be taken for the field.
	const old = JSON.stringify({ ...oldest, breed: 'x","microchip":null' });
	expect(readStored(old)).toEqual({ ...now, breed: 'x","microchip":null' });
});

test("what release 1.0 has written over a record of this release is served in this one's order", () => {
	const at = "2026-11-25T20:30:12.887Z";
	const now = upgrade({ id: 1, name: "Rex", age: 3, species: "dog", version: 1, createdAt: at, updatedAt: at });
	const known = { ...now, notes: "Bites.", location: "Kennel 1", microchip: "985112001234567" };
	// It keeps what it doesn't know behind what it does.
	const ofRelease1 =
		"id name age species status sex size breed description photos microchip externalId version createdAt updatedAt";
	const its = Object.fromEntries(ofRelease1.split(" ").map((name) => [name, known[name as keyof AnimalRescue]]));
	expect(asServed(JSON.stringify({ ...its, ...known }))).toBe(JSON.stringify(known));
});
