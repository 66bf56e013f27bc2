import { type $ZodType, toJSONSchema } from "zod/v4/core";
import { RescueChange } from "../domain/change.ts";
import type { Code } from "../domain/errors.ts";
import * as finding from "../domain/finding.ts";
import * as domain from "../domain/rescue.ts";
import { STATUS } from "../http/status.ts";
import { DEFAULT_CHANGES, MAX_CHANGES } from "../resolvers/history.ts";
import { MAX_FIRST } from "../resolvers/rescues.ts";

type Schema = Record<string, unknown>;

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: Schema, example?: unknown) => ({
	"application/json": { schema, ...(example !== undefined && { example }) },
});

/**
 * A Zod schema as an OpenAPI component; schemas inside it that have a name of their own are referred to by it. Draft
 * 2020-12 is what OpenAPI 3.1 speaks.
 */
function component(schema: $ZodType): Schema {
	const text = JSON.stringify(toJSONSchema(schema, { io: "input" })).replaceAll("#/$defs/", "#/components/schemas/");
	const { $schema: _, $defs, $ref, ...root } = JSON.parse(text);
	const { id: __, ...rest } = $ref ? $defs[$ref.split("/").at(-1)] : root;
	return rest;
}

const example = {
	id: 1,
	name: "Rex",
	age: 3,
	species: "dog",
	status: "available",
	sex: "male",
	size: "large",
	breed: "Labrador mix",
	description: "Friendly with everyone. Loves water.",
	photos: ["https://example.org/rex.jpg"],
	microchip: "985112001234567",
	externalId: "A-1001",
	version: 1,
	createdAt: "2026-11-22T09:30:00.000Z",
	updatedAt: "2026-11-22T09:30:00.000Z",
};
const { id: _id, version: _version, createdAt: _createdAt, updatedAt: _updatedAt, ...writable } = example;

