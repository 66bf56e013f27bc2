/**
 * `npm run export -- animals.csv --url https://your.worker.example`: takes all rescues out, as they are at one moment.
 * The file is there when it is whole. Exit codes: 0 done; 2 wrong usage; 3 the service refused, could not be reached, or
 * broke off.
 */
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { extname } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { ask } from "./service.ts";

const USAGE = `Usage: npm run export -- <file> --url <service> [--full] [--species <species>] [--status <status>]… [--sex <sex>] [--size <size>] [--q <text>]

  <file>      .csv, .ndjson or .json
  --full      add the fields that only the service writes`;

function stop(code: number, message: string): never {
	console.error(message);
	process.exit(code);
}

function readCommand() {
	try {
		const text = { type: "string" } as const;
		const { values, positionals } = parseArgs({
			allowPositionals: true,
			options: {
				url: text,
				full: { type: "boolean", default: false },
				species: text,
				status: { type: "string", multiple: true, default: [] },
				sex: text,
				size: text,
				q: text,
			},
		});
		const [file] = positionals;
		const format = extname(file ?? "").slice(1);
		const isRight = file && positionals.length === 1 && ["csv", "ndjson", "json"].includes(format);
		return isRight && URL.canParse(values.url ?? "") ? { ...values, file, format } : stop(2, USAGE);
	} catch (error) {
		return stop(2, `${(error as Error).message}\n\n${USAGE}`);
	}
}

const { file, format, url: service, full, status, ...filters } = readCommand();
const url = new URL("/rescues/export", service);
url.search = new URLSearchParams({ format, full: String(full) }).toString();
for (const [name, value] of Object.entries(filters)) if (value !== undefined) url.searchParams.set(name, value);
for (const value of status) url.searchParams.append("status", value);

const response = await ask(url, {});
if (typeof response === "string") stop(3, response);
if (!response.ok || !response.body) stop(3, ((await response.json()) as { detail: string }).detail);

const part = `${file}.part`;
let bytes = 0;
const count = new Transform({
	transform(chunk, _encoding, done) {
		bytes += chunk.length;
		if (process.stderr.isTTY) process.stderr.write(`\r${Math.round(bytes / 1024)} KiB`);
		done(null, chunk);
	},
});
try {
	await pipeline(Readable.fromWeb(response.body as never), count, createWriteStream(part));
	await rename(part, file);
} catch (error) {
	await rm(part, { force: true });
	stop(3, `\nThe export broke off, nothing was kept: ${(error as Error).message}`);
}
console.log(
	`\r${file}: ${bytes} bytes. What changes from here on: GET /rescues/changes?since=${response.headers.get("Changes-Cursor")}`,
);
