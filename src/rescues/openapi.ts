/** What the OpenAPI document says of rescues. */
import {
	choice,
	component,
	createOnly,
	cursor,
	fresh,
	header,
	ifMatch,
	ifNoneMatch,
	ifStill,
	inQuery,
	json,
	limit,
	list,
	nextLink,
	notModified,
	ref,
	type Schema,
} from "../http/openapi.ts";
import { operations } from "../http/openapi-operations.ts";
import { FIELDS, NAMES, type Name, WRITABLE } from "./fields.ts";
import { MAX_ID } from "./rescue.ts";
import { MAX_FIRST } from "./resolvers.ts";
import { rescueSchemas, schemaOf } from "./schemas.ts";
import { FILTERS, SORTING, SORTS, searchSchemas } from "./search.ts";

const { read, uncounted, write } = operations("Rescues");

const examples = (names: Name[]) => Object.fromEntries(names.map((name) => [name, FIELDS[name].example]));
/** A record. */
export const example = examples(NAMES);
/** A record without what is only read. */
export const writable = examples(WRITABLE);
/** And without what is unique, and the age, which follows from the date of birth: a body that can be sent at any time. */
const { microchip: _microchip, externalId: _externalId, age: _age, ...repeatable } = writable;

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
	component(searchSchemas.filter).properties as Record<string, Schema>,
).map(([name, property]) => {
	// A query parameter can't be null.
	const { anyOf = [property], type } = property as { anyOf?: Schema[]; type?: string | string[] };
	const some = anyOf.find((one) => one.type !== "null") as Schema;
	const schema = Array.isArray(type) ? { ...some, type: type.find((one) => one !== "null") } : some;
	return inQuery(name, FILTERS[name as keyof typeof FILTERS], schema);
});
const sort = inQuery("sort", `${SORTING} \`-\` in front turns the order round.`, ref("RescueSort"));

/** The answer with a record. */
export const record = (description: string, headers: Schema = {}) => ({
	description,
	headers: { ETag: header('The version, quoted: `"3"`.'), ...headers },
	content: json(ref("AnimalRescue"), example),
});

/** Its routes. */
export const paths = {
	"/rescues": {
		get: read("listRescues", {
			summary: "List rescues",
			description:
				"The rescues, by id unless sorted otherwise. A page may be shorter than `limit`: follow `Link` while there is one.",
			parameters: [limit(MAX_FIRST, MAX_FIRST), cursor, ...filterParameters, sort, ifNoneMatch, fresh],
			answers: {
				200: {
					description: "A page of rescues.",
					headers: {
						ETag: header("Changes when the page does."),
						...nextLink("/rescues"),
						"Total-Count-Is": header(
							"`at-least` when there may be more: of what `q`, `location` and the filters that are true or false find, 10,000 are counted. Absent otherwise.",
							{ type: "string", const: "at-least" },
						),
						"Total-Count": header("How many rescues the list has in all; without filters, up to half a minute ago.", {
							type: "integer",
						}),
					},
					content: json(list("AnimalRescue"), [example]),
				},
				304: notModified,
			},
			refusals: ["MALFORMED_REQUEST", "UNAUTHENTICATED", "FORBIDDEN", "UNAVAILABLE"],
		}),
		post: write("createRescue", {
			summary: "Create a rescue",
			description:
				"Under the given id, or the next free one. `name`, `species` and `age`, or `birthDate` in its place, are enough.",
			parameters: [createOnly],
			body: json(ref("CreateRescueInput"), repeatable),
			answers: { 201: record("The new rescue.", { Location: header("Its path.") }) },
			refusals: ["ALREADY_EXISTS", "VERSION_MISMATCH"],
		}),
	},
	"/rescues/{id}": {
		parameters: [idParameter],
		get: read("getRescue", {
			summary: "Get a rescue",
			description: "One rescue, with its version as the ETag.",
			parameters: [ifNoneMatch, ifStill, fresh],
			answers: { 200: record("The rescue."), 304: notModified },
			refusals: ["MALFORMED_REQUEST", "NOT_FOUND", "VERSION_MISMATCH", "UNAVAILABLE"],
		}),
		put: write("replaceRescue", {
			summary: "Replace a rescue",
			description: "Optional fields that are left out go back to their defaults. Never creates.",
			parameters: [ifMatch],
			body: json(ref("ReplaceRescueInput"), repeatable),
			answers: { 200: record("The rescue as it is now.") },
			refusals: ["NOT_FOUND", "ALREADY_EXISTS", "VERSION_MISMATCH"],
		}),
		patch: write("updateRescue", {
			summary: "Change a rescue",
			description: "A merge patch (RFC 7396): what is absent stays, null puts an optional field back to its default.",
			parameters: [ifMatch],
			body: {
				"application/merge-patch+json": { schema: ref("UpdateRescueInput"), example: { status: "adopted" } },
				...json(ref("UpdateRescueInput"), { status: "adopted" }),
			},
			answers: { 200: record("The rescue as it is now.") },
			refusals: ["NOT_FOUND", "ALREADY_EXISTS", "VERSION_MISMATCH"],
		}),
		delete: write("deleteRescue", {
			summary: "Delete a rescue",
			description: "Its id is never given again; it can be restored.",
			parameters: [ifMatch],
			answers: { 204: { description: "It is gone." } },
			refusals: ["NOT_FOUND", "VERSION_MISMATCH"],
		}),
	},
	"/rescues/{id}/restore": {
		parameters: [idParameter],
		post: write("restoreRescue", {
			summary: "Restore a deleted rescue",
			description:
				"Brings it back as it was, its version continued. `If-Match` names the version that the deletion made.",
			parameters: [ifMatch],
			answers: { 200: record("The rescue as it is now.") },
			refusals: ["NOT_FOUND", "ALREADY_EXISTS", "VERSION_MISMATCH"],
		}),
	},
	"/rescue/{id}": {
		get: uncounted("redirectToRescue", {
			summary: "Get a rescue, the tutorial's spelling",
			description: "Redirects to `/rescues/{id}`.",
			parameters: [idParameter],
			answers: {
				200: record("The rescue, for clients that follow the redirect."),
				308: { description: "Moved.", headers: { Location: header("Where to.") } },
			},
			refusals: ["NOT_FOUND"],
		}),
	},
};

/** What they refer to. */
export const components = {
	RescueStatus: component(schemaOf(FIELDS.status.holds)),
	Sex: component(schemaOf(FIELDS.sex.holds)),
	Size: component(schemaOf(FIELDS.size.holds)),
	IntakeType: component(schemaOf(FIELDS.intakeType.holds)),
	RescueSort: choice(SORTS, "The order of a list; `-` in front turns it round."),
	AnimalRescue: component(rescueSchemas.record),
	CreateRescueInput: component(rescueSchemas.create),
	ReplaceRescueInput: component(rescueSchemas.replace),
	UpdateRescueInput: component(rescueSchemas.update),
};
