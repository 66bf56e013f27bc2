import type { Env } from "./records.ts";

let constant = "";

/** What nothing can be cheaper than: a constant answer, and one KV get passed through. */
export default {
	async fetch(request: Request, env: Env): Promise<Response> {
		const { pathname } = new URL(request.url);
		const headers = { "Content-Type": "application/json" };
		if (pathname.startsWith("/kv/")) {
			return new Response(await env.RESCUES.get(pathname.slice("/kv/".length), "stream"), { headers });
		}
		constant ||= (await env.RESCUES.get("rescues:0")) ?? "";
		return new Response(constant, { headers });
	},
};
