import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { Costs } from "../core/context.ts";
import type { HttpEnv } from "./http-env.ts";

/**
 * Middleware that gives a request its id and writes one line about it: what it was and what it cost, never a token, a body
 * or a query. The client is told the cost as well, what an export reads while it is sent aside.
 */
export const requestLog: MiddlewareHandler<HttpEnv> = async (c, next) => {
	const start = Date.now();
	const id = requestId(c.req.header("X-Request-Id"));
	const costs = { kvReads: 0, kvMs: 0, ledgerCalls: 0, ledgerMs: 0 };
	c.set("requestId", id);
	c.set("costs", costs);
	await next();
	// Not `c.header`, which copies an answer that is already there.
	c.res.headers.set("X-Request-Id", id);
	c.res.headers.set("Server-Timing", serverTiming(costs));
	console.log(
		JSON.stringify({
			message: "request",
			id,
			method: c.req.method,
			route: matchedRoutes(c).find(({ path }) => !path.endsWith("*"))?.path ?? null,
			status: c.res.status,
			ms: Date.now() - start,
			...costs,
			by: c.get("access")?.by ?? null,
		}),
	);
};

/** The client's own id for its request, if it may stand in a log line and a header; else a new one. */
const requestId = (given: string | undefined): string =>
	given !== undefined && /^[\w\-=]{1,255}$/.test(given) ? given : crypto.randomUUID();

/** What a request cost in storage (Server Timing, W3C): `kv;desc="1 read";dur=3, ledger;desc="0 calls";dur=0`, in ms. */
const serverTiming = ({ kvReads, kvMs, ledgerCalls, ledgerMs }: Costs) =>
	`kv;desc="${counted(kvReads, "read")}";dur=${kvMs}, ledger;desc="${counted(ledgerCalls, "call")}";dur=${ledgerMs}`;

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

/** Logs what nobody expected, with all that is known of it. Clients see none of this. */
export function logUnexpected(error: unknown, requestId?: string) {
	console.error(JSON.stringify({ message: "unexpected error", id: requestId, ...describe(error) }));
}

function describe(error: unknown): object {
	if (!(error instanceof Error)) return { error: String(error) };
	const cause = error.cause ?? ("originalError" in error ? error.originalError : undefined);
	return { error: String(error), stack: error.stack, ...(cause !== undefined && { cause: describe(cause) }) };
}
