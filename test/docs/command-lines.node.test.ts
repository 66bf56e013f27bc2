import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newStateFolder, type Server, startServer } from "../server.ts";

const documents = [...readdirSync("."), ...readdirSync("docs").map((name) => `docs/${name}`)].filter((name) =>
	name.endsWith(".md"),
);
/** Every command that the documents name: in a block of sh, or between backquotes. */
const commands = documents.flatMap((document) => {
	const text = readFileSync(document, "utf8").replaceAll("\\\n", " ");
	const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) => block.split("\n"));
	const between = text.replace(/^```[\s\S]*?^```/gm, "").matchAll(/`([^`]+)`/g);
	return (
		[...blocks, ...[...between].map(([, code = ""]) => code)]
			.flatMap((line) => line.replace(/\s+#\s.*/, "").split(/\s*(?:&&|\s>\s\S+)\s*/))
			.filter((command) => /^(?:[A-Z_]+=\S+ )?(npm|npx|node) /.test(command))
			// Those of recovery.md are run in the situation that they are for (`recovery.node.test.ts`).
			.filter((command) => document !== "docs/recovery.md" || !command.startsWith("npm run"))
	);
});

const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
const folder = mkdtempSync(join(tmpdir(), "animal-command-lines-"));
let server: Server;
beforeAll(async () => {
	server = await startServer(newStateFolder());
	const row = { id: 7, name: "Rex", age: 3, species: "dog" };
	writeFileSync(join(folder, "animals.csv"), "name,age,species\nRex,3,dog");
	writeFileSync(join(folder, "animals.ndjson"), JSON.stringify(row));
	writeFileSync(join(folder, "animals.json"), JSON.stringify({ 7: { value: JSON.stringify(row) } }));
});
afterAll(async () => {
	await server.stop();
	rmSync(folder, { recursive: true });
});

const run = promisify(execFile);

test("the documents name commands", () => expect(commands.length).toBeGreaterThan(30));

test.each([...new Set(commands)])("%s", async (command) => {
	const [, tool = "", rest = ""] = /^(?:[A-Z_]+=\S+ )?(npm|npx|node) (.*)$/.exec(command) ?? [];
	if (tool === "node") return void (await run("sh", ["-c", command]));
	if (tool === "npx") {
		const [name = "", ...args] = rest.split(" ");
		return name === "wrangler" ? checkWrangler(args) : checkTool(name, args);
	}
	if (rest === "ci") return;
	const [, script = "", given = ""] = /^(?:run )?([\w:]+)(?: -- (.*))?$/.exec(rest) ?? [];
	expect(Object.keys(scripts)).toContain(script);
	const made = scripts[script] as string;
	const file = /^node (\S+\.ts)/.exec(made)?.[1];
	if (script === "start" || script === "deploy")
		await checkWrangler([script === "start" ? "dev" : script, ...given.split(" ")]);
	else if (file && readFileSync(file, "utf8").includes("readCommand(")) await runOurs(file, given);
	else {
		// What takes too long to be run here: its flags are those that it reads.
		const known = file === undefined ? "" : readFileSync(file, "utf8");
		const unknown = given.split(" ").filter((flag) => flag && !known.includes(`${flag.slice(2)}: { type:`));
		expect(unknown).toEqual([]);
	}
});

/** Runs a command of ours against the service, or, when none is named, asks for its usage with the flags that are given. */
async function runOurs(file: string, given: string) {
	const here = given
		.replace(/--url (?:[^\s<]*<[^>]*>\S*|\S+)/, `--url ${server.url}`)
		.replace(/--token \S+/, "--token some-token");
	const args = [resolve(file), ...here.split(" ").filter(Boolean), ...(given.includes("--url") ? [] : ["--help"])];
	const { stdout } = await run(process.execPath, args, { cwd: folder });
	expect(stdout).not.toBe("");
}

const usages = new Map<string, Promise<{ stdout: string }>>();

/** Asks wrangler for a command's usage, and looks whether it has the flags that are given. */
async function checkWrangler(args: string[]) {
	const words = args.slice(0, args.findIndex((arg) => !/^[a-z]+$/.test(arg)) >>> 0).join(" ");
	if (!usages.has(words)) usages.set(words, run("npx", ["wrangler", ...words.split(" "), "--help"]));
	const usage = (await usages.get(words))?.stdout;
	expect(usage).toContain(`wrangler ${words}`);
	for (const flag of args.filter((arg) => arg.startsWith("--"))) expect(usage).toContain(` ${flag} `);
}

/** What another tool is given must be there. */
function checkTool(name: string, args: string[]) {
	expect(["", "test/clients/"].some((where) => existsSync(`${where}node_modules/.bin/${name}`))).toBe(true);
	for (const path of args.filter((arg) => arg.includes("/") && !arg.includes(":"))) expect(existsSync(path)).toBe(true);
}
