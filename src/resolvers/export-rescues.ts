import * as z from "zod/mini";
import type { Snapshot } from "../context.ts";
import { success } from "../domain/errors.ts";
import { matches, normalise, RescueFilter } from "../domain/finding.ts";
import { type AnimalRescue, oneOf } from "../domain/rescue.ts";
import { defineResolver } from "./resolver.ts";

/** The formats of an export. */
export const EXPORT_FORMATS = ["csv", "ndjson", "json"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Records on their way out. */
export interface RescueExport {
	format: ExportFormat;
	/** Whether the read-only fields are wanted too. */
	full: boolean;
	/** Where the change feed goes on from this state. */
	cursor: string;
	/** The records by id, some at a time; throws when the ledger can't be reached any more. */
	batches: AsyncIterable<AnimalRescue[]>;
}

/**
 * All records that pass the filter, by id, as they were at one moment: the change log at one number. Read from the
 * ledger, up to 1,000 records or 1 MiB a call, as they are asked for. Answers INVALID_INPUT, UNAVAILABLE.
 */
export const exportRescues = defineResolver(
	() => ({
		filter: z.nullish(RescueFilter()),
		format: z.enum(EXPORT_FORMATS, oneOf(EXPORT_FORMATS)),
		full: z.nullish(z.boolean("must be true or false")),
	}),
	async (ctx, { filter: given, format, full }) => {
		const filter = normalise(given ?? {});
		const first = await ctx.reader.snapshot(0, 0);
		if (!first.ok) return first;
		const start = first.value;
		const { at } = start;
		async function* batches() {
			for (let stretch: Snapshot = start; ; ) {
				yield (JSON.parse(stretch.body) as AnimalRescue[]).filter((rescue) => matches(filter, rescue));
				if (stretch.next === null) return;
				const next = await ctx.reader.snapshot(at, stretch.next);
				if (!next.ok) throw new Error(`the export broke off: ${next.detail}`);
				stretch = next.value;
			}
		}
		return success<RescueExport>({ format, full: full ?? false, cursor: String(at), batches: batches() });
	},
);
