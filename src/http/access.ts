import type { MiddlewareHandler } from "hono";
import { type Failure, failure } from "../core/errors.ts";
import type { Env } from "../env.ts";
import { Budgets } from "./budgets.ts";
import type { HttpEnv } from "./http-env.ts";
import { bearerToken, identify } from "./tokens.ts";

/**
 * Middleware that finds out what a request may do. A client that was refused is told how to send a token, or when to
 * come back.
 */
export const access: MiddlewareHandler<HttpEnv> = async (c, next) => {
	const token = bearerToken(c.req.header("Authorization") ?? null);
	const by = token !== null && c.env.WRITE_TOKENS ? await identify(token, c.env.WRITE_TOKENS) : null;
	const budgets = new Budgets(c.env, c.req.header("CF-Connecting-IP"), by);
	const writeRefusal = by === null ? refusal(c.req.raw, c.env, token) : null;
	c.set("access", { by, writeRefusal, spend: (budget) => budgets.spend(budget) });
	await next();
	const { status, headers } = c.res;
	if (budgets.isExhausted) budgets.describe(headers);
	if (status !== 401) return;
	// RFC 6750, section 3.
	headers.set("WWW-Authenticate", `Bearer realm="writes"${token === null ? "" : ', error="invalid_token"'}`);
};

/** Why a request whose token is unknown may not write; null where writes are open. */
function refusal(request: Request, env: Env, token: string | null): Failure | null {
	if (env.OPEN_WRITES === "true") {
		const origin = request.headers.get("Origin");
		if (origin === null || isOwn(origin, request.url)) return null;
		return failure("FORBIDDEN", "Writes are open here, so pages of other origins may not write. Use a token.");
	}
	if (!env.WRITE_TOKENS) return failure("UNAUTHENTICATED", CLOSED);
	const detail =
		token === null ? "Writing needs the header `Authorization: Bearer <token>`." : "The token is not known.";
	return failure("UNAUTHENTICATED", detail);
}

const CLOSED =
	"Writes are closed: this server has no tokens. To set one: `npx wrangler secret put WRITE_TOKENS`, value `name:token`. " +
	"To try the service on your own machine with writes open to all: `npm start`.";

/**
 * Whether a page of this origin is one of ours. A name other than localhost doesn't count even if it is the one that
 * was asked for: a page elsewhere can have its own name point to this machine (DNS rebinding).
 */
function isOwn(origin: string, url: string): boolean {
	const asked = new URL(url);
	return origin === asked.origin && /^(localhost|.+\.localhost|[\d.]+|\[[\da-f:.]+\])$/.test(asked.hostname);
}
