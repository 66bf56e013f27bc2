import { type $ZodType, type JSONSchema, toJSONSchema } from "zod/v4/core";
import type { Code } from "../core/errors.ts";
import { STATUS } from "../http/problem.ts";
import { FIELDS, NAMES, type Name, WRITABLE } from "../rescues/fields.ts";
import { MAX_ID } from "../rescues/rescue.ts";
import * as finding from "../rescues/search.ts";

/** A JSON schema, or any other object of the document. */
export type Schema = Record<string, unknown>;

/** Refers to a component. */
export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
/** A JSON body. */
export const json = (schema: Schema, example?: unknown) => ({
	"application/json": { schema, ...(example !== undefined && { example }) },
});

/**
 * A Zod schema as an OpenAPI component; schemas inside it that have a name of their own are referred to by it. Draft
 * 2020-12 is what OpenAPI 3.1 speaks.
 */
export function component(schema: $ZodType): Schema {
	const text = JSON.stringify(toJSONSchema(schema, { io: "input", override: leaveOut })).replaceAll(
		"#/$defs/",
		"#/components/schemas/",
	);
	const { $schema: _, $defs, $ref, ...root } = JSON.parse(text);
	const { id: __, ...rest } = $ref ? $defs[$ref.split("/").at(-1)] : root;
	return rest;
}

const examples = (names: string[]) => Object.fromEntries(names.map((name) => [name, FIELDS[name as Name].example]));
/** What an input refuses by name isn't part of it. */
function leaveOut({ jsonSchema: { properties = {} } }: { jsonSchema: JSONSchema.BaseSchema }) {
	for (const [name, property] of Object.entries(properties)) {
		if (typeof property === "object" && property.not) delete properties[name];
	}
}

/** A record. */
export const example = examples(NAMES);
/** A record without its read-only fields. */
export const writable = examples(WRITABLE);

/** The answers that refuse, by status: one status may stand for several codes. */
export function problems(...codes: Code[]): Record<string, unknown> {
	const byStatus = Map.groupBy(codes, (code) => STATUS[code]);
	return Object.fromEntries(
		[...byStatus].map(([status, codes]) => [
			status,
			{
				description: codes.map((code) => `\`${code}\``).join(" or "),
				content: { "application/problem+json": { schema: ref("Problem") } },
			},
		]),
	);
}

/** A response header. */
export const header = (description: string, schema: Schema = { type: "string" }) => ({ description, schema });
/** The ETag of a record. */
export const etag = header('The version, quoted: `"3"`.');
/** The answer to a write. */
export const written = (description: string, headers: Schema = {}) =>
	recordAnswer(description, { ...replayed, ...headers });
/** The answer with a record. */
export const recordAnswer = (description: string, headers: Schema = {}) => ({
	description,
	headers: { ETag: etag, ...headers },
	content: json(ref("AnimalRescue"), example),
});

/** `{id}` in a path. */
export const idParameter = {
	name: "id",
	in: "path",
	required: true,
	description: "The rescue's id.",
	schema: { type: "integer", minimum: 1, maximum: MAX_ID },
	example: 1,
};
/** The filters of a list. */
export const filterParameters = Object.entries(
	component(finding.searchSchemas.filter).properties as Record<string, Schema>,
).map(([name, property]) => ({
	name,
	in: "query",
	description: finding.FILTERS[name as keyof typeof finding.FILTERS],
	// A query parameter can't be null.
	schema: (property.anyOf as Schema[] | undefined)?.find(({ type }) => type !== "null") ?? property,
}));
/** The order of a list. */
export const sortParameter = {
	name: "sort",
	in: "query",
	description: `${finding.FILTERS.sort} \`-\` in front turns the order round.`,
	schema: { type: "string", enum: finding.SORTS, default: "id" },
};
/** Where a list goes on. */
export const cursorParameter = {
	name: "cursor",
	in: "query",
	description: "Where to go on, from the `Link` of the page before.",
	schema: { type: "string" },
};
/** The header of a conditional write. */
export const ifMatch = {
	name: "If-Match",
	in: "header",
	description: 'Change it only if this is still its version: `"3"`.',
	schema: { type: "string" },
};
/** The header of a create that mustn't find a record. */
export const createOnly = {
	name: "If-None-Match",
	in: "header",
	description: "`*` refuses an id that is taken with 412 instead of 409.",
	schema: { type: "string" },
	example: "*",
};
/** The header of a read that goes to the ledger. */
export const fresh = {
	name: "Cache-Control",
	in: "header",
	description:
		"`no-cache` reads the ledger instead of KV: every write that was answered is there. It costs a call to the one ledger, wherever that is.",
	schema: { type: "string" },
	example: "no-cache",
};
/** The header of a conditional read. */
export const ifNoneMatch = {
	name: "If-None-Match",
	in: "header",
	description: "Answer 304 without a body if this is still the ETag.",
	schema: { type: "string" },
};
/** The header of a write that can be repeated. */
export const idempotencyKey = {
	name: "Idempotency-Key",
	in: "header",
	description:
		"Your own name for this request. For 24 hours a repeat under it gets the same answer, with `Idempotency-Replayed: true`, and changes nothing.",
	schema: { type: "string", pattern: "^[\\x21-\\x7e]{1,255}$" },
};
/** The header of an answer that was given before. */
export const replayed = {
	"Idempotency-Replayed": header("`true` when this answer was given before, to the request that this one repeats."),
};
/** 304. */
export const notModified = { description: "Nothing has changed since that ETag." };
/** How a write to a record can be refused. */
export const writeProblems = [
	"MALFORMED_REQUEST",
	"NOT_FOUND",
	"ALREADY_EXISTS",
	"VERSION_MISMATCH",
	"PAYLOAD_TOO_LARGE",
	"UNSUPPORTED_MEDIA_TYPE",
	"INVALID_INPUT",
	"IDEMPOTENCY_KEY_REUSED",
	"UNAVAILABLE",
] as const satisfies Code[];
