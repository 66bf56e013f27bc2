/**
 * `npm run import -- animals.csv --url https://your.worker.example --token …`: brings a file in, some rows a request.
 * Exit codes: 0 every row landed; 1 some rows, or pictures that they name, were refused, and are listed; 2 wrong usage
 * or an unreadable file; 3 the service refused a request or could not be reached: says how to go on.
 */
import { createHash } from "node:crypto";
import { add, cut, DRY_PART_ROWS, newReport, PART_ROWS, toBody } from "../src/transfer/parts.ts";
import { type ImportReport, MAX_WHOLE_ROWS, type RawRow, type RowIssue } from "../src/transfer/rows.ts";
import {
	address,
	ask,
	count,
	drawProgress,
	onOff,
	path,
	readCommand,
	reasonOf,
	say,
	stop,
	text,
	writeToken,
} from "./command.ts";
import { readImportFile } from "./import-file.ts";
import { findPhotos, uploadPhotos, withAddresses } from "./import-photos.ts";

const command = readCommand("import", {
	file: path(".csv, .tsv, .ndjson or .json, also as `wrangler kv bulk get` prints it"),
	url: address(),
	token: writeToken,
	"dry-run": onOff("only say what would happen"),
	atomic: onOff(`all rows or none, in one request: up to ${MAX_WHOLE_ROWS} rows and 8 MiB`),
	from: count("row", 1, "begin at this row: to go on after a stop"),
	batch: count("rows", PART_ROWS, "rows in a request"),
	photos: text("folder", "where pictures are that rows name as files: they are uploaded first"),
});
const read = await readImportFile(command.file);
if (typeof read === "string") stop(2, read);

let rows = read.rows.filter(({ row }) => row >= command.from);
if (command.atomic && rows.length > MAX_WHOLE_ROWS) {
	stop(2, `Nothing was brought in: --atomic takes ${MAX_WHOLE_ROWS} rows at most, and there are ${rows.length}.`);
}
const size = command.atomic || command["dry-run"] ? DRY_PART_ROWS : command.batch;

const { ignored, readings } = read;
const total = newReport({ ignored, readings });
const unreadable = rows.flatMap((row) =>
	"issues" in row ? row.issues.map((issue) => ({ row: row.row, ...issue })) : [],
);
if (command.atomic && unreadable.length > 0) {
	report(unreadable);
	stop(1, "Nothing was brought in: with --atomic every row must be good.");
}
if (command.photos !== undefined) rows = await bringPhotos(rows, command.photos);
const batches = command.atomic && rows.length > 0 ? [rows] : cut(rows, size);
if (command["dry-run"] && batches.length > 1) {
	say(`A dry run in ${batches.length} parts: what a row of one does to a row of another isn't seen.`);
}
let done = 0;
for (const batch of batches) {
	drawProgress(done, rows.length, "rows");
	await send(batch);
	done += batch.length;
}
drawProgress(rows.length, rows.length, "rows");
report(total.errors);
const { created, updated, unchanged, failed } = total;
const would = command["dry-run"] ? "Would be: " : "";
console.log(`${would}${created} created, ${updated} updated, ${unchanged} unchanged, ${failed} refused.`);
process.exitCode = failed > 0 ? 1 : 0;

/** Uploads the pictures that rows name as files, all or none, and gives the rows with their addresses. */
async function bringPhotos(rows: RawRow[], folder: string): Promise<RawRow[]> {
	const { files, errors } = await findPhotos(rows, folder);
	if (errors.length > 0) {
		report(errors);
		stop(1, "Nothing was brought in: every picture must be there and be good.");
	}
	if (command["dry-run"]) {
		say(`${files.length} pictures are there and good. A dry run uploads none: to it they are new ones.`);
		return withAddresses(rows, folder, (path) => `https://picture.invalid/${encodeURIComponent(path)}`);
	}
	const done = await uploadPhotos(files, command.url, command.token);
	if (typeof done === "string") stop(3, `Nothing was brought in: ${done}\nTo go on: the same command.`);
	say(`${done.uploaded} pictures uploaded, ${files.length - done.uploaded} were there already.`);
	return withAddresses(rows, folder, (path) => done.urls.get(path) as string);
}

async function send(batch: RawRow[]) {
	// The same rows in the same batch have the same key: repeating them within a day does nothing.
	const rowsKey = createHash("sha256").update(JSON.stringify(batch)).digest("hex");
	const url = new URL("/rescues/import", command.url);
	url.search = new URLSearchParams({ dryRun: String(command["dry-run"]), atomic: String(command.atomic) }).toString();
	const response = await ask(url, {
		method: "POST",
		headers: {
			"Content-Type": "application/x-ndjson",
			"Idempotency-Key": `import-${rowsKey}-${size}-${batch[0]?.row}`,
		},
		body: toBody(batch),
		token: command.token,
	});
	if (typeof response === "string" || !response.ok) {
		const reason = typeof response === "string" ? response : await reasonOf(response);
		const from = batch[0]?.row;
		report(total.errors);
		stop(3, `Stopped: ${reason}\nEvery row before row ${from} is done. To go on: the same command with --from ${from}`);
	}
	// A batch that had landed before gets the same answer again; this time it changed nothing.
	const isRepeat = response.headers.get("Idempotency-Replayed") === "true";
	add(total, batch, (await response.json()) as ImportReport, isRepeat);
}

function report(errors: RowIssue[]) {
	if (total.ignored.length > 0) say(`Left out, because no rescue has it: ${total.ignored.join(", ")}`);
	if (total.readings.length > 0) say(`Days were read so: ${total.readings.join(", ")}`);
	for (const { row, path, message } of errors.toSorted((a, b) => a.row - b.row)) {
		say(`Row ${row}: ${[path.join("."), message].filter(Boolean).join(" ")}`);
	}
}
