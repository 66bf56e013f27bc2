import { builder } from "../graphql/builder.ts";
import { unwrap } from "../graphql/errors.ts";
import { idempotencyKeyDescription, unpack } from "../graphql/input.ts";
import { ImportRescueInput } from "../rescues/graphql-types.ts";
import { importRescues } from "./resolvers.ts";
import { type ImportReport, REPORT_FIELDS, type RowIssue, WHOLE_LIMIT } from "./rows.ts";

const ImportError = builder.objectRef<RowIssue>("ImportError").implement({
	description: "One thing wrong with one row of an import.",
	fields: (t) => ({
		row: t.exposeInt("row", { description: "The row's number: the first is 1." }),
		path: t.stringList({
			description: "Where in the row, from the field down.",
			resolve: ({ path }) => path.map(String),
		}),
		message: t.exposeString("message", { description: "What would be right." }),
	}),
});

const ImportReportType = builder.objectRef<ImportReport>("ImportReport").implement({
	description: "What became of an import's rows.",
	fields: (t) => ({
		created: t.exposeInt("created", { description: REPORT_FIELDS.created }),
		updated: t.exposeInt("updated", { description: REPORT_FIELDS.updated }),
		unchanged: t.exposeInt("unchanged", { description: REPORT_FIELDS.unchanged }),
		failed: t.exposeInt("failed", { description: REPORT_FIELDS.failed }),
		errors: t.expose("errors", { type: [ImportError], description: REPORT_FIELDS.errors }),
		ignored: t.exposeStringList("ignored", { description: REPORT_FIELDS.ignored }),
		readings: t.exposeStringList("readings", { description: REPORT_FIELDS.readings }),
	}),
});

builder.mutationField("importRescues", (t) =>
	t.field({
		type: ImportReportType,
		nullable: true,
		description:
			"Brings rescues in. Repeating it changes nothing. For more than 64 KiB there is `POST /rescues/import`.",
		args: {
			input: t.arg({ type: [ImportRescueInput], required: true, description: "The rescues." }),
			dryRun: t.arg.boolean({ defaultValue: false, description: `Only say what would happen${WHOLE_LIMIT}.` }),
			atomic: t.arg.boolean({
				defaultValue: false,
				description: `All rows or, if one is refused, none${WHOLE_LIMIT}.`,
			}),
			idempotencyKey: t.arg.string({ description: idempotencyKeyDescription }),
		},
		resolve: async (_root, args, { ctx }) => {
			const { input, ...rest } = unpack(args);
			const rows = (input as unknown[]).map((value, index) => ({ row: index + 1, value }));
			return unwrap(await importRescues(ctx, { ...rest, rows }));
		},
	}),
);
