import type { InputFieldBuilder } from "@pothos/core";
import { builder } from "../graphql/builder.ts";
import { toEnumName, unwrap } from "../graphql/errors.ts";
import { type AnimalRescue, FIELDS, SEXES, SIZES, STATUSES } from "./rescue.ts";
import type { RescueWalk } from "./resolvers.ts";
import { FILTERS, SORTS, type Sort } from "./search.ts";

/** What every mutation says of its `idempotencyKey`. */
export const idempotencyKeyDescription =
	"Your own name for this request, 1 to 255 visible ASCII characters. For 24 hours a repeat under it gets the same answer and changes nothing.";

/** GraphQL's spelling of an enum: the stored values in capitals. */
export const inCapitals = <Value extends string>(values: readonly Value[], descriptions: Record<Value, string>) =>
	Object.fromEntries(
		values.map((value) => [value.toUpperCase(), { value, description: descriptions[value] }]),
	) as Record<Uppercase<Value>, { value: Value; description: string }>;

/** `RescueStatus` in the schema. */
export const RescueStatus = builder.enumType("RescueStatus", {
	description: "Where an animal is on its way through the rescue.",
	values: inCapitals(STATUSES, {
		intake: "Has arrived, is being looked at.",
		available: "Can be adopted.",
		pending: "Someone has applied to adopt.",
		hold: "Not to be adopted for now.",
		fostered: "Lives with a foster family.",
		adopted: "Has found a home.",
		transferred: "Was handed to another organisation.",
		returned_to_owner: "Went back to its owner.",
		deceased: "Has died.",
	}),
});

/** `Sex` in the schema. */
export const Sex = builder.enumType("Sex", {
	description: "An animal's sex.",
	values: inCapitals(SEXES, { male: "Male.", female: "Female.", unknown: "Not known." }),
});

/** `Size` in the schema. */
export const Size = builder.enumType("Size", {
	description: "An animal's size when grown.",
	values: inCapitals(SIZES, { small: "Small.", medium: "Medium.", large: "Large.", xlarge: "Extra large." }),
});

/** `AnimalRescue` in the schema. */
export const AnimalRescueType = builder.objectRef<AnimalRescue>("AnimalRescue").implement({
	description: "An animal in the rescue's care, now or once.",
	fields: (t) => ({
		id: t.exposeID("id", { description: FIELDS.id }),
		name: t.exposeString("name", { description: FIELDS.name }),
		age: t.exposeInt("age", { description: FIELDS.age }),
		species: t.exposeString("species", { description: FIELDS.species }),
		status: t.expose("status", { type: RescueStatus, description: FIELDS.status }),
		sex: t.expose("sex", { type: Sex, description: FIELDS.sex }),
		size: t.expose("size", { type: Size, nullable: true, description: FIELDS.size }),
		breed: t.exposeString("breed", { nullable: true, description: FIELDS.breed }),
		description: t.exposeString("description", { nullable: true, description: FIELDS.description }),
		photos: t.exposeStringList("photos", { description: FIELDS.photos }),
		microchip: t.exposeString("microchip", { nullable: true, description: FIELDS.microchip }),
		externalId: t.exposeString("externalId", { nullable: true, description: FIELDS.externalId }),
		version: t.exposeInt("version", { description: FIELDS.version }),
		createdAt: t.exposeString("createdAt", { description: FIELDS.createdAt }),
		updatedAt: t.exposeString("updatedAt", { description: FIELDS.updatedAt }),
	}),
});

const RescueEdge = builder.objectRef<{ walk: RescueWalk; index: number }>("RescueEdge").implement({
	description: "A rescue in a list, with its place in it.",
	fields: (t) => ({
		cursor: t.string({
			description: "Pass it as `after` to get what comes behind this rescue.",
			resolve: ({ walk, index }) => walk.cursor(index),
		}),
		node: t.field({
			type: AnimalRescueType,
			description: "The rescue.",
			resolve: ({ walk, index }) => walk.nodes[index] as AnimalRescue,
		}),
	}),
});

/** Where a connection stands. */
interface Place {
	hasNextPage: boolean;
	hasPreviousPage: boolean;
	startCursor: string | null;
	endCursor: string | null;
}

/** `PageInfo` in the schema. */
export const PageInfo = builder.objectRef<Place>("PageInfo").implement({
	description: "Where a list stands (Relay's connection specification).",
	fields: (t) => ({
		hasNextPage: t.exposeBoolean("hasNextPage", { description: "Whether there is more behind `endCursor`." }),
		hasPreviousPage: t.exposeBoolean("hasPreviousPage", { description: "Whether there is something before this." }),
		startCursor: t.exposeString("startCursor", {
			nullable: true,
			description: "The first node's cursor, null in an empty list.",
		}),
		endCursor: t.exposeString("endCursor", {
			nullable: true,
			description: "The last node's cursor, null in an empty list.",
		}),
	}),
});

