/** What the OpenAPI document says of the service itself. */

import { choice, inQuery, json, object, ref } from "../http/openapi.ts";
import { operations } from "../http/openapi-operations.ts";
import type { LedgerState, Rebuilt } from "../ledger/command.ts";
import {
	BREAKER,
	CLAIM,
	ME_FIELDS,
	type Me,
	NAMESPACE,
	REBUILT_FIELDS,
	ROLE,
	STATE_FIELDS,
	sharedData,
} from "./resolvers.ts";

const { read, uncounted, write } = operations("Service");

const ledgerState = {
	...object<LedgerState>({
		id: { type: "string", description: STATE_FIELDS.id },
		records: { type: "integer", description: STATE_FIELDS.records },
		namespace: { description: STATE_FIELDS.namespace, ...ref("Namespace") },
		backlog: { type: "integer", description: STATE_FIELDS.backlog },
		breaker: { description: STATE_FIELDS.breaker, ...ref("Breaker") },
		photoBytes: { type: "integer", description: STATE_FIELDS.photoBytes },
	}),
	type: ["object", "null"],
	description: "The ledger's state; null when it can't be reached. Only with a token of an admin.",
};

/** Its routes. */
export const paths = {
	"/rebuild": {
		post: write("rebuildDocuments", {
			summary: "Compare what is published with the ledger",
			description: `A batch at a time; what differs is published again. Repeat it with \`next\` as \`cursor\` until that is null. On sound data it changes nothing. Documents of another ledger it leaves alone (409), unless \`claim\` says what to do. For admins.`,
			parameters: [
				inQuery("cursor", "The `next` of the batch before; left out to begin."),
				inQuery("claim", "What to do about another ledger's documents.", ref("RebuildClaim")),
			],
			refusals: ["ALREADY_EXISTS"],
			answers: {
				200: {
					description: "How the batch went.",
					content: json(
						object<Rebuilt>({
							checked: { type: "integer", description: REBUILT_FIELDS.checked },
							mended: { type: "integer", description: REBUILT_FIELDS.mended },
							adopted: { type: "integer", description: REBUILT_FIELDS.adopted },
							photosMissing: { type: "array", items: { type: "string" }, description: REBUILT_FIELDS.photosMissing },
							photosAdopted: { type: "integer", description: REBUILT_FIELDS.photosAdopted },
							next: { type: ["string", "null"], description: REBUILT_FIELDS.next },
						}),
						{
							checked: 3,
							mended: 0,
							adopted: 0,
							photosMissing: [],
							photosAdopted: 0,
							next: "rescue:1",
						} satisfies Rebuilt,
					),
				},
			},
		}),
	},
	"/me": {
		get: read("getMe", {
			summary: "Ask who one is",
			description:
				"The name of the token that the request carries, and what it may do. A token that isn't known is public.",
			answers: {
				200: {
					description: "Who asks.",
					content: json(
						object<Me>({
							name: { type: ["string", "null"], description: ME_FIELDS.name },
							role: { description: ME_FIELDS.role, ...ref("Role") },
						}),
						{ name: "website", role: "write" } satisfies Me,
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
			description: "Touches no storage. With a token of an admin it also tells the ledger's state.",
			ignoresQuery: true,
			answers: {
				200: {
					description: "It runs.",
					content: json(object({ status: { const: "ok" }, ledger: ledgerState }, ["ledger"])),
				},
			},
		}),
	},
};

const described = (values: Record<string, { description: string }>) =>
	Object.entries(values)
		.map(([value, { description }]) => `\`${value}\`: ${description}`)
		.join(" ");

/** What they refer to. */
export const components = {
	Breaker: choice(Object.keys(BREAKER), `Whether KV takes what is published. ${described(BREAKER)}`),
	Namespace: choice(Object.keys(NAMESPACE), `Whose the documents in KV are. ${described(NAMESPACE)}`),
	Role: choice(Object.keys(ROLE), `What a request may do, each more than the one before. ${described(ROLE)}`),
	RebuildClaim: choice(Object.keys(CLAIM), `What can be done about another ledger's documents. ${described(CLAIM)}`),
};
