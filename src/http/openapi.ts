/**
 * What the nouns build their parts of the OpenAPI document from: schemas, parameters, answers, operations. Scripts and
 * tests load the `openapi.ts` files, the Worker doesn't.
 */
import { type $ZodType, toJSONSchema } from "zod/v4/core";
import type { InputIssue } from "../core/errors.ts";
import { type Problem, STATUS } from "./problem.ts";

/** A JSON schema (draft 2020-12, which OpenAPI 3.1 speaks), or any other object of the document. */
export type Schema = Record<string, unknown>;

/** Refers to a component. */
export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** A list of a component. */
export const list = (name: string) => ({ type: "array", items: ref(name) });

/**
 * An object with a property for each field of `T`: the compiler finds one that is missing or unknown.
 * @param optional the fields that may be left out
 */
export const object = <T>(properties: Record<keyof T & string, Schema>, optional: (keyof T)[] = []): Schema => ({
	type: "object",
	properties,
	required: Object.keys(properties).filter((name) => !optional.includes(name as keyof T)),
});

/** A Zod schema as a component; schemas inside it that have a name of their own are referred to by it. */
export function component(schema: $ZodType): Schema {
	const text = JSON.stringify(toJSONSchema(schema, { io: "input" })).replaceAll("#/$defs/", "#/components/schemas/");
	const adapt = (_key: string, value: unknown) => {
		const { not, pattern, ...rest } = (value ?? {}) as Schema;
		// What an input refuses by name (`not` anything) isn't one of its properties.
		if (not) return undefined;
		// The format says it all: Zod's pattern besides, and the Python of openapi-generator can't be loaded.
		return rest.format === "date-time" && pattern ? rest : value;
	};
	const { $schema: _, $defs, $ref, ...root } = JSON.parse(text, adapt);
	const { id: __, ...rest } = $ref ? $defs[$ref.split("/").at(-1)] : root;
	return rest;
}

/** A closed list as a component. */
export const choice = (values: readonly string[], description: string): Schema => ({
	type: "string",
	enum: values,
	description,
});

/** A JSON body. */
export const json = (schema: Schema, example?: unknown) => ({
	"application/json": { schema, ...(example !== undefined && { example }) },
});

/** A body of text. */
export const text = (description: string, example?: string) => ({
	schema: { type: "string", description },
	...(example !== undefined && { example }),
});

/** A response header. */
export const header = (description: string, schema: Schema = { type: "string" }) => ({ description, schema });

/** The header that says where the list at a path goes on. */
export const nextLink = (path: string) => ({
	Link: header(`The next page, while there is one: \`<${path}?cursor=…>; rel="next"\`.`),
});

/** 304. */
export const notModified = { description: "Nothing has changed since that ETag." };

/** Its schema is of a string unless another type is given; an example may be among it. */
const parameter =
	(place: "query" | "header") =>
	(name: string, description: string, { example, ...schema }: Schema = {}): Schema => ({
		name,
		in: place,
		description,
		schema: "$ref" in schema ? schema : { type: "string", ...schema },
		...(example !== undefined && { example }),
	});

/** A query parameter; an array is one that may be given several times. */
export const inQuery = parameter("query");

/** A query parameter that is true or false. */
export const flag = (name: string, description: string) =>
	inQuery(name, description, { type: "boolean", default: false });

/** How many a list gives: at most, and when nobody says how many. */
export const limit = (maximum: number, standard: number) =>
	inQuery("limit", "How many at most.", { type: "integer", minimum: 1, maximum, default: standard });

/** Where a list goes on. */
export const cursor = inQuery("cursor", "Where to go on, from the `Link` of the page before.", {
	minLength: 1,
	pattern: "^[A-Za-z0-9._-]+$",
});

/** A request header. */
export const inHeader = parameter("header");

/** `*` or ETags (RFC 9110, section 8.8.3). */
const TAGS = { minLength: 1, pattern: '^(\\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$' };

/** The header of a conditional write. */
export const ifMatch = inHeader("If-Match", 'Change it only if this is still its version: `"3"`.', TAGS);

/** The header of a read that wants one version only. */
export const ifStill = inHeader("If-Match", "Refuse with 412 unless this is the ETag.", TAGS);

/** The header of a conditional read. */
export const ifNoneMatch = inHeader("If-None-Match", "Answer 304 without a body if this is still the ETag.", TAGS);

/** The header of a create that must not find a record. */
export const createOnly = inHeader("If-None-Match", "`*` refuses an id that is taken with 412 instead of 409.", {
	...TAGS,
	example: "*",
});

/** The header of a read that goes to the ledger. */
export const fresh = inHeader(
	"Cache-Control",
	"`no-cache` reads the ledger instead of KV: every write that was answered is there. It costs a call to the one ledger, wherever that is.",
	{ example: "no-cache" },
);

/** The token that private fields, writes and administration need. */
export const securitySchemes = {
	token: {
		type: "http",
		scheme: "bearer",
		description:
			"One of the server's `READ_TOKENS` shows private fields and the names of tokens, one of its `WRITE_TOKENS` also writes, one of its `ADMIN_TOKENS` also rebuilds, purges, backs up and restores. Without one, what is public is read. Nothing needs one while the server is open to all.",
	},
};

/** The components that every operation refers to. */
export const components = {
	ProblemCode: { type: "string", enum: Object.keys(STATUS), description: "What went wrong, for programs." },
	Problem: {
		description: "Why a request was refused (RFC 9457).",
		...object<Problem>(
			{
				type: { type: "string" },
				title: { type: "string" },
				status: { type: "integer", minimum: 400, maximum: 599 },
				detail: { type: "string", description: "What went wrong, for people." },
				instance: { type: "string", description: "The path that was asked for." },
				code: ref("ProblemCode"),
				errors: {
					type: "array",
					description: "Every bad field.",
					items: object<InputIssue>({
						path: { type: "array", items: { anyOf: [{ type: "string" }, { type: "integer" }] } },
						message: { type: "string" },
					}),
				},
				currentVersion: { type: "integer", description: "With `VERSION_MISMATCH`: the version it has now." },
			},
			["errors", "currentVersion"],
		),
	},
};
