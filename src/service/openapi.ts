/** What the OpenAPI document says of the service itself. */

import { inQuery, json, object, operations } from "../http/openapi.ts";
import type { Rebuilt } from "../ledger/command.ts";
import { REBUILT_FIELDS, sharedData } from "./resolvers.ts";

const { read, uncounted, write } = operations("Service");

/** Its routes. */
export const paths = {
	"/rebuild": {
		post: write("rebuildDocuments", {
			summary: "Compare what is published with the ledger",
			description:
				"A batch at a time; what differs is published again. Repeat it with `next` as `cursor` until that is null. On sound data it changes nothing.",
			parameters: [inQuery("cursor", "The `next` of the batch before; left out to begin.")],
			answers: {
				200: {
					description: "How the batch went.",
					content: json(
						object<Rebuilt>({
							checked: { type: "integer", description: REBUILT_FIELDS.checked },
							mended: { type: "integer", description: REBUILT_FIELDS.mended },
							next: { type: ["string", "null"], description: REBUILT_FIELDS.next },
						}),
						{ checked: 3, mended: 0, next: "rescue:1" } satisfies Rebuilt,
					),
				},
			},
		}),
	},
	"/shared-data": {
		get: read("getSharedData", {
			summary: "Get the shared data's name",
			description: "A value made once, when the Worker starts, and handed to every request.",
			answers: {
				200: {
					description: "Its name.",
					content: { "text/plain": { schema: { type: "string" }, example: sharedData.name } },
				},
			},
		}),
	},
	"/openapi.json": {
		get: uncounted("getOpenApi", {
			summary: "Get this document",
			description: "The OpenAPI 3.1 document of this service.",
			answers: { 200: { description: "This document.", content: json({ type: "object" }) } },
		}),
	},
	"/schema.graphql": {
		get: uncounted("getGraphQLSchema", {
			summary: "Get the GraphQL schema",
			description: "The same data over GraphQL, in the schema definition language.",
			answers: { 200: { description: "The schema.", content: { "text/plain": { schema: { type: "string" } } } } },
		}),
	},
	"/health": {
		get: uncounted("getHealth", {
			summary: "Ask whether the service runs",
			description: "Touches no storage.",
			ignoresQuery: true,
			answers: {
				200: { description: "It runs.", content: json(object({ status: { const: "ok" } })) },
			},
		}),
	},
};
