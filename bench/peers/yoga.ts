import { createYoga } from "graphql-yoga";
import type { Env } from "./records.ts";
import { schema } from "./schema.ts";

const yoga = createYoga({ schema });

/** GraphQL Yoga as it comes. */
export default {
	fetch: (request: Request, env: Env) => yoga.fetch(request, { env }),
};
