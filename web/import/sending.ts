/** Sends a file's rows to the service, part by part. */
import { add, cut, DRY_PART_ROWS, newReport, PART_ROWS, toBody } from "../../src/transfer/parts.ts";
import type { ImportReport } from "../../src/transfer/rows.ts";
import { type Answer, importRows, newKey, type Problem } from "../shared/api.ts";
import type { ImportFile } from "./file.ts";

/** How sending ended: with a report of all rows, or after so many of them. */
export interface Outcome {
	report: ImportReport;
	/** How many rows, from the first, are done. */
	done: number;
	/** Why it stopped before the end; null when it didn't. `code` is the service's. */
	problem: Problem | null;
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
	...{ file, isDry, key: newKey() },
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
		// A part that has been sent is waited for: it may have landed.
		const answer = await ask(toBody(part), isDry, `${key}-${part[0]?.row}`);
		if (!answer.ok) {
			outcome.problem = answer.problem;
			return;
		}
		add(outcome.report, part, answer.value, false);
		outcome.done += part.length;
	}
	progress(outcome.done);
}

/** How long to wait before asking again, in ms: the service may be busy, or the network away for a moment. */
const PAUSES = [1000, 4000, 10_000];
const PASSING = ["UNAVAILABLE", "RATE_LIMITED", "UNREACHABLE"];

async function ask(rows: string, isDry: boolean, key: string): Promise<Answer<ImportReport>> {
	let answer = await importRows(rows, isDry, key);
	for (const pause of PAUSES) {
		if (answer.ok || !PASSING.includes(answer.problem.code)) break;
		await new Promise((resolve) => setTimeout(resolve, pause));
		answer = await importRows(rows, isDry, key);
	}
	return answer;
}
