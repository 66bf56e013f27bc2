/** Which fields a selection asks for: the specification's CollectFields, at compile time. */
import type { FieldNode, FragmentDefinitionNode, GraphQLObjectType, SelectionSetNode } from "graphql";

/** Thrown while compiling: graphql-js is to execute this document. */
export class NotCovered extends Error {}

/** The document's fragments by name, without a prototype, as resolvers are given them. */
export type Fragments = Record<string, FragmentDefinitionNode>;

/**
 * The fields that merged selections ask of a type, by response key, those of fragments among them. A fragment counts
 * once for all of the selections, as in graphql-js.
 */
export function collectFields(
	type: GraphQLObjectType,
	sets: readonly SelectionSetNode[],
	fragments: Fragments,
): Map<string, FieldNode[]> {
	const fields = new Map<string, FieldNode[]>();
	const visited = new Set<string>();
	for (const set of sets) collect(type, set, fragments, fields, visited);
	return fields;
}

function collect(
	type: GraphQLObjectType,
	{ selections }: SelectionSetNode,
	fragments: Fragments,
	fields: Map<string, FieldNode[]>,
	visited: Set<string>,
) {
	for (const selection of selections) {
		if (selection.directives?.length) throw new NotCovered();
		if (selection.kind === "Field") {
			const key = (selection.alias ?? selection.name).value;
			// As a key of an ordinary object it would set the prototype.
			if (key === "__proto__") throw new NotCovered();
			const nodes = fields.get(key);
			if (nodes) nodes.push(selection);
			else fields.set(key, [selection]);
			continue;
		}
		if (selection.kind === "FragmentSpread") {
			if (visited.has(selection.name.value)) continue;
			visited.add(selection.name.value);
		}
		const fragment = selection.kind === "FragmentSpread" ? fragments[selection.name.value] : selection;
		// No type here is an interface or a union: in a valid document the condition names the type itself.
		if (!fragment || (fragment.typeCondition && fragment.typeCondition.name.value !== type.name))
			throw new NotCovered();
		collect(type, fragment.selectionSet, fragments, fields, visited);
	}
}
