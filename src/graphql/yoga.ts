/** The GraphQL server: Yoga with its plugins, and the handler of `/graphql`. */
import {
	execute,
	GraphQLError,
	specifiedRules,
	subscribe,
	type ValidationContext,
	type ValidationRule,
	ValuesOfCorrectTypeRule,
	validate,
} from "graphql";
import { createYoga, type Plugin } from "graphql-yoga";
import type { Context as HonoContext } from "hono";
import { logUnexpected } from "../core/log.ts";
import { readJson } from "../http/body.ts";
import type { RestEnv } from "../http/http-env.ts";
import type { GraphQLContext } from "./builder.ts";
import { logErrors, maskError, toGraphQLError } from "./errors.ts";
import { compiledQueries } from "./fast/plugin.ts";
import { limits, readLimits } from "./limits.ts";
import { codes, eventStreams, isHashOnly, persistedQueryNotFound, writeAccess } from "./refusals.ts";
import { schema } from "./schema.ts";

/** The media types of a request's body. */
export const JSON_TYPES = ["application/json"];

/** Finds what `ValuesOfCorrectTypeRule` finds, and marks it as bad input rather than a malformed document. */
const LiteralsOfCorrectType: ValidationRule = (context: ValidationContext) => {
	const marking = Object.create(context, {
		reportError: {
			value: ({ message, nodes }: GraphQLError) =>
				context.reportError(new GraphQLError(message, { nodes: nodes ?? null, extensions: { code: "INVALID_INPUT" } })),
		},
	});
	return ValuesOfCorrectTypeRule(marking);
};

const rules = specifiedRules.map((rule) => (rule === ValuesOfCorrectTypeRule ? LiteralsOfCorrectType : rule));

/** JSON only, read exactly as REST reads it; forms can be posted by any web page. */
const jsonRequests: Plugin = {
	onRequestParse({ request, setRequestParser }) {
		if (request.method !== "POST") return;
		setRequestParser(async () => {
			const body = await readJson(request, JSON_TYPES);
			if (body.ok) return body.value as object;
			throw toGraphQLError(body, { status: body.code === "MALFORMED_REQUEST" ? 400 : 415 });
		});
	},
	onParams({ params }) {
		if (isHashOnly(params)) throw persistedQueryNotFound();
	},
};

/** graphql-js checks and executes: Yoga's own executor would give some refusals other statuses. */
const engine: Plugin = {
	onValidate({ setValidationFn }) {
		// Suggestions ("Did you mean …") are hidden: they help to guess, and introspection tells it all anyway.
		setValidationFn((schema, document) => validate(schema, document, rules, { hideSuggestions: true }));
	},
	onExecute({ setExecuteFn }) {
		setExecuteFn(execute);
	},
	onSubscribe({ setSubscribeFn }) {
		setSubscribeFn(subscribe);
	},
};

/** Made once per isolate: it holds the parse and validation caches; one per request costs five times as much. */
export const yoga = createYoga<GraphQLContext>({
	schema,
	graphqlEndpoint: "/graphql",
	// CORS, limits and pages belong to the app, for both transports.
	cors: false,
	graphiql: false,
	landingPage: false,
	multipart: false,
	batching: false,
	maxRequestBodySize: false,
	logging: {
		debug() {},
		info() {},
		warn: console.warn,
		// What a field threw has been logged with its request.
		error: (error) => error instanceof GraphQLError || logUnexpected(error),
	},
	maskedErrors: { isDev: false, maskError },
	plugins: [
		jsonRequests,
		engine,
		// What refuses comes before what executes, and that before what sees to the result.
		writeAccess,
		limits,
		eventStreams,
		compiledQueries,
		logErrors,
		codes,
	],
});

/** The context that a request to `/graphql` gives its fields; the app has made the resolvers' part of it. */
export const toGraphQLContext = (c: HonoContext<RestEnv>): GraphQLContext => ({
	ctx: c.get("ctx"),
	limits: readLimits(c.env),
	requestId: c.get("requestId"),
	onErrors: () => c.set("isLogged", true),
});

/** Hono handler of `/graphql`. */
export async function answerGraphQL(c: HonoContext<RestEnv>) {
	if (c.req.raw.method !== "HEAD") return yoga.fetch(c.req.raw, toGraphQLContext(c));
	const answer = await yoga.fetch(new Request(c.req.raw, { method: "GET" }), toGraphQLContext(c));
	// Hono takes the body off what answers a HEAD; a subscription would go on unread.
	await answer.body?.cancel();
	return answer;
}
