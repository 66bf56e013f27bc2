import type { Context, Next } from "hono";
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
 * On every answer, over any transport. CORS lets any origin in, never with credentials: the bearer token is the guard. What only
 * a document that a browser shows has use for is on pages (`OF_PAGES`).
 */
const COMMON = {
	"Access-Control-Allow-Origin": "*",
	"Access-Control-Expose-Headers": EXPOSED.join(","),
	"Cross-Origin-Resource-Policy": "cross-origin",
	"X-Content-Type-Options": "nosniff",
};

/** On every page that a browser shows, besides a `Content-Security-Policy` of its own. Browsers look at them nowhere else. */
export const OF_PAGES = {
	"Cross-Origin-Opener-Policy": "same-origin",
	"Referrer-Policy": "no-referrer",
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

/** Whether a browser asks what scripts of other origins may send (Fetch, CORS-preflight). */
export const isPreflight = ({ req }: Context): boolean =>
	req.method === "OPTIONS" && req.header("Access-Control-Request-Method") !== undefined;

/** Answers a preflight. */
export const answerPreflight = async (c: Context, next: Next) => (await preflight(c, next)) as Response;

/** Puts the headers on an answer that every answer has; one that was made with prepared headers has most of them. */
export function complete(headers: Headers, status: number, url: string) {
	// RFC 9110, section 15.5.16: no coding is understood.
	if (status === 415) headers.set("Accept-Encoding", "identity");
	if (!headers.has("X-Content-Type-Options")) {
		for (const [name, value] of Object.entries(COMMON)) headers.set(name, value);
	}
	if (url.startsWith("https:")) headers.set("Strict-Transport-Security", "max-age=31536000");
}
