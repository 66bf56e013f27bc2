import { Hono, type Context as HonoContext } from "hono";
import { bodyLimit } from "hono/body-limit";
import { methodNotAllowed } from "hono/method-not-allowed";
import { requestId } from "hono/request-id";
import { TrieRouter } from "hono/router/trie-router";
import type { Context } from "./core/context.ts";
import { type Failure, failure, internal } from "./core/errors.ts";
import { logUnexpected } from "./core/log.ts";
import { toGraphQLError } from "./graphql/errors.ts";
import { answerGraphQL } from "./graphql/fast/short-way.ts";
import { readLimits } from "./graphql/limits.ts";
import { access, refuseEarly } from "./http/access.ts";
import { MAX_BODY_BYTES, MAX_IMPORT_BYTES, payloadTooLarge } from "./http/body.ts";
import { commonHeaders } from "./http/headers.ts";
import type { RestEnv } from "./http/http-env.ts";
import { requestLog } from "./http/log.ts";
import { notAllowed, problem, STATUS } from "./http/problem.ts";
import { pages } from "./service/pages.ts";
import { sharedData } from "./service/resolvers.ts";
import { rest } from "./service/rest.ts";
import type { As } from "./store/published.ts";
import { Store } from "./store/store.ts";

/** The whole service as one Hono app: what both transports share, then the transports. */
export function createApp(): Hono<RestEnv> {
	// The one that Hono would settle on, after it had tried the other with the first request.
	const app = new Hono<RestEnv>({ router: new TrieRouter() });
	app.use(requestId(), requestLog, commonHeaders);
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
	const [limit, limitTransfer] = [limitBody(MAX_BODY_BYTES), limitBody(MAX_IMPORT_BYTES)];
	const isTransfer = (path: string) => path === "/rescues/import" || path === "/restore";
	app.use(access, refuseEarly, (c, next) => (isTransfer(c.req.path) ? limitTransfer : limit)(c, next));
	app.route("/", pages);
	app.on(["GET", "POST"], "/graphql", (c) =>
		answerGraphQL(c.req.raw, {
			ctx: createContext(c, "text"),
			limits: readLimits(c.env),
			requestId: c.get("requestId"),
		}),
	);
	app.use(async (c, next) => {
		c.set("ctx", createContext(c, "stream"));
		return next();
	});
	app.route("/", rest);
	app.notFound((c) => refuse(c, failure("NOT_FOUND", `There is nothing at ${c.req.path.slice(0, 100)}.`)));
	app.onError((error, c) => {
		logUnexpected(error, c.get("requestId"));
		return refuse(c, internal());
	});
	return app;
}

/** Refuses a body beyond a limit in bytes, with PAYLOAD_TOO_LARGE. */
const limitBody = (maxSize: number) => bodyLimit({ maxSize, onError: (c) => refuse(c, payloadTooLarge(maxSize)) });

/** Refuses a request before its transport has seen it, in that transport's form. */
function refuse(c: HonoContext, refusal: Failure): Response {
	if (c.req.path !== "/graphql") return problem(c, refusal);
	return c.json({ errors: [toGraphQLError(refusal)] }, STATUS[refusal.code]);
}

/**
 * Hands storage to the resolvers: one context per request.
 * @param as how the transport wants a record's document
 */
function createContext(c: HonoContext<RestEnv>, as: As): Context {
	const access = c.get("access");
	return { store: new Store({ env: c.env, access, costs: c.get("costs"), as }), access, sharedData };
}
