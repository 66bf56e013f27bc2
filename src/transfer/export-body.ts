import { streamed } from "../http/streamed.ts";
import type { RescueView } from "../rescues/view.ts";
import { csvHead, writeCsv } from "./csv.ts";
import type { ExportFormat, RescueExport } from "./resolvers.ts";
import { IMPORT_FIELDS } from "./rows.ts";

/** The media type of each format. */
export const EXPORT_TYPES = {
	csv: "text/csv",
	ndjson: "application/x-ndjson",
	json: "application/json",
} as const satisfies Record<ExportFormat, string>;

/** An export as a body that is written while it is read. */
export const exportBody = (exported: RescueExport) => streamed(write(exported));

async function* write({ format, full, fields, batches }: RescueExport): AsyncGenerator<string, void> {
	if (format === "csv") {
		yield csvHead(fields);
		for await (const batch of batches) yield await writeCsv(batch, fields);
		return;
	}
	const line = (rescue: RescueView) => JSON.stringify(rescue, full ? undefined : IMPORT_FIELDS);
	if (format === "ndjson") {
		for await (const batch of batches) yield batch.map((rescue) => `${line(rescue)}\n`).join("");
		return;
	}
	let separator = "\n";
	yield "[";
	for await (const batch of batches) {
		if (batch.length === 0) continue;
		yield separator + batch.map(line).join(",\n");
		separator = ",\n";
	}
	yield "\n]\n";
}
