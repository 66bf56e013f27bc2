import { DEFAULT_FEED, FEED_FIELDS, MAX_FEED } from "../history/resolvers.ts";
import {
	component,
	example,
	filterParameters,
	header,
	idempotencyKey,
	json,
	problems,
	ref,
	type Schema,
	writable,
} from "../service/openapi-parts.ts";
import { EXPORT_FORMATS } from "./resolvers.ts";
import { ImportReport, ImportRescueInput, WHOLE_LIMIT } from "./rows.ts";

const change = { version: 1, kind: "created", at: example.createdAt, by: "website", rescue: example };

const flag = (name: string, description: string) => ({
	name,
	in: "query",
	description,
	schema: { type: "boolean", default: false },
});

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
	"/rescues/export": {
		get: {
			operationId: "exportRescues",
			tags: ["Rescues"],
			summary: "Take rescues out",
			description:
				"All rescues, by id, as they are at one moment, however long it takes: what an import takes back. In the format that `Accept` or `format` asks for, CSV if neither does. Read from the ledger.",
			parameters: [
				{
					name: "format",
					in: "query",
					description: "Instead of `Accept`.",
					schema: { type: "string", enum: EXPORT_FORMATS },
				},
				flag("full", "Add the fields that only the service writes; an import leaves them out."),
				...filterParameters,
			],
			responses: {
				200: {
					description: "The rescues.",
					headers: {
						"Changes-Cursor": header("Where `GET /rescues/changes?since=…` goes on from this state."),
						"Content-Disposition": header("A file name."),
					},
					content: {
						"text/csv": {
							schema: {
								type: "string",
								description:
									"Headings, then a row a rescue. A cell that a spreadsheet would run starts with an apostrophe, which an import takes away.",
							},
						},
						"application/x-ndjson": { schema: { type: "string", description: "One rescue in JSON a line." } },
						...json({ type: "array", items: ref("ImportRescueInput") }, [{ id: 1, ...writable }]),
					},
				},
				...problems("INVALID_INPUT", "UNAVAILABLE"),
			},
		},
	},
	"/rescues/import": {
		post: {
			operationId: "importRescues",
			tags: ["Rescues"],
			summary: "Bring rescues in",
			description:
				"A row changes the rescue with its `externalId`, else with its `id`, else it creates one: repeating an import changes nothing. Up to 8 MiB, read to its end before the first row lands. Bad rows are listed, good ones land, 500 in a transaction.",
			parameters: [
				flag("dryRun", `Only say what would happen${WHOLE_LIMIT}.`),
				flag("atomic", `All rows or, if one is refused, none${WHOLE_LIMIT}.`),
				idempotencyKey,
			],
			requestBody: {
				required: true,
				content: {
					"text/csv": {
						schema: {
							type: "string",
							description:
								"Headings first, in any order and case: the fields' names, or what people call them (`Animal ID` is `externalId`). Cells are parted by `,`, `;` or tabs; photos by blanks. UTF-8.",
						},
						example: "Animal ID,Name,Species,Age\r\nA-1001,Rex,dog,3\r\n",
					},
					"application/x-ndjson": {
						schema: { type: "string", description: "One `ImportRescueInput` in JSON a line." },
						example: '{"externalId":"A-1001","name":"Rex","species":"dog","age":3}\n',
					},
					...json({ type: "array", items: ref("ImportRescueInput") }, [writable]),
				},
			},
			responses: {
				200: {
					description: "What became of the rows.",
					content: json(ref("ImportReport"), {
						created: 1,
						updated: 0,
						unchanged: 0,
						failed: 1,
						errors: [{ row: 3, path: ["age"], message: "must be a whole number from 0 to 255" }],
						ignored: ["Colour"],
					}),
				},
				...problems(
					"MALFORMED_REQUEST",
					"PAYLOAD_TOO_LARGE",
					"UNSUPPORTED_MEDIA_TYPE",
					"INVALID_INPUT",
					"IDEMPOTENCY_KEY_REUSED",
					"UNAVAILABLE",
				),
			},
		},
	},
};

/** The components that those routes need. */
export const transferComponents: Record<string, Schema> = {
	ImportRescueInput: component(ImportRescueInput()),
	ImportReport: component(ImportReport()),
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
