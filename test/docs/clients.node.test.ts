import { execFile } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newStateFolder, type Server, startServer } from "../server.ts";

const run = promisify(execFile);
const FOLDER = "test/clients";
const BLOCK = /^```(sh|ts|python)\n([\s\S]*?)^```(?:\n\n```text\n([\s\S]*?)^```)?/gm;
const document = readFileSync("docs/clients.md", "utf8");
const snippets = [...document.matchAll(BLOCK)].map((match, index) => ({
	name: `snippet-${index + 1}.${match[1]}`,
	under:
		document
			.slice(0, match.index)
			.match(/^## .*$/gm)
			?.at(-1) ?? "",
	code: match[2] as string,
	said: match[3] ?? "",
}));

let server: Server;
beforeAll(async () => {
	server = await startServer(newStateFolder());
});
afterAll(async () => {
	for (const { name } of snippets) rmSync(`${FOLDER}/${name}`, { force: true });
	rmSync(`${FOLDER}/rest-types.ts`, { force: true });
	await server.stop();
});

describe("docs/clients.md says what its examples print", () => {
	test.each(snippets)("$under: $name", async ({ name, code, said }) => {
		writeFileSync(`${FOLDER}/${name}`, code.replaceAll("http://localhost:8787", server.url));
		const programs: Record<string, string[]> = {
			// Browsers have `EventSource`, Node has it behind a flag.
			ts: [process.execPath, "--experimental-eventsource"],
			python: ["python3"],
			sh: ["sh"],
		};
		const command = [...(programs[name.split(".").at(-1) as string] as string[]), name];
		const { stdout } = await run(command[0] as string, command.slice(1), { cwd: FOLDER });
		// What a tool tells of its own doing is not the example's output.
		if (said !== "") expect(stdout.replaceAll("\r", "")).toBe(said);
	});

	test("their types fit", async () => {
		await run("npx", ["tsc"]).catch(({ stdout }) => expect(stdout).toBe(""));
	});
});
