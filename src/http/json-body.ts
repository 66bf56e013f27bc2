import type { MiddlewareHandler } from "hono";
import { readJson } from "./body.ts";
import type { RestEnv } from "./http-env.ts";
import { type ProblemResponse, problem } from "./problem.ts";

/**
 * Middleware that reads the JSON body for `c.req.valid("json")`. It is not validated here: that is the resolver's. Its
 * type says what the route takes, which Hono's typed client (`hc`) reads.
 * @param types the media types that the route takes
 */
export function jsonBody<Input>(
	...types: string[]
): MiddlewareHandler<RestEnv, string, { in: { json: Input }; out: { json: unknown } }, ProblemResponse> {
	return async (c, next) => {
		const body = await readJson(c.req.raw, types);
		if (!body.ok) return problem(c, body);
		c.req.addValidatedData("json", body.value as object);
		return next();
	};
}
