import type { ExecutionResult } from "graphql";
import { readJson } from "../http/read-json.ts";
import type { GraphQLContext } from "./builder.ts";
import { type Found, JSON_TYPES, yoga } from "./yoga.ts";

/** What clients accept, word for word, and what they are given then, as Yoga would choose it. */
const CHOSEN: Record<string, string> = {
	"*/*": "application/json; charset=utf-8",
	"application/json": "application/json; charset=utf-8",
	// graphql-request's and Apollo Client's.
	"application/graphql-response+json, application/json": "application/graphql-response+json; charset=utf-8",
	"application/graphql-response+json,application/json;q=0.9": "application/graphql-response+json; charset=utf-8",
};

interface Params {
	query: string;
	variables?: Record<string, unknown>;
	operationName?: string;
}

/**
 * Answers a request to `/graphql`. A plain POST that goes well is answered by what Yoga parses, checks and executes with,
 * but without what it does around that, which costs more than one rescue does. Yoga answers everything else.
 */
export async function answerGraphQL(request: Request, given: GraphQLContext): Promise<Response> {
	const type = CHOSEN[request.headers.get("Accept") ?? "*/*"];
	if (request.method !== "POST" || type === undefined) return yoga.fetch(request, given);
	const found: Found = { ...given, body: await readJson(request, JSON_TYPES) };
	if (!found.body?.ok || !isPlain(found.body.value)) return yoga.fetch(request, found);
	const params = found.body.value;
	// Yoga adds what is missing from its context.
	const context = found as Parameters<typeof yoga.handleParams>[0]["context"];
	const result = (await yoga.handleParams({ request, params, context })) as ExecutionResult;
	if (result.errors) return yoga.fetch(request, { ...found, result });
	return new Response(JSON.stringify(result), { headers: { "Content-Type": type } });
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
