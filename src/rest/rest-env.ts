import type { Context } from "../context.ts";
import type { Env } from "../env.ts";

/** What Hono hands to a route: the bindings, and the resolvers' context as `c.var.ctx`. */
export interface RestEnv {
	Bindings: Env;
	Variables: { ctx: Context };
}
