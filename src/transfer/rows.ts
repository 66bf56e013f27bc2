/** An import's rows, from what came to what became of them. */
import * as z from "zod/mini";
import type { InputIssue } from "../core/errors.ts";
import { grouped } from "../core/issues.ts";
import { lazily } from "../core/lazily.ts";
import { FIELDS, type Name, WRITABLE, type Writable } from "../rescues/fields.ts";
import type { Field } from "../rescues/kinds.ts";
import type { RescueInput, RescuePatch } from "../rescues/rescue.ts";

/** The fields that an import knows, in the order in which an export writes them. */
export const IMPORT_FIELDS: Name[] = ["id", ...WRITABLE];

/** A row as it came: not yet looked at, or already known to be unreadable. `row` is its number as its sender counts. */
export type RawRow = { row: number; value: unknown } | { row: number; issues: InputIssue[] };

/** A row that has been looked at. */
export interface ImportRow {
	row: number;
	id?: number;
	/** What is good of it. */
	patch: RescuePatch;
	/** What is known to be wrong with it: it doesn't land, and the ledger says what else is wrong. */
	issues?: InputIssue[];
}

/** One thing wrong with one row. */
export interface RowIssue extends InputIssue {
	row: number;
}

/** What became of some rows. */
export interface ImportOutcome {
	created: number;
	updated: number;
	unchanged: number;
	failed: number;
	errors: RowIssue[];
}

/** The most rows of an import that is `atomic` or a `dryRun`: one transaction of some hundreds of ms, in which no other write gets in. */
export const MAX_WHOLE_ROWS = 5000;
/** The same in the descriptions of the two flags. */
export const WHOLE_LIMIT = `: for up to ${grouped(MAX_WHOLE_ROWS)} rows`;

/** The most issues that a report lists. */
export const MAX_ISSUES = 1000;

/** What each field of a report means: the descriptions in the OpenAPI document and in the GraphQL schema. */
export const REPORT_FIELDS = {
	created: "How many rows made a new rescue.",
	updated: "How many rows changed a rescue.",
	unchanged: "How many rows say what the rescue says already.",
	failed: "How many rows were refused.",
	errors: `What is wrong with the rows that failed, at most ${grouped(MAX_ISSUES)} entries.`,
	ignored: "Columns or fields that no rescue has, or that can't be written. They were left out.",
	readings:
		"How columns of days were read, where that had to be found out from the whole column: `DOB: MM/DD/YYYY`, with the heading as it came.",
	row: "The row's number: in CSV as a spreadsheet shows it (the headings are row 1), else the first is 1.",
} as const;

/** What became of an import, as both transports give it. */
export const transferSchemas = lazily({
	report: () =>
		z
			.strictObject({
				created: z.int().check(z.meta({ description: REPORT_FIELDS.created })),
				updated: z.int().check(z.meta({ description: REPORT_FIELDS.updated })),
				unchanged: z.int().check(z.meta({ description: REPORT_FIELDS.unchanged })),
				failed: z.int().check(z.meta({ description: REPORT_FIELDS.failed })),
				errors: z
					.array(
						z.strictObject({
							row: z.int().check(z.meta({ description: REPORT_FIELDS.row })),
							path: z.array(z.union([z.string(), z.int()])),
							message: z.string(),
						}),
					)
					.check(z.meta({ description: REPORT_FIELDS.errors })),
				ignored: z.array(z.string()).check(z.meta({ description: REPORT_FIELDS.ignored })),
				readings: z.array(z.string()).check(z.meta({ description: REPORT_FIELDS.readings })),
			})
			.check(z.meta({ id: "ImportReport", description: "What became of an import's rows." })),
});
export type ImportReport = z.infer<typeof transferSchemas.report>;

const fieldOf = (name: Writable): Field => FIELDS[name];
const DEFAULTS = Object.fromEntries(
	WRITABLE.map((name) => {
		const field = fieldOf(name);
		return [name, "default" in field ? field.default : null];
	}),
);

/**
 * A new record's fields as they are sent for one, every left-out one at its default; or what is missing.
 * @param patch fields that have been validated
 */
export function complete(patch: RescuePatch): { fields: RescueInput } | { issues: InputIssue[] } {
	const fields = { ...DEFAULTS, ...patch } as RescueInput;
	const isMissing = (name: Writable) => {
		const field = fieldOf(name);
		if ("requiredUnless" in field) return fields[name] === null && fields[field.requiredUnless as Writable] === null;
		return "required" in field && fields[name] === null;
	};
	const missing = WRITABLE.filter(isMissing);
	if (missing.length === 0) return { fields };
	return { issues: missing.map((name) => ({ path: [name], message: "is required" })) };
}
