import {
	type DocumentNode,
	type ExecutionResult,
	GraphQLError,
	getOperationAST,
	parse,
	specifiedRules,
	type ValidationContext,
	type ValidationRule,
	ValuesOfCorrectTypeRule,
	validate,
} from "graphql";
import { createYoga, type Plugin } from "graphql-yoga";
import type { Access } from "../context.ts";
import { type Code, invalidInput } from "../domain/errors.ts";
import { logUnexpected } from "../http/log.ts";
import { readJson } from "../http/read-json.ts";
import { STATUS } from "../http/status.ts";
import type { GraphQLContext } from "./builder.ts";
import { findBadArguments } from "./coercion.ts";
import { maskError, toGraphQLError } from "./errors.ts";
import { schema } from "./schema.ts";

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
			const body = await readJson(request, ["application/json"]);
			if (body.ok) return body.value as object;
			throw toGraphQLError(body, { status: body.code === "MALFORMED_REQUEST" ? 400 : 415 });
		});
	},
};

/** Suggestions ("Did you mean …") are hidden: they help to guess, and introspection tells it all anyway. */
const ourRules: Plugin = {
	onValidate({ setValidationFn }) {
		setValidationFn((schema, document) => validate(schema, document, rules, { hideSuggestions: true }));
	},
};

/** What Yoga adds to the context: the request's parameters. */
interface ServerContext extends GraphQLContext {
	params?: { query?: string; variables?: Record<string, unknown> | null; operationName?: string | null };
}

/** Refuses a whole mutation before it runs, as REST does, when the request may not write. `defineWrite` checks again. */
const writeAccess: Plugin<GraphQLContext> = {
	onExecute({ args, setResultAndStopExecution }) {
		const refusal = refuseMutation(args.document, args.operationName, args.contextValue.ctx.access);
		if (refusal) setResultAndStopExecution({ errors: [refusal] });
	},
};

function refuseMutation(document: DocumentNode, operationName: string | null | undefined, access: Access) {
	const { writeRefusal } = access;
	if (!writeRefusal || getOperationAST(document, operationName)?.operation !== "mutation") return null;
	return toGraphQLError(writeRefusal, { status: STATUS[writeRefusal.code] });
}

/** Gives every error that graphql-js or Yoga raised a code of ours; answers with bad values are one INVALID_INPUT. */
const codes: Plugin = {
	onResultProcess({ result, setResult, serverContext }) {
		if (Array.isArray(result) || !("errors" in result) || !result.errors) return;
		const errors = result.errors as GraphQLError[];
		const wasExecuted = "data" in result && result.data !== undefined;
		if (wasExecuted && isAllLimited(result)) setResult({ ...result, extensions: { http: { status: 429 } } });
		const finalErrors = wasExecuted ? errors : refuse(errors, serverContext as unknown as ServerContext);
		if (finalErrors !== errors) setResult({ ...result, errors: finalErrors });
	},
};

/** Whether a request got nothing because its budget is used up: then its status says so, as in REST. */
const isAllLimited = ({ data, errors }: ExecutionResult) =>
	Object.values(data ?? {}).every((value) => value === null) &&
	errors?.every(({ extensions }) => extensions.code === "RATE_LIMITED");

/** The errors of a request that was not executed. */
function refuse(errors: GraphQLError[], { params = {}, ctx }: ServerContext): GraphQLError[] {
	const { query, variables, operationName } = params;
	const mayBeBadInput = errors.every(({ extensions }) =>
		[undefined, "INVALID_INPUT"].includes(extensions.code as string),
	);
	if (mayBeBadInput && query !== undefined) {
		const document = parse(query);
		const issues = findBadArguments(schema, document, variables ?? {});
		const refusal = issues.length > 0 && refuseMutation(document, operationName, ctx.access);
		if (refusal) return [refusal];
		if (issues.length > 0) return [toGraphQLError(invalidInput(issues), { status: 400, spec: true })];
	}
	return errors.map((error) => {
		const http = error.extensions.http as { status?: number } | undefined;
		const code = knownCodes.has(error.extensions.code as string)
			? (error.extensions.code as Code)
			: http?.status === 405
				? "METHOD_NOT_ALLOWED"
				: "MALFORMED_REQUEST";
		return new GraphQLError(error.message, {
			nodes: error.nodes ?? null,
			source: error.source ?? null,
			positions: error.positions ?? null,
			extensions: { ...error.extensions, code, http: http ?? { status: 400, spec: true } },
		});
	});
}

/** Codes that reach this place already ours. */
const knownCodes = new Set(Object.keys(STATUS));

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
	logging: { debug() {}, info() {}, warn: console.warn, error: (error) => logUnexpected(error) },
	maskedErrors: { isDev: false, maskError },
	plugins: [jsonRequests, ourRules, writeAccess, codes],
});
