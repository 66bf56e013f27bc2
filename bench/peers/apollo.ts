import { ApolloServer, HeaderMap } from "@apollo/server";
import type { Env } from "./records.ts";
import { type PeerContext, schema } from "./schema.ts";

const server = new ApolloServer<PeerContext>({ schema, introspection: false, logger: console });
const started = server.start();

/** Apollo Server 5, driven by its own HTTP-shaped entry: it has no integration for Workers of this major. */
export default {
	async fetch(request: Request, env: Env): Promise<Response> {
		await started;
		const headers = new HeaderMap();
		for (const [name, value] of request.headers) headers.set(name, value);
		const answer = await server.executeHTTPGraphQLRequest({
			httpGraphQLRequest: {
				method: request.method,
				headers,
				search: new URL(request.url).search,
				body: await request.json(),
			},
			context: async () => ({ env }),
		});
		if (answer.body.kind !== "complete") throw new Error("not a complete answer");
		return new Response(answer.body.string, { status: answer.status ?? 200, headers: [...answer.headers] });
	},
};
