import { Hono } from "hono";
import { getSharedData } from "../resolvers/shared-data.ts";
import { history } from "./history.ts";
import { problem } from "./problem.ts";
import { rebuild } from "./rebuild.ts";
import { rescues } from "./rescues.ts";
import type { RestEnv } from "./rest-env.ts";
import { transfer } from "./transfer.ts";

/** Everything in REST. */
export const rest = new Hono<RestEnv>()
	.route("/rescues", transfer)
	.route("/rescues", rescues)
	.route("/rescues", history)
	.route("/rebuild", rebuild)
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
