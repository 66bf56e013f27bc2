import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { newStateFolder, type Server, startServer } from "../server.ts";

const folder = mkdtempSync(join(tmpdir(), "animal-files-"));
let server: Server;
beforeAll(async () => {
	server = await startServer(newStateFolder());
});
afterAll(() => server.stop());

const run = (script: string, ...args: string[]) =>
	new Promise<{ code: number; out: string; error: string }>((resolve) => {
		const path = script === "soak" ? "test/soak/soak.ts" : `scripts/${script}.ts`;
		const env = { ...process.env, WRITE_TOKEN: "from-the-environment", ADMIN_TOKEN: "from-the-environment" };
		execFile(process.execPath, [path, ...args], { env }, (failed, out, error) =>
			resolve({ code: (failed?.code as number | undefined) ?? 0, out, error }),
		);
	});
const file = (name: string, text: string | Buffer) => {
	const path = join(folder, name);
	writeFileSync(path, text);
	return path;
};
const list = async () =>
	(await fetch(`${server.url}/rescues`, { headers: { "Cache-Control": "no-cache" } })).json() as Promise<
		AnimalRescue[]
	>;

test("a file goes in by batches, comes out, and going in again changes nothing", async () => {
	const rows = Array.from({ length: 450 }, (_, index) => `Animal ${index},${index % 20},dog`);
	const csv = file("animals.csv", ["Name;Age;Species".replaceAll(";", ","), ...rows, "Bad,300,dog", ""].join("\r\n"));
	const dry = await run("import", csv, "--url", server.url, "--dry-run");
	expect(dry).toMatchObject({ code: 1, out: "Would be: 450 created, 0 updated, 0 unchanged, 1 refused.\n" });
	expect(await list()).toHaveLength(0);
	const first = await run("import", csv, "--url", server.url);
	expect(first).toMatchObject({ code: 1, out: "450 created, 0 updated, 0 unchanged, 1 refused.\n" });
	expect(first.error).toContain("Row 452: age must be a whole number from 0 to 255");
	// The rows have no key of their own, but each batch has one.
	const again = await run("import", csv, "--url", server.url);
	expect(again.out).toBe("0 created, 0 updated, 450 unchanged, 1 refused.\n");
	expect(await list()).toHaveLength(450);

	const out = join(folder, "out.csv");
	const exported = await run("export", out, "--url", server.url, "--species", "DOG");
	expect(exported).toMatchObject({ code: 0, out: expect.stringContaining("/rescues/changes?since=450") });
	expect(readdirSync(folder)).not.toContain("out.csv.part");
	expect(readFileSync(out, "utf8").split("\r\n")).toHaveLength(452);
	const back = await run("import", out, "--url", server.url);
	expect(back).toMatchObject({ code: 0, out: "0 created, 0 updated, 450 unchanged, 0 refused.\n" });
});

test("the tutorial's namespace comes across as wrangler prints it", async () => {
	const value = (id: number, name: string) => ({ value: JSON.stringify({ id, name, age: 3, species: "dog" }) });
	const namespace = file("namespace.json", JSON.stringify({ "901": value(901, "Rex"), "902": value(902, "Tom") }));
	expect(await run("import", namespace, "--url", server.url)).toMatchObject({
		code: 0,
		out: "2 created, 0 updated, 0 unchanged, 0 refused.\n",
	});
	expect((await list()).filter(({ id }) => id > 900)).toMatchObject([{ name: "Rex" }, { name: "Tom" }]);
});

test("more rows than one transaction holds are tried in parts, and refused as a whole", async () => {
	const rows = Array.from({ length: 5001 }, (_, index) => `T-${index % 5000},Animal ${index},3,dog`);
	const csv = file("many.csv", ["Animal ID,Name,Age,Species", ...rows].join("\n"));
	const before = (await list()).length;
	const dry = await run("import", csv, "--url", server.url, "--dry-run");
	// The last row has the first one's id, and would change it: that isn't seen.
	expect(dry).toMatchObject({ code: 0, out: "Would be: 5001 created, 0 updated, 0 unchanged, 0 refused.\n" });
	expect(dry.error).toContain("A dry run in 2 parts: what a row of one does to a row of another isn't seen.");
	const whole = await run("import", csv, "--url", server.url, "--atomic");
	expect(whole).toMatchObject({ code: 2, out: "" });
	expect(whole.error).toContain("--atomic takes 5000 rows at most, and there are 5001.");
	expect(await list()).toHaveLength(before);
});

