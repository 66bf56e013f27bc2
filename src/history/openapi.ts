/** What the OpenAPI document says of a rescue's history and of the change feed. */
import {
	choice,
	component,
	cursor,
	header,
	inHeader,
	inQuery,
	json,
	limit,
	list,
	nextLink,
	object,
	ref,
} from "../http/openapi.ts";
import { operations } from "../http/openapi-operations.ts";
import { example, filterParameters, idParameter } from "../rescues/openapi.ts";
import { MAX_ID } from "../rescues/rescue.ts";
import { CHANGE_KINDS, historySchemas } from "./change.ts";
import { DELETED } from "./deleted.ts";
import { DEFAULT_CHANGES, DEFAULT_FEED, FEED_FIELDS, MAX_CHANGES, MAX_FEED, type RescueChanges } from "./resolvers.ts";

/** A change's number, or a time with its zone (RFC 3339). */
const SINCE = "^(0|[1-9][0-9]{0,15}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2}))$";

const { read, write } = operations("Rescues");

const change = {
	rescueId: 1,
	version: 1,
	kind: "created",
	at: example.createdAt,
	by: "website",
	cursor: "1",
	rescue: example,
};

/** Its routes. */
export const paths = {
	"/rescues/{id}/history": {
		parameters: [idParameter],
		get: read("listHistory", {
			summary: "List a rescue's changes",
			description: "Every change, newest first, also of a deleted rescue. Read from the ledger.",
			parameters: [limit(MAX_CHANGES, DEFAULT_CHANGES), cursor],
			answers: {
				200: {
					description: "Changes.",
					headers: nextLink("/rescues/1/history"),
					content: json(list("RescueChange"), [change]),
				},
			},
			refusals: ["MALFORMED_REQUEST", "NOT_FOUND", "UNAVAILABLE"],
		}),
		delete: write("purgeRescue", {
			summary: "Purge a deleted rescue",
			description:
				"Erases what was kept of it, for good: its history, and answers kept for idempotency keys. Its id and last version remain. Backups that were made before still have it. For admins.",
			answers: { 204: { description: "It is erased." } },
			refusals: ["NOT_FOUND", "ALREADY_EXISTS"],
		}),
	},
	"/rescues/deleted": {
		get: read("listDeleted", {
			summary: "List what is deleted",
			description: DELETED,
			parameters: [limit(MAX_CHANGES, DEFAULT_CHANGES), cursor],
			answers: {
				200: {
					description: "The changes that deleted them.",
					headers: nextLink("/rescues/deleted"),
					content: json(list("RescueChange"), [
						{ ...change, version: 2, kind: "deleted", cursor: "2", rescue: { ...example, version: 2 } },
					]),
				},
			},
			refusals: ["MALFORMED_REQUEST", "UNAVAILABLE"],
		}),
	},
	"/rescues/changes": {
		get: read("listChanges", {
			summary: "List what changed since a cursor or a time",
			description:
				"Every change in order, deletions too: for whoever keeps a copy. There may be fewer than `limit`: `hasMore` decides. Read from the ledger.\n\n" +
				"With `Accept: text/event-stream` it is a stream of Server-Sent Events that goes on with each change as it is made: " +
				"`event: change`, the change's number as `id`, a `RescueChange` as `data`. Without `since` it begins now. It ends after a while, " +
				"and `EventSource` comes again by itself: `Last-Event-ID`, which beats `since`, says where it was. `limit` is not for streams. " +
				"Filters hold for both: a change is given when the rescue passes them before it or after it.",
			parameters: [
				inQuery("since", FEED_FIELDS.since, { minLength: 1, pattern: SINCE }),
				limit(MAX_FEED, DEFAULT_FEED),
				inQuery("id", FEED_FIELDS.id, { type: "integer", minimum: 1, maximum: MAX_ID }),
				...filterParameters,
				inHeader("Last-Event-ID", "Where a stream goes on: the `id` of the last event.", {
					minLength: 1,
					pattern: "^(0|[1-9][0-9]{0,15})$",
				}),
			],
			answers: {
				200: {
					description: "What changed.",
					headers: { Vary: header("`Accept`: a stream is at the same URL.") },
					content: json(ref("RescueChanges"), { changes: [change], cursor: "1", hasMore: false }),
				},
			},
			refusals: ["MALFORMED_REQUEST", "UNAVAILABLE"],
		}),
	},
};

/** What they refer to. */
export const components = {
	ChangeKind: choice(Object.keys(CHANGE_KINDS), "What can happen to a rescue."),
	RescueChange: component(historySchemas.change),
	RescueChanges: {
		description: "What changed.",
		...object<RescueChanges>({
			changes: { description: FEED_FIELDS.changes, ...list("RescueChange") },
			cursor: { type: "string", description: FEED_FIELDS.cursor },
			hasMore: { type: "boolean", description: FEED_FIELDS.hasMore },
		}),
		additionalProperties: false,
	},
};
