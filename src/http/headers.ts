import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { secureHeaders } from "hono/secure-headers";

const allowing = cors({
	origin: "*",
	allowMethods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
	exposeHeaders: [
		"ETag",
		"Link",
		"Location",
		"Content-Disposition",
		"Total-Count",
		"Changes-Cursor",
		"Idempotency-Replayed",
		"Retry-After",
		"RateLimit-Policy",
		"WWW-Authenticate",
		"X-Request-Id",
		"Server-Timing",
	],
	maxAge: 86_400,
});
const nothing = async () => {};

/**
 * CORS for both transports: any origin, never with credentials, because the bearer token is the guard. Browsers may keep
 * a preflight's answer for a day (some cap it lower).
 */
export const crossOrigin: MiddlewareHandler = async (c, next) => {
	if (c.req.method === "OPTIONS") return allowing(c, next);
	// Afterwards: headers on an answer that isn't there yet make Hono build it twice.
	await next();
	await allowing(c, nothing);
};

const always = {
	crossOriginResourcePolicy: "cross-origin",
	xFrameOptions: "DENY",
	// They speak of HTML, of browsers that are gone, or of plug-ins.
	originAgentCluster: false,
	xDnsPrefetchControl: false,
	xDownloadOptions: false,
	xPermittedCrossDomainPolicies: false,
	xXssProtection: false,
} as const;
const overHTTP = secureHeaders({ ...always, strictTransportSecurity: false });
const overHTTPS = secureHeaders({ ...always, strictTransportSecurity: "max-age=31536000" });

/** Security headers on every answer. A page sets its own `Content-Security-Policy`. */
export const security: MiddlewareHandler = (c, next) =>
	(c.req.url.startsWith("https:") ? overHTTPS : overHTTP)(c, next);