test("an import that stops says how to go on, and goes on there", async () => {
	const rows = Array.from({ length: 30 }, () => "Rex,1,whale");
	const csv = file("stops.csv", ["name,age,species", ...rows].join("\n"));
	// The service, until it lets nobody in any more.
	let answers = 1;
	const door = createServer(async (request, response) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk);
		const body = Buffer.concat(chunks);
		const { "content-type": type, "idempotency-key": key } = request.headers as Record<string, string>;
		const headers = { "Content-Type": type as string, "Idempotency-Key": key as string };
		const answer =
			answers-- > 0
				? await fetch(`${server.url}${request.url}`, { method: "POST", headers, body })
				: Response.json({ detail: "The token is not known." }, { status: 401 });
		response.writeHead(answer.status, { "Content-Type": "application/json" }).end(await answer.text());
	});
	await new Promise<void>((resolve) => door.listen(0, resolve));
	const { port } = door.address() as AddressInfo;
	const stopped = await run("import", csv, "--url", `http://localhost:${port}`, "--batch", "10");
	door.close();
	expect(stopped.code).toBe(3);
	expect(stopped.error).toContain("Stopped: The token is not known.");
	expect(stopped.error).toContain("--from 12");
	const whales = async () => (await list()).filter(({ species }) => species === "whale").length;
	expect(await whales()).toBe(10);
	const wentOn = await run("import", csv, "--url", server.url, "--batch", "10", "--from", "12");
	expect(wentOn).toMatchObject({ code: 0, out: "20 created, 0 updated, 0 unchanged, 0 refused.\n" });
	const again = await run("import", csv, "--url", server.url, "--batch", "10");
	expect(again).toMatchObject({ code: 0, out: "0 created, 0 updated, 30 unchanged, 0 refused.\n" });
	expect(await whales()).toBe(30);
});

test("an upload that breaks off changes nothing", async () => {
	const before = await list();
	const { hostname, port } = new URL(server.url);
	const socket = connect(Number(port), hostname);
	const head = ["POST /rescues/import HTTP/1.1", "Host: localhost", "Content-Type: text/csv", "Content-Length: 100000"];
	socket.write(`${head.join("\r\n")}\r\n\r\nname,age,species\r\n${"Half,1,dog\r\n".repeat(2000)}`);
	await new Promise((resolve) => setTimeout(resolve, 300));
	socket.destroy();
	// Had anything landed, it would be there before what is written after it.
	expect((await run("import", file("after.csv", "name,age,species\nAfter,1,dog"), "--url", server.url)).code).toBe(0);
	const names = (await list()).slice(before.length).map(({ name }) => name);
	expect(names.includes("Half")).toBe(false);
	expect(await list()).toHaveLength(before.length + 1);
});

test.each<[string, number, string[]]>([
	["no file", 2, ["--url", "http://localhost:1"]],
	["no URL", 2, [file("some.csv", "name\nRex")]],
	["an unknown option", 2, [file("some.csv", "name\nRex"), "--url", "http://localhost:1", "--fast"]],
	["a file that isn't there", 2, [join(folder, "none.csv"), "--url", "http://localhost:1"]],
	["a file of another kind", 2, [file("some.xlsx", ""), "--url", "http://localhost:1"]],
	["a file in Windows-1252", 2, [file("latin.csv", Buffer.from([0xe9])), "--url", "http://localhost:1"]],
])("an import with %s exits with %i", async (_name, code, args) => {
	expect((await run("import", ...args)).code).toBe(code);
});

test("an export to nowhere leaves no file", async () => {
	const out = join(folder, "never.json");
	expect(await run("export", out, "--url", `${server.url}`, "--sex", "x")).toMatchObject({ code: 3 });
	expect(await run("export", "never.xlsx", "--url", server.url)).toMatchObject({ code: 2 });
	expect(readdirSync(folder)).not.toContain("never.json");
});

test("the sample animals go in once, and a rebuild compares everything", async () => {
	const sampled = await run("sample", "--url", server.url);
	expect(sampled).toMatchObject({ code: 0, out: `40 animals added to ${server.url}, 0 were there already.\n` });
	const again = await run("sample", "--url", server.url);
	expect(again.out).toBe(`0 animals added to ${server.url}, 40 were there already.\n`);
	// What has been read has a document of its own.
	for (const { id } of (await list()).slice(0, 120)) await (await fetch(`${server.url}/rescues/${id}`)).text();
	const rebuilt = await run("rebuild", "--url", server.url);
	expect(rebuilt).toMatchObject({
		code: 0,
		out: expect.stringMatching(/^\d{3} documents compared, \d+ published again/),
	});
});

test.each(["import", "export", "backup", "restore", "rebuild", "undo", "sample", "soak"])(
	"%s --help says how it is used",
	async (script) => {
		const { code, out, error } = await run(script, "--help");
		expect([code, error]).toEqual([0, ""]);
		expect(out.startsWith(`Usage: npm run ${script} -- `)).toBe(true);
	},
);

