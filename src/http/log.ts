import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { Costs } from "../core/context.ts";
import { log } from "../core/log.ts";
import type { HttpEnv } from "./http-env.ts";

/**
 * Middleware that writes one line about a request: what it was and what it cost, never a token, a body or a query. The
 * client is told the cost as well, what an export reads while it is sent aside. Stands behind Hono's `requestId`.
 */
export const requestLog: MiddlewareHandler<HttpEnv> = async (c, next) => {
	const start = Date.now();
	const id = c.get("requestId");
	const costs = { kvReads: 0, kvMs: 0, ledgerCalls: 0, ledgerMs: 0 };
	c.set("costs", costs);
	await next();
	// Not `c.header`, which copies an answer that is already there; nor does `requestId` reach one that Hono didn't make.
	c.res.headers.set("X-Request-Id", id);
	c.res.headers.set("Server-Timing", serverTiming(costs));
	log("log", "request", {
		id,
		method: c.req.method,
		route: matchedRoutes(c).find(({ path }) => !path.endsWith("*"))?.path ?? null,
		status: c.res.status,
		ms: Date.now() - start,
		...costs,
		by: c.get("access")?.caller.name ?? null,
	});
};

/** What a request cost in storage (Server Timing, W3C): `kv;desc="1 read";dur=3, ledger;desc="0 calls";dur=0`, in ms. */
const serverTiming = ({ kvReads, kvMs, ledgerCalls, ledgerMs }: Costs) =>
	`kv;desc="${counted(kvReads, "read")}";dur=${kvMs}, ledger;desc="${counted(ledgerCalls, "call")}";dur=${ledgerMs}`;

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;
