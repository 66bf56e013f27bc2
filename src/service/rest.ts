import { Hono, type Context as HonoContext } from "hono";
import { readKey, replay } from "../http/answer.ts";
import type { RestEnv } from "../http/http-env.ts";
import { problem } from "../http/problem.ts";
import { query } from "../http/query.ts";
import { type CLAIM, getLedger, getMe, getSharedData, rebuildDocuments } from "./resolvers.ts";

/** What concerns the service itself. */
export const service = new Hono<RestEnv>()
	// A batch of a rebuild; `npm run rebuild` goes through all of them. The values are for the resolver to judge.
	.post(
		"/rebuild",
		query<{ cursor?: string; claim?: keyof typeof CLAIM }>({ once: ["cursor", "claim"] }),
		async (c) => {
			const { cursor, claim } = c.req.valid("query");
			const rebuilt = await rebuildDocuments(c.get("ctx"), { after: cursor, claim, ...readKey(c) });
			return rebuilt.ok ? c.json(rebuilt.value, 200, replay(rebuilt)) : problem(c, rebuilt, { after: "cursor" });
		},
	)
	.get("/me", async (c) => {
		const me = await getMe(c.get("ctx"), {});
		return me.ok ? c.json(me.value) : problem(c, me);
	})
	.get("/shared-data", async (c) => {
		const shared = await getSharedData(c.get("ctx"), {});
		return shared.ok ? c.text(shared.value.name) : problem(c, shared);
	})
	// Static assets: in the bundle they would be 10 KiB of it.
	.get("/openapi.json", (c) => contract(c, "openapi.json", "application/json"))
	.get("/schema.graphql", (c) => contract(c, "schema.graphql", "text/plain; charset=utf-8"))
	// For uptime checks: says that the Worker runs, touches no storage. An admin with a token is told more.
	.get("/health", async (c) => {
		const state = c.get("access").caller.hasToken ? await getLedger(c.get("ctx"), {}) : null;
		const isKnown = state?.ok || state?.code === "UNAVAILABLE";
		return c.json({ status: "ok", ...(isKnown && { ledger: state.ok ? state.value : null }) });
	});

/** A committed contract as it is. */
async function contract(c: HonoContext<RestEnv>, name: string, type: string): Promise<Response> {
	const file = await c.env.ASSETS.fetch(new URL(`/built/${name}`, c.req.url));
	return new Response(file.body, { headers: { "Content-Type": type, "Cache-Control": "no-cache" } });
}
