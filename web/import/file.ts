/** Reads the file that is to be brought in, exactly as the service would. */
import { FIELDS, type Name } from "../../src/rescues/fields.ts";
import type { Field } from "../../src/rescues/kinds.ts";
import type { Column } from "../../src/transfer/csv.ts";
import { NOT_UTF8, readImport } from "../../src/transfer/import-body.ts";
import { IMPORT_FIELDS, type RawRow } from "../../src/transfer/rows.ts";

/** A file that has been read. */
export interface ImportFile {
	name: string;
	rows: RawRow[];
	columns: Column[];
	/** Headings that no field has. */
	ignored: string[];
	/** How columns of days are read: `DOB: MM/DD/YYYY`. */
	readings: string[];
	/** Whether it isn't in UTF-8 and was taken to be in Windows-1252, as Excel saves CSV. */
	isGuessed: boolean;
}

const TYPES: Record<string, string> = {
	csv: "text/csv",
	tsv: "text/csv",
	txt: "text/csv",
	ndjson: "application/x-ndjson",
	jsonl: "application/x-ndjson",
	json: "application/json",
};
/** For the file dialog. */
export const ACCEPT = Object.keys(TYPES)
	.map((ending) => `.${ending}`)
	.join(",");

/** Programs' own files: what to do with them. */
const SPREADSHEETS = /\.(xlsx?|xlsm|ods|numbers)$/i;

/** Reads a file; says in plain words why not, when it can't be read. */
export async function readFile(file: File): Promise<ImportFile | string> {
	if (SPREADSHEETS.test(file.name)) {
		return `${file.name} is the spreadsheet program’s own kind of file. Open it there, choose “Save as” or “Export”, and take “CSV UTF-8”.`;
	}
	const ending = file.name.split(".").at(-1)?.toLowerCase() ?? "";
	const type = TYPES[ending];
	if (!type) return `The name of the file must end in ${Object.keys(TYPES).join(", ")}. This one is ${file.name}.`;
	if (file.size > MAX_BYTES) return `${file.name} is larger than 100 MB. Cut it into several files.`;
	try {
		const bytes = await file.arrayBuffer();
		let read = await readImport(toRequest(bytes, type));
		const isGuessed = !read.ok && read.detail === NOT_UTF8;
		if (isGuessed) read = await readImport(toRequest(new TextDecoder("windows-1252").decode(bytes), type));
		if (!read.ok) return read.detail;
		const rows: RawRow[] = [];
		for await (const row of read.value.rows) rows.push(row);
		if (rows.length === 0) return `${file.name} has no rows.`;
		const { columns = columnsOf(rows), ignored, readings } = read.value;
		return { name: file.name, rows, columns, ignored, readings, isGuessed };
	} catch (error) {
		return `${file.name} can’t be read: ${(error as Error).message}`;
	}
}

/** What a browser can well hold as rows. */
const MAX_BYTES = 100_000_000;

const toRequest = (body: BodyInit, type: string) =>
	new Request(location.href, { method: "POST", headers: { "Content-Type": type }, body });

/** What rows that aren't CSV have in place of columns: the names in the first hundred of them. */
function columnsOf(rows: RawRow[]): Column[] {
	const names = rows.slice(0, 100).flatMap((row) => ("value" in row ? Object.keys(Object(row.value)) : []));
	return [...new Set(names)].map((heading) => ({
		heading,
		field: IMPORT_FIELDS.find((name) => name === heading) ?? null,
	}));
}

/** What people call a field. */
export function labelOf(field: Name): string {
	const { label }: { label?: string } & Field = FIELDS[field];
	return label ?? "Number (id)";
}

/** The first values that rows have for a field, as text: at most three. */
export function examplesOf(rows: RawRow[], field: Name): string[] {
	const found = new Set<string>();
	for (const row of rows) {
		const value = "value" in row ? (Object(row.value) as Record<string, unknown>)[field] : null;
		if (value !== null && value !== undefined && value !== "") found.add(toText(field, value));
		if (found.size === 3) break;
	}
	return [...found];
}

function toText(field: Name, value: unknown): string {
	const { holds }: Field = FIELDS[field];
	if (typeof value === "boolean") return value ? "yes" : "no";
	if (holds.kind === "choice" && typeof value === "string") return holds.values[value]?.label ?? value;
	return Array.isArray(value) ? value.join(" ") : String(value);
}
