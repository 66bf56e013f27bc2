import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { type Caller, refuseWrite } from "../core/access.ts";
import type { Env } from "../env.ts";
import { Budgets } from "./budgets.ts";
import type { HttpEnv } from "./http-env.ts";
import { problem } from "./problem.ts";
import { bearerToken, identify } from "./tokens.ts";

/**
 * Middleware that finds out who asks. What the caller may do is decided in `core/access.ts`. A client that was refused is
 * told how to send a token, or when to come back.
 */
export const access: MiddlewareHandler<HttpEnv> = async (c, next) => {
	const token = bearerToken(c.req.header("Authorization") ?? null);
	const name = token !== null && c.env.WRITE_TOKENS ? await identify(token, c.env.WRITE_TOKENS) : null;
	const budgets = new Budgets(c.env, c.req.header("CF-Connecting-IP"), name);
	const caller: Caller = {
		name,
		hasToken: token !== null,
		writes: whoMayWrite(c.env),
		isForeignPage: isForeign(c.req.header("Origin"), c.req.url),
	};
	c.set("access", { caller, spend: (budget) => budgets.spend(budget) });
	await next();
	const { status, headers } = c.res;
	if (budgets.isExhausted) budgets.describe(headers);
	if (status !== 401) return;
	// RFC 6750, section 3.
	headers.set("WWW-Authenticate", `Bearer realm="writes"${token === null ? "" : ', error="invalid_token"'}`);
};

function whoMayWrite({ OPEN_WRITES, WRITE_TOKENS }: Env): Caller["writes"] {
	if (OPEN_WRITES === "true") return "open";
	return WRITE_TOKENS ? "tokens" : "closed";
}

/**
 * Whether a request comes from a page that isn't one of ours. A name other than localhost counts as foreign even if it is
 * the one that was asked for: a page elsewhere can have its own name point to this machine (DNS rebinding).
 */
function isForeign(origin: string | undefined, url: string): boolean {
	if (origin === undefined) return false;
	const asked = new URL(url);
	return origin !== asked.origin || !/^(localhost|.+\.localhost|[\d.]+|\[[\da-f:.]+\])$/.test(asked.hostname);
}

/**
 * Middleware that refuses a REST write that will not be admitted before a byte of its body is read. GraphQL and MCP can't know
 * before they have read what is asked.
 */
export const refuseEarly: MiddlewareHandler<HttpEnv> = async (c, next) => {
	const { method, path } = c.req;
	const isWrite = !["GET", "HEAD", "OPTIONS"].includes(method) && !["/graphql", "/mcp"].includes(path);
	// A path that takes no such method is answered 404 or 405, whoever asks.
	if (!isWrite || !matchedRoutes(c).some((route) => route.method === method)) return next();
	const refusal = refuseWrite(c.get("access"));
	return refusal ? problem(c, refusal) : next();
};