const HERE = ["--url", "http://localhost:1"];
test.each<[string, string[], string]>([
	["import", ["a.csv", ...HERE, "--from", "x"], "--from must be a whole number from 1."],
	["import", ["a.csv", ...HERE, "--batch=0"], "--batch must be a whole number from 1."],
	["import", ["a.csv", "b.csv", ...HERE], "<file> may be given once."],
	["import", ["a.csv", ...HERE, "--token", "…"], "--token must be ASCII letters, digits and signs without spaces."],
	["export", ["a.csv"], "--url is needed."],
	["export", ["a.csv", "--url", "ftp://localhost"], "--url must be an address, http or https."],
	["export", ["a.csv", ...HERE, ...HERE], "--url may be given once."],
	["rebuild", ["localhost:1"], "Unexpected argument 'localhost:1'."],
	["rebuild", ["--url", ""], "--url must be an address, http or https."],
	["rebuild", [...HERE, "--adopt", "yes"], "Unexpected argument 'yes'."],
	["undo", HERE, "--since is needed."],
	["undo", [...HERE, "--since", "2026-13-01T00:00:00Z"], "--since must be a time as in RFC 3339"],
	["sample", ["--fast"], "Unknown option '--fast'"],
	["soak", ["--kills", "abc"], "--kills must be a whole number from 1."],
	["soak", ["--clients", "1.5"], "--clients must be a whole number from 1."],
])("%s %j is wrong usage", async (script, args, reason) => {
	const { code, out, error } = await run(script, ...args);
	expect([code, out]).toEqual([2, ""]);
	expect(error.startsWith(reason), error).toBe(true);
	expect(error).toContain(`\n\nUsage: npm run ${script} -- `);
});

test("an address may be given without http://, and what the service refuses comes with the values it allows", async () => {
	const out = join(folder, "short.json");
	const host = `localhost:${new URL(server.url).port}`;
	expect(await run("export", out, "--url", host)).toMatchObject({ code: 0, error: "" });
	const refused = await run("export", out, "--url", host, "--status", "lost", "--status", "adopted");
	expect(refused.code).toBe(3);
	expect(refused.error).toContain("status must be one of: intake, available, pending, hold, fostered, adopted,");
});

test("a service that isn't reachable or is busy is asked again, which is said; it gets the environment's token", async () => {
	const tokens: (string | undefined)[] = [];
	const late = createServer((request, response) => {
		tokens.push(request.headers.authorization);
		if (tokens.length === 1) return request.socket.destroy();
		const isBusy = tokens.length === 2;
		const body = isBusy ? { detail: "Too many requests." } : { checked: 7, mended: 0, next: null };
		return response.writeHead(isBusy ? 429 : 200, { "Retry-After": "1" }).end(JSON.stringify(body));
	});
	await new Promise<void>((resolve) => late.listen(0, resolve));
	const { port } = late.address() as AddressInfo;
	const { code, out, error } = await run("rebuild", "--url", `localhost:${port}`);
	late.close();
	expect([code, out]).toEqual([0, "7 documents compared, 0 published again.\n"]);
	const [first, second] = error.split("\n");
	expect(first).toMatch(/^http:\/\/localhost:\d+ is not reachable \(\w+\), trying again in 0\.5 s$/);
	expect(second).toBe("429 Too many requests, trying again in 1 s");
	expect(tokens).toEqual(Array(3).fill("Bearer from-the-environment"));
});

test("a rebuild claims one thing or the other, and says what it is about to do", async () => {
	expect(await run("rebuild", ...HERE, "--adopt", "--replace")).toEqual({
		code: 2,
		out: "",
		error: "--adopt and --replace: one or the other.\n",
	});
	const adopted = await run("rebuild", "--url", server.url, "--adopt");
	expect(adopted.code).toBe(3);
	expect(adopted.out).toMatch(
		/^Takes what is published in KV into the ledger [0-9a-f]{32}\. Whoever published it can't .+\n$/,
	);
	expect(adopted.error).toMatch(/^This ledger has changes of its own/);
	const replaced = await run("rebuild", "--url", server.url, "--replace");
	expect(replaced.out).toMatch(/^Publishes the \d+ records of the ledger [0-9a-f]{32}, and removes everything else/);
});

test("what is no service is said so", async () => {
	const other = createServer((_request, response) => response.writeHead(404).end("<h1>Not found</h1>"));
	await new Promise<void>((resolve) => other.listen(0, resolve));
	const { port } = other.address() as AddressInfo;
	const { code, error } = await run("rebuild", "--url", `localhost:${port}`);
	other.close();
	expect([code, error]).toEqual([3, `http://localhost:${port}/rebuild answers 404, and not as the service does.\n`]);
});
