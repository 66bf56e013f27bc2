import type { Context } from "../context.ts";
import type { HttpEnv } from "../http/http-env.ts";

/** What Hono hands to a route: the bindings, and the resolvers' context as `c.get("ctx")`. */
export interface RestEnv extends HttpEnv {
	Variables: HttpEnv["Variables"] & { ctx: Context };
}
