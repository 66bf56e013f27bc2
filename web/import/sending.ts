/** Sends a file's rows to the service, part by part. */
import { add, cut, DRY_PART_ROWS, newReport, PART_ROWS, toBody } from "../../src/transfer/parts.ts";
import type { ImportReport } from "../../src/transfer/rows.ts";
import { readToken } from "../shared/session.ts";
import type { ImportFile } from "./file.ts";

/** How sending ended: with a report of all rows, or after so many of them. */
export interface Outcome {
	report: ImportReport;
	/** How many rows, from the first, are done. */
	done: number;
	/** Why it stopped before the end; null when it didn't. `code` is the service's. */
	problem: { code: string; detail: string } | null;
}

/** One import: what is sent again with its key isn't done again. */
export interface Sending {
	file: ImportFile;
	isDry: boolean;
	/** Of this import alone. */
	key: string;
	/** Where it stands: what is done already isn't sent again. */
	outcome: Outcome;
}

/** An import that hasn't begun. */
export const newSending = (file: ImportFile, isDry: boolean): Sending => ({
	...{ file, isDry, key: crypto.randomUUID() },
	outcome: { report: newReport({ ignored: file.ignored, readings: file.readings }), done: 0, problem: null },
});

/**
 * Sends what isn't done yet, until all is done, something fails or one stops it.
 * @param progress is told how many rows are done
 */
export async function send(
	{ file, isDry, key, outcome }: Sending,
	stop: AbortSignal,
	progress: (done: number) => void,
) {
	const size = isDry ? DRY_PART_ROWS : PART_ROWS;
	outcome.problem = null;
	for (const part of cut(file.rows.slice(outcome.done), size)) {
		if (stop.aborted) return;
		progress(outcome.done);
		const headers = new Headers({
			"Content-Type": "application/x-ndjson",
			"Idempotency-Key": `${key}-${part[0]?.row}`,
		});
		if (readToken()) headers.set("Authorization", `Bearer ${readToken()}`);
		// A part that has been sent is waited for: it may have landed.
		const answer = await ask(`/rescues/import?dryRun=${isDry}`, { method: "POST", headers, body: toBody(part) });
		if ("problem" in answer) {
			outcome.problem = answer.problem;
			return;
		}
		add(outcome.report, part, answer.report, false);
		outcome.done += part.length;
	}
	progress(outcome.done);
}

type Answer = { report: ImportReport } | { problem: { code: string; detail: string } };

/** How long to wait before asking again, in ms: the service may be busy, or the network away for a moment. */
const PAUSES = [1000, 4000, 10_000];

async function ask(path: string, init: RequestInit): Promise<Answer> {
	for (const pause of [...PAUSES, null]) {
		const answer = await askOnce(path, init);
		const isPassing =
			"problem" in answer && ["UNAVAILABLE", "RATE_LIMITED", "UNREACHABLE"].includes(answer.problem.code);
		if (!isPassing || pause === null) return answer;
		await new Promise((resolve) => setTimeout(resolve, pause));
	}
	throw new Error("never here");
}

async function askOnce(path: string, init: RequestInit): Promise<Answer> {
	try {
		const response = await fetch(path, init);
		const body = await response.json();
		return response.ok ? { report: body } : { problem: body };
	} catch {
		return { problem: { code: "UNREACHABLE", detail: "The service can’t be reached." } };
	}
}
