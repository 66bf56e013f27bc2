import SchemaBuilder from "@pothos/core";
import type { Context } from "../core/context.ts";
import type { Limits } from "./limits.ts";

/** What every field is given: the resolvers' context, made for the request by `app.ts`. */
export interface GraphQLContext {
	ctx: Context;
	limits: Limits;
	/** Its `X-Request-Id`, for the log. */
	requestId: string;
	/** Is told that the answer has errors: then the request is in the log, whatever its status. */
	onErrors: () => void;
}

/** The one builder: every noun's `graphql.ts` adds its types to it, and `schema.ts` builds the schema. */
export const builder = new SchemaBuilder<{
	Context: GraphQLContext;
	Scalars: { Date: { Input: string; Output: string }; DateTime: { Input: string; Output: string } };
	DefaultFieldNullability: false;
	DefaultInputFieldRequiredness: false;
}>({ defaultFieldNullability: false });

// They are served as they are stored; what comes in is for the resolvers to judge.
builder.scalarType("Date", {
	description: "A day: `2026-11-22` (RFC 3339, full-date).",
	specifiedByURL: "https://scalars.graphql.org/andimarek/local-date",
	serialize: (value) => value,
});
builder.scalarType("DateTime", {
	description: "A moment in UTC, with milliseconds: `2026-11-22T09:30:00.000Z` (RFC 3339).",
	specifiedByURL: "https://scalars.graphql.org/andimarek/date-time",
	serialize: (value) => value,
});

/** `Node` in the schema (Relay's object identification): what has an id of its own. */
export const Node = builder.interfaceRef<{ version: number }>("Node").implement({
	description: "What has an id of its own, and can be asked for by it.",
	resolveType: (node) => ("kind" in node ? "RescueChange" : "AnimalRescue"),
	fields: (t) => ({
		id: t.id({
			description: "Which one it is: a plain number is a rescue, `7:3` the change that made version 3 of rescue 7.",
			resolve: () => "",
		}),
	}),
});
