import { Hono } from "hono";
import { DEFAULT_CHANGES, listHistory } from "../resolvers/history.ts";
import { problem } from "./problem.ts";
import { linkNext, query, toNumber } from "./query.ts";
import type { RestEnv } from "./rest-env.ts";

/** `GET /rescues/:id/history`, mounted under `/rescues`. */
export const history = new Hono<RestEnv>().get(
	"/:id/history",
	query<{ limit?: string; cursor?: string }>(["limit", "cursor"]),
	async (c) => {
		const { limit, cursor } = c.req.valid("query");
		const stretch = { first: toNumber(limit ?? DEFAULT_CHANGES), after: cursor };
		const list = await listHistory(c.get("ctx"), { id: c.req.param("id"), ...stretch });
		if (!list.ok) return problem(c, list, { first: "limit", after: "cursor" });
		const { changes, hasNextPage } = list.value;
		const last = changes.at(-1);
		return c.json(changes, 200, hasNextPage && last ? linkNext(c, String(last.version)) : {});
	},
);
