import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newStateFolder, type Server, startServer } from "../server.ts";

const folder = mkdtempSync(join(tmpdir(), "animal-backups-"));
const at = (name: string) => join(folder, name);
let server: Server;
let restored: Server;
beforeAll(async () => {
	[server, restored] = await Promise.all([startServer(newStateFolder()), startServer(newStateFolder())]);
	const rows = Array.from({ length: 2200 }, (_, index) => `E-${index},Animal ${index},${index % 20},dog`);
	writeFileSync(at("animals.csv"), ["Animal ID,Name,Age,Species", ...rows].join("\n"));
	expect(await run("sample", "--url", server.url)).toMatchObject({ code: 0 });
	expect(await run("import", at("animals.csv"), "--url", server.url, "--batch", "1000")).toMatchObject({ code: 0 });
	await fetch(`${server.url}/rescues/7`, { method: "DELETE" });
	await fetch(`${server.url}/rescues/8`, { method: "DELETE" });
	await fetch(`${server.url}/rescues/8/restore`, { method: "POST" });
});
afterAll(() => Promise.all([server.stop(), restored.stop()]));

const run = (script: string, ...args: string[]) =>
	new Promise<{ code: number; out: string; error: string }>((resolve) => {
		const env = { ...process.env, ADMIN_TOKEN: "from-the-environment" };
		execFile(process.execPath, [`scripts/${script}.ts`, ...args], { env }, (failed, out, error) =>
			resolve({ code: (failed?.code as number | undefined) ?? 0, out, error }),
		);
	});
const text = (name: string) => readFileSync(at(name), "utf8");
const changes = (name: string) =>
	text(name)
		.split("\n")
		.filter((line) => line.startsWith('{"number":'));

/** What clients see of a service: lists with their ETags, exports, histories, the feed. */
async function everything({ url }: Server) {
	const paths = ["?limit=1000", "?cursor=1000.1001", "?cursor=2000.2001", "/export?format=ndjson&full=true"];
	paths.push("/export?format=csv&full=true", "/7/history", "/8/history", "/changes?since=1500&limit=1000", "/7", "/8");
	return Promise.all(
		paths.map(async (path) => {
			const answer = await fetch(`${url}/rescues${path}`, { headers: { "Cache-Control": "no-cache" } });
			const headers = ["ETag", "Link", "Total-Count", "Changes-Cursor"].map((name) => answer.headers.get(name));
			return [path, answer.status, headers, await answer.text()];
		}),
	);
}

/** Stands before a service, and does something else with some requests. */
async function door(
	{ url }: Server,
	instead: (
		request: Parameters<RequestListener>[0],
		response: ServerResponse,
		pass: () => Promise<Response>,
	) => Promise<boolean>,
) {
	const listener = createServer(async (request, response) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk);
		const { method = "GET", headers } = request;
		const body = method === "POST" ? Buffer.concat(chunks) : null;
		const pass = () =>
			fetch(`${url}${request.url}`, { method, body, headers: { "Content-Type": headers["content-type"] ?? "" } });
		if (await instead(request, response, pass)) return;
		const answer = await pass();
		const type = answer.headers.get("Content-Type") ?? "";
		response.writeHead(answer.status, { "Content-Type": type }).end(Buffer.from(await answer.arrayBuffer()));
	});
	await new Promise<void>((resolve) => listener.listen(0, resolve));
	return { url: `http://localhost:${(listener.address() as AddressInfo).port}`, close: () => listener.close() };
}

test("a service is backed up into a file, and another one brought back from it is the same, byte for byte", async () => {
	const backedUp = await run("backup", at("whole.ndjson"), "--url", server.url);
	expect(backedUp).toMatchObject({ code: 0, out: expect.stringContaining(": 2243 changes, 2239 records, as of 20") });
	expect(existsSync(at("whole.ndjson.part"))).toBe(false);
	const before = await everything(server);

	// A stop on the way: the answer to the second batch doesn't come, nor any later one.
	let batches = 0;
	const stopping = await door(restored, async (request, response, pass) => {
		if (request.method !== "POST" || ++batches < 2) return false;
		if (batches === 2) await pass();
		response.writeHead(401).end(JSON.stringify({ detail: "The token is not known." }));
		return true;
	});
	const stopped = await run("restore", at("whole.ndjson"), "--url", stopping.url);
	stopping.close();
	expect(stopped).toMatchObject({ code: 3, out: "", error: "The token is not known.\n" });
	expect((await fetch(`${restored.url}/rescues`)).status).toBe(503);
	const wentOn = await run("restore", at("whole.ndjson"), "--url", restored.url);
	expect(wentOn).toMatchObject({
		code: 0,
		out: expect.stringContaining("2243 changes and 2239 records are back, as of 20"),
	});
	expect(wentOn.error).toMatch(/^Going on with change \d+\.\n$/);
	expect(await everything(restored)).toEqual(before);

	const again = await run("restore", at("whole.ndjson"), "--url", restored.url);
	expect(again).toMatchObject({ code: 0, out: `${at("whole.ndjson")} is restored already.\n` });
	const refused = await run("restore", at("whole.ndjson"), "--url", server.url);
	expect(refused).toMatchObject({ code: 3, error: expect.stringContaining("This service isn't empty") });
});

