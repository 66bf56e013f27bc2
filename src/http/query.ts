import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { findTargetHandler } from "hono/utils/handler";
import { invalidInput } from "../core/errors.ts";
import { notAllowed, problem } from "./problem.ts";

/** The query parameters of a route; the contract test reads them from its middleware. */
export interface QueryParameters<Name extends string = string> {
	/** Those that may be given once. */
	once: readonly Name[];
	/** Those that may be given several times: these are lists. */
	repeatable?: readonly Name[];
}

/**
 * Middleware that reads the query string for `c.req.valid("query")`. A misspelt filter that was ignored would give
 * everything, so unknown names are refused with INVALID_INPUT; the values are for the resolver to judge. Its type says
 * what the route takes, which Hono's typed client (`hc`) reads.
 */
export function query<Query extends Record<string, unknown>>({
	once,
	repeatable = [],
}: QueryParameters<keyof Query & string>) {
	const read: MiddlewareHandler<object, string, { in: { query: Query }; out: { query: Query } }> = async (c, next) => {
		const given = Object.entries(c.req.queries());
		const errors = given.flatMap(([name, values]) => {
			if (repeatable.includes(name)) return [];
			if (!once.includes(name)) return [unknown(name)];
			return values.length > 1 ? [{ path: [name], message: "must be given once" }] : [];
		});
		if (errors.length > 0) return problem(c, invalidInput(errors));
		const values = given.map(([name, values]) => [name, repeatable.includes(name) ? values : values[0]]);
		c.req.addValidatedData("query", Object.fromEntries(values));
		return next();
	};
	return Object.assign(read, { parameters: { once, repeatable } });
}

const unknown = (name: string) => ({ path: [name], message: "is not a known parameter" });

/**
 * Middleware that refuses every query parameter of a route that takes none, and names that are empty: somebody who asks
 * for a dry run must not get a real one. Links to pages for people, and what watches `/health`, may carry anything.
 */
export const refuseStray: MiddlewareHandler = (c, next) => {
	if (!c.req.url.includes("?")) return next();
	const routes = matchedRoutes(c).filter(({ method }) => method !== "ALL");
	if (c.req.path === "/health" || routes.length === 0) return next();
	const takesSome = routes.some(({ handler }) => "parameters" in findTargetHandler(handler));
	const names = new Set(new URL(c.req.url).searchParams.keys());
	const stray = [...names].filter((name) => !takesSome || name === "");
	return stray.length > 0 ? Promise.resolve(problem(c, invalidInput(stray.map(unknown)))) : next();
};

/** A query parameter as a number, or as it is when it isn't one. */
export const toNumber = (text: string | number) =>
	typeof text === "string" && /^-?\d+$/.test(text) ? Number(text) : text;

/** A query parameter as a boolean, or as it is when it isn't one. */
export const toBoolean = (text: string | undefined) => (text === "true" ? true : text === "false" ? false : text);

/** The header that says where a list goes on (RFC 8288, path-relative): the same query with another cursor. */
export function linkNext(c: Context, cursor: string) {
	const search = new URL(c.req.url).searchParams;
	search.set("cursor", cursor);
	return { Link: `<${c.req.path}?${search}>; rel="next"` };
}

/** Answers OPTIONS: what a path takes (RFC 9110, section 9.3.7). */
export const options = (c: Context, methods: readonly string[]) =>
	c.body(null, 204, { Allow: [...methods, "OPTIONS"].join(", ") });

/** Refuses other methods: they would reach `/:id`. */
export function only(...methods: string[]): MiddlewareHandler {
	const allowed = methods.join(", ");
	return async (c, next) => {
		if (methods.includes(c.req.method)) return next();
		if (c.req.method === "OPTIONS") return options(c, methods);
		c.header("Allow", allowed);
		return problem(c, notAllowed(c.req.path, allowed));
	};
}
