/**
 * What is around every request, whatever its transport: its id, what it cost, the headers of its answer, its line in the log.
 * One layer of middleware, because each costs as much as what this one does.
 */
import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { Costs } from "../core/context.ts";
import { counted } from "../core/issues.ts";
import { log } from "../core/log.ts";
import { answerPreflight, complete, isPreflight } from "./headers.ts";
import type { HttpEnv } from "./http-env.ts";

/**
 * Middleware that gives a request its id and counts what storage does for it, tells the client both, puts the headers on the
 * answer that every answer has, and logs what is to be logged. What an export reads while it is sent is told aside.
 */
export const envelope: MiddlewareHandler<HttpEnv> = async (c, next) => {
	const start = Date.now();
	const id = readId(c.req.header("X-Request-Id"));
	const costs = { kvReads: 0, kvMs: 0, ledgerCalls: 0, ledgerMs: 0 };
	c.set("requestId", id);
	c.set("costs", costs);
	if (isPreflight(c)) c.res = await answerPreflight(c, next);
	else await next();
	// Not `c.header`, which copies an answer that is already there.
	const { headers, status } = c.res;
	complete(headers, status, c.req.url);
	headers.set("X-Request-Id", id);
	headers.set("Server-Timing", serverTiming(costs));
	// The platform logs each invocation (URL, status, CPU): a read that went well is told by that, and by nothing else.
	const isRoutine = status < 400 && !c.get("isLogged");
	if (isRoutine && c.env.LOG !== "all") return;
	log("log", "request", {
		id,
		method: c.req.method,
		route: matchedRoutes(c).find(({ path }) => !path.endsWith("*"))?.path ?? null,
		status,
		ms: Date.now() - start,
		...costs,
		by: c.get("access")?.caller.name ?? null,
	});
};

/** The client's own id, when it can stand in a log as it is; else a new one. */
const readId = (given: string | undefined): string =>
	given !== undefined && /^[\w\-=]{1,255}$/.test(given) ? given : crypto.randomUUID();

/** What a request cost in storage (Server Timing, W3C): `kv;desc="1 read";dur=3, ledger;desc="0 calls";dur=0`, in ms. */
const serverTiming = ({ kvReads, kvMs, ledgerCalls, ledgerMs }: Costs) =>
	`kv;desc="${counted(kvReads, "read")}";dur=${kvMs}, ledger;desc="${counted(ledgerCalls, "call")}";dur=${ledgerMs}`;
