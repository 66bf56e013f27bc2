import {
	type DocumentNode,
	type ExecutionArgs,
	type ExecutionResult,
	type GraphQLError,
	getVariableValues,
} from "graphql";
import { type Compiled, compile } from "./compile.ts";
import { FieldErrors } from "./run.ts";

const compiled = new WeakMap<DocumentNode, Compiled | null>();

/** Whether a document has been compiled: then it was found valid, and executed, before. */
export const isCompiled = (document: DocumentNode): boolean => Boolean(compiled.get(document));

/**
 * Executes a valid document, as graphql-js's `execute` would.
 * @returns undefined when it leaves that to graphql-js: nothing has been resolved then
 */
export function executeCompiled({
	schema,
	document,
	operationName,
	variableValues,
	contextValue,
}: ExecutionArgs): Promise<ExecutionResult> | undefined {
	let plan = compiled.get(document);
	if (plan === undefined) {
		plan = compile(schema, document);
		compiled.set(document, plan);
	}
	if (!plan || (operationName && operationName !== plan.operation.name?.value)) return undefined;
	const definitions = plan.operation.variableDefinitions ?? [];
	const { coerced: variables } = getVariableValues(schema, definitions, variableValues ?? {});
	return variables && run(plan, variables, contextValue);
}

async function run({ execute }: Compiled, variables: Record<string, unknown>, context: unknown) {
	const errors = new FieldErrors();
	let data: ExecutionResult["data"] = null;
	try {
		data = (await execute({ context, variables, errors })) as NonNullable<ExecutionResult["data"]>;
	} catch (error) {
		errors.add(error as GraphQLError, undefined);
	}
	return errors.all.length > 0 ? { errors: errors.all, data } : { data };
}
