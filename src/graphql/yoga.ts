import {
	type DocumentNode,
	type ExecutionResult,
	GraphQLError,
	specifiedRules,
	type ValidationContext,
	type ValidationRule,
	ValuesOfCorrectTypeRule,
	validate,
} from "graphql";
import { createYoga, type Plugin } from "graphql-yoga";
import type { Result } from "../core/errors.ts";
import { logUnexpected } from "../core/log.ts";
import { readJson } from "../http/body.ts";
import type { GraphQLContext } from "./builder.ts";
import { logErrors, maskError, toGraphQLError } from "./errors.ts";
import { executeCompiled } from "./fast/execute.ts";
import { limits, noSubscriptions } from "./limits.ts";
import { codes, isHashOnly, persistedQueryNotFound, writeAccess } from "./refusals.ts";
import { schema } from "./schema.ts";
import { LRUCache } from "./slim/lru-cache.ts";

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

/** What `answer.ts` has found out before it asks Yoga. */
export interface Found extends GraphQLContext {
	/** The body, once it has been read. */
	body?: Result<unknown>;
	/** What came of executing the body's operation. */
	result?: ExecutionResult;
}

/** JSON only, read exactly as REST reads it; forms can be posted by any web page. */
const jsonRequests: Plugin<object, Found> = {
	onRequestParse({ request, serverContext, setRequestParser }) {
		if (request.method !== "POST") return;
		setRequestParser(async () => {
			const body = serverContext.body ?? (await readJson(request, JSON_TYPES));
			if (body.ok) return body.value as object;
			throw toGraphQLError(body, { status: body.code === "MALFORMED_REQUEST" ? 400 : 415 });
		});
	},
	onParams({ context, params, setResult }) {
		const { result } = context as unknown as Found;
		if (result) setResult(result);
		else if (isHashOnly(params)) throw persistedQueryNotFound();
	},
};

/** Executes queries by what was worked out for their document once; graphql-js does whatever that doesn't cover. */
const compiledQueries: Plugin = {
	onExecute({ executeFn, setExecuteFn }) {
		setExecuteFn((args) => executeCompiled(args) ?? executeFn(args));
	},
};

/** Suggestions ("Did you mean …") are hidden: they help to guess, and introspection tells it all anyway. */
const ourRules: Plugin = {
	onValidate({ setValidationFn }) {
		setValidationFn((schema, document) => validate(schema, document, rules, { hideSuggestions: true }));
	},
};

/** Documents by their text, as Yoga has parsed them; the short way (`answer.ts`) looks into it as well. */
export const documents = new LRUCache<string, DocumentNode>({ max: 1024 });

/** Made once per isolate: it holds the parse and validation caches; one per request costs five times as much. */
export const yoga = createYoga<Found>({
	schema,
	graphqlEndpoint: "/graphql",
	// CORS, limits and pages belong to the app, for both transports.
	cors: false,
	graphiql: false,
	landingPage: false,
	multipart: false,
	batching: false,
	maxRequestBodySize: false,
	parserAndValidationCache: { documentCache: documents },
	logging: {
		debug() {},
		info() {},
		warn: console.warn,
		// What a field threw has been logged with its request.
		error: (error) => error instanceof GraphQLError || logUnexpected(error),
	},
	maskedErrors: { isDev: false, maskError },
	plugins: [jsonRequests, ourRules, writeAccess, limits, noSubscriptions, compiledQueries, logErrors, codes],
});
