import { failure, invalidInput, type Result, success } from "../core/errors.ts";
import { decodeUtf8, malformedJson, readBytes, readMediaType } from "../http/body.ts";
import { type Column, readCsv } from "./csv.ts";
import type { RawRow } from "./rows.ts";

/** What CSV is sent as: any separator goes with either. */
export const CSV_TYPES: readonly string[] = ["text/csv", "text/tab-separated-values"];
/** What one JSON value a line is sent as. */
export const NDJSON_TYPES: readonly string[] = [
	"application/x-ndjson",
	"application/ndjson",
	"application/jsonl",
	"application/x-jsonlines",
];
/** The media types that an import takes. */
export const IMPORT_TYPES: readonly string[] = [...CSV_TYPES, ...NDJSON_TYPES, "application/json"];

/** Rows as they came; of CSV also what its columns stand for, and how those of days were read. */
export interface ImportBody {
	rows: Iterable<RawRow> | AsyncIterable<RawRow>;
	columns?: Column[];
	ignored: string[];
	readings: string[];
}

/**
 * Reads an import's body to its end, then gives its rows one by one: an upload that breaks off, is too large or isn't
 * UTF-8 changes nothing. Answers UNSUPPORTED_MEDIA_TYPE, MALFORMED_REQUEST, INVALID_INPUT.
 */
export async function readImport(request: Request, types = IMPORT_TYPES): Promise<Result<ImportBody>> {
	const type = readMediaType(request, types);
	if (!type.ok) return type;
	const bytes = await readBytes(request);
	if (!bytes.ok) return bytes;
	let text: string;
	try {
		text = decode(bytes.value);
	} catch {
		return failure("MALFORMED_REQUEST", NOT_UTF8);
	}
	if (text.slice(0, 100).includes("\0")) return failure("MALFORMED_REQUEST", UNMARKED);
	const named = type.value === "text/plain" ? types[0] : type.value;
	if (named && CSV_TYPES.includes(named)) return readCsv(text);
	if (named === "application/json") return readArray(text);
	return success({ rows: readLines(text), ignored: [], readings: [] });
}

/** Text in UTF-8, or in UTF-16 when its first two bytes say so, as Excel's “Unicode text”. Throws a TypeError for neither. */
function decode(bytes: ArrayBuffer): string {
	const [first, second] = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength));
	if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le", { fatal: true }).decode(bytes);
	if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be", { fatal: true }).decode(bytes);
	return decodeUtf8(bytes);
}

const UNMARKED = "The file is in UTF-16 without a byte order mark. Save it as UTF-8 and send it again.";

/** What is said of a file in another encoding. */
export const NOT_UTF8 =
	"The file is not in UTF-8; most likely it is in Windows-1252, as Excel saves plain CSV. Save it as “CSV UTF-8” and send it again.";

function* readLines(text: string): Generator<RawRow> {
	let row = 0;
	for (let start = 0; start < text.length; ) {
		const end = text.indexOf("\n", start);
		const line = text.slice(start, end < 0 ? undefined : end).trim();
		start = end < 0 ? text.length : end + 1;
		row++;
		if (line === "") continue;
		try {
			yield { row, value: JSON.parse(line) };
		} catch {
			yield { row, issues: [{ path: [], message: "is not well-formed JSON" }] };
		}
	}
}

function readArray(text: string): Result<ImportBody> {
	let values: unknown;
	try {
		values = JSON.parse(text);
	} catch {
		return malformedJson();
	}
	if (!Array.isArray(values)) return invalidInput([{ path: [], message: "must be an array of rescues" }]);
	return success({ rows: values.map((value, index) => ({ row: index + 1, value })), ignored: [], readings: [] });
}
