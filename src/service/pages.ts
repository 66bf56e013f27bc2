/**
 * Owns the addresses of the pages for people, and the headers that a file can't have: a policy for each page, and at
 * `/graphql` the choice between GraphiQL and GraphQL. What they show is in `web`, built into the static assets.
 */
import { Hono, type Context as HonoContext } from "hono";
import { accepts } from "hono/accepts";
import type { Env } from "../env.ts";
import { PHOTO_POLICY, pageHeaders, TOOL_POLICY, writesOf } from "../http/page.ts";

interface PagesEnv {
	Bindings: Env;
}

/**
 * `GET /`, `/import`, `/docs` and, for whoever prefers HTML, `/graphql`; everything else is left to what is mounted after it.
 */
export const pages = new Hono<PagesEnv>()
	.get("/", (c) => page(c, "front", PHOTO_POLICY))
	.get("/import", (c) => page(c, "import", PHOTO_POLICY))
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
	const html = new HTMLRewriter().on("html", {
		element: (element) => void element.setAttribute("data-writes", writesOf(c.env)),
	});
	return new Response(html.transform(file).body, { headers: pageHeaders(policy) });
}
