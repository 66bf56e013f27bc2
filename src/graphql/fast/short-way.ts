/**
 * The short way of a query that has a plan: what Yoga does around an execution costs more than one rescue does. It is for
 * the plainest POST only. A request that isn't, or that is to be refused, is handed on to Yoga, and nothing has been
 * executed then; what has been executed is answered here, errors included.
 */
import type { ExecutionResult } from "graphql";
import { processRegularResult } from "graphql-yoga";
import type { MiddlewareHandler } from "hono";
import { decodeUtf8, readMediaType } from "../../http/body.ts";
import { prepareHeaders } from "../../http/headers.ts";
import type { RestEnv } from "../../http/http-env.ts";
import type { GraphQLContext } from "../builder.ts";
import { logThrown, maskError } from "../errors.ts";
import { findBeyond } from "../limits.ts";
import { withStatus } from "../refusals.ts";
import { JSON_TYPES, toGraphQLContext, yoga } from "../yoga.ts";
import { executePlan } from "./execute.ts";
import { recallPlan } from "./plugin.ts";

const JSON_TYPE = "application/json";
const GRAPHQL_TYPE = "application/graphql-response+json";
/** What clients accept, word for word, and the media type that Yoga would choose. */
const CHOSEN = new Map([
	["*/*", JSON_TYPE],
	["application/json", JSON_TYPE],
	// graphql-request's and Apollo Client's.
	["application/graphql-response+json, application/json", GRAPHQL_TYPE],
	["application/graphql-response+json,application/json;q=0.9", GRAPHQL_TYPE],
]);
const HEADERS = new Map(
	[JSON_TYPE, GRAPHQL_TYPE].map((type) => [type, prepareHeaders({ "Content-Type": `${type}; charset=utf-8` })]),
);

interface Params {
	query: string;
	variables?: Record<string, unknown> | null;
	operationName?: string | null;
}

/** Hono middleware on `/graphql`, behind what makes the resolvers' context and before Yoga. */
export const knownQueries: MiddlewareHandler<RestEnv> = async (c, next) => {
	const request = c.req.raw;
	const type = CHOSEN.get(request.headers.get("Accept") ?? "*/*");
	if (request.method !== "POST" || !type || !readMediaType(request, JSON_TYPES).ok) return next();
	const bytes = await request.arrayBuffer();
	const context = toGraphQLContext(c);
	const result = await executeKnown(readParams(bytes), context);
	if (result) return render(result, type, context.requestId);
	c.req.raw = new Request(request, { body: bytes });
	return next();
};

/** Executes a query that has a plan, within the limits and with variables that fit; undefined for every other one. */
function executeKnown(params: Params | undefined, context: GraphQLContext): Promise<ExecutionResult> | undefined {
	const plan = params && recallPlan(params.query);
	if (!plan) return undefined;
	const { operationName, variables: variableValues } = params;
	const args = { ...plan, operationName, variableValues, contextValue: context };
	return findBeyond(args, context.limits).length > 0 ? undefined : executePlan(plan, args);
}

/** Answers as Yoga does with the plugins of `yoga.ts`: `logErrors`, `maskError`, `codes`. */
function render(result: ExecutionResult, type: string, requestId: string): Response {
	const { errors } = result;
	if (!errors) return new Response(JSON.stringify(result), { headers: HEADERS.get(type) as Headers });
	logThrown(errors, requestId);
	return processRegularResult(withStatus({ ...result, errors: errors.map(maskError) }), yoga.fetchAPI, type);
}

/** Reads a body that holds what nearly every client sends, and nothing besides; undefined for every other one. */
function readParams(bytes: ArrayBuffer): Params | undefined {
	let body: unknown;
	try {
		body = JSON.parse(decodeUtf8(bytes));
	} catch {
		return undefined;
	}
	return isPlain(body) ? body : undefined;
}

function isPlain(body: unknown): body is Params {
	if (typeof body !== "object" || body === null || Array.isArray(body)) return false;
	const { query, variables, operationName, ...rest } = body as Record<string, unknown>;
	return (
		typeof query === "string" &&
		(variables == null || (typeof variables === "object" && !Array.isArray(variables))) &&
		(operationName == null || typeof operationName === "string") &&
		Object.keys(rest).length === 0
	);
}
