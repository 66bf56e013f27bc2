import { builder } from "./builder.ts";
import "../history/graphql.ts";
import "../photos/graphql.ts";
import "../rescues/graphql.ts";
import "../transfer/graphql.ts";
import "../service/graphql.ts";

/** The executable schema; `schema/schema.graphql` is its committed text. */
export const schema = builder.toSchema({ sortSchema: false });
