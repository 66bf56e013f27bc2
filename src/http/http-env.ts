import type { Access } from "../core/access.ts";
import type { Context, Costs } from "../core/context.ts";
import type { Env } from "../env.ts";

/** What the middleware in this folder is given by Hono, and leaves for what comes behind it. */
export interface HttpEnv {
	Bindings: Env;
	Variables: {
		/** Who asks, and the budgets. */
		access: Access;
		/** What storage did for it so far. */
		costs: Costs;
		/** Its `X-Request-Id`. */
		requestId: string;
		/** Whether it is in the log though its status is one of success: it wrote, or some of it was refused. */
		isLogged?: true;
	};
}

/** What Hono hands to a route: the bindings, and the resolvers' context as `c.get("ctx")`. */
export interface RestEnv extends HttpEnv {
	Variables: HttpEnv["Variables"] & { ctx: Context };
}
