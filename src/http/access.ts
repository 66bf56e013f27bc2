import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { type Access, type Caller, type Grant, ROLES, refuse } from "../core/access.ts";
import { Budgets } from "./budgets.ts";
import { IMMUTABLE, VARY } from "./headers.ts";
import type { RestEnv } from "./http-env.ts";
import { problem } from "./problem.ts";
import { bearerToken, identify, type Secrets } from "./tokens.ts";

/**
 * Middleware that finds out who asks. What the caller may do is decided in `core/access.ts`. A client that was refused is
 * told how to send a token, or when to come back.
 */
export const access: MiddlewareHandler<RestEnv> = async (c, next) => {
	const token = bearerToken(c.req.header("Authorization") ?? null);
	const { READ_TOKENS: read, WRITE_TOKENS: write, ADMIN_TOKENS: admin } = c.env;
	const secrets: Secrets = { read, write, admin };
	const identity = token === null ? null : await identify(token, secrets);
	const name = identity?.name ?? null;
	const budgets = new Budgets(c.env, c.req.header("CF-Connecting-IP"), name);
	const isOpen = c.env.OPEN_WRITES === "true";
	const caller: Caller = {
		name,
		grant: identity?.grant ?? null,
		hasToken: token !== null,
		grants: ROLES.filter((role): role is Grant => role !== "public" && !!secrets[role]),
		isOpen,
		isForeign: isOpen && isForeign(c.req.header("Origin"), c.req.url),
	};
	const spend: Access["spend"] = (budget) => {
		// Every write takes one, whatever its transport.
		if (budget === "writes") c.set("isLogged", true);
		return budgets.spend(budget);
	};
	c.set("access", { caller, spend });
	await next();
	const { status, headers } = c.res;
	if (budgets.isExhausted) budgets.describe(headers);
	// What a resolver answers depends on who asks, but for bytes that never change. An answer that was made with prepared
	// headers says so.
	if (c.get("ctx") && !headers.has("Vary") && headers.get("Cache-Control") !== IMMUTABLE) headers.set("Vary", VARY);
	if (status !== 401) return;
	// RFC 6750, section 3.
	headers.set("WWW-Authenticate", `Bearer realm="writes"${token === null ? "" : ', error="invalid_token"'}`);
};

/**
 * Whether a request may come from a page that isn't one of ours. A host other than localhost or an address counts as foreign
 * even if it is the page's own: a page elsewhere can have its own name point to this machine (DNS rebinding), and what it
 * then reads from it carries no `Origin`.
 */
function isForeign(origin: string | undefined, url: string): boolean {
	const asked = new URL(url);
	if (origin !== undefined && origin !== asked.origin) return true;
	return !/^(localhost|.+\.localhost|[\d.]+|\[[\da-f:.]+\])$/.test(asked.hostname);
}

/** Middleware of a route that is for admins, and whose body isn't read for anybody else. */
export const forAdmins: MiddlewareHandler<RestEnv> = async (c, next) => {
	const refusal = refuse(c.get("access"), "admin");
	return refusal ? problem(c, refusal) : next();
};

/**
 * Refuses a REST write that will not be admitted before a byte of its body is read; null when it may go on. GraphQL and MCP can't
 * know before they have read what is asked.
 */
export function refuseEarly(c: Context<RestEnv>): Response | null {
	const { method, path } = c.req;
	const isWrite = !["/graphql", "/mcp"].includes(path);
	// A path that takes no such method is answered 404 or 405, whoever asks.
	if (!isWrite || !matchedRoutes(c).some((route) => route.method === method)) return null;
	const refusal = refuse(c.get("access"), "write");
	return refusal && problem(c, refusal);
}
