import { Hono } from "hono";
import { readKey, replay } from "../http/answer.ts";
import type { RestEnv } from "../http/http-env.ts";
import { problem } from "../http/problem.ts";
import { query } from "../http/query.ts";
import { getSharedData, rebuildDocuments } from "./resolvers.ts";

/** What concerns the service itself. */
export const service = new Hono<RestEnv>()
	// A batch of a rebuild; `npm run rebuild` goes through all of them.
	.post("/rebuild", query<{ cursor?: string }>({ once: ["cursor"] }), async (c) => {
		const rebuilt = await rebuildDocuments(c.get("ctx"), { after: c.req.valid("query").cursor, ...readKey(c) });
		return rebuilt.ok ? c.json(rebuilt.value, 200, replay(rebuilt)) : problem(c, rebuilt, { after: "cursor" });
	})
	.get("/shared-data", async (c) => {
		const shared = await getSharedData(c.get("ctx"), {});
		return shared.ok ? c.text(shared.value.name) : problem(c, shared);
	})
	// A static asset: in the bundle it would be 7 KiB of it.
	.get("/openapi.json", async (c) => {
		const file = await c.env.ASSETS.fetch(new URL("/built/openapi.json", c.req.url));
		return new Response(file.body, { headers: { "Content-Type": "application/json" } });
	})
	// For uptime checks: says that the Worker runs, touches no storage.
	.get("/health", (c) => c.json({ status: "ok" }));
