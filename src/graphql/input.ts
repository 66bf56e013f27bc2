/** What the fields of all nouns do with their arguments. */
import { parseId } from "../rescues/rescue.ts";

/** What every mutation says of its `idempotencyKey`. */
export const idempotencyKeyDescription =
	"Your own name for this request, 1 to 255 visible ASCII characters. For 24 hours a repeat under it gets the same answer and changes nothing.";

/**
 * Arguments as the resolvers take them. A record's id is a number; GraphQL's `ID` gives it as text.
 * @param args whose `input`, if there is one, is a record or a list of records, and whose `filter` may have `ids`
 */
export function unpack<Args extends { input?: unknown; filter?: unknown }>(args: Args): Args {
	if ("filter" in args) return { ...args, filter: unpackFilter(args.filter) };
	return "input" in args ? { ...args, input: unpackInput(args.input) } : args;
}

function unpackFilter(filter: unknown): unknown {
	if (typeof filter !== "object" || filter === null || !("ids" in filter) || !Array.isArray(filter.ids)) return filter;
	return { ...filter, ids: filter.ids.map((id) => parseId(id) ?? id) };
}

function unpackInput(input: unknown): unknown {
	if (Array.isArray(input)) return input.map(unpackInput);
	if (typeof input !== "object" || input === null || !("id" in input)) return input;
	// `null` is GraphQL's other way to leave a field out.
	const { id, ...rest } = input;
	return id === null ? rest : { ...rest, id: parseId(id) ?? id };
}
