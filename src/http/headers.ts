import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";

/** What scripts of other origins may read of an answer, besides what they always may (Fetch, CORS-safelisted). */
const EXPOSED = [
	"ETag",
	"Link",
	"Location",
	"Content-Disposition",
	"Total-Count",
	"Total-Count-Is",
	"Changes-Cursor",
	"Idempotency-Replayed",
	"Retry-After",
	"RateLimit-Policy",
	"WWW-Authenticate",
	"X-Request-Id",
	"Server-Timing",
];

/**
 * On every answer, over either transport. CORS lets any origin in, never with credentials: the bearer token is the guard.
 * A page sets its own `Content-Security-Policy`.
 */
const COMMON = {
	"Access-Control-Allow-Origin": "*",
	"Access-Control-Expose-Headers": EXPOSED.join(","),
	"Cross-Origin-Opener-Policy": "same-origin",
	"Cross-Origin-Resource-Policy": "cross-origin",
	"Referrer-Policy": "no-referrer",
	"X-Content-Type-Options": "nosniff",
	"X-Frame-Options": "DENY",
};

/** On what depends what a request is shown (RFC 9110, section 12.5.5). */
export const VARY = "Authorization";

/** How long what is named by its own hash may be kept: for good (RFC 8246). */
export const IMMUTABLE = "public, max-age=31536000, immutable";

/** The headers of an answer that is given often, made once: to copy them all costs less than to set one. */
export const prepareHeaders = (own: Record<string, string>): Headers => new Headers({ ...COMMON, ...own });

/** Browsers may keep a preflight's answer for a day (some cap it lower). */
const preflight = cors({ allowMethods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"], maxAge: 86_400 });

/** Middleware that answers CORS preflights, and puts the headers for browsers on every answer. */
export const commonHeaders: MiddlewareHandler = async (c, next) => {
	const isPreflight = c.req.method === "OPTIONS" && c.req.header("Access-Control-Request-Method") !== undefined;
	if (isPreflight) c.res = (await preflight(c, next)) as Response;
	else await next();
	// Not `c.header`, which copies an answer that is already there.
	const { headers } = c.res;
	// RFC 9110, section 15.5.16: no coding is understood.
	if (c.res.status === 415) headers.set("Accept-Encoding", "identity");
	// An answer that was made with prepared headers has them.
	if (!headers.has("X-Frame-Options")) for (const [name, value] of Object.entries(COMMON)) headers.set(name, value);
	if (c.req.url.startsWith("https:")) headers.set("Strict-Transport-Security", "max-age=31536000");
};
