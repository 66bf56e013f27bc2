/** What the OpenAPI document says of import and export. */
import { choice, component, flag, header, inQuery, json, list, ref, type Schema, text } from "../http/openapi.ts";
import { operations } from "../http/openapi-operations.ts";
import { filterParameters, writable } from "../rescues/openapi.ts";
import { rescueSchemas } from "../rescues/schemas.ts";
import { EXPORT_FORMATS } from "./resolvers.ts";
import { transferSchemas, WHOLE_LIMIT } from "./rows.ts";

const { read, write } = operations("Rescues");

/**
 * An import of one media type: generators can't send several under one operation. Files are `text/plain`, which all of
 * them send as it is: openapi-generator's Python makes a JSON string of what has `json` in its type, orval of `text/csv`.
 */
const importOf = (operationId: string, format: string, given: { description: string; body: Schema }) =>
	write(operationId, {
		summary: `Bring rescues in, as ${format}`,
		...given,
		parameters: [
			flag("dryRun", `Only say what would happen${WHOLE_LIMIT}.`),
			flag("atomic", `All rows or, if one is refused, none${WHOLE_LIMIT}.`),
		],
		answers: {
			200: {
				description: "What became of the rows.",
				content: json(ref("ImportReport"), {
					created: 1,
					updated: 0,
					unchanged: 0,
					failed: 1,
					errors: [{ row: 3, path: ["age"], message: "must be a whole number from 0 to 255" }],
					ignored: ["Weight"],
					readings: ["DOB: MM/DD/YYYY"],
				}),
			},
		},
	});

/** Its routes. */
export const paths = {
	"/rescues/export": {
		get: read("exportRescues", {
			summary: "Take rescues out",
			description:
				"All rescues, by id, as they are at one moment, however long it takes: what an import takes back. In the format that `Accept` or `format` asks for, CSV if neither does. Read from the ledger.",
			parameters: [
				inQuery("format", "Instead of `Accept`.", ref("ExportFormat")),
				flag("full", "Add the fields that only the service writes; an import leaves them out."),
				...filterParameters,
			],
			answers: {
				200: {
					description: "The rescues.",
					headers: {
						"Changes-Cursor": header("Where `GET /rescues/changes?since=…` goes on from this state."),
						"Content-Disposition": header("A file name."),
					},
					content: {
						"text/csv": text(
							"Headings, then a row a rescue. A cell that a spreadsheet would run starts with an apostrophe, which an import takes away.",
						),
						"application/x-ndjson": text("One rescue in JSON a line."),
						...json(list("ImportRescueInput"), [{ id: 1, ...writable }]),
					},
				},
			},
			refusals: ["UNAUTHENTICATED", "FORBIDDEN", "UNAVAILABLE"],
		}),
	},
	"/rescues/import": {
		post: importOf("importRescues", "JSON", {
			description: `A row changes the rescue with its \`externalId\`, else with its \`id\`, else it creates one: repeating an import changes nothing. Up to 8 MiB, read to its end before the first row lands. Bad rows are listed, good ones land, 500 in a transaction. CSV and NDJSON are taken here too, by their \`Content-Type\`; generated clients have an operation for each.`,
			body: json(list("ImportRescueInput"), [writable]),
		}),
	},
	"/rescues/import.csv": {
		post: importOf("importRescuesCsv", "CSV", {
			description: "What `POST /rescues/import` does, with a spreadsheet's rows. `text/csv` is the same.",
			body: {
				"text/plain": text(
					"Headings first, in any order and case: the fields' names, or what people call them (`Animal ID` is `externalId`). Cells are separated by `,`, `;` or tabs, photos by whitespace. Days may be `MM/DD/YYYY` or `DD/MM/YYYY` where a column tells which; `Neutered Male`, `2 years 3 months`, yes and no are understood. UTF-8, or UTF-16 with its byte order mark.",
					"Animal ID,Name,Species,Age\r\nA-1001,Rex,dog,3\r\n",
				),
			},
		}),
	},
	"/rescues/import.ndjson": {
		post: importOf("importRescuesNdjson", "NDJSON", {
			description:
				"What `POST /rescues/import` does, with one `ImportRescueInput` in JSON a line. `application/x-ndjson` is the same.",
			body: {
				"text/plain": text(
					"One `ImportRescueInput` in JSON a line.",
					'{"externalId":"A-1001","name":"Rex","species":"dog","age":3}\n',
				),
			},
		}),
	},
};

/** What they refer to. */
export const components = {
	ExportFormat: choice(EXPORT_FORMATS, "The formats of an export."),
	ImportRescueInput: component(rescueSchemas.import),
	ImportReport: component(transferSchemas.report),
};
