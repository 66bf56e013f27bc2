import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { newStateFolder, startServer } from "../server.ts";

/** The commands of the procedure, in order. */
const commands = [...readFileSync("docs/recovery-backup.md", "utf8").matchAll(/```sh\n\s*(npm run .+)\n\s*```/g)].map(
	([, command = ""]) => command,
);
const folder = mkdtempSync(join(tmpdir(), "animal-recovery-"));

/** Runs one of them as it is written, with an address on this machine. */
async function run(command: string | undefined, url: string) {
	const line = (command as string)
		.replace("animals.ndjson", join(folder, "animals.ndjson"))
		.replace(/--url \S+/, `--url ${url}`)
		.replace("--token …", "--token any");
	return (await promisify(execFile)("sh", ["-c", line])).stdout;
}

const list = async (url: string, init?: RequestInit) => {
	const answer = await fetch(`${url}/rescues`, init);
	return { tag: answer.headers.get("ETag"), body: await answer.text() };
};

test("a lost ledger comes back from the last backup, as docs/recovery-backup.md says", async () => {
	const [backUp, tryOut, restore, rebuild] = commands;
	expect(commands).toHaveLength(4);
	const state = newStateFolder();
	const server = await startServer(state);
	await run("npm run sample -- --url http://localhost:8787", server.url);
	await fetch(`${server.url}/rescues/3`, { method: "DELETE" });
	expect(await run(backUp, server.url)).toContain("41 changes, 39 records");
	const before = await list(server.url);
	const history = await (await fetch(`${server.url}/rescues/3/history`)).text();
	// What is written later is lost, but it is in KV.
	await fetch(`${server.url}/rescues`, {
		method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify({ name: "Later", age: 1, species: "cat" }),
	});
	await server.stop();

	const trial = await startServer(newStateFolder());
	expect(await run(tryOut, trial.url)).toContain("41 changes and 39 records are back");
	expect((await list(trial.url, { headers: { "Cache-Control": "no-cache" } })).body).toBe(before.body);
	await trial.stop();

	// The namespace stays, the Durable Object's storage is gone.
	const lost = newStateFolder();
	cpSync(state, lost, { recursive: true });
	rmSync(join(lost, "v3", "do"), { recursive: true });
	const again = await startServer(lost);
	try {
		expect(await run(restore, again.url)).toContain("41 changes and 39 records are back");
		expect(await run(rebuild, again.url)).toMatch(/\d+ documents compared, \d+ published again/);
		await expect.poll(() => list(again.url)).toEqual(before);
		expect(await (await fetch(`${again.url}/rescues/3/history`)).text()).toBe(history);
		expect((await fetch(`${again.url}/rescues/41`)).status).toBe(404);
	} finally {
		await again.stop();
	}
});
