import { type Context, Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { methodNotAllowed } from "hono/method-not-allowed";
import { TrieRouter } from "hono/router/trie-router";
import { animals } from "./animals/route.tsx";
import { type Failure, failure, internal } from "./core/errors.ts";
import { logUnexpected } from "./core/log.ts";
import { toGraphQLError } from "./graphql/errors.ts";
import { knownQueries } from "./graphql/fast/short-way.ts";
import { answerGraphQL } from "./graphql/yoga.ts";
import { access, refuseEarly } from "./http/access.ts";
import { brokenOff, MAX_BODY_BYTES, MAX_IMPORT_BYTES, payloadTooLarge } from "./http/body.ts";
import { envelope } from "./http/envelope.ts";
import { refuseRequest } from "./http/graphql-request.ts";
import type { RestEnv } from "./http/http-env.ts";
import { ownOrigins } from "./http/origins.ts";
import { notAllowed, problem, STATUS } from "./http/problem.ts";
import { options } from "./http/query.ts";
import { answerMcp, refuseMcp } from "./mcp/route.ts";
import { MAX_PHOTO_BYTES } from "./photos/photo.ts";
import { rest } from "./rest.ts";
import { pages } from "./service/pages.ts";
import { sharedData } from "./service/resolvers.ts";
import { Store } from "./store/store.ts";

/** The whole service as one Hono app: what both transports share, then the transports. */
export function createApp(): Hono<RestEnv> {
	// The one that Hono would settle on, after it had tried the other with the first request.
	const app = new Hono<RestEnv>({ router: new TrieRouter() });
	app.use(envelope, access, admit);
	app.route("/", pages);
	app.use(withContext);
	app.on(["GET", "POST"], "/graphql", refuseUnanswerable);
	app.post("/graphql", knownQueries);
	app.on(["GET", "POST"], "/graphql", answerGraphQL);
	app.post("/mcp", answerMcp);
	app.route("/", animals);
	app.route("/", rest);
	const onMethodNotAllowed = (c: Context, allowed: string[]) => {
		if (c.req.method === "OPTIONS") return options(c, allowed);
		const methods = allowed.join(", ");
		c.header("Allow", methods);
		return refuse(c, notAllowed(c.req.path, methods));
	};
	// Middleware, but only what no route takes has to pass it.
	const orNotAllowed = methodNotAllowed({ app, onMethodNotAllowed });
	app.notFound(async (c) => {
		await orNotAllowed(c, async () => {
			c.res = refuse(c, failure("NOT_FOUND", `There is nothing at ${c.req.path.slice(0, 100)}.`));
		});
		return c.res;
	});
	app.onError((error, c) => {
		logUnexpected(error, c.get("requestId"));
		return refuse(c, internal());
	});
	return app;
}

/** Middleware that refuses what has a body, when it will not be admitted or has too much of it. Reads have none. */
const admit: MiddlewareHandler<RestEnv> = (c, next) => {
	if (READS.has(c.req.method)) return next();
	const refusal = refuseEarly(c);
	if (refusal) return Promise.resolve(refusal);
	const isShort = Number(c.req.header("Content-Length")) <= MAX_BODY_BYTES;
	if (isShort && c.req.header("Transfer-Encoding") === undefined) return next();
	const [, own = limit] = LARGER.find(([path]) => path.test(c.req.path)) ?? [];
	return own(c, next);
};
const READS = new Set(["GET", "HEAD", "OPTIONS"]);
const limit = limitBody(MAX_BODY_BYTES);
/** What takes more than others. */
const LARGER: [RegExp, MiddlewareHandler][] = [
	[/^\/(rescues\/import(\.\w+)?|restore)$/, limitBody(MAX_IMPORT_BYTES)],
	[/^\/(rescues\/[^/]+\/)?photos$/, limitBody(MAX_PHOTO_BYTES)],
];

/** Refuses a body beyond a limit in bytes, with PAYLOAD_TOO_LARGE, and one of unknown length that breaks off. */
function limitBody(maxSize: number): MiddlewareHandler {
	const limit = bodyLimit({ maxSize, onError: (c) => refuse(c, payloadTooLarge(maxSize)) });
	return async (c, next) => {
		try {
			return await limit(c, next);
		} catch {
			// What throws behind it is answered by `onError` before it gets here.
			return refuse(c, brokenOff());
		}
	};
}

/** Refuses a request before its transport has seen it, in that transport's form. */
function refuse(c: Context, refusal: Failure): Response {
	if (c.req.path === "/mcp") return refuseMcp(c, refusal);
	if (c.req.path !== "/graphql") return problem(c, refusal);
	return c.json({ errors: [toGraphQLError(refusal)] }, STATUS[refusal.code]);
}

/** Refuses what can't be answered over GraphQL before a mutation is made of it: another protocol, or no media type of ours. */
const refuseUnanswerable: MiddlewareHandler<RestEnv> = (c, next) => {
	const refusal = refuseRequest(c.req.raw);
	if (!refusal) return next();
	return Promise.resolve(c.json({ errors: [toGraphQLError(refusal.failure)] }, refusal.status));
};

/** Middleware that leaves the resolvers' context for the route. */
const withContext: MiddlewareHandler<RestEnv> = (c, next) => {
	const [access, costs] = [c.get("access"), c.get("costs")];
	const streams = { seconds: c.env.STREAM_SECONDS, events: c.env.STREAM_EVENTS };
	const origins = () => ownOrigins(c.env.PUBLIC_URL, c.req.url);
	c.set("ctx", { store: new Store({ env: c.env, access, costs }), access, sharedData, streams, origins });
	return next();
};
