import { type DocumentNode, execute, parse, validate } from "graphql";
import { type Env, json } from "./records.ts";
import { schema } from "./schema.ts";

const documents = new Map<string, DocumentNode>();

/** A floor: graphql-js's `execute` on a cached document, and nothing else of what a server does. */
export default {
	async fetch(request: Request, env: Env): Promise<Response> {
		const { query, variables } = await request.json<{ query: string; variables: Record<string, unknown> }>();
		let document = documents.get(query);
		if (!document) {
			document = parse(query);
			if (validate(schema, document).length > 0) return json({}, 400);
			documents.set(query, document);
		}
		return json(await execute({ schema, document, variableValues: variables, contextValue: { env } }));
	},
};
