import { createHandler } from "graphql-http/lib/use/fetch";
import type { Env } from "./records.ts";
import { schema } from "./schema.ts";

let env: Env;
const handle = createHandler({ schema, context: () => ({ env }) });

/** The reference server of GraphQL over HTTP. */
export default {
	fetch(request: Request, given: Env): Promise<Response> {
		env = given;
		return handle(request);
	},
};
