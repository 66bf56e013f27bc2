import { Hono, type Context as HonoContext, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { methodNotAllowed } from "hono/method-not-allowed";
import { TrieRouter } from "hono/router/trie-router";
import type { As, Context } from "./core/context.ts";
import { type Failure, failure, internal } from "./core/errors.ts";
import { toGraphQLError } from "./graphql/errors.ts";
import { knownQueries } from "./graphql/fast/short-way.ts";
import { answerGraphQL } from "./graphql/yoga.ts";
import { access } from "./http/access.ts";
import { MAX_BODY_BYTES, MAX_IMPORT_BYTES, payloadTooLarge } from "./http/body.ts";
import { commonHeaders } from "./http/headers.ts";
import type { HttpEnv, RestEnv } from "./http/http-env.ts";
import { logUnexpected, requestLog } from "./http/log.ts";
import { notAllowed, problem, STATUS } from "./http/problem.ts";
import { pages } from "./service/pages.ts";
import { sharedData } from "./service/resolvers.ts";
import { rest } from "./service/rest.ts";
import { type CallLedger, ledgerCaller, meterCalls, meterReads } from "./store/metered.ts";
import { createReader, createWriter } from "./store/store.ts";

/** The whole service as one Hono app: what both transports share, then the transports. */
export function createApp(): Hono<RestEnv> {
	// The one that Hono would settle on, after it had tried the other with the first request.
	const app = new Hono<RestEnv>({ router: new TrieRouter() });
	app.use(requestLog, commonHeaders);
	app.use(
		methodNotAllowed({
			app,
			onMethodNotAllowed: (c, allowed) => {
				const methods = allowed.join(", ");
				c.header("Allow", methods);
				return refuse(c, notAllowed(c.req.path, methods));
			},
		}),
	);
	const limit = limitBody(MAX_BODY_BYTES);
	const limitImport = limitBody(MAX_IMPORT_BYTES);
	app.use(access, (c, next) => {
		if (c.req.path !== "/rescues/import") return limit(c, next);
		// Who may not import is refused without reading a byte of it.
		return c.get("access").writeRefusal ? next() : limitImport(c, next);
	});
	app.route("/", pages);
	app.use("/graphql", withContext("text"));
	app.post("/graphql", knownQueries);
	app.on(["GET", "POST"], "/graphql", answerGraphQL);
	app.use(withContext("stream"));
	app.route("/", rest);
	app.notFound((c) => refuse(c, failure("NOT_FOUND", `There is nothing at ${c.req.path.slice(0, 100)}.`)));
	app.onError((error, c) => {
		logUnexpected(error, c.get("requestId"));
		return refuse(c, internal());
	});
	return app;
}

function limitBody(maxSize: number): MiddlewareHandler<HttpEnv> {
	const onError = (c: HonoContext) => refuse(c, payloadTooLarge(maxSize));
	const counting = bodyLimit({ maxSize, onError });
	return (c, next) => {
		// Whoever says how much it is needs no counting, nor a stream to count on.
		const length = c.req.raw.headers.has("Transfer-Encoding") ? undefined : c.req.header("Content-Length");
		if (length === undefined) return counting(c, next);
		return Number(length) > maxSize ? Promise.resolve(onError(c)) : next();
	};
}

/** Refuses a request before its transport has seen it, in that transport's form. */
function refuse(c: HonoContext, refusal: Failure): Response {
	if (c.req.path !== "/graphql") return problem(c, refusal);
	return c.json({ errors: [toGraphQLError(refusal)] }, STATUS[refusal.code]);
}

/** Middleware that leaves the resolvers' context for the route. */
const withContext =
	(as: As): MiddlewareHandler<RestEnv> =>
	(c, next) => {
		c.set("ctx", createContext(c, as));
		return next();
	};

/** Hands storage to the resolvers: one context per request. */
function createContext(c: HonoContext<RestEnv>, as: As): Context {
	const [access, costs] = [c.get("access"), c.get("costs")];
	const callLedger = meterCalls(ledgerCaller(c.env.LEDGER), costs);
	const readLedger: CallLedger = async (call) => (await access.spend("ledgerReads")) ?? callLedger(call);
	return {
		reader: createReader(meterReads(c.env.RESCUES, costs), readLedger, as),
		ledger: createWriter(callLedger),
		sharedData,
		access,
		costs,
		by: access.by,
	};
}
