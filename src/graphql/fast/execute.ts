/** One execution of a plan, and what it does about errors, as graphql-js does it. */
import {
	type ExecutionArgs,
	type ExecutionResult,
	type FieldNode,
	type GraphQLError,
	getVariableValues,
	locatedError,
	type ResponsePath,
	responsePathAsArray,
} from "graphql";
import type { Plan } from "./compile.ts";

/** What an execution is given, besides the plan. */
export type PlanArgs = Pick<ExecutionArgs, "operationName" | "variableValues" | "contextValue" | "rootValue">;

/**
 * Executes a plan, as graphql-js's `execute` executes the document that it was made of.
 * @returns undefined when it leaves that to graphql-js, as it does when the variables don't fit: nothing has been
 *   resolved then
 */
export function executePlan(plan: Plan, args: PlanArgs): Promise<ExecutionResult> | undefined {
	const { operation, schema } = plan;
	if (args.operationName != null && args.operationName !== operation.name?.value) return undefined;
	const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], args.variableValues ?? {});
	if (!coerced) return undefined;
	const { rootValue, contextValue: context } = args;
	return answer(plan, { rootValue, context, variables: coerced, errors: new FieldErrors() });
}

async function answer(plan: Plan, run: Run): Promise<ExecutionResult> {
	let data: ExecutionResult["data"] = null;
	try {
		data = (await plan.answer(run)) as NonNullable<ExecutionResult["data"]>;
	} catch (error) {
		run.errors.add(error as GraphQLError, undefined);
	}
	return run.errors.all.length > 0 ? { errors: run.errors.all, data } : { data };
}

/** What an execution carries along. */
export interface Run {
	rootValue: unknown;
	context: unknown;
	/** The coerced values. */
	variables: Record<string, unknown>;
	errors: FieldErrors;
}

/** A place in the answer, from the inside out. */
export type Path = ResponsePath;

/** What went wrong, without what lies at or under a place that is null already because of an error. */
export class FieldErrors {
	readonly all: GraphQLError[] = [];
	#nulled = new Set<Path | undefined>();

	/** Notes an error that made `path` null; undefined stands for the whole answer. */
	add(error: GraphQLError, path: Path | undefined) {
		for (let place = path; place; place = place.prev) if (this.#nulled.has(place)) return;
		if (this.#nulled.has(undefined)) return;
		this.#nulled.add(path);
		this.all.push(error);
	}
}

/** Runs what answers a field or an item; an error makes it null where it may be, else it is for the field above. */
export function withErrors(
	nodes: readonly FieldNode[],
	isNullable: boolean,
	path: Path,
	run: Run,
	answer: () => unknown,
): unknown {
	const handle = (raw: unknown) => {
		const error = locatedError(raw, nodes, responsePathAsArray(path));
		if (!isNullable) throw error;
		run.errors.add(error, path);
		return null;
	};
	try {
		const value = answer();
		return isPromise(value) ? value.then(undefined, handle) : value;
	} catch (error) {
		return handle(error);
	}
}

/** Whether a value is to be waited for: anything with `then`, such as the promises of RPC, which are no `Promise`. */
export const isPromise = (value: unknown): value is Promise<unknown> =>
	typeof (value as { then?: unknown } | null | undefined)?.then === "function";
