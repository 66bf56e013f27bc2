/** Turns a document into a plan: closures that do what graphql-js's `execute` does, worked out once. */
import {
	type DocumentNode,
	defaultFieldResolver,
	type FieldNode,
	GraphQLError,
	type GraphQLField,
	type GraphQLObjectType,
	type GraphQLOutputType,
	type GraphQLResolveInfo,
	type GraphQLSchema,
	getArgumentValues,
	isLeafType,
	isListType,
	isNonNullType,
	isObjectType,
	type OperationDefinitionNode,
	type SelectionSetNode,
} from "graphql";
import { collectFields, type Fragments, NotCovered } from "./collect.ts";
import { isPromise, type Path, type Run, withErrors } from "./execute.ts";
import { answerPlain, compilePlain, compilePlainItem, type Plain } from "./plain.ts";

/** What a plan was made of. */
interface Origin {
	schema: GraphQLSchema;
	document: DocumentNode;
	operation: OperationDefinitionNode;
	fragments: Fragments;
}

/** An operation whose selections have been worked out once, for all its executions. */
export interface Plan extends Origin {
	/** Answers the whole operation; throws, or rejects with, an error that makes all of it null. */
	answer: (run: Run) => unknown;
}

/** Completes a resolved value at its place in the answer. */
type Complete = (value: unknown, path: Path, run: Run) => unknown;
/** Answers one field of an object. */
interface Answer {
	key: string;
	of: (source: unknown, path: Path | undefined, run: Run) => unknown;
	plain?: Plain | undefined;
}

/**
 * Compiles a valid document. Covers a single query without directives and introspection, on types that are neither
 * interfaces nor unions; null for everything else.
 */
export function compile(schema: GraphQLSchema, document: DocumentNode): Plan | null {
	const operations = document.definitions.filter((definition) => definition.kind === "OperationDefinition");
	const [operation] = operations;
	const root = schema.getQueryType();
	if (!operation || operations.length > 1 || operation.operation !== "query" || !root) return null;
	const fragments: Fragments = Object.create(null);
	for (const definition of document.definitions) {
		if (definition.kind === "FragmentDefinition") fragments[definition.name.value] = definition;
	}
	const origin = { schema, document, operation, fragments };
	try {
		const answers = compileFields(root, [operation.selectionSet], origin);
		return { ...origin, answer: (run) => answerAll(answers, run.rootValue, undefined, run) };
	} catch (error) {
		if (error instanceof NotCovered) return null;
		throw error;
	}
}

const compileFields = (type: GraphQLObjectType, sets: readonly SelectionSetNode[], origin: Origin): Answer[] =>
	[...collectFields(type, sets, origin.fragments)].map(([key, nodes]) => compileField(type, key, nodes, origin));

/** What ExecuteField does for a field. */
function compileField(type: GraphQLObjectType, key: string, nodes: FieldNode[], origin: Origin): Answer {
	const node = nodes[0] as FieldNode;
	if (node.name.value === "__typename") return { key, of: () => type.name, plain: () => type.name };
	const field = type.getFields()[node.name.value];
	if (!field) throw new NotCovered();
	const resolve = compileResolve(type, field, nodes, origin);
	const complete = compileCompletion(field.type, { nodes, of: `${type.name}.${field.name}`, origin });
	const isNullable = !isNonNullType(field.type);
	const of: Answer["of"] = (source, prev, run) => {
		const path = { prev, key, typename: type.name };
		return withErrors(nodes, isNullable, path, run, () => {
			const value = resolve(source, path, run);
			return isPromise(value) ? value.then((settled) => complete(settled, path, run)) : complete(value, path, run);
		});
	};
	const plain = compilePlain(field);
	if (!plain) return { key, of };
	const ofPlain: Answer["of"] = (source, prev, run) => {
		try {
			return plain(source);
		} catch {
			return of(source, prev, run);
		}
	};
	return { key, of: ofPlain, plain };
}

