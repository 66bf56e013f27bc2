/** Bringing many rescues in, and giving all of them out. */
import * as z from "zod/mini";
import { refuse, seesAll } from "../core/access.ts";
import { defineResolver, defineWrite } from "../core/define.ts";
import { invalidInput, success } from "../core/errors.ts";
import { grouped, oneOf } from "../core/issues.ts";
import { type Name, PRIVATE, READ_ONLY } from "../rescues/fields.ts";
import { readGood } from "../rescues/judge.ts";
import { toPatch } from "../rescues/rescue.ts";
import { rescueSchemas } from "../rescues/schemas.ts";
import { asksForPrivate, matching, normalise, searchSchemas } from "../rescues/search.ts";
import type { RescueView } from "../rescues/view.ts";
import {
	IMPORT_FIELDS,
	type ImportReport,
	type ImportRow,
	MAX_ISSUES,
	MAX_WHOLE_ROWS,
	type RawRow,
	type RowIssue,
} from "./rows.ts";

/** Rows that the ledger lands in one transaction: some 100 ms of its time, in which no other write gets in. */
const BATCH_ROWS = 500;
/** The most names of ignored fields that a report lists. */
const MAX_IGNORED = 50;

const flagRule = "must be true or false";
const wholeRule = `must be false for more than ${grouped(MAX_WHOLE_ROWS)} rows, which don't go into one transaction`;

/**
 * Brings rows in. Each changes the record with its `externalId`, else with its `id`, else it creates one; so repeating
 * an import changes nothing. Rows land in transactions of up to 500, bad ones are listed; with `atomic`, all land in
 * one transaction or none does; with `dryRun`, none does; both take 5,000 rows at most, good and bad ones, because no
 * other write gets in meanwhile. Rows are validated before they are sent to the ledger, which says what else is wrong with bad ones.
 * Answers INVALID_INPUT, IDEMPOTENCY_KEY_REUSED, UNAVAILABLE: then whole batches may have landed, and repeating is safe.
 */
export const importRescues = defineWrite(
	() => ({
		rows: z.custom<Iterable<RawRow> | AsyncIterable<RawRow>>(),
		ignored: z.optional(z.array(z.string())),
		readings: z.optional(z.array(z.string())),
		dryRun: z.nullish(z.boolean(flagRule)),
		atomic: z.nullish(z.boolean(flagRule)),
	}),
	async (ctx, args, sender) => {
		const dryRun = args.dryRun ?? false;
		const atomic = args.atomic ?? false;
		const none = { created: 0, updated: 0, unchanged: 0 };
		const report: ImportReport = { ...none, failed: 0, errors: [], ignored: [], readings: args.readings ?? [] };
		const ignored = new Set(args.ignored);
		let batch: ImportRow[] = [];
		let rows = 0;
		let batches = 0;
		let replays = 0;

		const refuse = (issues: RowIssue[]) => report.errors.push(...issues.slice(0, MAX_ISSUES - report.errors.length));
		const land = async (more?: true) => {
			// Once a row is bad an atomic import only goes on to find out what else is.
			const isDry = dryRun || (atomic && report.failed > 0);
			const key = sender.idempotencyKey;
			const landed = await ctx.store.write(
				{ do: "import", rows: batch, atomic, dryRun: isDry, ...(more && { more }) },
				{ ...sender, idempotencyKey: key && (batches === 0 ? key : `${key}/${batches}`) },
			);
			batches++;
			batch = [];
			if (!landed.ok) return landed;
			if (landed.replayed) replays++;
			for (const became of ["created", "updated", "unchanged", "failed"] as const) {
				report[became] += landed.value[became];
			}
			refuse(landed.value.errors);
			return null;
		};

		for await (const raw of args.rows) {
			// What is not to land, or only as a whole, must be one transaction.
			if (++rows > MAX_WHOLE_ROWS && (atomic || dryRun)) {
				const given = Object.entries({ atomic, dryRun }).filter(([, isGiven]) => isGiven);
				return invalidInput(given.map(([name]) => ({ path: [name], message: wholeRule })));
			}
			if ("issues" in raw) {
				report.failed++;
				refuse(raw.issues.map((issue) => ({ row: raw.row, ...issue })));
				continue;
			}
			if (batch.length === BATCH_ROWS && !atomic && !dryRun) {
				const failed = await land(true);
				if (failed) return failed;
			}
			batch.push(readRow(raw.row, raw.value, ignored));
		}
		if (batch.length > 0) {
			const failed = await land();
			if (failed) return failed;
		}
		if (atomic && report.failed > 0) Object.assign(report, none);
		report.errors.sort((a, b) => a.row - b.row);
		report.ignored = [...ignored].slice(0, MAX_IGNORED);
		return { ...success(report), ...(replays > 0 && replays === batches && { replayed: true as const }) };
	},
);

/** Judges one row: what of it is good, and what is wrong with the rest. */
function readRow(row: number, value: unknown, ignored: Set<string>): ImportRow {
	const { good, issues } = readGood(rescueSchemas.import, value);
	const { id, ...patch } = good;
	if (ignored.size < MAX_IGNORED && typeof value === "object" && value !== null) {
		for (const name of Object.keys(value)) if (!IMPORT_FIELDS.includes(name as Name)) ignored.add(name.slice(0, 40));
	}
	return { row, ...(id != null && { id }), patch: toPatch(patch), ...(issues.length > 0 && { issues }) };
}

/** The formats of an export. */
export const EXPORT_FORMATS = ["csv", "ndjson", "json"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Records on their way out. */
export interface RescueExport {
	format: ExportFormat;
	/** Whether the read-only fields are wanted too. */
	full: boolean;
	/** The columns of CSV: private ones only for those who see them. */
	fields: Name[];
	/** Where the change feed goes on from this state. */
	cursor: string;
	/** The records by id, some at a time; throws when the ledger can't be reached any more. */
	batches: AsyncIterable<RescueView[]>;
}

/**
 * All records that pass the filter, by id, as they were at one moment: the change log at one number. Read from the
 * ledger, up to 1,000 records or 1 MiB a call, as they are asked for. Answers INVALID_INPUT, UNAVAILABLE.
 */
export const exportRescues = defineResolver(
	() => ({
		filter: z.nullish(searchSchemas.filter),
		format: z.enum(EXPORT_FORMATS, oneOf(EXPORT_FORMATS)),
		full: z.nullish(z.boolean("must be true or false")),
	}),
	async (ctx, { filter: given, format, full }) => {
		const refusal = asksForPrivate(given ?? {}, "id") ? refuse(ctx.access, "read") : null;
		if (refusal) return refusal;
		const filter = normalise(given ?? {});
		const first = await ctx.store.snapshot(0, 0);
		if (!first.ok) return first;
		const start = first.value;
		const { at } = start;
		const isAsked = matching(filter);
		async function* batches() {
			for (let batch = start; ; ) {
				yield batch.rescues.filter(isAsked);
				if (batch.next === null) return;
				const next = await ctx.store.snapshot(at, batch.next);
				if (!next.ok) throw new Error(`the export broke off: ${next.detail}`);
				batch = next.value;
			}
		}
		const columns: readonly Name[] = [...IMPORT_FIELDS, ...(full ? READ_ONLY : [])];
		const hidden: readonly Name[] = seesAll(ctx.access) ? [] : PRIVATE;
		const fields = columns.filter((name) => !hidden.includes(name));
		return success<RescueExport>({ format, full: full ?? false, fields, cursor: String(at), batches: batches() });
	},
);
