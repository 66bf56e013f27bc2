import { builder } from "./builder.ts";
import "./changes.ts";
import "./history.ts";
import "./rescues.ts";
import "./import.ts";
import "./rebuild.ts";

/** The executable schema; `schema/schema.graphql` is its committed text. */
export const schema = builder.toSchema({ sortSchema: false });