/** Calls the field's resolver with all that graphql-js gives it. */
function compileResolve(
	parentType: GraphQLObjectType,
	field: GraphQLField<unknown, unknown>,
	fieldNodes: FieldNode[],
	{ schema, fragments, operation }: Origin,
) {
	const { name: fieldName, type: returnType, args, resolve = defaultFieldResolver } = field;
	return (source: unknown, path: Path, { rootValue, context, variables }: Run): unknown => {
		const info: GraphQLResolveInfo = {
			fieldName,
			fieldNodes,
			returnType,
			parentType,
			path,
			schema,
			fragments,
			rootValue,
			operation,
			variableValues: variables,
		};
		const given = args.length === 0 ? {} : getArgumentValues(field, fieldNodes[0] as FieldNode, variables);
		return resolve(source, given, context, info);
	};
}

/** A field as an error names it, and what it was made of. */
interface Place {
	nodes: FieldNode[];
	of: string;
	origin: Origin;
}

/** What CompleteValue does for a type. */
const compileCompletion = (type: GraphQLOutputType, place: Place): Complete =>
	guardNull(type, compileNonNull(isNonNullType(type) ? type.ofType : type, place), place);

/** Puts what a type says of null, and of errors, around the completion of everything else. */
function guardNull(type: GraphQLOutputType, complete: Complete, { of }: Place): Complete {
	const isNullable = !isNonNullType(type);
	return (value, path, run) => {
		if (value instanceof Error) throw value;
		if (value !== null && value !== undefined) return complete(value, path, run);
		if (isNullable) return null;
		throw new Error(`Cannot return null for non-nullable field ${of}.`);
	};
}

function compileNonNull(type: GraphQLOutputType, place: Place): Complete {
	if (isLeafType(type)) {
		return (value) => {
			const serialized = type.serialize(value);
			if (serialized === null || serialized === undefined) throw new Error(`${place.of} could not be serialized.`);
			return serialized;
		};
	}
	if (isListType(type)) return compileList(type.ofType, place);
	const answers = compileObject(type, place);
	return (value, path, run) => answerAll(answers, value, path, run);
}

function compileObject(type: GraphQLOutputType, { nodes, origin }: Place): Answer[] {
	if (!isObjectType(type) || type.isTypeOf) throw new NotCovered();
	const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
	return compileFields(type, sets, origin);
}

function compileList(itemType: GraphQLOutputType, place: Place): Complete {
	const type = isNonNullType(itemType) ? itemType.ofType : itemType;
	const answers = isObjectType(type) ? compileObject(type, place) : undefined;
	const completeItem: Complete = answers
		? (value, path, run) => answerAll(answers, value, path, run)
		: compileNonNull(type, place);
	const complete = guardNull(itemType, completeItem, place);
	const plain = answers && compilePlainItem(answers);
	return (value, path, run) => {
		if (!isIterable(value)) {
			throw new GraphQLError(`Expected Iterable, but did not find one for field "${place.of}".`);
		}
		try {
			if (plain && Array.isArray(value)) return answerPlain(plain, value);
		} catch {
			// Once more, step by step: plain properties can be read twice.
		}
		const items: unknown[] = [];
		try {
			for (const item of value) {
				const itemPath = { prev: path, key: items.length, typename: undefined };
				const answer = () =>
					isPromise(item) ? item.then((settled) => complete(settled, itemPath, run)) : complete(item, itemPath, run);
				items.push(withErrors(place.nodes, !isNonNullType(itemType), itemPath, run, answer));
			}
		} catch (error) {
			// Not waited for, as in graphql-js, but what is under way may fail too, and must not do so unheard.
			for (const item of items) if (isPromise(item)) item.then(undefined, () => {});
			throw error;
		}
		return items.some(isPromise) ? Promise.all(items) : items;
	};
}

/** What graphql-js takes for a list: text is none. */
const isIterable = (value: unknown): value is Iterable<unknown> =>
	typeof value === "object" && typeof (value as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] === "function";

/** All of an object's fields, side by side. */
function answerAll(answers: readonly Answer[], source: unknown, path: Path | undefined, run: Run): unknown {
	const object: Record<string, unknown> = {};
	const pending: Promise<unknown>[] = [];
	try {
		for (const { key, of } of answers) {
			const value = of(source, path, run);
			object[key] = value;
			if (isPromise(value)) {
				pending.push(
					value.then((settled) => {
						object[key] = settled;
					}),
				);
			}
		}
	} catch (error) {
		if (pending.length === 0) throw error;
		// What is under way may fail too, and must not do so unheard.
		return Promise.all(pending).finally(() => {
			throw error;
		});
	}
	return pending.length === 0 ? object : Promise.all(pending).then(() => object);
}
