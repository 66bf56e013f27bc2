import { failure, invalidInput, type Result, success } from "../core/errors.ts";
import { decodeUtf8, malformedJson, readMediaType } from "../http/body.ts";
import { readCsv } from "./csv.ts";
import type { RawRow } from "./rows.ts";

/** The media types that an import takes. */
export const IMPORT_TYPES = ["text/csv", "application/x-ndjson", "application/json"] as const;

/** Rows as they came, and the columns that no field has. */
interface ImportBody {
	rows: Iterable<RawRow> | AsyncIterable<RawRow>;
	ignored: string[];
}

/**
 * Reads an import's body to its end, then gives its rows one by one: an upload that breaks off, is too large or isn't
 * UTF-8 changes nothing. Answers UNSUPPORTED_MEDIA_TYPE, MALFORMED_REQUEST, INVALID_INPUT.
 */
export async function readImport(request: Request): Promise<Result<ImportBody>> {
	const type = readMediaType(request, IMPORT_TYPES);
	if (!type.ok) return type;
	const bytes = await request.arrayBuffer();
	let text: string;
	try {
		text = decodeUtf8(bytes);
	} catch {
		return failure("MALFORMED_REQUEST", NOT_UTF8);
	}
	if (type.value === "text/csv") return readCsv(text);
	if (type.value === "application/x-ndjson") return success({ rows: readLines(text), ignored: [] });
	return readArray(text);
}

const NOT_UTF8 =
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
	return success({ rows: values.map((value, index) => ({ row: index + 1, value })), ignored: [] });
}
