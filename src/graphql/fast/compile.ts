import {
	type DocumentNode,
	type FieldNode,
	type FragmentDefinitionNode,
	type GraphQLField,
	type GraphQLObjectType,
	type GraphQLOutputType,
	type GraphQLSchema,
	getArgumentValues,
	isLeafType,
	isListType,
	isNonNullType,
	isObjectType,
	type OperationDefinitionNode,
	type SelectionSetNode,
} from "graphql";
import { answerPlain, compilePlain, compilePlainItem, type Plain } from "./plain.ts";
import { type Path, type Run, withErrors } from "./run.ts";

/** Completes a resolved value at its place in the answer. */
type Complete = (value: unknown, path: Path, run: Run) => unknown;
/** Answers one field of an object. */
interface Answer {
	key: string;
	of: (source: unknown, path: Path | undefined, run: Run) => unknown;
	plain?: Plain | undefined;
}

/** An operation whose selections have been worked out once, for all its executions. */
export interface Compiled {
	operation: OperationDefinitionNode;
	execute: (run: Run) => unknown;
}

/** Thrown while compiling: graphql-js shall execute this document. */
class NotCovered extends Error {}

/**
 * Compiles a valid document into closures that do what graphql-js's `execute` does, without collecting the same fields
 * anew for each record. Covers a single query without directives and introspection; null for everything else.
 */
