import { type Context, Hono, type MiddlewareHandler } from "hono";
import { accepts } from "hono/accepts";
import { notAllowed } from "../http/status.ts";
import { DEFAULT_FEED, listChanges } from "../resolvers/changes.ts";
import { EXPORT_FORMATS, type ExportFormat, exportRescues } from "../resolvers/export-rescues.ts";
import { importRescues } from "../resolvers/import-rescues.ts";
import { replay } from "./answer.ts";
import { EXPORT_TYPES, exportBody } from "./export-body.ts";
import { readImport } from "./import-body.ts";
import { problem } from "./problem.ts";
import { type FilterQuery, query, toBoolean, toNumber } from "./query.ts";
import type { RestEnv } from "./rest-env.ts";

/**
 * The routes by which data comes in and goes out, mounted under `/rescues` before `/:id`, which would take their names
 * for ids.
 */
export const transfer = new Hono<RestEnv>()
	.use("/changes", only("GET", "HEAD"))
	.get("/changes", query<{ since?: string; limit?: string }>(["since", "limit"]), async (c) => {
		const { since, limit } = c.req.valid("query");
		const found = await listChanges(c.get("ctx"), { since, first: toNumber(limit ?? DEFAULT_FEED) });
		return found.ok ? c.json(found.value) : problem(c, found, { first: "limit" });
	})
	.use("/export", only("GET", "HEAD"))
	.get("/export", query<ExportQuery>(["format", "full", "species", "sex", "size", "q"], ["status"]), async (c) => {
		const { format, full, ...filter } = c.req.valid("query");
		const exported = await exportRescues(c.get("ctx"), {
			format: format ?? preferred(c),
			full: toBoolean(full),
			filter,
		});
		if (!exported.ok) return problem(c, exported);
		const { format: written, cursor } = exported.value;
		return c.body(exportBody(exported.value), 200, {
			"Content-Type": written === "csv" ? "text/csv; charset=utf-8" : EXPORT_TYPES[written],
			"Content-Disposition": `attachment; filename="rescues.${written}"`,
			"Changes-Cursor": cursor,
			Vary: "Accept",
		});
	})
	.use("/import", only("POST"))
	.post("/import", query<{ dryRun?: Flag; atomic?: Flag }>(["dryRun", "atomic"]), async (c) => {
		// Refused again where every write passes (`defineWrite`); here it saves reading the body.
		const { writeRefusal } = c.get("access");
		if (writeRefusal) return problem(c, writeRefusal);
		const { dryRun, atomic } = c.req.valid("query");
		const body = await readImport(c.req.raw);
		if (!body.ok) return problem(c, body);
		const imported = await importRescues(c.get("ctx"), {
			...body.value,
			dryRun: toBoolean(dryRun),
			atomic: toBoolean(atomic),
			idempotencyKey: c.req.header("Idempotency-Key"),
		});
		return imported.ok ? c.json(imported.value, 200, replay(imported)) : problem(c, imported);
	});

type Flag = "true" | "false";

interface ExportQuery extends FilterQuery {
	format?: ExportFormat;
	full?: Flag;
}

/** The format that the client likes best; CSV when it doesn't care. */
function preferred(c: Context): ExportFormat {
	const type = accepts(c, { header: "Accept", supports: Object.values(EXPORT_TYPES), default: EXPORT_TYPES.csv });
	return EXPORT_FORMATS.find((format) => EXPORT_TYPES[format] === type) ?? "csv";
}

/** Refuses other methods: they would reach `/:id`. */
function only(...methods: string[]): MiddlewareHandler<RestEnv> {
	const allowed = methods.join(", ");
	return async (c, next) => {
		if (methods.includes(c.req.method)) return next();
		c.header("Allow", allowed);
		return problem(c, notAllowed(c.req.path, allowed));
	};
}
