/**
 * The short way of a query that has a plan: what Yoga does around an execution costs more than one rescue does. It is for
 * the plainest POST only. A request that isn't, or that is to be refused, is handed on to Yoga, and nothing has been
 * executed then; what has been executed is answered here, errors included.
 */
import type { ExecutionResult } from "graphql";
import { processRegularResult } from "graphql-yoga";
import type { MiddlewareHandler } from "hono";
import { decodeUtf8, readBytes, readMediaType } from "../../http/body.ts";
import { prepareHeaders, VARY } from "../../http/headers.ts";
import type { RestEnv } from "../../http/http-env.ts";
import type { GraphQLContext } from "../builder.ts";
import { logThrown, maskError, toGraphQLError } from "../errors.ts";
import { dependsOnVariables, findBeyond, measure, type Size } from "../limits.ts";
import { withStatus } from "../refusals.ts";
import { JSON_TYPES, toGraphQLContext, yoga } from "../yoga.ts";
import type { Plan } from "./compile.ts";
import { executePlan } from "./execute.ts";
import { recallPlan } from "./plugin.ts";

const answerAs = (type: string) => ({
	type,
	headers: prepareHeaders({ "Content-Type": `${type}; charset=utf-8`, Vary: VARY }),
});
const AS_JSON = answerAs("application/json");
const AS_GRAPHQL = answerAs("application/graphql-response+json");
/** What clients accept, word for word, and the media type that Yoga would choose. */
const ACCEPTED = new Map([
	["*/*", AS_JSON],
	["application/json", AS_JSON],
	// graphql-request's and Apollo Client's.
	["application/graphql-response+json, application/json", AS_GRAPHQL],
	["application/graphql-response+json,application/json;q=0.9", AS_GRAPHQL],
]);

/** Hono middleware for `POST /graphql`, behind what makes the resolvers' context and before Yoga. */
export const knownQueries: MiddlewareHandler<RestEnv> = async (c, next) => {
	const request = c.req.raw;
	const as = ACCEPTED.get(request.headers.get("Accept") ?? "*/*");
	if (!as || !readMediaType(request, JSON_TYPES).ok) return next();
	const read = await readBytes(request);
	if (!read.ok) return c.json({ errors: [toGraphQLError(read)] }, 400);
	const bytes = read.value;
	const context = toGraphQLContext(c);
	const result = await executeKnown(bytes, context);
	if (!result) {
		c.req.raw = new Request(request, { body: bytes });
		return next();
	}
	const { errors } = result;
	if (!errors) return new Response(JSON.stringify(result), { headers: as.headers });
	// What Yoga's plugins do: `logErrors`, `maskError`, `codes`.
	logThrown(errors, context.requestId);
	context.onErrors();
	return processRegularResult(withStatus({ ...result, errors: errors.map(maskError) }), yoga.fetchAPI, as.type);
};

/** Executes a query that has a plan, within the limits and with variables that fit; undefined for every other body. */
function executeKnown(bytes: ArrayBuffer, context: GraphQLContext): Promise<ExecutionResult> | undefined {
	const { query, variables, operationName, ...others } = readParams(bytes);
	const plan = recallPlan(query);
	const isPlain =
		typeof (variables ?? {}) === "object" && !Array.isArray(variables) && Object.keys(others).length === 0;
	if (!plan || !isPlain) return undefined;
	const args = { ...plan, operationName, variableValues: variables, contextValue: context };
	return findBeyond(args, context.limits, sizeOf(plan)).length > 0 ? undefined : executePlan(plan, args);
}

/** What plans ask for, where it doesn't depend on variables. */
const sizes = new WeakMap<Plan, Size | undefined>();

function sizeOf(plan: Plan): Size | undefined {
	if (!sizes.has(plan)) {
		const { schema, document } = plan;
		sizes.set(plan, dependsOnVariables(document) ? undefined : measure(schema, document, undefined, {}));
	}
	return sizes.get(plan);
}

/** What clients send, if they are any good: none of it has been checked. */
interface Params {
	query?: string;
	variables?: Record<string, unknown> | null;
	operationName?: string | null;
}

function readParams(bytes: ArrayBuffer): Params {
	try {
		return JSON.parse(decodeUtf8(bytes)) ?? {};
	} catch {
		return {};
	}
}