export function compile(schema: GraphQLSchema, document: DocumentNode): Compiled | null {
	const operations = document.definitions.filter((definition) => definition.kind === "OperationDefinition");
	const [operation] = operations;
	const root = schema.getQueryType();
	if (!operation || operations.length > 1 || operation.operation !== "query" || !root) return null;
	const fragments = new Map(
		document.definitions.flatMap((definition) =>
			definition.kind === "FragmentDefinition" ? [[definition.name.value, definition]] : [],
		),
	);
	try {
		const answers = compileSelections(root, [operation.selectionSet], fragments);
		return { operation, execute: (run) => answerAll(answers, undefined, undefined, run) };
	} catch (error) {
		if (error instanceof NotCovered) return null;
		throw error;
	}
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

function compileSelections(type: GraphQLObjectType, sets: readonly SelectionSetNode[], fragments: Fragments): Answer[] {
	const fields = new Map<string, FieldNode[]>();
	for (const set of sets) collect(type, set, fragments, fields, new Set());
	return [...fields].map(([key, nodes]) => compileField(type, key, nodes, fragments));
}

/** The fields that a selection asks of a type, by response key, those of fragments among them (CollectFields). */
function collect(
	type: GraphQLObjectType,
	{ selections }: SelectionSetNode,
	fragments: Fragments,
	fields: Map<string, FieldNode[]>,
	spread: Set<string>,
) {
	for (const selection of selections) {
		if (selection.directives?.length) throw new NotCovered();
		if (selection.kind === "Field") {
			const key = (selection.alias ?? selection.name).value;
			// As a key of an ordinary object it would set the prototype.
			if (key === "__proto__") throw new NotCovered();
			fields.set(key, [...(fields.get(key) ?? []), selection]);
			continue;
		}
		let fragment:
			| { typeCondition?: { name: { value: string } } | undefined; selectionSet: SelectionSetNode }
			| undefined;
		if (selection.kind === "FragmentSpread") {
			if (spread.has(selection.name.value)) continue;
			spread.add(selection.name.value);
			fragment = fragments.get(selection.name.value);
		} else {
			fragment = selection;
		}
		if (!fragment) throw new NotCovered();
		const on = fragment.typeCondition?.name.value;
		// A condition that names an interface is for graphql-js, as is what answers one (`compileObject`).
		if (on !== undefined && on !== type.name) throw new NotCovered();
		collect(type, fragment.selectionSet, fragments, fields, spread);
	}
}

function compileField(type: GraphQLObjectType, key: string, nodes: FieldNode[], fragments: Fragments): Answer {
	const node = nodes[0] as FieldNode;
	const name = node.name.value;
	if (name === "__typename") return { key, of: () => type.name, plain: () => type.name };
	const field = type.getFields()[name];
	// A resolver with a fourth parameter wants to know about its surroundings.
	if (!field || (field.resolve && field.resolve.length > 3)) throw new NotCovered();
	const complete = compileCompletion(field.type, { nodes, of: `${type.name}.${name}` }, fragments);
	const resolve = compileResolve(field, node);
	const isNullable = !isNonNullType(field.type);
	const of: Answer["of"] = (source, parentPath, run) => {
		const path = { prev: parentPath, key };
		return withErrors(nodes, isNullable, path, run, () => {
			const value = resolve(source, run);
			return value instanceof Promise
				? value.then((resolved) => complete(resolved, path, run))
				: complete(value, path, run);
		});
	};
	const plain = compilePlain(field);
	if (!plain) return { key, of };
	const ofPlain: Answer["of"] = (source, parentPath, run) => {
		try {
			return plain(source as Record<string, unknown>);
		} catch {
			return of(source, parentPath, run);
		}
	};
	return { key, of: ofPlain, plain };
}

function compileResolve(field: GraphQLField<unknown, unknown>, node: FieldNode) {
	const { name, args } = field;
	const resolve = field.resolve as ((source: unknown, args: unknown, context: unknown) => unknown) | undefined;
	if (!resolve) return (source: unknown) => (source as Record<string, unknown>)[name];
	if (args.length === 0) return (source: unknown, { context }: Run) => resolve(source, {}, context);
	return (source: unknown, { context, variables }: Run) =>
		resolve(source, getArgumentValues(field, node, variables), context);
}

/** A field as an error names it. */
interface Place {
	nodes: FieldNode[];
	of: string;
}

/** What CompleteValue does for a type. */
function compileCompletion(type: GraphQLOutputType, place: Place, fragments: Fragments): Complete {
	return guardNull(type, compileNonNull(isNonNullType(type) ? type.ofType : type, place, fragments), place);
}

/** Puts what a type says of null, and of errors, around the completion of everything else. */
function guardNull(type: GraphQLOutputType, complete: Complete, place: Place): Complete {
	const nullable: Complete = (value, path, run) => {
		if (value instanceof Error) throw value;
		return value === null || value === undefined ? null : complete(value, path, run);
	};
	if (!isNonNullType(type)) return nullable;
	return (value, path, run) => {
		const completed = nullable(value, path, run);
		return completed instanceof Promise
			? completed.then((settled) => notNull(settled, place))
			: notNull(completed, place);
	};
}

function notNull(value: unknown, { of }: Place): unknown {
	if (value === null) throw new Error(`Cannot return null for non-nullable field ${of}.`);
	return value;
}

function compileNonNull(type: GraphQLOutputType, place: Place, fragments: Fragments): Complete {
	if (isLeafType(type)) {
		return (value) => {
			const serialized = type.serialize(value);
			if (serialized === null || serialized === undefined) throw new Error(`${place.of} could not be serialized.`);
			return serialized;
		};
	}
	if (isListType(type)) return compileList(type.ofType, place, fragments);
	const answers = compileObject(type, place, fragments);
	return (value, path, run) => answerAll(answers, value, path, run);
}

function compileObject(type: GraphQLOutputType, place: Place, fragments: Fragments): Answer[] {
	if (!isObjectType(type) || type.isTypeOf) throw new NotCovered();
	const sets = place.nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
	return compileSelections(type, sets, fragments);
}

function compileList(itemType: GraphQLOutputType, place: Place, fragments: Fragments): Complete {
	const type = isNonNullType(itemType) ? itemType.ofType : itemType;
	const answers = isObjectType(type) ? compileObject(type, place, fragments) : undefined;
	const completeItem: Complete = answers
		? (value, path, run) => answerAll(answers, value, path, run)
		: compileNonNull(type, place, fragments);
	const complete = guardNull(itemType, completeItem, place);
	const plain = answers && compilePlainItem(answers);
	return (value, path, run) => {
		if (!Array.isArray(value)) throw new Error(`Expected Iterable, but did not find one for field "${place.of}".`);
		try {
			if (plain) return answerPlain(plain, value);
		} catch {
			// Once more, step by step: plain properties can be read twice.
		}
		const items: unknown[] = [];
		try {
			for (const [key, item] of value.entries()) {
				const itemPath = { prev: path, key };
				const answer = () => complete(item, itemPath, run);
				items.push(withErrors(place.nodes, !isNonNullType(itemType), itemPath, run, answer));
			}
		} catch (error) {
			// Not waited for, as in graphql-js, but what is under way may fail too, and must not do so unheard.
			for (const item of items) if (item instanceof Promise) item.catch(() => {});
			throw error;
		}
		return items.some((item) => item instanceof Promise) ? Promise.all(items) : items;
	};
}

/** All of an object's fields, side by side. */
function answerAll(answers: readonly Answer[], source: unknown, path: Path | undefined, run: Run): unknown {
	const object: Record<string, unknown> = {};
	const pending: Promise<unknown>[] = [];
	try {
		for (const { key, of } of answers) {
			const value = of(source, path, run);
			object[key] = value;
			if (value instanceof Promise) {
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
