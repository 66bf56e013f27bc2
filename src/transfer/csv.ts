/** CSV, in and out (RFC 4180). */
import type Papa from "papaparse";
import { failure, type Result, success } from "../core/errors.ts";
import { FIELDS, type Name } from "../rescues/fields.ts";
import type { Field } from "../rescues/kinds.ts";
import type { RescueView } from "../rescues/view.ts";
import { toValue } from "./cells.ts";
import { type DayColumn, decide, note, type Reading } from "./days.ts";
import { IMPORT_FIELDS, type RawRow } from "./rows.ts";

const plain = (heading: string) => heading.toLowerCase().replace(/[^a-z]/g, "");

/** Which field a heading stands for: its name, or what people call it, without case, spaces and punctuation. */
const HEADINGS = new Map<string, Name>(
	IMPORT_FIELDS.flatMap((name) => {
		const { headings = [] }: Field = FIELDS[name];
		return [name, ...headings].map((heading) => [plain(heading), name] as const);
	}),
);

/** The parser; few Workers see any CSV, so it is evaluated with the first. */
const loadPapa = async () => (await import("papaparse")).default;

/** A column: its heading as it came, and the field that it stands for; null when no field has it. */
export interface Column {
	heading: string;
	field: Name | null;
}

/** CSV that has been read: its rows are parsed as they are asked for. */
export interface Csv {
	rows: AsyncIterable<RawRow>;
	/** What each heading stands for, in the file's order; those without a text are left out. */
	columns: Column[];
	/** Headings that no field has. */
	ignored: string[];
	/** How columns of days are read, where that had to be found out: `DOB: MM/DD/YYYY`. */
	readings: string[];
}

/** How many characters are parsed at a time. */
const CHUNK = 256 * 1024;

/**
 * Reads CSV (RFC 4180, and with `;` or tabs between the cells). Headings go in any order and case.
 * Answers MALFORMED_REQUEST when the headings can't be used, or nobody can know how a column's days are meant.
 */
export async function readCsv(given: string): Promise<Result<Csv>> {
	const { parse } = await loadPapa();
	const text = evenLines(given.replace(SEPARATOR_LINE, ""));
	// What parts the cells is what makes the most headings known.
	const heads = [",", ";", "\t"].map((delimiter) => readHead(parse, text, delimiter));
	const { delimiter, headings, fields, known } = heads.reduce((best, head) => (head.known > best.known ? head : best));
	const twice = fields.find((field, index) => field && fields.indexOf(field) !== index);
	if (known === 0) {
		const names = IMPORT_FIELDS.join(", ");
		return failure("MALFORMED_REQUEST", `The first row must be headings, some of them known: ${names}.`);
	}
	if (twice) return failure("MALFORMED_REQUEST", `Two columns stand for ${twice}.`);
	const columns = headings.flatMap((heading, index) =>
		heading.trim() === "" ? [] : [{ heading, field: fields[index] ?? null }],
	);
	const ignored = columns.flatMap(({ heading, field }) => (field ? [] : [heading]));
	const days = await readDays(text, delimiter, headings, fields);
	if (!days.ok) return days;
	const readings = days.value.flatMap((reading, index) =>
		reading ? [`${headings[index]?.trim().slice(0, 40)}: ${reading}`] : [],
	);
	return success({ rows: readRows(text, delimiter, fields, days.value), columns, ignored, readings });
}

/** How each column of days is to be read: nothing for the other columns. Answers MALFORMED_REQUEST, naming all that can't be. */
async function readDays(
	text: string,
	delimiter: string,
	headings: string[],
	fields: (Name | undefined)[],
): Promise<Result<(Reading | undefined)[]>> {
	const isOfDays = (field: Name | undefined) => field !== undefined && FIELDS[field].holds.kind === "date";
	const columns = fields.map((field, index): DayColumn | undefined =>
		isOfDays(field) ? { heading: headings[index]?.trim().slice(0, 40) ?? "", mixed: [] } : undefined,
	);
	if (!columns.some(Boolean)) return success([]);
	let row = 0;
	for await (const { data } of chunks(text, delimiter)) {
		for (const cells of data) {
			row++;
			for (const [index, column] of columns.entries()) if (column) note(column, row, cells[index] ?? "");
		}
	}
	const decided = columns.map((column) => (column ? decide(column) : undefined));
	const refused = decided.flatMap((decision) => (decision?.ok === false ? [decision.detail] : []));
	if (refused.length > 0) return failure("MALFORMED_REQUEST", refused.join(" "));
	return success(decided.map((decision) => (decision?.ok ? decision.value : undefined)));
}

