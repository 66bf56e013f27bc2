/** Starts the service as a user does: `npm start` on a port of its own, in a process of its own. */
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A running service. */
export interface Server {
	url: string;
	/** Stops it; `SIGKILL` leaves it no time to tidy up. */
	stop(signal?: NodeJS.Signals): Promise<void>;
}

/** A new folder for the service's data, gone with the machine's temporary files. */
export const newStateFolder = () => mkdtempSync(join(tmpdir(), "animal-rescue-"));

/**
 * A port that nobody listens on. It is below those that Linux and others give to whoever asks for any, or a connection of
 * another test could have taken it before the service starts.
 */
export async function freePort(): Promise<number> {
	const port = randomInt(20_000, 32_768);
	const server = createServer().listen(port, "127.0.0.1");
	const isFree = await once(server, "listening").then(
		() => true,
		() => false,
	);
	await new Promise((resolve) => server.close(resolve));
	return isFree ? port : freePort();
}

/**
 * Runs `npm start` and waits until it answers.
 * @param state the folder its data is kept in
 * @param flags further flags for `wrangler dev`
 * @param port where it listens, for one that is started again
 */
export async function startServer(state: string, flags: string[] = [], port?: number): Promise<Server> {
	port ??= await freePort();
	const args = ["start", "--", "--port", String(port), "--inspector-port", "0", "--persist-to", state, ...flags];
	const child = spawn("npm", args, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
	let output = "";
	const keep = (data: unknown) => {
		output += data;
	};
	child.stdout.on("data", keep);
	child.stderr.on("data", keep);
	const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
	const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
		try {
			// The whole group: npm, wrangler and workerd.
			process.kill(-(child.pid as number), signal);
		} catch {
			// It has gone already.
		}
		await exited;
	};
	const url = `http://127.0.0.1:${port}`;
	for (let tries = 0; tries < 600 && child.exitCode === null; tries++) {
		const answer = await fetch(`${url}/health`).catch(() => undefined);
		if (answer?.ok) return { url, stop };
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	await stop("SIGKILL");
	throw new Error(`the service doesn't start:\n${output}`);
}
