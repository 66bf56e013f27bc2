/** The routes of backups: `/backup` and `/restore`. */
import { Hono } from "hono";
import { forAdmins } from "../http/access.ts";
import { decodeUtf8, malformedJson, readMediaType } from "../http/body.ts";
import type { RestEnv } from "../http/http-env.ts";
import { problem } from "../http/problem.ts";
import { query, toBoolean, toNumber } from "../http/query.ts";
import { streamed } from "../http/streamed.ts";
import { backUp, getRestore, restoreBackup } from "./resolvers.ts";

type Flag = "true" | "false";
const NDJSON = "application/x-ndjson";

export const backup = new Hono<RestEnv>()
	// The change log, written while it is read. When the ledger fails half-way the body breaks off.
	.get("/backup", query<{ after?: string }>({ once: ["after"] }), async (c) => {
		const blocks = await backUp(c.get("ctx"), { after: toNumber(c.req.valid("query").after ?? 0) });
		if (!blocks.ok) return problem(c, blocks);
		return c.body(streamed(blocks.value), 200, {
			"Content-Type": NDJSON,
			"Content-Disposition": 'attachment; filename="backup.ndjson"',
		});
	})
	.get("/restore", async (c) => {
		const state = await getRestore(c.get("ctx"), {});
		return state.ok ? c.json(state.value) : problem(c, state);
	})
	// Takes blocks in; `npm run restore` sends all of them.
	.post(
		"/restore",
		forAdmins,
		query<{ from?: string; replace?: Flag; more?: Flag }>({ once: ["from", "replace", "more"] }),
		async (c) => {
			const type = readMediaType(c.req.raw, [NDJSON]);
			if (!type.ok) return problem(c, type);
			const bytes = await c.req.arrayBuffer();
			let blocks: string;
			try {
				blocks = decodeUtf8(bytes);
			} catch {
				return problem(c, malformedJson());
			}
			const { from, replace, more } = c.req.valid("query");
			const where = from === undefined ? null : toNumber(from);
			const args = { blocks, from: where, replace: toBoolean(replace), more: toBoolean(more) };
			const state = await restoreBackup(c.get("ctx"), args);
			return state.ok ? c.json(state.value) : problem(c, state);
		},
	);
