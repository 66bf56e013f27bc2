import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { newStateFolder, type Server, startServer } from "../server.ts";

const BLOCK = /^```sh\n([\s\S]*?)^```(?:\n\n```text\n([\s\S]*?)^```)?/gm;
const document = readFileSync("docs/recovery.md", "utf8");

/** A service is started up to five times in one of these. */
vi.setConfig({ testTimeout: 900_000 });

/** The commands of a section, each with what it prints; those that need an account are left out. */
function commands(section: string) {
	const text = document.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? "";
	const found = [...text.matchAll(BLOCK)].map(([, command = "", said = ""]) => ({ command, said }));
	return found.filter(({ command }) => !/^(npx wrangler|npm run deploy)/.test(command));
}

/** What is the same each time: numbers and ids aren't. */
const plain = (text: string) => text.replace(/\b[0-9a-f]{32}\b/g, "<id>").replace(/\d+/g, "#");

let server: Server | undefined;
afterEach(async () => {
	await server?.stop();
	server = undefined;
});
/** Starts the service, with the tokens `admin`, `importer` and `partner`, or other ones. */
async function start(state: string, tokens = "importer:i,partner:p"): Promise<Server> {
	await server?.stop();
	server = await startServer(state, [
		"--var",
		"OPEN_WRITES:false",
		"--var",
		"ADMIN_TOKENS:admin:a",
		"--var",
		`WRITE_TOKENS:${tokens}`,
	]);
	return server;
}

/** Runs a command as it stands in the document. */
const run = (command: string, env: Record<string, string> = {}) =>
	new Promise<string>((resolve) => {
		const more = { WORKER: server?.url ?? "", ADMIN_TOKEN: "a", npm_config_loglevel: "silent", ...env };
		execFile("sh", ["-c", command], { env: { ...process.env, ...more } }, (_failed, out, error) => {
			resolve(`${out}${error}${out.endsWith("\n") || out === "" ? "" : "\n"}`);
		});
	});

/** Runs all of a section's commands, and compares what they print with what the document says that they print. */
async function follow(section: string, env?: Record<string, string>) {
	const all = commands(section);
	expect(all.length).toBeGreaterThan(0);
	const printed: string[] = [];
	for (const { command, said } of all) {
		const out = await run(command, env);
		printed.push(out);
		if (said !== "") expect(plain(out), command).toBe(plain(said));
	}
	return printed;
}

const send = (method: string, path: string, body?: unknown, token = "a") =>
	fetch(`${server?.url}${path}`, {
		method,
		headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
		...(body !== undefined && { body: JSON.stringify(body) }),
	});
const rex = { name: "Rex", age: 3, species: "dog" };
const createThree = async () => {
	for (const name of ["Rex", "Max", "Tom"]) expect((await send("POST", "/rescues", { ...rex, name })).status).toBe(201);
	expect((await send("PATCH", "/rescues/2", { age: 4 })).status).toBe(200);
	await published();
};
/** Waits until KV has what was written: a write is answered after two seconds without that. */
const published = () => expect.poll(health).toMatchObject({ backlog: 0 });
const list = async (headers: HeadersInit = { "Cache-Control": "no-cache" }) =>
	(await (await fetch(`${server?.url}/rescues`, { headers })).json()) as AnimalRescue[];
const health = async () => {
	const answer = (await (await send("GET", "/health")).json()) as { ledger: { namespace: string; records: number } };
	return answer.ledger;
};

test("what one looks at first, a bad deployment, the quota is used up", async () => {
	await start(newStateFolder());
	await createThree();
	const look = [...document.matchAll(BLOCK)].find(([, command]) => command?.includes("/health"));
	expect(plain(await run(look?.[1] ?? ""))).toBe(plain(look?.[2] ?? ""));
	await follow("A bad deployment");
	// How it comes and goes: `service/health.test.ts`.
	await follow("The quota is used up");
});

test("the namespace is lost", async () => {
	const state = newStateFolder();
	await start(state);
	await createThree();
	const before = await list();
	await server?.stop();
	rmSync(join(state, "v3/kv"), { recursive: true });
	await start(state);
	expect(await list({})).toEqual(before);
	await follow("The namespace is lost");
	expect(await list({})).toEqual(before);
	expect(await run('npm run rebuild -- --url "$WORKER"')).toMatch(/, 0 published again/);
});

