import { DEFAULT_FEED, FEED_FIELDS, MAX_FEED } from "../resolvers/changes.ts";
import { example, json, problems, ref, type Schema } from "./openapi-parts.ts";

const change = { version: 1, kind: "created", at: example.createdAt, by: "website", rescue: example };

/** The routes by which data comes in and goes out. */
export const transferPaths = {
	"/rescues/changes": {
		get: {
			operationId: "listChanges",
			tags: ["Rescues"],
			summary: "List what changed since a cursor or a time",
			description:
				"Every change in order, deletions too: for whoever keeps a copy. There may be fewer than `limit`: `hasMore` decides. Read from the ledger.",
			parameters: [
				{
					name: "since",
					in: "query",
					description: FEED_FIELDS.since,
					schema: { type: "string" },
				},
				{
					name: "limit",
					in: "query",
					description: "How many at most.",
					schema: { type: "integer", minimum: 1, maximum: MAX_FEED, default: DEFAULT_FEED },
				},
			],
			responses: {
				200: {
					description: "What changed.",
					content: json(ref("RescueChanges"), { changes: [change], cursor: "1", hasMore: false }),
				},
				...problems("MALFORMED_REQUEST", "INVALID_INPUT", "UNAVAILABLE"),
			},
		},
	},
};

/** The components that those routes need. */
export const transferComponents: Record<string, Schema> = {
	RescueChanges: {
		type: "object",
		description: "What changed.",
		properties: {
			changes: { type: "array", description: FEED_FIELDS.changes, items: ref("RescueChange") },
			cursor: { type: "string", description: FEED_FIELDS.cursor },
			hasMore: { type: "boolean", description: FEED_FIELDS.hasMore },
		},
		required: ["changes", "cursor", "hasMore"],
		additionalProperties: false,
	},
};
