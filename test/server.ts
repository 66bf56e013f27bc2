/** Starts the service as a user does: `npm start` on a port of its own, in a process of its own. */
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server as NetServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

/** A running service. */
export interface Server {
	url: string;
	/** Stops it, and waits until nothing of it runs any more; `SIGKILL` leaves it no time to tidy up. */
	stop(signal?: NodeJS.Signals): Promise<void>;
}

/** How long a service may take to start, on a slow machine that runs other tests as well. */
const START_MS = 180_000;
/** How long a service may take to end; then it is killed. */
const TIDY_UP_MS = 20_000;

/** A new folder for the service's data, gone with the machine's temporary files. */
export const newStateFolder = () => mkdtempSync(join(tmpdir(), "animal-rescue-"));

/** Listens on a port of this machine; null when somebody else does. */
async function listen(port: number): Promise<NetServer | null> {
	const server = createServer().listen(port, "127.0.0.1");
	return once(server, "listening").then(
		() => server,
		() => null,
	);
}

/**
 * A port that nobody listens on. It is below those that Linux and others give to whoever asks for any, or a connection of
 * another test could have taken it before the service starts. Nor is it given to another test file: the port behind it is
 * held for as long as this process lives, and says that it is taken.
 */
export async function freePort(): Promise<number> {
	const port = 2 * randomInt(10_000, 16_384);
	const sign = await listen(port + 1);
	const probe = sign && (await listen(port));
	sign?.unref();
	if (!probe) {
		sign?.close();
		return freePort();
	}
	await new Promise((resolve) => probe.close(resolve));
	return port;
}

/** Sends a signal to all processes of a group: npm, wrangler and workerd. */
function end(group: number, signal: NodeJS.Signals) {
	try {
		process.kill(-group, signal);
	} catch {
		// They have gone already.
	}
}

/**
 * Whether a process of a group is still at work. One that has ended and waits for its parent to ask after it isn't: not
 * every container has somebody who asks after orphans.
 */
export function isRunning(group: number): boolean {
	try {
		process.kill(-group, 0);
	} catch {
		return false;
	}
	if (!existsSync("/proc/self/stat")) return true;
	return readdirSync("/proc").some((pid) => {
		if (!/^\d+$/.test(pid)) return false;
		try {
			// "4711 (node) S 4700 4690 …": state, parent, group. A name may hold anything.
			const [state, , of] = readFileSync(`/proc/${pid}/stat`, "utf8")
				.replace(/^.*\) /s, "")
				.split(" ");
			return Number(of) === group && state !== "Z" && state !== "X";
		} catch {
			// It has gone meanwhile.
			return false;
		}
	});
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
	const group = child.pid as number;
	const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
		end(group, signal);
		// npm ends before the others do, which hold the port and the files that the next one may be given.
		for (const since = Date.now(); isRunning(group); await setTimeout(20)) {
			if (Date.now() - since > TIDY_UP_MS) end(group, "SIGKILL");
		}
	};
	const url = `http://127.0.0.1:${port}`;
	for (const since = Date.now(); child.exitCode === null && Date.now() - since < START_MS; await setTimeout(100)) {
		const answer = await fetch(`${url}/health`).catch(() => undefined);
		if (answer?.ok) return { url, stop };
	}
	await stop("SIGKILL");
	throw new Error(`the service doesn't start:\n${output}`);
}
