/**
 * `npm run import -- animals.csv --url https://your.worker.example --token …`: brings a file in, some rows a request.
 * Exit codes: 0 every row landed; 1 some rows were refused, and are listed; 2 wrong usage or an unreadable file; 3 the
 * service refused a request or could not be reached: says how to go on.
 */
import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import type { ImportReport, RawRow, RowIssue } from "../src/transfer/rows.ts";
import { readImportFile } from "./import-file.ts";
import { ask, drawProgress } from "./service.ts";

const USAGE = `Usage: npm run import -- <file> --url <service> [--token <token>] [--dry-run] [--atomic] [--from <row>] [--batch <rows>]

  <file>      .csv, .tsv, .ndjson or .json, also as \`wrangler kv bulk get\` prints it
  --token     a token that may write; WRITE_TOKEN in the environment goes too
  --dry-run   only say what would happen
  --atomic    all rows or none, in one request: up to 8 MiB
  --from      begin at this row: to go on after a stop
  --batch     rows in a request, 200 if nothing is said`;

function stop(code: number, message: string): never {
	console.error(message);
	process.exit(code);
}

function readCommand() {
	try {
		const { values, positionals } = parseArgs({
			allowPositionals: true,
			options: {
				url: { type: "string" },
				token: { type: "string", default: process.env.WRITE_TOKEN ?? "" },
				"dry-run": { type: "boolean", default: false },
				atomic: { type: "boolean", default: false },
				from: { type: "string", default: "1" },
				batch: { type: "string", default: "200" },
			},
		});
		const [file] = positionals;
		const [from, batch] = [Number(values.from), Number(values.batch)];
		const isRight = file && positionals.length === 1 && URL.canParse(values.url ?? "") && from >= 1 && batch >= 1;
		return isRight ? { ...values, file, url: values.url as string, from, batch } : stop(2, USAGE);
	} catch (error) {
		return stop(2, `${(error as Error).message}\n\n${USAGE}`);
	}
}

const command = readCommand();
const read = await readImportFile(command.file);
if (typeof read === "string") stop(2, read);

const rows = read.rows.filter(({ row }) => row >= command.from);
// A dry run must see all rows at once to know what they do to each other.
const isWhole = command.atomic || command["dry-run"];
const size = isWhole ? Math.max(rows.length, 1) : command.batch;
// The same rows in the same batch have the same key: repeating them within a day does nothing.
const fileKey = createHash("sha256").update(JSON.stringify(read.rows)).digest("hex");

const total: ImportReport = { created: 0, updated: 0, unchanged: 0, failed: 0, errors: [], ignored: read.ignored };
const unreadable = rows.flatMap((row) =>
	"issues" in row ? row.issues.map((issue) => ({ row: row.row, ...issue })) : [],
);
if (isWhole && command.atomic && unreadable.length > 0) {
	report(unreadable);
	stop(1, "Nothing was brought in: with --atomic every row must be good.");
}
for (let start = 0; start < rows.length; start += size) {
	drawProgress(start, rows.length);
	await send(rows.slice(start, start + size));
}
drawProgress(rows.length, rows.length);
report(total.errors);
const { created, updated, unchanged, failed } = total;
const would = command["dry-run"] ? "Would be: " : "";
console.log(`${would}${created} created, ${updated} updated, ${unchanged} unchanged, ${failed} refused.`);
process.exitCode = failed > 0 ? 1 : 0;

async function send(batch: RawRow[]) {
	const good = batch.flatMap((row) => ("value" in row ? [row] : []));
	for (const row of batch) {
		if (!("issues" in row)) continue;
		total.failed++;
		total.errors.push(...row.issues.map((issue) => ({ row: row.row, ...issue })));
	}
	const url = new URL("/rescues/import", command.url);
	url.search = new URLSearchParams({ dryRun: String(command["dry-run"]), atomic: String(command.atomic) }).toString();
	const response = await ask(url, {
		method: "POST",
		headers: {
			"Content-Type": "application/x-ndjson",
			"Idempotency-Key": `import-${fileKey}-${size}-${batch[0]?.row}`,
			...(command.token && { Authorization: `Bearer ${command.token}` }),
		},
		body: good.map(({ value }) => `${JSON.stringify(value)}\n`).join(""),
	});
	if (typeof response === "string" || !response.ok) {
		const reason = typeof response === "string" ? response : ((await response.json()) as { detail: string }).detail;
		report(total.errors);
		stop(
			3,
			`\nStopped: ${reason}\nEvery row before row ${batch[0]?.row} is done. To go on: the same command with --from ${batch[0]?.row}`,
		);
	}
	const answer = (await response.json()) as ImportReport;
	// A batch that had landed before gets the same answer again; this time it changed nothing.
	const isRepeat = response.headers.get("Idempotency-Replayed") === "true";
	for (const became of ["created", "updated", "unchanged", "failed"] as const) {
		total[isRepeat && became !== "failed" ? "unchanged" : became] += answer[became];
	}
	total.errors.push(...answer.errors.map((error) => ({ ...error, row: good[error.row - 1]?.row ?? error.row })));
	total.ignored = [...new Set([...total.ignored, ...answer.ignored])];
}

function report(errors: RowIssue[]) {
	if (total.ignored.length > 0) console.error(`Left out, because no rescue has it: ${total.ignored.join(", ")}`);
	for (const { row, path, message } of errors.toSorted((a, b) => a.row - b.row)) {
		console.error(`Row ${row}: ${[path.join("."), message].filter(Boolean).join(" ")}`);
	}
}
