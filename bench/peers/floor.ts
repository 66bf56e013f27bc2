import type { Env } from "./records.ts";

let constant = "";

/** What nothing can be cheaper than: a constant answer, and one KV get passed through, without and with a line of log. */
export default {
	async fetch(request: Request, env: Env): Promise<Response> {
		const { pathname } = new URL(request.url);
		const headers = { "Content-Type": "application/json" };
		if (pathname === "/health") return new Response("{}", { headers });
		const [, kind, key] = pathname.split("/");
		if (key !== undefined) {
			const body = await env.RESCUES.get(key, "stream");
			if (kind === "logged") console.log(JSON.stringify({ message: "request", method: request.method, status: 200 }));
			return new Response(body, { headers });
		}
		constant ||= (await env.RESCUES.get("rescues:0")) ?? "";
		return new Response(constant, { headers });
	},
};
