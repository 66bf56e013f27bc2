import { Hono } from "hono";
import { accepts } from "hono/accepts";
import { invalidInput } from "../core/errors.ts";
import { JSON_TYPE, readKey, replay } from "../http/answer.ts";
import { EVENT_STREAM, eventStream } from "../http/event-stream.ts";
import { VARY } from "../http/headers.ts";
import type { RestEnv } from "../http/http-env.ts";
import { problem } from "../http/problem.ts";
import { linkNext, only, query, toNumber } from "../http/query.ts";
import { FILTER_PARAMETERS, type FilterQuery } from "../rescues/filter-query.ts";
import { listDeleted } from "./deleted.ts";
import { DEFAULT_CHANGES, DEFAULT_FEED, listChanges, listHistory, purgeRescue, watchChanges } from "./resolvers.ts";

/** The query string of the feed. */
type FeedQuery = FilterQuery & { since?: string; limit?: string; id?: string };
const FEED_PARAMETERS = { ...FILTER_PARAMETERS, once: ["since", "limit", "id", ...FILTER_PARAMETERS.once] } as const;

/** The query string of a list of changes. */
type BatchQuery = { limit?: string; cursor?: string };
const BATCH_PARAMETERS = { once: ["limit", "cursor"] } as const;

/** A rescue's changes, those of all rescues, and what is deleted; mounted before `/rescues/:id`, which would take their names for ids. */
export const history = new Hono<RestEnv>()
	.use("/rescues/changes", only("GET", "HEAD"))
	.get("/rescues/changes", query<FeedQuery>(FEED_PARAMETERS), async (c) => {
		const { since, limit, id, ...filter } = c.req.valid("query");
		c.header("Vary", `Accept, ${VARY}`);
		if (accepts(c, { header: "Accept", supports: [EVENT_STREAM, JSON_TYPE], default: JSON_TYPE }) === EVENT_STREAM) {
			if (limit !== undefined) return problem(c, invalidInput([{ path: ["limit"], message: "is not for streams" }]));
			const from = c.req.header("Last-Event-ID") || since;
			const watched = await watchChanges(c.get("ctx"), { since: from, id, filter });
			if (!watched.ok) return problem(c, watched);
			const stream = eventStream(watched.value, "change");
			// What HEAD asks for has no body, and nobody would end it.
			if (c.req.raw.method === "HEAD") await stream.body?.cancel();
			return stream;
		}
		const found = await listChanges(c.get("ctx"), { since, id, filter, first: toNumber(limit ?? DEFAULT_FEED) });
		return found.ok ? c.json(found.value) : problem(c, found, { first: "limit" });
	})
	.use("/rescues/deleted", only("GET", "HEAD"))
	.get("/rescues/deleted", query<BatchQuery>(BATCH_PARAMETERS), async (c) => {
		const { limit, cursor } = c.req.valid("query");
		const list = await listDeleted(c.get("ctx"), { first: toNumber(limit ?? DEFAULT_CHANGES), after: cursor });
		if (!list.ok) return problem(c, list, { first: "limit", after: "cursor" });
		const { changes, hasNextPage, endCursor } = list.value;
		return c.json(changes, 200, hasNextPage && endCursor ? linkNext(c, endCursor) : {});
	})
	.get("/rescues/:id/history", query<BatchQuery>(BATCH_PARAMETERS), async (c) => {
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