test("a backup that breaks off goes on where it did, and a later one fetches only what is new", async () => {
	// The first answer ends in the middle of its second block, the second one is whole.
	let answers = 0;
	const breaking = await door(server, async (_request, response, pass) => {
		if (++answers > 1) return false;
		const body = Buffer.from(await (await pass()).arrayBuffer());
		response.writeHead(200, { "Content-Type": "application/x-ndjson" });
		response.write(body.subarray(0, body.lastIndexOf('{"number":2100')), () => response.destroy());
		return true;
	});
	const broken = await run("backup", at("broken.ndjson"), "--url", breaking.url);
	breaking.close();
	expect(broken).toMatchObject({ code: 0, error: expect.stringContaining("The backup broke off behind change ") });
	expect(changes("broken.ndjson")).toEqual(changes("whole.ndjson"));

	await fetch(`${server.url}/rescues/9`, { method: "DELETE" });
	const length = text("broken.ndjson").length;
	const later = await run("backup", at("broken.ndjson"), "--url", server.url);
	expect(later).toMatchObject({ code: 0, out: expect.stringContaining(": 2244 changes, 2238 records") });
	expect(text("broken.ndjson").slice(length).split("\n")).toHaveLength(4);

	// A command that was killed while it wrote a block.
	writeFileSync(at("killed.ndjson.part"), text("broken.ndjson"));
	truncateSync(at("killed.ndjson.part"), length - 5000);
	expect(await run("backup", at("killed.ndjson"), "--url", server.url)).toMatchObject({ code: 0 });
	expect(changes("killed.ndjson")).toEqual(changes("broken.ndjson"));

	const empty = await startServer(newStateFolder());
	try {
		const back = await run("restore", at("killed.ndjson"), "--url", empty.url);
		expect(back).toMatchObject({ code: 0, error: "" });
		expect(await everything(empty)).toEqual(await everything(server));
	} finally {
		await empty.stop();
	}
});

test("a damaged file is refused with its line before anything is sent, an unfinished one too", async () => {
	const lines = text("whole.ndjson").split("\n");
	const refused = async (name: string, damaged: string) => {
		writeFileSync(at(name), damaged);
		// Nobody is there to be asked.
		const { code, error } = await run("restore", at(name), "--url", "http://localhost:1");
		expect([name, code]).toEqual([name, 2]);
		return error;
	};
	expect(await refused("edited.ndjson", text("whole.ndjson").replace("Animal 1500", "Animal 1501"))).toMatch(
		/: Line \d+ does not fit what is above it: lines \d+ to \d+ are not as they were written/,
	);
	expect(await refused("cut.ndjson", lines.slice(0, 500).join("\n"))).toContain(": Line 500 is not a check");
	const first = lines.findIndex((line) => line.startsWith('{"count":'));
	expect(await refused("part.ndjson", `${lines.slice(0, first + 1).join("\n")}\n`)).toContain("is not whole");
	expect(await refused("empty.ndjson", "")).toContain("is not whole");
	expect(await refused("animals.ndjson", '{"name":"Rex"}\n')).toContain("Line 1 ");
	expect((await run("restore", at("none.ndjson"), "--url", "http://localhost:1")).code).toBe(2);
	// Nor is a backup put behind what is none.
	expect(await run("backup", at("animals.csv"), "--url", server.url)).toMatchObject({
		code: 2,
		error: expect.stringContaining("is not a backup that can be gone on with"),
	});
});

test("a backup of another service isn't put behind one, and one to nowhere leaves no file", async () => {
	writeFileSync(at("other.ndjson"), text("whole.ndjson"));
	const other = await run("backup", at("other.ndjson"), "--url", restored.url);
	expect(other).toMatchObject({
		code: 3,
		error: expect.stringContaining("is of another service than what is above it"),
	});
	expect(text("other.ndjson")).toBe(text("whole.ndjson"));
	const refusing = await door(server, async (_request, response) => {
		response.writeHead(401).end(JSON.stringify({ detail: "The token is not known." }));
		return true;
	});
	expect(await run("backup", at("never.ndjson"), "--url", refusing.url)).toMatchObject({
		code: 3,
		error: "The token is not known.\n",
	});
	refusing.close();
	expect([existsSync(at("never.ndjson")), existsSync(at("never.ndjson.part"))]).toEqual([false, false]);
});
