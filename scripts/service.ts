import { setTimeout } from "node:timers/promises";

/** How often a request is tried before a command gives up. */
const TRIES = 6;

/**
 * Asks the service, and again while it can't be reached, is busy (429, with `Retry-After`) or unavailable (503).
 * @returns the answer, or why there is none
 */
export async function ask(url: URL, init: RequestInit): Promise<Response | string> {
	let reason = "";
	for (let tries = 0; tries < TRIES; tries++) {
		let waitS = 0.5 * 2 ** tries;
		try {
			const response = await fetch(url, init);
			if (response.status !== 429 && response.status < 500) return response;
			reason = `${response.status} ${((await response.json()) as { detail?: string }).detail ?? ""}`;
			waitS = Number(response.headers.get("Retry-After")) || waitS;
		} catch (error) {
			reason = `${url.origin} can't be reached: ${(error as Error).cause ?? error}`;
		}
		if (tries < TRIES - 1) await setTimeout(waitS * 1000);
	}
	return reason;
}

/** Draws a bar on a terminal; nothing elsewhere, where it would only fill the log. */
export function drawProgress(done: number, all: number) {
	if (!process.stderr.isTTY) return;
	const share = all === 0 ? 1 : done / all;
	const bar = "█".repeat(Math.round(share * 30)).padEnd(30, "░");
	process.stderr.write(`\r${bar} ${Math.floor(share * 100)} %, ${done} of ${all} rows${done >= all ? "\n" : ""}`);
}