test("the ledger is lost", async () => {
	const state = newStateFolder();
	await start(state);
	await createThree();
	const before = await list({});
	await server?.stop();
	rmSync(join(state, "v3/do"), { recursive: true });
	await start(state);
	// Night: the phone rings.
	const refused = await send("POST", "/rescues", rex);
	expect(refused.status).toBe(503);
	expect(((await refused.json()) as { detail: string }).detail).toContain("npm run rebuild -- --adopt");
	expect(await health()).toMatchObject({ namespace: "foreign", records: 0 });
	expect(await list({})).toEqual(before);
	expect((await send("GET", "/rescues/2")).headers.get("ETag")).toBe('"2"');
	expect(await run('npm run rebuild -- --url "$WORKER"')).toContain("npm run rebuild -- --adopt");
	await follow("The ledger is lost");
	expect(await list()).toEqual(before);
	expect(await health()).toMatchObject({ namespace: "own", records: 3 });
	const history = await (await send("GET", "/rescues/2/history")).json();
	expect(history).toMatchObject([{ kind: "restored", version: 2, by: "admin" }]);
	expect((await send("PATCH", "/rescues/2", { age: 5 })).headers.get("ETag")).toBe('"3"');
});

test("a service is backed up; when its ledger is lost it is restored", async () => {
	const folder = mkdtempSync(join(tmpdir(), "animal-recovery-"));
	const [backUp, tryOut, ...none] = inFolder("Back up");
	const [restore, rebuild, ...more] = inFolder("Restore a backup");
	expect([none, more]).toEqual([[], []]);
	function inFolder(section: string) {
		return commands(section).map(({ command }) =>
			command.replace("animals.ndjson", join(folder, "animals.ndjson")).replace(/http:\/\/localhost:\d+/, '"$WORKER"'),
		);
	}
	const seen = async (headers: HeadersInit = {}) => {
		const answer = await fetch(`${server?.url}/rescues`, { headers });
		return { tag: answer.headers.get("ETag"), body: await answer.text() };
	};
	const state = newStateFolder();
	await start(state);
	await run('npm run sample -- --url "$WORKER"');
	expect((await send("DELETE", "/rescues/3")).status).toBe(204);
	expect(await run(backUp as string)).toContain("41 changes, 39 records");
	const before = await seen();
	const history = await (await send("GET", "/rescues/3/history")).text();
	// What is written later is lost, but it is in KV.
	expect((await send("POST", "/rescues", { ...rex, name: "Later" })).status).toBe(201);
	await published();
	await start(newStateFolder());
	expect(await run(tryOut as string)).toContain("41 changes and 39 records are back");
	expect((await seen({ "Cache-Control": "no-cache" })).body).toBe(before.body);
	await server?.stop();
	rmSync(join(state, "v3/do"), { recursive: true });
	await start(state);
	expect(await health()).toMatchObject({ namespace: "foreign", records: 0 });
	expect(await run((restore as string).replace(" --replace", ""))).toContain("another ledger has published");
	expect(await run(restore as string)).toContain("41 changes and 39 records are back");
	expect(await run(rebuild as string)).toMatch(/\d+ documents compared, \d+ published again/);
	await expect.poll(() => seen()).toEqual(before);
	expect(await (await send("GET", "/rescues/3/history")).text()).toBe(history);
	expect((await send("GET", "/rescues/41")).status).toBe(404);
	await expect.poll(health).toMatchObject({ namespace: "own", records: 39, backlog: 0 });
});

