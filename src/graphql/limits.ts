/** What one GraphQL request may ask for, and the plugins that hold it to that. */
import {
	type DocumentNode,
	type ExecutionArgs,
	type FieldNode,
	type GraphQLError,
	type GraphQLNamedType,
	type GraphQLSchema,
	getNamedType,
	getOperationAST,
	isCompositeType,
	isInterfaceType,
	isObjectType,
	Kind,
	parse,
	type SelectionSetNode,
	valueFromASTUntyped,
	visit,
} from "graphql";
import type { Plugin } from "graphql-yoga";
import { failure } from "../core/errors.ts";
import type { Env } from "../env.ts";
import { MAX_FIRST } from "../rescues/resolvers.ts";
import type { GraphQLContext } from "./builder.ts";
import { toGraphQLError } from "./errors.ts";

/** What one GraphQL request may ask for. */
export interface Limits {
	/** Tokens of the whole document; graphql-js stops reading there. */
	tokens: number;
	/** Fields inside fields. */
	depth: number;
	aliases: number;
	directives: number;
	/**
	 * Objects that the answer may hold: scalars cost 0, objects 1, a list `first` × the objects in it; a history 1 more, and
	 * each of its changes 1 more, selected or not.
	 */
	cost: number;
}

/** The limits as `wrangler.toml` sets them. */
export const readLimits = (env: Env): Limits => ({
	tokens: env.GRAPHQL_MAX_TOKENS,
	depth: env.GRAPHQL_MAX_DEPTH,
	aliases: env.GRAPHQL_MAX_ALIASES,
	directives: env.GRAPHQL_MAX_DIRECTIVES,
	cost: env.GRAPHQL_MAX_COST,
});

/**
 * Yoga plugin that refuses a document beyond the limits with one MALFORMED_REQUEST, before any resolver runs.
 * Introspection is bounded by graphql-js's own rule (`MaxIntrospectionDepthRule`), so it has no depth and costs nothing.
 */
export const limits: Plugin<GraphQLContext> = {
	onParse({ context, setParseFn }) {
		const { tokens } = context.limits;
		setParseFn((source, options) => {
			try {
				return parse(source, { ...options, maxTokens: tokens });
			} catch (error) {
				throw /more tha[nt] \d+ tokens/.test(String(error)) ? tooMuch([`more than ${tokens} tokens`]) : error;
			}
		});
	},

	onExecute: refuseBeyond,
	onSubscribe: refuseBeyond,
};

/** What both of Envelop's hooks are given, as far as it is needed. */
interface Hook {
	args: { contextValue: GraphQLContext } & ExecutionArgs;
	setResultAndStopExecution: (result: { errors: GraphQLError[] }) => void;
}

function refuseBeyond({ args, setResultAndStopExecution }: Hook) {
	const beyond = findBeyond(args, args.contextValue.limits);
	if (beyond.length > 0) setResultAndStopExecution({ errors: [tooMuch(beyond)] });
}

/**
 * In what an operation asks for more than it may, in words; nothing when it stays within the limits.
 * @param size of it, when it is known
 */
export function findBeyond(
	{ schema, document, operationName, variableValues }: ExecutionArgs,
	limits: Limits,
	size: Size = measure(schema, document, operationName, variableValues ?? {}),
): string[] {
	return (["depth", "aliases", "directives", "cost"] as const).flatMap((what) =>
		size[what] > limits[what] ? [`${WORDS[what](size[what])} (at most ${limits[what]})`] : [],
	);
}

const WORDS = {
	depth: (size: number) => `a depth of ${size}`,
	aliases: (size: number) => `${size} aliases`,
	directives: (size: number) => `${size} directives`,
	cost: (size: number) => `a cost of ${size}`,
};

const tooMuch = (what: string[]): GraphQLError =>
	toGraphQLError(failure("MALFORMED_REQUEST", `The document has ${what.join(", ")}.`), { status: 400, spec: true });

