import { Hono } from "hono";
import { rebuildDocuments } from "../resolvers/rebuild.ts";
import { readKey, replay } from "./answer.ts";
import { problem } from "./problem.ts";
import { query } from "./query.ts";
import type { RestEnv } from "./rest-env.ts";

/** `POST /rebuild`: one stretch of a rebuild. `npm run rebuild` goes through all of them. */
export const rebuild = new Hono<RestEnv>().post("/", query<{ cursor?: string }>(["cursor"]), async (c) => {
	const rebuilt = await rebuildDocuments(c.get("ctx"), { after: c.req.valid("query").cursor, ...readKey(c) });
	return rebuilt.ok ? c.json(rebuilt.value, 200, replay(rebuilt)) : problem(c, rebuilt, { after: "cursor" });
});
