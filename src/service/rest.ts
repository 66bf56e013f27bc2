import { Hono } from "hono";
import { changes, history } from "../history/rest.ts";
import { readKey, replay } from "../http/answer.ts";
import type { RestEnv } from "../http/http-env.ts";
import { problem } from "../http/problem.ts";
import { query } from "../http/query.ts";
import { rescues } from "../rescues/rest.ts";
import { backup, restore } from "../transfer/backup-rest.ts";
import { transfer } from "../transfer/rest.ts";
import { getSharedData, rebuildDocuments } from "./resolvers.ts";

/** `POST /rebuild`: one stretch of a rebuild. `npm run rebuild` goes through all of them. */
export const rebuild = new Hono<RestEnv>().post("/", query<{ cursor?: string }>(["cursor"]), async (c) => {
	const rebuilt = await rebuildDocuments(c.get("ctx"), { after: c.req.valid("query").cursor, ...readKey(c) });
	return rebuilt.ok ? c.json(rebuilt.value, 200, replay(rebuilt)) : problem(c, rebuilt, { after: "cursor" });
});

/** Everything in REST. */
export const rest = new Hono<RestEnv>()
	.route("/rescues", changes)
	.route("/rescues", transfer)
	.route("/rescues", rescues)
	.route("/rescues", history)
	.route("/rebuild", rebuild)
	.route("/backup", backup)
	.route("/restore", restore)
	// The tutorial's other spelling.
	.get("/rescue/:id", (c) => c.redirect(`/rescues/${encodeURIComponent(c.req.param("id"))}`, 308))
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

/** The type that Hono's client takes: `hc<RestApi>(url)`. */
export type RestApi = typeof rest;
