/** What pages for people need of HTTP: policies for what they may load, and headers that no answer of the API has. */
import { OF_PAGES } from "./headers.ts";

/** What a page may load (CSP Level 3): files of this origin. GraphiQL and Swagger UI write styles of their own. */
export const TOOL_POLICY = {
	"default-src": "'none'",
	"script-src": "'self'",
	"style-src": "'self' 'unsafe-inline'",
	"worker-src": "'self'",
	"connect-src": "'self'",
	"img-src": "'self' data:",
	"font-src": "'self' data:",
	"base-uri": "'none'",
	"form-action": "'none'",
	"frame-ancestors": "'none'",
};

/** Pages that show animals show photos, which are https URLs of anywhere, or those of the form that aren't sent yet. */
export const PHOTO_POLICY = {
	...TOOL_POLICY,
	"style-src": "'self'",
	"worker-src": "'none'",
	"img-src": "'self' https: blob:",
};

/** The headers of a page: of HTML under a policy, that asks again before it is shown again, and that no other page may use. */
export const pageHeaders = (policy: Record<string, string>): Record<string, string> => ({
	"Content-Type": "text/html; charset=utf-8",
	"Content-Security-Policy": Object.entries(policy)
		.map((directive) => directive.join(" "))
		.join("; "),
	"Cache-Control": "no-cache",
	"Cross-Origin-Resource-Policy": "same-origin",
	"X-Content-Type-Options": "nosniff",
	...OF_PAGES,
});

/** Whether pages ask for a key before something is changed: `token`, unless the service is open to all. */
export const writesOf = (env: { OPEN_WRITES?: string }) => (env.OPEN_WRITES === "true" ? "open" : "token");
