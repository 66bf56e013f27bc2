import { RescueChange } from "../history/change.ts";
import { DEFAULT_CHANGES, MAX_CHANGES } from "../history/resolvers.ts";
import { STATUS } from "../http/problem.ts";
import * as domain from "../rescues/rescue.ts";
import { MAX_FIRST } from "../rescues/resolvers.ts";
import { transferComponents, transferPaths } from "../transfer/openapi.ts";
import { securitySchemes, withAccess } from "./openapi-access.ts";
import {
	component,
	createOnly,
	cursorParameter,
	example,
	filterParameters,
	fresh,
	header,
	idempotencyKey,
	idParameter,
	ifMatch,
	ifNoneMatch,
	json,
	notModified,
	problems,
	recordAnswer,
	ref,
	replayed,
	sortParameter,
	writable,
	writeProblems,
	written,
} from "./openapi-parts.ts";

/** The OpenAPI 3.1 document of the REST side; `schema/openapi.json` is its committed text. */
export const openapi = {
	openapi: "3.1.0",
	info: {
		title: "Animal Rescue API",
		version: "1.0.0",
		description:
			"A rescue's animals over REST. The same data, rules and codes are at `/graphql`. Errors are problems (RFC 9457): switch on `code`.",
		contact: { name: "The maintainers of this service" },
		license: { name: "MIT", identifier: "MIT" },
	},
	servers: [{ url: "/", description: "This server." }],
	tags: [
		{ name: "Rescues", description: "The animals." },
		{ name: "Service", description: "The service itself." },
	],
	paths: withAccess({
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
					fresh,
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
							"Total-Count-Is": header(
								"`at-least` when there may be more: a search that finds more than 10,000 rescues counts no further. Absent otherwise.",
								{ type: "string", const: "at-least" },
							),
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
				parameters: [createOnly, idempotencyKey],
				requestBody: { required: true, content: json(ref("CreateRescueInput"), writable) },
				responses: {
					201: written("The new rescue.", { Location: header("Its path.") }),
					...problems(...writeProblems.filter((code) => code !== "NOT_FOUND")),
				},
			},
		},
		...transferPaths,
		"/rescues/{id}": {
			parameters: [idParameter],
			get: {
				operationId: "getRescue",
				tags: ["Rescues"],
				summary: "Get a rescue",
				description: "One rescue, with its version as the ETag.",
				parameters: [ifNoneMatch, fresh],
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
		"/rebuild": {
			post: {
				operationId: "rebuildDocuments",
				tags: ["Service"],
				summary: "Compare what is published with the ledger",
				description:
					"A stretch at a time; what differs is published again. Repeat it with `next` as `cursor` until that is null. On sound data it changes nothing.",
				parameters: [
					{
						name: "cursor",
						in: "query",
						description: "The `next` of the stretch before; left out to begin.",
						schema: { type: "string" },
					},
					idempotencyKey,
				],
				responses: {
					200: {
						description: "How the stretch went.",
						headers: replayed,
						content: json(
							{
								type: "object",
								properties: {
									checked: { type: "integer", description: "How many documents were compared." },
									mended: { type: "integer", description: "How many of them are published again." },
									next: { type: ["string", "null"], description: "Where to go on; null at the end." },
								},
								required: ["checked", "mended", "next"],
							},
							{ checked: 3, mended: 0, next: "rescue:1" },
						),
					},
					...problems("MALFORMED_REQUEST", "INVALID_INPUT", "IDEMPOTENCY_KEY_REUSED", "UNAVAILABLE"),
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
				responses: {
					200: recordAnswer("The rescue, for clients that follow the redirect."),
					308: { description: "Moved.", headers: { Location: header("Where to.") } },
					...problems("NOT_FOUND"),
				},
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
	}),
	components: {
		securitySchemes,
		schemas: {
			AnimalRescue: component(domain.AnimalRescue()),
			RescueChange: component(RescueChange()),
			...transferComponents,
			CreateRescueInput: component(domain.CreateRescueInput()),
			ReplaceRescueInput: component(domain.ReplaceRescueInput()),
			UpdateRescueInput: component(domain.UpdateRescueInput()),
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
