import { type Context, Hono } from "hono";
import { accepts } from "hono/accepts";
import { readKey, replay } from "../http/answer.ts";
import { VARY } from "../http/headers.ts";
import type { RestEnv } from "../http/http-env.ts";
import { problem } from "../http/problem.ts";
import { only, query, toBoolean } from "../http/query.ts";
import { FILTER_PARAMETERS, type FilterQuery, readFilter } from "../rescues/filter-query.ts";
import { EXPORT_TYPES, exportBody } from "./export-body.ts";
import { CSV_TYPES, IMPORT_TYPES, NDJSON_TYPES, readImport } from "./import-body.ts";
import { EXPORT_FORMATS, type ExportFormat, exportRescues, importRescues } from "./resolvers.ts";

type Flag = "true" | "false";
type ExportQuery = FilterQuery & { format?: ExportFormat; full?: Flag };
type ImportQuery = { dryRun?: Flag; atomic?: Flag };
const IMPORT_PARAMETERS = { once: ["dryRun", "atomic"] } as const;
const EXPORT_PARAMETERS = { ...FILTER_PARAMETERS, once: ["format", "full", ...FILTER_PARAMETERS.once] } as const;

/** Import and export; mounted before `/rescues/:id`, which would take their names for ids. */
export const transfer = new Hono<RestEnv>()
	.use("/rescues/export", only("GET", "HEAD"))
	.get("/rescues/export", query<ExportQuery>(EXPORT_PARAMETERS), async (c) => {
		const { format, full, ...filter } = c.req.valid("query");
		const exported = await exportRescues(c.get("ctx"), {
			format: format ?? preferred(c),
			full: toBoolean(full),
			filter: readFilter(filter),
		});
		if (!exported.ok) return problem(c, exported);
		const { format: written, cursor } = exported.value;
		return c.body(exportBody(exported.value), 200, {
			"Content-Type": written === "csv" ? "text/csv; charset=utf-8" : EXPORT_TYPES[written],
			"Content-Disposition": `attachment; filename="rescues.${written}"`,
			"Changes-Cursor": cursor,
			Vary: `Accept, ${VARY}`,
		});
	})
	.use("/rescues/import", only("POST"))
	.use("/rescues/import.csv", only("POST"))
	.use("/rescues/import.ndjson", only("POST"))
	.post("/rescues/import", query<ImportQuery>(IMPORT_PARAMETERS), (c) => bringIn(c, c.req.valid("query"), IMPORT_TYPES))
	.post("/rescues/import.csv", query<ImportQuery>(IMPORT_PARAMETERS), (c) =>
		bringIn(c, c.req.valid("query"), [...CSV_TYPES, "text/plain"]),
	)
	.post("/rescues/import.ndjson", query<ImportQuery>(IMPORT_PARAMETERS), (c) =>
		bringIn(c, c.req.valid("query"), [...NDJSON_TYPES, "text/plain"]),
	);

/** Imports a body of one of these types; the first is what `text/plain` stands for. */
async function bringIn(c: Context<RestEnv>, { dryRun, atomic }: ImportQuery, types: readonly string[]) {
	const body = await readImport(c.req.raw, types);
	if (!body.ok) return problem(c, body);
	const { rows, ignored, readings } = body.value;
	const imported = await importRescues(c.get("ctx"), {
		...{ rows, ignored, readings },
		dryRun: toBoolean(dryRun),
		atomic: toBoolean(atomic),
		...readKey(c),
	});
	return imported.ok ? c.json(imported.value, 200, replay(imported)) : problem(c, imported);
}

/** The format that the client likes best; CSV when it doesn't care. */
function preferred(c: Context): ExportFormat {
	const type = accepts(c, { header: "Accept", supports: Object.values(EXPORT_TYPES), default: EXPORT_TYPES.csv });
	return EXPORT_FORMATS.find((format) => EXPORT_TYPES[format] === type) ?? "csv";
}
