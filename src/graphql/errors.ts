/** Refusals as GraphQL errors, and what becomes of anything else that a field throws. */
import { GraphQLError } from "graphql";
import type { Plugin } from "graphql-yoga";
import { type Failure, type InputIssue, internal, type Result } from "../core/errors.ts";
import { logUnexpected } from "../core/log.ts";
import type { GraphQLContext } from "./builder.ts";
import { toEnumName } from "./enums.ts";

/** The same sentence as in REST, but with enum values as GraphQL spells them. */
const spellEnums = ({ path, message }: InputIssue): InputIssue => ({
	path,
	message: message.replace(/^(must be one of: )(.*)$/, (_, start: string, values: string) => {
		const names = values.split(", ").map((value) => toEnumName(value, path[0] === "sort" ? "sort" : undefined));
		return start + names.join(", ");
	}),
});

/**
 * A refusal as a GraphQL error: the code in `extensions.code`, every bad field in `extensions.errors`.
 * @param http the status for a request that wasn't executed at all
 */
export function toGraphQLError(refusal: Failure, http?: { status: number; spec?: boolean }): GraphQLError {
	const { code, detail, errors, currentVersion } = refusal;
	return new GraphQLError(detail, {
		extensions: {
			code,
			...(errors && { errors: errors.map(spellEnums) }),
			...(currentVersion !== undefined && { currentVersion }),
			...(http && { http }),
		},
	});
}

/** Gives a resolver's value to the field, or throws its refusal. */
export function unwrap<T>(result: Result<T>): T {
	if (result.ok) return result.value;
	throw toGraphQLError(result);
}

/** Whether something was thrown while a field resolved that isn't a refusal of ours. */
const isUnexpected = ({ extensions, path }: GraphQLError) => extensions.code === undefined && path !== undefined;

/** Logs what clients must not see, before it is masked. */
export function logThrown(errors: readonly GraphQLError[], requestId: string) {
	for (const error of errors) if (isUnexpected(error)) logUnexpected(error.originalError ?? error, requestId);
}

/** Yoga plugin that logs what was thrown while fields resolved, once or for each event of a stream. */
export const logErrors: Plugin<GraphQLContext> = {
	onExecute: () => ({ onExecuteDone: logResult }),
	onSubscribe: () => ({
		onSubscribeResult(subscribed) {
			logResult(subscribed);
			return { onNext: logResult };
		},
	}),
};

function logResult({ result, args }: { result: object; args: { contextValue: GraphQLContext } }) {
	if ("errors" in result) logThrown((result.errors ?? []) as GraphQLError[], args.contextValue.requestId);
}

/**
 * Yoga's `maskError`: lets our refusals and graphql-js's findings about the request through; anything that was thrown
 * while a field resolved becomes INTERNAL, so that no message or stack of ours gets out.
 */
export function maskError(error: unknown): GraphQLError {
	if (!(error instanceof GraphQLError)) return toGraphQLError(internal(), { status: 500 });
	if (!isUnexpected(error)) return error;
	const masked = toGraphQLError(internal());
	return new GraphQLError(masked.message, {
		nodes: error.nodes ?? null,
		source: error.source ?? null,
		positions: error.positions ?? null,
		path: error.path,
		extensions: masked.extensions,
	});
}
