/** What a request that was not executed is told, and the status of one that was. */
import { type DocumentNode, type ExecutionResult, GraphQLError, getOperationAST, parse } from "graphql";
import type { Plugin, YogaInitialContext } from "graphql-yoga";
import { type Access, refuse as refuseRole } from "../core/access.ts";
import { type Code, failure, invalidInput } from "../core/errors.ts";
import { takesEventStream } from "../http/graphql-request.ts";
import { STATUS } from "../http/problem.ts";
import type { GraphQLContext } from "./builder.ts";
import { findBadArguments } from "./coercion.ts";
import { toGraphQLError } from "./errors.ts";
import { schema } from "./schema.ts";

/** What Yoga adds to the context: the request's parameters. */
interface ServerContext extends GraphQLContext {
	params?: { query?: string; variables?: Record<string, unknown> | null; operationName?: string | null };
}

/** Refuses a whole mutation before it runs, as REST does, when the request may not write. `defineWrite` checks again. */
export const writeAccess: Plugin<GraphQLContext> = {
	onExecute({ args, setResultAndStopExecution }) {
		const refusal = refuseMutation(args.document, args.operationName, args.contextValue.ctx.access);
		if (refusal) setResultAndStopExecution({ errors: [refusal] });
	},
};

function refuseMutation(document: DocumentNode, operationName: string | null | undefined, access: Access) {
	if (getOperationAST(document, operationName)?.operation !== "mutation") return null;
	const refusal = refuseRole(access, "write");
	return refusal && toGraphQLError(refusal, { status: STATUS[refusal.code] });
}

/** Refuses a subscription that the client couldn't be told the end of, before it is begun: it would be nobody's. */
export const eventStreams: Plugin<GraphQLContext & YogaInitialContext> = {
	onSubscribe({ args, setResultAndStopExecution }) {
		if (takesEventStream(args.contextValue.request)) return;
		const detail = "A subscription needs the header `Accept: text/event-stream`.";
		setResultAndStopExecution({ errors: [toGraphQLError(failure("MALFORMED_REQUEST", detail), { status: 406 })] });
	},
};

/** Gives every error that graphql-js or Yoga raised a code of ours; answers with bad values are one INVALID_INPUT. */
export const codes: Plugin = {
	onResultProcess({ result, setResult, serverContext }) {
		if (Array.isArray(result) || !("errors" in result) || !result.errors) return;
		const errors = result.errors as GraphQLError[];
		const context = serverContext as unknown as ServerContext;
		context.onErrors();
		const wasExecuted = "data" in result && result.data !== undefined;
		if (!wasExecuted) setResult({ ...result, errors: refuse(errors, context) });
		else setResult(withStatus(result));
	},
};

/** What was executed, with the status 429, as in REST, when it got nothing because the budget is used up. */
export function withStatus(result: ExecutionResult): ExecutionResult {
	const isNothing = Object.values(result.data ?? {}).every((value) => value === null);
	const isLimited = result.errors?.every(({ extensions }) => extensions.code === "RATE_LIMITED");
	return isNothing && isLimited ? { ...result, extensions: { http: { status: STATUS.RATE_LIMITED } } } : result;
}

/** Whether a request names its document by a hash and doesn't bring it along: Apollo's persisted queries. */
export const isHashOnly = (params: { query?: string; extensions?: { persistedQuery?: unknown } } | null) =>
	!params?.query && params?.extensions?.persistedQuery !== undefined;

/** Apollo's own code, which is none of ours: its clients, and urql's, then send the document. */
const PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND";

/** What tells a client to send the document itself: no documents are kept here. Word for word and 200, as Apollo's server has it. */
export const persistedQueryNotFound = () =>
	new GraphQLError("PersistedQueryNotFound", {
		extensions: { code: PERSISTED_QUERY_NOT_FOUND, http: { status: 200 } },
	});

/** The errors of a request that was not executed. */
function refuse(errors: GraphQLError[], { params = {}, ctx }: ServerContext): GraphQLError[] {
	if (errors.every(mayBeBadInput)) {
		const { query, variables, operationName } = params;
		// It has been parsed before, within the limits.
		const document = parse(query ?? "");
		const issues = findBadArguments(schema, document, variables ?? {});
		const refusal = issues.length > 0 && refuseMutation(document, operationName, ctx.access);
		if (refusal) return [refusal];
		if (issues.length > 0) return [toGraphQLError(invalidInput(issues), { status: 400, spec: true })];
	}
	return errors.map(withCode);
}

/** Whether graphql-js may have meant a value rather than the document: it knows no better word than its own. */
const mayBeBadInput = ({ extensions: { code } }: GraphQLError) => code === undefined || code === "INVALID_INPUT";

function withCode(error: GraphQLError): GraphQLError {
	const { code, http } = error.extensions as { code?: string; http?: { status?: number } };
	if (code !== undefined && (code in STATUS || code === PERSISTED_QUERY_NOT_FOUND) && http) return error;
	const ours: Code =
		code !== undefined && code in STATUS
			? (code as Code)
			: http?.status === 405
				? "METHOD_NOT_ALLOWED"
				: "MALFORMED_REQUEST";
	return new GraphQLError(error.message, {
		nodes: error.nodes ?? null,
		source: error.source ?? null,
		positions: error.positions ?? null,
		extensions: { ...error.extensions, code: ours, http: http ?? { status: 400, spec: true } },
	});
}
