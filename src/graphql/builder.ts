import SchemaBuilder from "@pothos/core";
import type { Context } from "../core/context.ts";
import type { Limits } from "./limits.ts";

/** What every field is given: the resolvers' context, made for the request by `app.ts`. */
export interface GraphQLContext {
	ctx: Context;
	limits: Limits;
	/** Its `X-Request-Id`, for the log. */
	requestId: string;
}

/** The one builder: every noun's `graphql.ts` adds its types to it, and `schema.ts` builds the schema. */
export const builder = new SchemaBuilder<{
	Context: GraphQLContext;
	DefaultFieldNullability: false;
	DefaultInputFieldRequiredness: false;
}>({ defaultFieldNullability: false });
