import { type CallToolResult, Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newStateFolder, type Server, startServer } from "../server.ts";

const TOKEN = "a-token-of-its-own";
const closedFlags = ["--var", "OPEN_WRITES:false", "--var", `WRITE_TOKENS:ann:${TOKEN}`];
const servers = {} as Record<"open" | "closed", Server>;

beforeAll(async () => {
	[servers.open, servers.closed] = await Promise.all([
		startServer(newStateFolder()),
		startServer(newStateFolder(), closedFlags),
	]);
});
afterAll(() => Promise.all(Object.values(servers).map((server) => server.stop())));

const REVISIONS = ["2025-11-25", "2026-07-28"] as const;

/** The official client, which speaks one revision; it judges each answer by the tool's own schema. */
async function connect(server: Server, revision: (typeof REVISIONS)[number], token?: string) {
	const mode = revision === "2026-07-28" ? { pin: revision } : "legacy";
	const client = new Client({ name: "test", version: "1.0.0" }, { versionNegotiation: { mode } });
	const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
	await client.connect(new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), { requestInit: { headers } }));
	return client;
}

const rex = { name: "Rex", age: 3, species: "dog" };

describe.each(REVISIONS)("a client of %s", (revision) => {
	test.each(["open", "closed"] as const)("lists and calls every tool of a service that is %s", async (which) => {
		const client = await connect(servers[which], revision, which === "closed" ? TOKEN : undefined);
		expect(client.getNegotiatedProtocolVersion()).toBe(revision);
		expect(client.getInstructions()).toMatch(/ifVersion/);
		const called = new Set<string>();
		const call = async (name: string, args: Record<string, unknown> = {}) => {
			called.add(name);
			const result: CallToolResult = await client.callTool({ name, arguments: args });
			expect(result.isError, JSON.stringify(result)).not.toBe(true);
			expect(result.content).toMatchObject([{ type: "text", text: expect.stringMatching(/\w/) }]);
			// biome-ignore lint/suspicious/noExplicitAny: each tool has data of its own
			return result.structuredContent as any;
		};
		const { id, version } = (await call("create_rescue", { input: rex })).rescue;
		expect(version).toBe(1);
		const updated = await call("update_rescue", { id, input: { age: 4 }, ifVersion: 1, idempotencyKey: `k${id}` });
		expect(updated.rescue).toMatchObject({ age: 4, version: 2 });
		const replacement = { ...rex, name: "Max", description: "Calm.", photos: ["https://example.org/max.jpg"] };
		expect((await call("replace_rescue", { id, input: replacement })).rescue).toMatchObject({ name: "Max", age: 3 });
		const url = "https://example.org/second.jpg";
		expect((await call("add_rescue_photo", { id, url, ifVersion: 3 })).rescue.photos).toEqual([
			...replacement.photos,
			url,
		]);
		expect((await call("remove_rescue_photo", { id, url })).rescue.photos).toEqual(replacement.photos);
		expect((await call("delete_rescue", { id, ifVersion: 5 })).rescue).toMatchObject({ id, version: 5 });
		expect((await call("list_deleted", { first: 1 })).changes).toMatchObject([{ rescueId: id, kind: "deleted" }]);
		expect((await call("restore_rescue", { id })).rescue).toMatchObject({ ...replacement, version: 7 });
		expect((await call("get_rescue", { id, fresh: true })).rescue).toMatchObject({ ...replacement, version: 7 });
		const { report } = await call("import_rescues", { rows: [{ ...rex, externalId: revision }], atomic: true });
		expect(report).toMatchObject({ created: 1, failed: 0 });
		const found = await call("find_rescues", { filter: { q: "max calm" }, sort: "-age", first: 50, fresh: true });
		expect(found.rescues).toContainEqual(expect.objectContaining({ id, name: "Max" }));
		const by = which === "closed" ? "ann" : null;
		const { changes, next } = await call("list_history", { id, first: 2 });
		expect(changes).toMatchObject([
			{ kind: "restored", by },
			{ kind: "deleted", by },
		]);
		expect((await call("list_history", { id, after: next })).changes).toHaveLength(5);
		const feed = await call("list_changes", { since: changes[0].cursor });
		expect(feed.changes).toMatchObject([{ kind: "created", rescue: { externalId: revision } }]);

		const { tools } = await client.listTools();
		expect([...called].sort()).toEqual(tools.map(({ name }) => name).sort());
		await client.close();
	});

	test("without a token reads a closed service, is shown no tool that writes, and is told 401 when it calls one", async () => {
		const client = await connect(servers.closed, revision);
		const { tools } = await client.listTools();
		expect(tools.length).toBeGreaterThan(0);
		expect(tools.filter(({ annotations }) => !annotations?.readOnlyHint)).toEqual([]);
		expect(await client.callTool({ name: "find_rescues" })).not.toHaveProperty("isError", true);
		const refused = client.callTool({ name: "create_rescue", arguments: { input: rex } });
		await expect(refused).rejects.toThrow(/needs the header `Authorization: Bearer <token>`/);
		await client.close();
		await expect(connect(servers.closed, revision, "wrong")).rejects.toThrow();
	});

	test("is told of a refusal in words that name every bad field", async () => {
		const client = await connect(servers.open, revision);
		const input = { name: "", age: 300, species: "dog" };
		const { isError, content } = (await client.callTool({
			name: "create_rescue",
			arguments: { input },
		})) as CallToolResult;
		expect(isError).toBe(true);
		expect(content).toEqual([
			{
				type: "text",
				text: "INVALID_INPUT: Not valid: name, age.\n- input.name must be text of 1 to 100 characters after trimming\n- input.age must be a whole number from 0 to 255",
			},
		]);
		await client.close();
	});
});