// Excel's own first line, `sep=;`: which separator that is, the headings tell as well. Its line end stays, for the rows' numbers.
const SEPARATOR_LINE = /^\ufeff?sep=.?(?=\r|\n|$)/i;

/**
 * Gives all lines one end where a file has two: Papa Parse takes the first line's end for all, and a Windows heading over
 * Unix rows would make one row of the file.
 */
function evenLines(text: string): string {
	const unquoted = text.replace(/"[^"]*"/g, "");
	return unquoted.includes("\r\n") && /(^|[^\r])\n/.test(unquoted) ? text.replaceAll("\r\n", "\n") : text;
}

const isBlank = (cells: string[]) => cells.every((cell) => cell.trim() === "");

function readHead(parse: typeof Papa.parse, text: string, delimiter: string) {
	const { data } = parse<string[]>(text, { preview: 50, delimiter });
	const headings = data.find((cells) => !isBlank(cells)) ?? [];
	const fields = headings.map((heading) => HEADINGS.get(plain(heading)));
	return { delimiter, headings, fields, known: fields.filter(Boolean).length };
}

async function* readRows(
	text: string,
	delimiter: string,
	fields: (Name | undefined)[],
	days: (Reading | undefined)[],
): AsyncGenerator<RawRow> {
	let number = 0;
	let isHead = true;
	for await (const { data, errors } of chunks(text, delimiter)) {
		for (const [index, cells] of data.entries()) {
			number++;
			if (isBlank(cells)) continue;
			if (isHead) {
				isHead = false;
				continue;
			}
			const broken = errors.find((error) => error.row === index && error.type === "Quotes");
			if (broken) yield { row: number, issues: [{ path: [], message: "has a quoted cell that doesn't end well" }] };
			else if (cells.length > fields.length && cells.slice(fields.length).some((cell) => cell.trim() !== "")) {
				yield { row: number, issues: [{ path: [], message: `has more cells than the ${fields.length} headings` }] };
			} else yield { row: number, value: toValue(cells.map(withoutApostrophe), fields, days) };
		}
	}
}

/** Papa Parse calls back; this asks. One chunk is parsed at a time. */
async function* chunks(text: string, delimiter: string): AsyncGenerator<Papa.ParseResult<string[]>> {
	const { parse } = await loadPapa();
	let hand: (next: { results: Papa.ParseResult<string[]>; parser: Papa.Parser } | null) => void;
	const next = () =>
		new Promise<{ results: Papa.ParseResult<string[]>; parser: Papa.Parser } | null>((resolve) => {
			hand = resolve;
		});
	let waiting = next();
	const config = {
		delimiter,
		chunkSize: CHUNK,
		chunk: (results: Papa.ParseResult<string[]>, parser: Papa.Parser) => {
			parser.pause();
			hand({ results, parser });
		},
		complete: () => hand(null),
	};
	// The types say that only files come in chunks.
	parse(text, config as unknown as Papa.ParseConfig);
	for (let got = await waiting; got; got = await waiting) {
		yield got.results;
		waiting = next();
		got.parser.resume();
	}
}

// A spreadsheet runs a cell that starts so as a formula (OWASP, CSV injection); an apostrophe in front makes it text.
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;
const ESCAPED = /^'('*[=+\-@\t\r\n＝＋－＠])/;
const withoutApostrophe = (cell: string) => cell.replace(ESCAPED, "$1");

/** Writes these fields of records as CSV rows that a spreadsheet shows and doesn't run, and that `readCsv` reads back exactly. */
export async function writeCsv(rescues: RescueView[], fields: Name[]): Promise<string> {
	const { unparse } = await loadPapa();
	const rows = rescues.map((rescue) => fields.map((field) => writeCell(rescue[field])));
	return rows.length === 0 ? "" : `${unparse(rows, { escapeFormulae: FORMULA })}\r\n`;
}

/** The first line. The byte order mark makes Excel read UTF-8. */
export const csvHead = (fields: Name[]) => `\ufeff${fields.join(",")}\r\n`;

/** A list is separated by spaces: most URLs have none. */
function writeCell(value: RescueView[Name]) {
	if (!Array.isArray(value)) return value;
	return value.some((entry) => /\s/.test(entry)) ? JSON.stringify(value) : value.join(" ");
}
