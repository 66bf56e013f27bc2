import { Hono } from "hono";
import { readKey, replay } from "../http/answer.ts";
import type { RestEnv } from "../http/http-env.ts";
import { problem } from "../http/problem.ts";
import { linkNext, only, query, toNumber } from "../http/query.ts";
import { DEFAULT_CHANGES, DEFAULT_FEED, listChanges, listHistory, purgeRescue } from "./resolvers.ts";

/** A rescue's changes, and those of all rescues; mounted before `/rescues/:id`, which would take `changes` for an id. */
export const history = new Hono<RestEnv>()
	.use("/rescues/changes", only("GET", "HEAD"))
	.get("/rescues/changes", query<{ since?: string; limit?: string }>({ once: ["since", "limit"] }), async (c) => {
		const { since, limit } = c.req.valid("query");
		const found = await listChanges(c.get("ctx"), { since, first: toNumber(limit ?? DEFAULT_FEED) });
		return found.ok ? c.json(found.value) : problem(c, found, { first: "limit" });
	})
	.get("/rescues/:id/history", query<{ limit?: string; cursor?: string }>({ once: ["limit", "cursor"] }), async (c) => {
		const { limit, cursor } = c.req.valid("query");
		const batch = { first: toNumber(limit ?? DEFAULT_CHANGES), after: cursor };
		const list = await listHistory(c.get("ctx"), { id: c.req.param("id"), ...batch });
		if (!list.ok) return problem(c, list, { first: "limit", after: "cursor" });
		const { changes, hasNextPage } = list.value;
		const last = changes.at(-1);
		return c.json(changes, 200, hasNextPage && last ? linkNext(c, String(last.version)) : {});
	})
	.delete("/rescues/:id/history", async (c) => {
		const purged = await purgeRescue(c.get("ctx"), { id: c.req.param("id"), ...readKey(c) });
		return purged.ok ? c.body(null, 204, replay(purged)) : problem(c, purged);
	});