test("a client that speaks both takes the newer one", async () => {
	const client = new Client({ name: "test", version: "1.0.0" }, { versionNegotiation: { mode: "auto" } });
	await client.connect(new StreamableHTTPClientTransport(new URL(`${servers.open.url}/mcp`)));
	expect(client.getNegotiatedProtocolVersion()).toBe("2026-07-28");
	expect((await client.listTools()).tools).toHaveLength(13);
	await client.close();
});

interface Seen {
	version: number;
	updatedAt: string;
	photos: string[];
}

test("what a tool says that it does is what it does", async () => {
	const client = await connect(servers.open, "2026-07-28");
	const { tools } = await client.listTools();
	const call = (name: string, args: object) =>
		client.callTool({ name, arguments: { ...args } }) as Promise<CallToolResult>;
	const photo = "https://example.org/rex.jpg";
	const create = async () => {
		const { structuredContent } = await call("create_rescue", { input: { ...rex, photos: [photo] } });
		return (structuredContent as { rescue: { id: number } }).rescue.id;
	};
	const seen = async () => {
		const { structuredContent } = await call("find_rescues", { first: 50, fresh: true });
		return (structuredContent as { rescues: Seen[] }).rescues;
	};
	/** Whether a rescue still says what it said: a list may have become longer. */
	const says = (now: Seen, then: Seen) => {
		const { version, updatedAt } = then;
		return (
			JSON.stringify({ ...now, version, updatedAt, photos: now.photos.slice(0, then.photos.length) }) ===
			JSON.stringify(then)
		);
	};
	for (const { name, annotations } of tools) {
		const id = await create();
		if (name === "restore_rescue") await call("delete_rescue", { id });
		const rows = [
			{ ...rex, id },
			{ ...rex, name: "New" },
		];
		const url = name.startsWith("add") ? "https://example.org/another.jpg" : photo;
		const args = { id, url, input: { ...rex, age: 4 }, rows, filter: {}, since: "0" };
		const takes = Object.keys(tools.find((tool) => tool.name === name)?.inputSchema.properties ?? {});
		const own = Object.fromEntries(Object.entries(args).filter(([argument]) => takes.includes(argument)));
		const before = await seen();
		await call(name, own);
		const once = await seen();
		await call(name, own);
		const twice = await seen();
		expect(JSON.stringify(once) === JSON.stringify(before), `${name} only reads`).toBe(annotations?.readOnlyHint);
		if (annotations?.readOnlyHint) continue;
		expect(JSON.stringify(twice) === JSON.stringify(once), `${name} may be repeated`).toBe(annotations?.idempotentHint);
		const isKept = before.every((record) => once.some((other) => says(other, record)));
		// An import changes what it finds: here it finds what it brings.
		if (name !== "import_rescues") expect(!isKept, `${name} takes something away`).toBe(annotations?.destructiveHint);
	}
	await client.close();
});
