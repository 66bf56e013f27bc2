import type { MiddlewareHandler } from "hono";
import { readJson } from "../http/read-json.ts";
import { type ProblemResponse, problem } from "./problem.ts";
import type { RestEnv } from "./rest-env.ts";

/**
 * Middleware that reads the JSON body for `c.req.valid("json")`. It is not validated here: that is the resolver's. Its
 * type says what the route takes, which Hono's typed client (`hc`) reads.
 * @param types the media types that the route takes
 */
export function jsonBody<Input>(
	...types: string[]
): MiddlewareHandler<RestEnv, string, { in: { json: Input }; out: { json: unknown } }, ProblemResponse> {
	return async (c, next) => {
		// Refused again where every write passes (`defineWrite`); here it saves reading the body.
		const { writeRefusal } = c.get("access");
		if (writeRefusal) return problem(c, writeRefusal);
		const body = await readJson(c.req.raw, types);
		if (!body.ok) return problem(c, body);
		c.req.addValidatedData("json", body.value as object);
		return next();
	};
}
