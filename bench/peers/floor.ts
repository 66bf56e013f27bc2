import type { Env } from "./records.ts";

let constant = "";

/**
 * What nothing can be cheaper than: a constant answer, one KV get passed through (with a line of log, or cancelled), and
 * `SELECT 1` asked of D1. It has the documents that the service publishes without what the public doesn't see, put here.
 */
export default {
	async fetch(request: Request, env: Env): Promise<Response> {
		const { pathname } = new URL(request.url);
		const headers = { "Content-Type": "application/json" };
		if (pathname === "/health") return new Response("{}", { headers });
		if (pathname === "/d1") {
			const found = await env.DB.prepare("SELECT 1").first();
			return new Response(JSON.stringify(found), { headers });
		}
		const [, kind, key] = pathname.split("/");
		if (key !== undefined && request.method === "PUT") {
			await env.PUBLIC.put(key, await request.text());
			return new Response("{}", { headers });
		}
		if (key !== undefined) {
			const body = await env.PUBLIC.get(key, "stream");
			if (kind === "cancelled") {
				await body?.cancel();
				return new Response("{}", { headers });
			}
			if (kind === "logged") console.log(JSON.stringify({ message: "request", method: request.method, status: 200 }));
			return new Response(body, { headers });
		}
		constant ||= (await env.PUBLIC.get("rescues:0")) ?? "";
		return new Response(constant, { headers });
	},
};
