/** What is wrong with which row, in words; and as a file to go through the spreadsheet with. */
import Papa from "papaparse";
import { IMPORT_FIELDS, type ImportReport } from "../../src/transfer/rows.ts";
import { saveFile } from "../shared/save-file.ts";
import { type ImportFile, labelOf } from "./file.ts";

/** A row that can't be brought in: one line for each thing that is wrong with it. */
export interface Line {
	row: number;
	/** The animal's name in that row; empty when it has none. */
	name: string;
	/** The column, as it is headed in the file; empty when it is the row as a whole. */
	column: string;
	problem: string;
}

/** The lines of a report, by row. */
export function toLines({ rows, columns }: ImportFile, { errors }: ImportReport): Line[] {
	const byRow = new Map(rows.map((row) => [row.row, row]));
	return errors
		.toSorted((a, b) => a.row - b.row)
		.map(({ row, path, message }) => {
			const raw = byRow.get(row);
			const value = raw && "value" in raw ? (raw.value as { name?: unknown }) : {};
			const field = IMPORT_FIELDS.find((name) => name === path[0]);
			const heading = columns.find((column) => column.field === field)?.heading;
			const column = field ? (heading ?? labelOf(field)) : path.join(".");
			return { row, name: typeof value?.name === "string" ? value.name : "", column, problem: message };
		});
}

/** Gives the person a CSV file of these lines. */
export function downloadReport(file: ImportFile, lines: Line[]) {
	const text = Papa.unparse(
		lines.map(({ row, name, column, problem }) => ({ Row: row, Animal: name, Column: column, Problem: problem })),
		{ escapeFormulae: true },
	);
	download(`${file.name.replace(/\.\w+$/, "")} - problems.csv`, text);
}

/** Gives the person an empty spreadsheet with a column for everything that can be brought in. */
export const downloadTemplate = () => download("animals.csv", IMPORT_FIELDS.filter((name) => name !== "id").join(","));

// The byte order mark makes Excel read UTF-8.
const download = (name: string, text: string) => saveFile(name, new Blob([`\ufeff${text}\r\n`], { type: "text/csv" }));