/** `RescueConnection` in the schema. */
export const RescueConnection = builder.objectRef<RescueWalk>("RescueConnection").implement({
	description: "A stretch of the list of rescues.",
	fields: (t) => ({
		nodes: t.expose("nodes", { type: [AnimalRescueType], description: "The rescues." }),
		edges: t.field({
			type: [RescueEdge],
			description: "The rescues, each with its cursor.",
			resolve: (walk) => walk.nodes.map((_, index) => ({ walk, index })),
		}),
		pageInfo: t.field({
			type: PageInfo,
			description: "Where the list stands.",
			resolve: ({ nodes, cursor, hasNextPage, hasPreviousPage }) => ({
				hasNextPage,
				hasPreviousPage,
				startCursor: nodes.length > 0 ? cursor(0) : null,
				endCursor: nodes.length > 0 ? cursor(nodes.length - 1) : null,
			}),
		}),
		totalCount: t.int({
			description:
				"How many rescues the list has in all; without filters, up to half a minute ago. A search beyond 10,000 counts 10,000. Counted only when selected.",
			resolve: async ({ total }) => unwrap(await total()).count,
		}),
		totalCountIsExact: t.boolean({
			description: "Whether there are `totalCount` rescues, or at least so many.",
			resolve: async ({ total }) => unwrap(await total()).isExact,
		}),
	}),
});

type Fields = InputFieldBuilder<(typeof builder)["$inferSchemaTypes"], "InputObject">;

/** What a record may have and is null without. */
const nullable = (t: Fields) => ({
	size: t.field({ type: Size, description: FIELDS.size }),
	breed: t.string({ description: FIELDS.breed }),
	description: t.string({ description: FIELDS.description }),
	microchip: t.string({ description: FIELDS.microchip }),
	externalId: t.string({ description: FIELDS.externalId }),
});

/** Every field that a client writes, with the defaults of those that can be left out. */
const whole = (t: Fields) => ({
	name: t.string({ required: true, description: FIELDS.name }),
	age: t.int({ required: true, description: FIELDS.age }),
	species: t.string({ required: true, description: FIELDS.species }),
	status: t.field({ type: RescueStatus, required: true, defaultValue: "intake", description: FIELDS.status }),
	sex: t.field({ type: Sex, required: true, defaultValue: "unknown", description: FIELDS.sex }),
	photos: t.stringList({ required: true, defaultValue: [], description: FIELDS.photos }),
	...nullable(t),
});

/** Every field that a client writes; each can be left out. */
const optional = (t: Fields) => ({
	name: t.string({ description: FIELDS.name }),
	age: t.int({ description: FIELDS.age }),
	species: t.string({ description: FIELDS.species }),
	status: t.field({ type: RescueStatus, description: FIELDS.status }),
	sex: t.field({ type: Sex, description: FIELDS.sex }),
	photos: t.stringList({ description: FIELDS.photos }),
	...nullable(t),
});

/** `CreateRescueInput` in the schema; its rules are in `domain/rescue.ts`. */
export const CreateRescueInput = builder.inputType("CreateRescueInput", {
	description: "A new rescue. `name`, `age` and `species` are enough.",
	fields: (t) => ({ id: t.id({ description: FIELDS.id }), ...whole(t) }),
});

/** `ReplaceRescueInput` in the schema; its rules are in `domain/rescue.ts`. */
export const ReplaceRescueInput = builder.inputType("ReplaceRescueInput", {
	description: "A whole rescue: optional fields that are left out go back to their defaults.",
	fields: whole,
});

/** `UpdateRescueInput` in the schema; its rules are in `domain/rescue.ts`. */
export const UpdateRescueInput = builder.inputType("UpdateRescueInput", {
	description: "Changes to a rescue: what is absent stays, null puts an optional field back to its default.",
	fields: optional,
});

/** `ImportRescueInput` in the schema; its rules are in `domain/import.ts`. */
export const ImportRescueInput = builder.inputType("ImportRescueInput", {
	description:
		"A rescue to be brought in. The record with this `externalId`, else with this `id`, is changed: what is absent stays, null puts a field back to its default. Without one, a rescue is created.",
	fields: (t) => ({ id: t.id({ description: FIELDS.id }), ...optional(t) }),
});

/** `RescueFilter` in the schema; its rules are in `domain/finding.ts`. */
export const RescueFilter = builder.inputType("RescueFilter", {
	description: "Which rescues. All filters must hold; what is absent or null doesn't filter.",
	fields: (t) => ({
		species: t.string({ description: FILTERS.species }),
		status: t.field({ type: [RescueStatus], description: FILTERS.status }),
		sex: t.field({ type: Sex, description: FILTERS.sex }),
		size: t.field({ type: Size, description: FILTERS.size }),
		q: t.string({ description: FILTERS.q }),
	}),
});

const describe = (sort: Sort) =>
	`By \`${sort.replace("-", "")}\`, ${sort.startsWith("-") ? "the highest first" : "the lowest first"}.`;

/** `RescueSort` in the schema: REST's `name` is NAME_ASC, its `-name` NAME_DESC. */
export const RescueSort = builder.enumType("RescueSort", {
	description: "The order of a list. Ties are in order of id.",
	values: Object.fromEntries(
		SORTS.map((sort) => [toEnumName(sort, "sort"), { value: sort, description: describe(sort) }]),
	) as Record<string, { value: Sort; description: string }>,
});
