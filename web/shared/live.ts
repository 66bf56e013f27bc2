/** What is changed, here and elsewhere, as it happens: the service's stream of changes, while somebody looks at the page. */
import type { RescueChange } from "../../src/history/change.ts";
import { onSession, readToken } from "./session.ts";

/** How long to wait before coming again: when a stream has ended as it should, and when one failed, doubled each time. */
const PAUSE = 200;
const FIRST_PAUSE = 1000;
const LAST_PAUSE = 60_000;
/** The service says something each 20 seconds: after this there is nobody any more. */
const SILENCE = 50_000;
/** How long a page may be out of sight and still go on where it was. */
const AWAY = 5 * 60_000;

/** The number of the last change that was told; null before the first stream has begun. */
let last: string | null = null;
let running: AbortController | undefined;
let hiddenAt = 0;
let path = "/rescues/changes";
/** The token that the stream was asked for with. */
let sent = "";

/**
 * Tells of every change from now on.
 * @param missed is called when there may be some that weren't told
 * @param id of the one rescue that is looked at
 */
export function watchChanges(changed: (change: RescueChange) => void, missed: () => void, id?: number) {
	if (id !== undefined) path += `?id=${id}`;
	const start = () => {
		running = new AbortController();
		void keepReading(running.signal, changed, missed);
	};
	document.addEventListener("visibilitychange", () => {
		running?.abort();
		if (document.hidden) hiddenAt = Date.now();
		else {
			if (Date.now() - hiddenAt > AWAY) begin(missed);
			start();
		}
	});
	if (!document.hidden) start();
	// Whoever has signed in is told more, and whoever has signed out less.
	onSession(() => {
		if (document.hidden || readToken() === sent) return;
		running?.abort();
		start();
	});
}

function begin(missed: () => void) {
	last = null;
	missed();
}

async function keepReading(over: AbortSignal, changed: (change: RescueChange) => void, missed: () => void) {
	let failures = 0;
	while (!over.aborted) {
		try {
			const status = await readStream(over, changed);
			if (status === 200) failures = 0;
			else failures++;
			// The number isn't one of the service's: it has been given another log.
			if (status === 400) begin(missed);
		} catch {
			failures++;
		}
		const pause = failures === 0 ? PAUSE : Math.min(FIRST_PAUSE * 2 ** (failures - 1), LAST_PAUSE);
		await new Promise((resolve) => setTimeout(resolve, pause));
	}
}

/** Reads one stream to its end, and gives the status. */
async function readStream(over: AbortSignal, changed: (change: RescueChange) => void): Promise<number> {
	const silence = new AbortController();
	let timer = setTimeout(() => silence.abort(), SILENCE);
	const headers = new Headers({ Accept: "text/event-stream" });
	if (last !== null) headers.set("Last-Event-ID", last);
	sent = readToken();
	if (sent) headers.set("Authorization", `Bearer ${sent}`);
	try {
		const signal = AbortSignal.any([over, silence.signal]);
		const response = await fetch(path, { headers, signal });
		if (!response.ok || !response.body) return response.status;
		let text = "";
		const decoder = new TextDecoder();
		const reader = response.body.getReader();
		for (let read = await reader.read(); !read.done; read = await reader.read()) {
			clearTimeout(timer);
			timer = setTimeout(() => silence.abort(), SILENCE);
			const blocks = (text + decoder.decode(read.value, { stream: true })).split("\n\n");
			text = blocks.pop() ?? "";
			for (const block of blocks) {
				const data = /^data: (.*)$/m.exec(block)?.[1];
				last = /^id: (\d+)$/m.exec(block)?.[1] ?? last;
				if (data !== undefined) changed(JSON.parse(data));
			}
		}
		return response.status;
	} finally {
		clearTimeout(timer);
	}
}
