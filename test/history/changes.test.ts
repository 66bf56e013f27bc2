import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fetchWorker, graphql, REST } from "../transports.ts";

interface Feed {
	changes: { kind: string; version: number; at: string; cursor: string; rescue: { id: number; name: string } }[];
	cursor: string;
	hasMore: boolean;
	code?: string;
	errors?: unknown;
}
type Read = (since?: string, limit?: unknown) => Promise<Feed>;

const overREST: Read = async (since, limit) => {
	const search = new URLSearchParams({ ...(since && { since }), ...(limit !== undefined && { limit: String(limit) }) });
	return (await fetchWorker(`/rescues/changes?${search}`)).json<Feed>();
};
const overGraphQL: Read = async (since, first = 100) => {
	const { data, errors } = await graphql(
		`query ($since: String, $first: Int) {
			changes(since: $since, first: $first) { cursor hasMore changes { kind version at id cursor rescue { rescueId name } } }
		}`,
		{ since, first },
	);
	if (errors) return { ...errors[0].extensions };
	const { changes, ...rest } = data.changes;
	return {
		...rest,
		changes: changes.map((change: Feed["changes"][number] & { rescue: { rescueId: string } }) => ({
			...change,
			kind: change.kind.toLowerCase(),
			rescue: { ...change.rescue, id: Number(change.rescue.rescueId) },
		})),
	};
};

const rex = { name: "Rex", age: 3, species: "dog" };
const brief = ({ changes }: Feed) => changes.map(({ kind, version, rescue }) => `${kind} ${rescue.id} v${version}`);

beforeEach(async () => {
	await REST.create(rex);
	await REST.create({ ...rex, name: "Tom" });
	await REST.update(1, { age: 4 });
	await REST.remove(2);
});
afterEach(reset);

describe.each([
	["REST", overREST],
	["GraphQL", overGraphQL],
])("the change feed over %s", (_name, read) => {
	test("gives every change in order, the deletion as a tombstone with what the record was", async () => {
		const feed = await read();
		expect(brief(feed)).toEqual(["created 1 v1", "created 2 v1", "updated 1 v2", "deleted 2 v2"]);
		expect(feed.changes[3]?.rescue).toMatchObject({ id: 2, name: "Tom" });
		expect(feed.hasMore).toBe(false);
	});

	test("goes on behind any change in it", async () => {
		const { changes } = await read();
		expect(brief(await read(changes[1]?.cursor))).toEqual(["updated 1 v2", "deleted 2 v2"]);
	});

	test("goes on where it ended, however short its answers are, and picks up what comes later", async () => {
		const seen: string[] = [];
		let feed = await read(undefined, 1);
		for (; feed.hasMore; feed = await read(feed.cursor, 1)) seen.push(...brief(feed));
		seen.push(...brief(feed));
		expect(seen).toEqual(["created 1 v1", "created 2 v1", "updated 1 v2", "deleted 2 v2"]);
		const { cursor } = feed;
		expect(await read(cursor)).toEqual({ changes: [], cursor, hasMore: false });
		await REST.update(1, { age: 5 });
		expect(brief(await read(cursor))).toEqual(["updated 1 v3"]);
	});

	test("starts at a time", async () => {
		const { changes } = await read();
		const at = changes[2]?.at as string;
		const since = changes.filter((change) => change.at >= at).length;
		expect((await read(at)).changes).toHaveLength(since);
		const inAnotherZone = new Date(Date.parse(at) + 3_600_000).toISOString().replace("Z", "+01:00");
		expect((await read(inAnotherZone)).changes).toHaveLength(since);
		expect(await read("2999-01-01T00:00:00Z")).toMatchObject({ changes: [], cursor: "4", hasMore: false });
		expect((await read("1999-01-01T00:00:00Z")).changes).toHaveLength(4);
	});

	test.each(["5", "-1", "01", "x", "2026-13-01T00:00:00Z", "2026-01-01"])("refuses the cursor %s", async (since) => {
		expect((await read(since)).code).toBe("MALFORMED_REQUEST");
	});

	test.each([0, 1001])("refuses a length of %s", async (limit) => {
		expect((await read(undefined, limit)).code).toBe("INVALID_INPUT");
	});
});

test.each(["POST", "PUT", "PATCH", "DELETE"])("%s /rescues/changes is no write to a record", async (method) => {
	const response = await fetchWorker("/rescues/changes", { method });
	expect(response.status).toBe(405);
	expect(response.headers.get("Allow")).toBe("GET, HEAD");
});
