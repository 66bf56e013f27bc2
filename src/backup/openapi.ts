/** What the OpenAPI document says of backups. */
import { flag, inQuery, json, object, text } from "../http/openapi.ts";
import { operations } from "../http/openapi-operations.ts";
import type { RestoreState } from "../ledger/command.ts";
import { RESTORE_FIELDS } from "./resolvers.ts";

const { admin } = operations("Service");

const FORMAT = "A header, changes and checks, one a line: docs/backup-format.md.";
const ndjson = (description: string) => ({ "application/x-ndjson": text(description) });
const state = (description: string) => ({
	description,
	content: json(
		object<RestoreState>({
			next: { type: ["integer", "null"], description: RESTORE_FIELDS.next },
			sha256: { type: ["string", "null"], description: RESTORE_FIELDS.sha256 },
		}),
		{ next: 1001, sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" } satisfies RestoreState,
	),
});

/** Its routes. */
export const paths = {
	"/backup": {
		get: admin("backUp", {
			summary: "Back the service up",
			description:
				"Every change with its number, version, time, author and record, deletions too, and what else a restore needs: as of one moment, streamed. If it ends without a last check it broke off: go on with `after`. For admins.",
			parameters: [
				inQuery("after", "Only what is behind the change with this number.", {
					type: "integer",
					minimum: 0,
					default: 0,
				}),
			],
			answers: { 200: { description: "The backup.", content: ndjson(FORMAT) } },
			refusals: ["MALFORMED_REQUEST"],
		}),
	},
	"/restore": {
		get: admin("getRestore", {
			summary: "Ask how far a restore is",
			description: "Also whether one can begin. For admins.",
			answers: { 200: state("How far it is.") },
		}),
		post: admin("restoreBackup", {
			summary: "Restore a backup",
			description:
				"Takes blocks of a backup into a service that never had a change, up to 8 MiB a request. When a request ends with the last check the service is the very one that was backed up; until then everything else answers 503. Blocks that have been taken in already get the same answer again. `npm run restore` sends a whole file. For admins.",
			parameters: [
				inQuery("from", "The `next` of the answer before; left out to begin, or to begin anew.", {
					type: "integer",
					minimum: 1,
				}),
				flag("replace", "Also when the namespace holds what another service has published."),
				flag("more", "There is more to come, though this is a last check: a file may have several."),
			],
			body: ndjson(`Whole blocks. ${FORMAT}`),
			answers: { 200: state("They are in.") },
			refusals: ["ALREADY_EXISTS"],
		}),
	},
};