test("two services share a namespace", async () => {
	const [production, staging] = [newStateFolder(), newStateFolder()];
	await start(production);
	await createThree();
	await server?.stop();
	const [first, second, ...more] = commands("Two services share a namespace");
	expect(more).toEqual([]);
	// One namespace for both, as far as that goes on one machine: a copy of it.
	cpSync(join(production, "v3/kv"), join(staging, "v3/kv"), { recursive: true });
	await start(staging);
	expect((await send("POST", "/rescues", rex)).status).toBe(503);
	expect((await list({})).map(({ name }) => name)).toEqual(["Rex", "Max", "Tom"]);
	// It gets one of its own.
	await server?.stop();
	rmSync(join(staging, "v3/kv"), { recursive: true });
	await start(staging);
	expect(plain(await run(first?.command ?? ""))).toBe(plain(first?.said ?? ""));
	expect(await health()).toMatchObject({ namespace: "own", records: 0 });
	expect((await send("POST", "/rescues", { ...rex, name: "Try" })).status).toBe(201);
	await published();
	await server?.stop();
	// The other way: what staging has replaced is production's namespace.
	rmSync(join(production, "v3/kv"), { recursive: true });
	cpSync(join(staging, "v3/kv"), join(production, "v3/kv"), { recursive: true });
	await start(production);
	expect((await list({})).map(({ name }) => name)).toEqual(["Try"]);
	expect((await send("PATCH", "/rescues/1", { age: 9 })).status).toBe(503);
	expect(plain(await run(second?.command ?? ""))).toBe(plain(second?.said ?? ""));
	expect((await list({})).map(({ name }) => name)).toEqual(["Rex", "Max", "Tom"]);
	expect((await send("PATCH", "/rescues/1", { age: 9 })).status).toBe(200);
});

test("a wrong import", async () => {
	await start(newStateFolder());
	await createThree();
	const before = (await list()).map(({ version: _, updatedAt: _at, ...rest }) => rest);
	await new Promise((resolve) => setTimeout(resolve, 20));
	const SINCE = new Date().toISOString();
	const rows = [
		{ id: 1, name: "Wrong", age: 99, species: "cat", externalId: "E-1" },
		{ id: 2, age: 0 },
		{ name: "Nobody", age: 1, species: "cat" },
	];
	expect((await send("POST", "/rescues/import", rows, "i")).status).toBe(200);
	expect((await send("PATCH", "/rescues/1", { age: 98 }, "i")).status).toBe(200);
	await follow("A wrong import", { SINCE });
	expect((await list()).map(({ version: _, updatedAt: _at, ...rest }) => rest)).toEqual(before);
	// Again: nothing. What somebody has changed since is left; what was deleted comes back.
	const undo = `npm run undo -- --url "$WORKER" --since ${SINCE} --by importer`;
	expect(await run(undo)).toBe("0 put back as they were, 0 deleted, 0 left.\n");
	expect((await send("DELETE", "/rescues/3", undefined, "i")).status).toBe(204);
	expect((await send("PATCH", "/rescues/1", { age: 1 }, "i")).status).toBe(200);
	expect((await send("PATCH", "/rescues/1", { name: "Mine" })).status).toBe(200);
	expect(await run(undo)).toBe(
		"1 put back as they were, 0 deleted, 1 left.\nRescue 1 is left: somebody else has changed it since (admin).\n",
	);
	expect((await list()).map(({ name }) => name)).toEqual(["Mine", "Max", "Tom"]);
	expect(await run(`npm run undo -- --url "$WORKER" --since yesterday`)).toMatch(
		/^--since must be a time as in RFC 3339/,
	);
});

test("a token has leaked", async () => {
	const state = newStateFolder();
	await start(state);
	await createThree();
	const before = (await list()).map(({ version: _, updatedAt: _at, ...rest }) => rest);
	await new Promise((resolve) => setTimeout(resolve, 20));
	const SINCE = new Date().toISOString();
	expect((await send("POST", "/rescues", { ...rex, name: "Spam" }, "p")).status).toBe(201);
	expect((await send("DELETE", "/rescues/1", undefined, "p")).status).toBe(204);
	await start(state, "admin:a,importer:i");
	expect((await send("PATCH", "/rescues/2", { age: 9 }, "p")).status).toBe(401);
	await follow("A token has leaked", { SINCE });
	expect((await list()).map(({ version: _, updatedAt: _at, ...rest }) => rest)).toEqual(before);
});

test("every section has a test, and every place that the document points to is there", () => {
	const sections = [...document.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
	const tests = readFileSync("test/docs/recovery.node.test.ts", "utf8");
	for (const title of sections) expect(tests).toMatch(new RegExp(`(follow|commands|inFolder)\\("${title}"`));
	for (const [, anchor] of document.matchAll(/\(#([\w-]+)\)/g)) {
		expect(sections.map((title) => title?.toLowerCase().replaceAll(" ", "-"))).toContain(anchor);
	}
	for (const [, path] of document.matchAll(/`(test\/[\w./-]+)`/g)) expect(existsSync(path ?? ""), path).toBe(true);
});
