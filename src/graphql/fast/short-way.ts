import type { ExecutionResult } from "graphql";
import { readJson } from "../../http/body.ts";
import { prepareHeaders } from "../../http/headers.ts";
import type { GraphQLContext } from "../builder.ts";
import { logThrown, maskError } from "../errors.ts";
import { findBeyond } from "../limits.ts";
import { schema } from "../schema.ts";
import { documents, type Found, JSON_TYPES, yoga } from "../yoga.ts";
import { executeCompiled, isCompiled } from "./execute.ts";

const PLAIN = prepareHeaders({ "Content-Type": "application/json; charset=utf-8" });
const SPOKEN = prepareHeaders({ "Content-Type": "application/graphql-response+json; charset=utf-8" });
/** What clients accept, word for word, and the headers that they are given then, with the type that Yoga would choose. */
const CHOSEN = new Map([
	["*/*", PLAIN],
	["application/json", PLAIN],
	// graphql-request's and Apollo Client's.
	["application/graphql-response+json, application/json", SPOKEN],
	["application/graphql-response+json,application/json;q=0.9", SPOKEN],
]);

interface Params {
	query: string;
	variables?: Record<string, unknown>;
	operationName?: string;
}

/**
 * Answers a request to `/graphql`. A plain POST that goes well is answered by what Yoga parses, checks and executes with,
 * but without what it does around that, which costs more than one rescue does; a query that has been executed before
 * needs no parsing and checking either. Yoga answers everything else.
 */
export async function answerGraphQL(request: Request, given: GraphQLContext): Promise<Response> {
	const headers = CHOSEN.get(request.headers.get("Accept") ?? "*/*");
	if (request.method !== "POST" || headers === undefined) return yoga.fetch(request, given);
	const found: Found = { ...given, body: await readJson(request, JSON_TYPES) };
	if (!found.body?.ok || !isPlain(found.body.value)) return yoga.fetch(request, found);
	const params = found.body.value;
	// Yoga adds what is missing from its context.
	const context = found as Parameters<typeof yoga.handleParams>[0]["context"];
	const known = await executeKnown(params, given);
	const result = known ?? ((await yoga.handleParams({ request, params, context })) as ExecutionResult);
	if (result.errors) return yoga.fetch(request, { ...found, result });
	return new Response(JSON.stringify(result), { headers });
}

/** Executes a query that Yoga has parsed, checked and compiled before; undefined when it is for Yoga. */
async function executeKnown({ query, variables, operationName }: Params, context: GraphQLContext) {
	const document = documents.get(query);
	if (!document || !isCompiled(document)) return undefined;
	const args = { schema, document, operationName, variableValues: variables, contextValue: context };
	if (findBeyond(args, context.limits).length > 0) return undefined;
	const result = await executeCompiled(args);
	if (!result?.errors) return result;
	logThrown(result.errors, context.requestId);
	return { ...result, errors: result.errors.map(maskError) };
}

/** Whether a body holds what nearly every client sends, and nothing besides. */
function isPlain(body: unknown): body is Params {
	if (typeof body !== "object" || body === null || Array.isArray(body)) return false;
	const { query, variables, operationName, ...rest } = body as Record<string, unknown>;
	return (
		typeof query === "string" &&
		(variables === undefined || (typeof variables === "object" && variables !== null && !Array.isArray(variables))) &&
		(operationName === undefined || typeof operationName === "string") &&
		Object.keys(rest).length === 0
	);
}
