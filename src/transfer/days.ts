/** Days as spreadsheets have them: which of day and month comes first is found out from a whole column. */
import { failure, type Result, success } from "../core/errors.ts";

/** A column of days. */
export interface DayColumn {
	heading: string;
	/** Cells that could tell which comes first, each with its row's number. */
	mixed: { row: number; cell: string }[];
}

/** How a column's days are written; null when none of them leaves a choice. */
export type Reading = "MM/DD/YYYY" | "DD/MM/YYYY" | null;

/** No day is longer; a cell may be. */
const MAX_LENGTH = 40;
/** A time of day behind a day says nothing that is wanted. */
const TIME = /[T ]\s*\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s*([ap]\.?m\.?)?\s*(z|[+-]\d{2}:?\d{2})?$/i;
const YEAR_FIRST = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/;
const YEAR_LAST = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})$/;

const withoutTime = (cell: string) => {
	const text = cell.trim();
	return text.length > MAX_LENGTH ? text : text.replace(TIME, "");
};

const toDay = (year = "", month = "", day = "") => `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
const isDay = (text: string) =>
	!Number.isNaN(Date.parse(`${text}T00:00:00Z`)) && new Date(text).toISOString().startsWith(text);

/** Both readings of a cell that has the year last, each null when there is no such day; undefined for any other cell. */
function readBoth(cell: string): { monthFirst: string | null; dayFirst: string | null } | undefined {
	const [, first, , second, year] = YEAR_LAST.exec(withoutTime(cell)) ?? [];
	if (year === undefined) return undefined;
	const [monthFirst, dayFirst] = [toDay(year, first, second), toDay(year, second, first)];
	return { monthFirst: isDay(monthFirst) ? monthFirst : null, dayFirst: isDay(dayFirst) ? dayFirst : null };
}

/** Notes what a cell says of its column. */
export function note({ mixed }: DayColumn, row: number, cell: string) {
	const both = readBoth(cell);
	if (both && both.monthFirst !== both.dayFirst) mixed.push({ row, cell: cell.trim() });
}

/** How a column is to be read. Answers MALFORMED_REQUEST, naming rows, when that can't be known or differs. */
export function decide({ heading, mixed }: DayColumn): Result<Reading> {
	if (mixed.length === 0) return success(null);
	const one = (reading: "monthFirst" | "dayFirst") => mixed.find(({ cell }) => readBoth(cell)?.[reading] === null);
	const [notMonthFirst, notDayFirst] = [one("monthFirst"), one("dayFirst")];
	const name = ({ row, cell }: DayColumn["mixed"][number]) => `row ${row} (${cell})`;
	if (notMonthFirst && notDayFirst) {
		const rows = `${name(notDayFirst)} has the month first, ${name(notMonthFirst)} the day`;
		return failure("MALFORMED_REQUEST", `The column ${heading} has days of two kinds: ${rows}. ${WRITE_ISO}`);
	}
	// Nobody writes the month first with points.
	if (notMonthFirst || (!notDayFirst && mixed.every(({ cell }) => cell.includes(".")))) return success("DD/MM/YYYY");
	if (notDayFirst) return success("MM/DD/YYYY");
	const rows = mixed.slice(0, 3).map(name).join(", ");
	const more = mixed.length > 3 ? ` and ${mixed.length - 3} more` : "";
	return failure(
		"MALFORMED_REQUEST",
		`The days of the column ${heading} may be MM/DD/YYYY or DD/MM/YYYY: ${rows}${more}. ${WRITE_ISO}`,
	);
}

const WRITE_ISO = "Write them as YYYY-MM-DD and send the file again.";

/** A day as RFC 3339 has it; the cell as it is when it isn't one. */
export function readDay(cell: string, reading: Reading): string {
	const text = withoutTime(cell);
	const [, year, month, day] = YEAR_FIRST.exec(text) ?? [];
	if (year !== undefined) return toDay(year, month, day);
	const both = readBoth(text);
	return (reading === "MM/DD/YYYY" ? both?.monthFirst : (both?.dayFirst ?? both?.monthFirst)) ?? cell.trim();
}
