/**
 * Owns the addresses of the pages for people, and the headers that a file can't have: a policy for each page, and at
 * `/graphql` the choice between GraphiQL and GraphQL. What they show is in `web`, built into the static assets.
 */
import { Hono, type Context as HonoContext } from "hono";
import { accepts } from "hono/accepts";
import type { Env } from "../env.ts";
import { OF_PAGES } from "../http/headers.ts";

interface PagesEnv {
	Bindings: Env;
}

/** What a page may load (CSP Level 3): files of this origin. GraphiQL and Swagger UI write styles of their own. */
const TOOL_POLICY = {
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
/** The front page shows photos, which are https URLs of anywhere. */
const FRONT_POLICY = { ...TOOL_POLICY, "style-src": "'self'", "worker-src": "'none'", "img-src": "'self' https:" };

/** `GET /`, `/docs` and, for whoever prefers HTML, `/graphql`; everything else is left to what is mounted after it. */
export const pages = new Hono<PagesEnv>()
	.get("/", (c) => page(c, "front", FRONT_POLICY))
	.get("/docs", (c) => page(c, "docs", TOOL_POLICY))
	.get("/docs/", (c) => c.redirect("/docs", 308))
	.get("/graphql", async (c, next) => {
		const type = accepts(c, {
			header: "Accept",
			supports: ["application/graphql-response+json", "application/json", "text/html"],
			default: "application/json",
		});
		if (type === "text/html") c.res = await page(c, "graphiql", TOOL_POLICY);
		else await next();
		c.header("Vary", "Accept", { append: true });
	});

/** The page of `web/<name>`; throws when it isn't in the static assets, which only a broken build can cause. */
async function page(c: HonoContext<PagesEnv>, name: string, policy: Record<string, string>): Promise<Response> {
	const file = await c.env.ASSETS.fetch(new URL(`/${name}/${name}.html`, c.req.url));
	if (!file.ok) throw new Error(`web/${name}/${name}.html answers ${file.status}`);
	// Tells the page's script whether to ask for a token.
	const writes = c.env.OPEN_WRITES === "true" ? "open" : "token";
	const html = new HTMLRewriter().on("html", {
		element: (element) => void element.setAttribute("data-writes", writes),
	});
	return new Response(html.transform(file).body, {
		headers: {
			...OF_PAGES,
			"Content-Type": "text/html; charset=utf-8",
			"Content-Security-Policy": Object.entries(policy)
				.map((directive) => directive.join(" "))
				.join("; "),
			"Cache-Control": "no-cache",
		},
	});
}
