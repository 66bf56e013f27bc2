import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { freePort, isRunning, newStateFolder } from "../server.ts";

/** Runs `npm start` in a process group of its own, as a terminal does. */
function start(port: number) {
	const args = ["start", "--", "--port", String(port), "--inspector-port", "0", "--persist-to", newStateFolder()];
	const child = spawn("npm", args, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
	let said = "";
	for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said += data));
	const exited = new Promise<number | NodeJS.Signals | null>((resolve) =>
		child.once("exit", (code, signal) => resolve(code ?? signal)),
	);
	return { child, said: () => said, exited };
}

const reach = (port: number, path = "/health") => fetch(`http://localhost:${port}${path}`).catch(() => null);

test.each<[string, (child: ChildProcess) => void]>([
	["Ctrl-C", (child) => process.kill(-(child.pid as number), "SIGINT")],
	["a signal to npm alone", (child) => process.kill(child.pid as number, "SIGTERM")],
])(
	"npm start says where to look, prints a line a request and nothing else, and leaves nothing behind after %s",
	async (_name, stop) => {
		const port = await freePort();
		const { child, said, exited } = start(port);
		await expect.poll(said, { timeout: 180_000 }).toContain("Ctrl-C stops");
		for (const path of ["/", "/graphql", "/docs", "/mcp"])
			expect(said()).toContain(`http://localhost:${port}${path}\n`);
		expect(said()).toContain(`npm run sample -- --url http://localhost:${port}`);
		expect(said()).toContain("Writes are open to every program on this machine");
		const before = said();
		expect(before.split("\n").length).toBeLessThan(18);
		await reach(port, "/rescues");
		await reach(port, "/nothing");
		// Each line is printed some time after its answer, so the second may come first.
		const lines = () => said().slice(before.length).trim().split("\n").sort();
		const asked = ["GET /nothing 404", "GET /rescues 200"];
		await expect.poll(lines).toEqual(asked.map((line) => expect.stringContaining(line)));
		stop(child);
		await exited;
		await expect.poll(() => isRunning(child.pid as number)).toBe(false);
		expect(await reach(port)).toBe(null);
		expect(said()).not.toMatch(/error|\n {4}at /i);
	},
);

test("npm start says so when the port is taken", async () => {
	const other = createServer().listen(0, "localhost");
	await new Promise((resolve) => other.once("listening", resolve));
	const { port } = other.address() as { port: number };
	const { said, exited } = start(port);
	expect(await exited).toBe(1);
	other.close();
	// A process may have ended before all is read that it has said.
	await expect.poll(said).toContain(`Address already in use (localhost:${port})`);
});
