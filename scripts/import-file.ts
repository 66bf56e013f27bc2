/** Reads the file that `npm run import` is given. */
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { readImport } from "../src/transfer/import-body.ts";
import type { RawRow } from "../src/transfer/rows.ts";

/** A file's rows, read and parsed exactly as the service does it. */
export interface ImportFile {
	rows: RawRow[];
	/** Headings that no field has. */
	ignored: string[];
	/** How columns of days were read. */
	readings: string[];
}

const TYPES: Record<string, string> = {
	".csv": "text/csv",
	".tsv": "text/csv",
	".txt": "text/csv",
	".ndjson": "application/x-ndjson",
	".jsonl": "application/x-ndjson",
	".json": "application/json",
};

/**
 * Reads a file by its ending. A `.json` file may also be what `wrangler kv bulk get` prints of the tutorial's namespace.
 * @returns why not, when it can't be read
 */
export async function readImportFile(path: string): Promise<ImportFile | string> {
	const type = TYPES[extname(path).toLowerCase()];
	if (!type) return `${path}: the name must end in ${Object.keys(TYPES).join(", ")}.`;
	let body: Uint8Array<ArrayBuffer>;
	try {
		body = new Uint8Array(await readFile(path));
	} catch (error) {
		return `${path} can't be read: ${(error as Error).message}`;
	}
	if (type === "application/json") {
		const records = readNamespace(new TextDecoder().decode(body));
		if (records) return { rows: records, ignored: [], readings: [] };
	}
	const request = new Request("file:///", { method: "POST", headers: { "Content-Type": type }, body });
	const read = await readImport(request);
	if (!read.ok) return `${path}: ${read.detail}`;
	const rows: RawRow[] = [];
	for await (const row of read.value.rows) rows.push(row);
	return { ...read.value, rows };
}

/** What `wrangler kv bulk get` prints, `{"<key>": {"value": "<JSON>"}}`, as rows; null when the text is another thing. */
function readNamespace(text: string): RawRow[] | null {
	try {
		const values = JSON.parse(text);
		if (Array.isArray(values) || typeof values !== "object" || values === null) return null;
		return Object.values(values).map((entry, index) => {
			const value = (entry as { value?: unknown }).value ?? entry;
			return { row: index + 1, value: typeof value === "string" ? JSON.parse(value) : value };
		});
	} catch {
		return null;
	}
}
