/** An import that its sender cuts into requests: the script and the page do it alike. */
import { MAX_IMPORT_BYTES } from "../http/body.ts";
import { type ImportReport, MAX_WHOLE_ROWS, type RawRow } from "./rows.ts";

/** How many rows go into one request: some 50 ms of the Worker's CPU, and a step of the progress that is shown. */
export const PART_ROWS = 200;
/** The same for a dry run, which must see rows together to know what they do to each other. */
export const DRY_PART_ROWS = MAX_WHOLE_ROWS;

const encoder = new TextEncoder();
const line = (row: RawRow) => ("value" in row ? `${JSON.stringify(row.value)}\n` : "");

/** Rows as they go into one request each: at most `size`, and no more than 8 MiB. */
export function cut(rows: RawRow[], size: number): RawRow[][] {
	const parts: RawRow[][] = [];
	let bytes = Number.POSITIVE_INFINITY;
	for (const row of rows) {
		const more = encoder.encode(line(row)).length;
		bytes += more;
		if (bytes > MAX_IMPORT_BYTES || parts.at(-1)?.length === size) {
			parts.push([]);
			bytes = more;
		}
		parts.at(-1)?.push(row);
	}
	return parts;
}

/** A part's request body, `application/x-ndjson`: without the rows that couldn't be read. */
export const toBody = (part: RawRow[]) => part.map(line).join("");

/** A report of nothing yet. */
export const newReport = (given: Partial<ImportReport> = {}): ImportReport => ({
	...{ created: 0, updated: 0, unchanged: 0, failed: 0, errors: [], ignored: [], readings: [] },
	...given,
});

/**
 * Adds to a report what became of a part: its rows that couldn't be read, and what the service answered for the others, with
 * the numbers that the rows have in the file.
 * @param isRepeat whether the service gave the answer to an earlier request again, which changed nothing this time
 */
export function add(total: ImportReport, part: RawRow[], answer: ImportReport, isRepeat: boolean): void {
	const good = part.filter((row) => "value" in row);
	for (const row of part) {
		if (!("issues" in row)) continue;
		total.failed++;
		total.errors.push(...row.issues.map((issue) => ({ row: row.row, ...issue })));
	}
	for (const became of ["created", "updated", "unchanged", "failed"] as const) {
		total[isRepeat && became !== "failed" ? "unchanged" : became] += answer[became];
	}
	total.errors.push(...answer.errors.map((error) => ({ ...error, row: good[error.row - 1]?.row ?? error.row })));
	total.ignored = [...new Set([...total.ignored, ...answer.ignored])];
}
