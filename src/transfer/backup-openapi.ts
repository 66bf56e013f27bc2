import { json, problems, type Schema } from "../service/openapi-parts.ts";

const ndjson = (description: string) => ({
	"application/x-ndjson": { schema: { type: "string", description } },
});
const format = "A header, changes and checks, one a line: docs/backup-format.md.";
const state = (description: string): Schema => ({
	description,
	content: json(
		{
			type: "object",
			properties: {
				next: {
					type: ["integer", "null"],
					description: "The number of the change to go on with; 1 when a restore can begin, null when none can.",
				},
				sha256: { type: ["string", "null"], description: "The hash of the last check that was taken in." },
			},
			required: ["next", "sha256"],
		},
		{ next: 1001, sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" },
	),
});

/** The routes of backups. */
export const backupPaths = {
	"/backup": {
		get: {
			operationId: "backUp",
			tags: ["Service"],
			summary: "Back the service up",
			description:
				"Every change with its number, version, time, author and record, deletions too, and what else a restore needs: as of one moment, streamed. If it ends without a last check it broke off: go on with `after`. For whoever may write.",
			parameters: [
				{
					name: "after",
					in: "query",
					description: "Only what is behind the change with this number.",
					schema: { type: "integer", minimum: 0, default: 0 },
				},
			],
			responses: {
				200: { description: "The backup.", content: ndjson(format) },
				...problems("MALFORMED_REQUEST", "INVALID_INPUT", "UNAVAILABLE"),
			},
		},
	},
	"/restore": {
		get: {
			operationId: "getRestore",
			tags: ["Service"],
			summary: "Ask how far a restore is",
			description: "Also whether one can begin. For whoever may write.",
			responses: { 200: state("How far it is."), ...problems("INVALID_INPUT", "UNAVAILABLE") },
		},
		post: {
			operationId: "restoreBackup",
			tags: ["Service"],
			summary: "Restore a backup",
			description:
				"Takes blocks of a backup into a service that never had a change, up to 8 MiB a request. When a request ends with the last check the service is the very one that was backed up; until then everything else answers 503. `npm run restore` sends a whole file.",
			parameters: [
				{
					name: "from",
					in: "query",
					description: "The `next` of the answer before; left out to begin, or to begin anew.",
					schema: { type: "integer", minimum: 1 },
				},
				{
					name: "replace",
					in: "query",
					description: "Also when the namespace holds what another service has published.",
					schema: { type: "boolean", default: false },
				},
				{
					name: "more",
					in: "query",
					description: "There is more to come, though this is a last check: a file may have several.",
					schema: { type: "boolean", default: false },
				},
			],
			requestBody: { required: true, content: ndjson(`Whole blocks. ${format}`) },
			responses: {
				200: state("They are in."),
				...problems(
					"MALFORMED_REQUEST",
					"ALREADY_EXISTS",
					"PAYLOAD_TOO_LARGE",
					"UNSUPPORTED_MEDIA_TYPE",
					"INVALID_INPUT",
					"UNAVAILABLE",
				),
			},
		},
	},
};
