/** Which arguments are bad, all of them at once, when graphql-js has refused some. */
import {
	type ArgumentNode,
	coerceInputValue,
	type DocumentNode,
	type GraphQLArgument,
	type GraphQLInputType,
	type GraphQLSchema,
	getNullableType,
	isEnumType,
	isInputObjectType,
	isListType,
	isNonNullType,
	TypeInfo,
	valueFromASTUntyped,
	visit,
	visitWithTypeInfo,
} from "graphql";
import type { InputIssue } from "../core/errors.ts";
import { unpack } from "./input.ts";
import { rootResolvers } from "./root-resolvers.ts";

type Variables = Record<string, unknown>;

/**
 * Every bad argument in a request that graphql-js refused to execute because some value didn't coerce. graphql-js stops
 * at types; the resolvers' own rules are asked as well, so that one answer names every bad field in the words that REST
 * uses. Paths start at the argument. Empty when nothing is wrong with the arguments.
 */
export function findBadArguments(schema: GraphQLSchema, document: DocumentNode, given: Variables): InputIssue[] {
	const issues: InputIssue[] = [];
	const variables = { ...readDefaults(document), ...given };
	const typeInfo = new TypeInfo(schema);
	visit(
		document,
		visitWithTypeInfo(typeInfo, {
			Field(node) {
				const field = typeInfo.getFieldDef();
				const parent = typeInfo.getParentType();
				if (!field || field.args.length === 0) return;
				const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
				const isRoot = roots.some((root) => root && root === parent);
				const args = readArguments(node.arguments ?? [], variables);
				issues.push(...check(field.args, args, isRoot ? rootResolvers[field.name] : undefined));
			},
		}),
	);
	return issues;
}

/** The values that the document itself gives its variables. */
const readDefaults = ({ definitions }: DocumentNode): Variables =>
	Object.fromEntries(
		definitions
			.flatMap((definition) => ("variableDefinitions" in definition ? (definition.variableDefinitions ?? []) : []))
			.flatMap(({ variable, defaultValue }) =>
				defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
			),
	);

/** The arguments as plain values, whether they were written out or given as variables. */
const readArguments = (nodes: readonly ArgumentNode[], variables: Variables): Variables =>
	Object.fromEntries(nodes.map((node) => [node.name.value, valueFromASTUntyped(node.value, variables)]));

function check(
	args: readonly GraphQLArgument[],
	given: Variables,
	resolver: (typeof rootResolvers)[string] | undefined,
) {
	const ofGraphQL: InputIssue[] = [];
	const internal: Variables = {};
	for (const { name, type, defaultValue } of args) {
		const value = given[name] === undefined ? defaultValue : toInternal(given[name], type);
		if (value !== undefined) internal[name] = value;
		if (given[name] === undefined && (defaultValue !== undefined || !isNonNullType(type))) continue;
		coerceInputValue(given[name], type, (path, _value, error) =>
			ofGraphQL.push({ path: [name, ...path], message: error.message }),
		);
	}
	const ofResolver = resolver?.issues(unpack(internal)) ?? [];
	// One voice for each argument: the resolver's, unless only graphql-js minds.
	const isJudged = new Set(ofResolver.map(({ path }) => path[0]));
	return [...ofResolver, ...ofGraphQL.filter(({ path }) => !isJudged.has(path[0] as string))];
}

/** Puts enum values as the resolvers know them, no deeper than the type goes; leaves everything else, good or bad, as it is. */
function toInternal(value: unknown, type: GraphQLInputType): unknown {
	const named = getNullableType(type);
	if (isListType(named)) return Array.isArray(value) ? value.map((entry) => toInternal(entry, named.ofType)) : value;
	if (isEnumType(named)) return typeof value === "string" ? (named.getValue(value)?.value ?? value) : value;
	if (!isInputObjectType(named) || typeof value !== "object" || value === null || Array.isArray(value)) return value;
	const fields = named.getFields();
	return Object.fromEntries(
		Object.entries(value).map(([name, entry]) => [name, fields[name] ? toInternal(entry, fields[name].type) : entry]),
	);
}