/** The answers that refuse, by status: one status may stand for several codes. */
function problems(...codes: Code[]): Record<string, unknown> {
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

const header = (description: string, schema: Schema = { type: "string" }) => ({ description, schema });
const etag = header('The version, quoted: `"3"`.');
/** The answer to a write. */
const written = (description: string, headers: Schema = {}) => recordAnswer(description, { ...replayed, ...headers });
const recordAnswer = (description: string, headers: Schema = {}) => ({
	description,
	headers: { ETag: etag, ...headers },
	content: json(ref("AnimalRescue"), example),
});

const idParameter = {
	name: "id",
	in: "path",
	required: true,
	description: "The rescue's id.",
	schema: { type: "integer", minimum: 1, maximum: domain.MAX_ID },
	example: 1,
};
const filterParameters = Object.entries(component(finding.RescueFilter).properties as Record<string, Schema>).map(
	([name, property]) => ({
		name,
		in: "query",
		description: finding.FILTERS[name as keyof typeof finding.FILTERS],
		// A query parameter can't be null.
		schema: (property.anyOf as Schema[] | undefined)?.find(({ type }) => type !== "null") ?? property,
	}),
);
const sortParameter = {
	name: "sort",
	in: "query",
	description: `${finding.FILTERS.sort} \`-\` in front turns the order round.`,
	schema: { type: "string", enum: finding.SORTS, default: "id" },
};
const cursorParameter = {
	name: "cursor",
	in: "query",
	description: "Where to go on, from the `Link` of the page before.",
	schema: { type: "string" },
};
const ifMatch = {
	name: "If-Match",
	in: "header",
	description: 'Change it only if this is still its version: `"3"`.',
	schema: { type: "string" },
};
const ifNoneMatch = {
	name: "If-None-Match",
	in: "header",
	description: "Answer 304 without a body if this is still the ETag.",
	schema: { type: "string" },
};
const idempotencyKey = {
	name: "Idempotency-Key",
	in: "header",
	description:
		"Your own name for this request. For 24 hours a repeat under it gets the same answer, with `Idempotency-Replayed: true`, and changes nothing.",
	schema: { type: "string", pattern: "^[\\x21-\\x7e]{1,255}$" },
};
const replayed = {
	"Idempotency-Replayed": header("`true` when this answer was given before, to the request that this one repeats."),
};
const notModified = { description: "Nothing has changed since that ETag." };
const writeProblems = [
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

/** The OpenAPI 3.1 document of the REST side; `schema/openapi.json` is its committed text. */
export const openapi = {
	openapi: "3.1.0",
	info: {
		title: "Animal Rescue API",
		version: "1.0.0",
		description:
			"A rescue's animals over REST. The same data, rules and codes are at `/graphql`. Errors are problems (RFC 9457): switch on `code`.",
		license: { name: "MIT", identifier: "MIT" },
	},
	servers: [{ url: "/", description: "This server." }],
	tags: [
		{ name: "Rescues", description: "The animals." },
		{ name: "Service", description: "The service itself." },
	],
	paths: {
		"/rescues": {
			get: {
				operationId: "listRescues",
				tags: ["Rescues"],
				summary: "List rescues",
				description:
					"The rescues, by id unless sorted otherwise. A page may be shorter than `limit`: follow `Link` while there is one.",
				parameters: [
					{
						name: "limit",
						in: "query",
						description: "How many at most.",
						schema: { type: "integer", minimum: 1, maximum: MAX_FIRST, default: MAX_FIRST },
					},
					cursorParameter,
					...filterParameters,
					sortParameter,
					ifNoneMatch,
				],
				responses: {
					200: {
						description: "A page of rescues.",
						headers: {
							ETag: header("Changes when the page does."),
							Link: header('The next page, while there is one: `</rescues?cursor=…>; rel="next"`.'),
							"Total-Count": header("How many rescues the list has in all; without filters, up to half a minute ago.", {
								type: "integer",
							}),
						},
						content: json({ type: "array", items: ref("AnimalRescue") }, [example]),
					},
					304: notModified,
					...problems("MALFORMED_REQUEST", "INVALID_INPUT", "UNAVAILABLE"),
				},
			},
			post: {
				operationId: "createRescue",
				tags: ["Rescues"],
				summary: "Create a rescue",
				description: "Under the given id, or the next free one. `name`, `age` and `species` are enough.",
				parameters: [idempotencyKey],
				requestBody: { required: true, content: json(ref("CreateRescueInput"), writable) },
				responses: {
					201: written("The new rescue.", { Location: header("Its path.") }),
					...problems(
						"MALFORMED_REQUEST",
						"ALREADY_EXISTS",
						"PAYLOAD_TOO_LARGE",
						"UNSUPPORTED_MEDIA_TYPE",
						"INVALID_INPUT",
						"IDEMPOTENCY_KEY_REUSED",
						"UNAVAILABLE",
					),
				},
			},
		},
		"/rescues/{id}": {
			parameters: [idParameter],
			get: {
				operationId: "getRescue",
				tags: ["Rescues"],
				summary: "Get a rescue",
				description: "One rescue, with its version as the ETag.",
				parameters: [ifNoneMatch],
				responses: {
					200: recordAnswer("The rescue."),
					304: notModified,
					...problems("NOT_FOUND", "UNAVAILABLE"),
				},
			},
			put: {
				operationId: "replaceRescue",
				tags: ["Rescues"],
				summary: "Replace a rescue",
				description: "Optional fields that are left out go back to their defaults. Never creates.",
				parameters: [ifMatch, idempotencyKey],
				requestBody: { required: true, content: json(ref("ReplaceRescueInput"), writable) },
				responses: { 200: written("The rescue as it is now."), ...problems(...writeProblems) },
			},
			patch: {
				operationId: "updateRescue",
				tags: ["Rescues"],
				summary: "Change a rescue",
				description: "A merge patch (RFC 7396): what is absent stays, null puts an optional field back to its default.",
				parameters: [ifMatch, idempotencyKey],
				requestBody: {
					required: true,
					content: {
						"application/merge-patch+json": { schema: ref("UpdateRescueInput"), example: { status: "adopted" } },
						...json(ref("UpdateRescueInput"), { status: "adopted" }),
					},
				},
				responses: { 200: written("The rescue as it is now."), ...problems(...writeProblems) },
			},
			delete: {
				operationId: "deleteRescue",
				tags: ["Rescues"],
				summary: "Delete a rescue",
				description: "Its id is never given again; it can be restored.",
				parameters: [ifMatch, idempotencyKey],
				responses: {
					204: { description: "It is gone.", headers: replayed },
					...problems("MALFORMED_REQUEST", "NOT_FOUND", "VERSION_MISMATCH", "IDEMPOTENCY_KEY_REUSED", "UNAVAILABLE"),
				},
			},
		},
		"/rescues/{id}/restore": {
			parameters: [idParameter],
			post: {
				operationId: "restoreRescue",
				tags: ["Rescues"],
				summary: "Restore a deleted rescue",
				description: "Brings it back as it was, its version continued.",
				parameters: [idempotencyKey],
				responses: {
					200: written("The rescue as it is now."),
					...problems("MALFORMED_REQUEST", "NOT_FOUND", "ALREADY_EXISTS", "IDEMPOTENCY_KEY_REUSED", "UNAVAILABLE"),
				},
			},
		},
		"/rescues/{id}/history": {
			parameters: [idParameter],
			get: {
				operationId: "listHistory",
				tags: ["Rescues"],
				summary: "List a rescue's changes",
				description: "Every change, newest first, also of a deleted rescue. Read from the ledger.",
				parameters: [
					{
						name: "limit",
						in: "query",
						description: "How many at most.",
						schema: { type: "integer", minimum: 1, maximum: MAX_CHANGES, default: DEFAULT_CHANGES },
					},
					cursorParameter,
				],
				responses: {
					200: {
						description: "Changes.",
						headers: {
							Link: header('The next page, while there is one: `</rescues/1/history?cursor=…>; rel="next"`.'),
						},
						content: json({ type: "array", items: ref("RescueChange") }, [
							{ version: 1, kind: "created", at: example.createdAt, by: "website", rescue: example },
						]),
					},
					...problems("MALFORMED_REQUEST", "NOT_FOUND", "INVALID_INPUT", "UNAVAILABLE"),
				},
			},
		},
		"/rescue/{id}": {
			get: {
				operationId: "redirectToRescue",
				tags: ["Rescues"],
				summary: "Get a rescue, the tutorial's spelling",
				description: "Redirects to `/rescues/{id}`.",
				parameters: [idParameter],
				responses: { 308: { description: "Moved.", headers: { Location: header("Where to.") } } },
			},
		},
		"/shared-data": {
			get: {
				operationId: "getSharedData",
				tags: ["Service"],
				summary: "Get the shared data's name",
				description: "A value made once, when the Worker starts, and handed to every request.",
				responses: {
					200: {
						description: "Its name.",
						content: { "text/plain": { schema: { type: "string" }, example: "Rustacean" } },
					},
					...problems("INTERNAL"),
				},
			},
		},
		"/openapi.json": {
			get: {
				operationId: "getOpenApi",
				tags: ["Service"],
				summary: "Get this document",
				description: "The OpenAPI 3.1 document of this service.",
				responses: {
					200: { description: "This document.", content: json({ type: "object" }) },
					...problems("INTERNAL"),
				},
			},
		},
		"/health": {
			get: {
				operationId: "getHealth",
				tags: ["Service"],
				summary: "Ask whether the service runs",
				description: "Touches no storage.",
				responses: {
					200: {
						description: "It runs.",
						content: json({ type: "object", properties: { status: { const: "ok" } }, required: ["status"] }),
					},
					...problems("INTERNAL"),
				},
			},
		},
	},
	components: {
		schemas: {
			AnimalRescue: component(domain.AnimalRescue),
			RescueChange: component(RescueChange),
			CreateRescueInput: component(domain.CreateRescueInput),
			ReplaceRescueInput: component(domain.ReplaceRescueInput),
			UpdateRescueInput: component(domain.UpdateRescueInput),
			Problem: {
				type: "object",
				description: "Why a request was refused (RFC 9457).",
				properties: {
					type: { type: "string" },
					title: { type: "string" },
					status: { type: "integer" },
					detail: { type: "string", description: "What went wrong, for people." },
					instance: { type: "string", description: "The path that was asked for." },
					code: { type: "string", enum: Object.keys(STATUS), description: "What went wrong, for programs." },
					errors: {
						type: "array",
						description: "Every bad field.",
						items: {
							type: "object",
							properties: {
								path: { type: "array", items: { type: ["string", "integer"] } },
								message: { type: "string" },
							},
							required: ["path", "message"],
						},
					},
					currentVersion: { type: "integer", description: "With `VERSION_MISMATCH`: the version it has now." },
				},
				required: ["type", "title", "status", "detail", "instance", "code"],
			},
		},
	},
};