/** How much an operation, or a part of it, asks for. */
export type Size = Record<"depth" | "aliases" | "directives" | "cost", number>;

/** The arguments that say how many objects a field gives. */
const COUNTS = ["first", "ids"];

/** Whether the variables decide how much a document asks for. */
export function dependsOnVariables(document: DocumentNode): boolean {
	let depends = false;
	const Variable = () => {
		depends = true;
	};
	visit(document, { Argument: ({ name, value }) => void (COUNTS.includes(name.value) && visit(value, { Variable })) });
	return depends;
}

/** Measures a valid operation as it is executed: a fragment counts wherever it is spread. */
export function measure(
	schema: GraphQLSchema,
	document: DocumentNode,
	operationName: string | null | undefined,
	variables: Record<string, unknown>,
): Size {
	const operation = getOperationAST(document, operationName);
	const root = operation && schema.getRootType(operation.operation);
	if (!operation || !root) return nothing();
	const values = { ...variables };
	for (const { variable, defaultValue } of operation.variableDefinitions ?? []) {
		if (defaultValue) values[variable.name.value] ??= valueFromASTUntyped(defaultValue);
	}
	// Each fragment is measured once, however often it is spread: nested spreads would take exponential time.
	const measured = new Map<string, Size>();

	const ofFragment = (name: string): Size => {
		const known = measured.get(name);
		if (known) return known;
		const fragment = document.definitions.find(
			(definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
		);
		if (fragment?.kind !== Kind.FRAGMENT_DEFINITION) return nothing();
		const size = ofSelections(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value));
		measured.set(name, size);
		return size;
	};

	const ofField = (field: FieldNode, parent: GraphQLNamedType | undefined): Size => {
		const definition =
			isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[field.name.value] : undefined;
		const isIntrospection = field.name.value.startsWith("__");
		const type = definition && getNamedType(definition.type);
		const inside = field.selectionSet ? ofSelections(field.selectionSet, type) : nothing();
		if (field.alias) inside.aliases++;
		if (isIntrospection) return { ...inside, depth: 1, cost: 0 };
		inside.depth++;
		const size = definition?.args.find(({ name }) => COUNTS.includes(name));
		// Reading the ledger takes its time whatever is selected.
		const ofLedger = definition?.extensions.isFromLedger ? 1 : 0;
		if (size) {
			const given = field.arguments?.find(({ name }) => name.value === size.name)?.value;
			const value = (given && valueFromASTUntyped(given, values)) ?? size.defaultValue;
			const asked = size.name === "ids" ? [value].flat().length : Number(value);
			// More than a list gives is for its resolver to refuse.
			const count = Math.min(Math.max(asked, 0) || 0, MAX_FIRST);
			inside.cost = (inside.cost + ofLedger + (size.name === "ids" ? 1 : 0)) * count + ofLedger;
		} else if (isCompositeType(type)) inside.cost++;
		return inside;
	};

	const ofSelections = (selectionSet: SelectionSetNode, parent: GraphQLNamedType | undefined): Size => {
		const sum = nothing();
		for (const selection of selectionSet.selections) {
			sum.directives += selection.directives?.length ?? 0;
			const size =
				selection.kind === Kind.FIELD
					? ofField(selection, parent)
					: selection.kind === Kind.FRAGMENT_SPREAD
						? ofFragment(selection.name.value)
						: ofSelections(
								selection.selectionSet,
								selection.typeCondition ? schema.getType(selection.typeCondition.name.value) : parent,
							);
			sum.depth = Math.max(sum.depth, size.depth);
			sum.aliases += size.aliases;
			sum.directives += size.directives;
			sum.cost += size.cost;
		}
		return sum;
	};

	const size = ofSelections(operation.selectionSet, root);
	size.directives += operation.directives?.length ?? 0;
	return size;
}

const nothing = (): Size => ({ depth: 0, aliases: 0, directives: 0, cost: 0 });
