/** The record, its inputs and its lists in the GraphQL schema. */
import type { InputFieldBuilder, ObjectFieldBuilder } from "@pothos/core";
import { builder, Node } from "../graphql/builder.ts";
import { PageInfo } from "../graphql/connection.ts";
import { inCapitals, toEnumName } from "../graphql/enums.ts";
import { unwrap } from "../graphql/errors.ts";
import { FIELDS, type Writable } from "./fields.ts";
import type { AnimalRescue } from "./rescue.ts";
import type { RescueWalk } from "./resolvers.ts";
import { DESCRIPTIONS } from "./schemas.ts";
import { FILTERS, type RescueFilter, SORTS, type Sort } from "./search.ts";
import type { RescueView } from "./view.ts";

const RescueStatus = builder.enumType(FIELDS.status.holds.name, {
	description: FIELDS.status.holds.meaning,
	values: inCapitals(FIELDS.status.holds.values),
});

const Sex = builder.enumType(FIELDS.sex.holds.name, {
	description: FIELDS.sex.holds.meaning,
	values: inCapitals(FIELDS.sex.holds.values),
});

const Size = builder.enumType(FIELDS.size.holds.name, {
	description: FIELDS.size.holds.meaning,
	values: inCapitals(FIELDS.size.holds.values),
});

const IntakeType = builder.enumType(FIELDS.intakeType.holds.name, {
	description: FIELDS.intakeType.holds.meaning,
	values: inCapitals(FIELDS.intakeType.holds.values),
});

type Shown = ObjectFieldBuilder<(typeof builder)["$inferSchemaTypes"], RescueView>;

/** What is shown of a record besides its id. */
const shown = (t: Shown) =>
	({
		name: t.exposeString("name", { description: FIELDS.name.description }),
		age: t.exposeInt("age", { description: FIELDS.age.description }),
		species: t.exposeString("species", { description: FIELDS.species.description }),
		birthDate: t.expose("birthDate", { type: "Date", nullable: true, description: FIELDS.birthDate.description }),
		status: t.expose("status", { type: RescueStatus, description: FIELDS.status.description }),
		sex: t.expose("sex", { type: Sex, description: FIELDS.sex.description }),
		size: t.expose("size", { type: Size, nullable: true, description: FIELDS.size.description }),
		color: t.exposeString("color", { nullable: true, description: FIELDS.color.description }),
		breed: t.exposeString("breed", { nullable: true, description: FIELDS.breed.description }),
		description: t.exposeString("description", { nullable: true, description: FIELDS.description.description }),
		photos: t.exposeStringList("photos", { description: FIELDS.photos.description }),
		externalId: t.exposeString("externalId", { nullable: true, description: FIELDS.externalId.description }),
		neutered: t.exposeBoolean("neutered", { nullable: true, description: FIELDS.neutered.description }),
		vaccinated: t.exposeBoolean("vaccinated", { nullable: true, description: FIELDS.vaccinated.description }),
		houseTrained: t.exposeBoolean("houseTrained", { nullable: true, description: FIELDS.houseTrained.description }),
		goodWithChildren: t.exposeBoolean("goodWithChildren", {
			nullable: true,
			description: FIELDS.goodWithChildren.description,
		}),
		goodWithDogs: t.exposeBoolean("goodWithDogs", { nullable: true, description: FIELDS.goodWithDogs.description }),
		goodWithCats: t.exposeBoolean("goodWithCats", { nullable: true, description: FIELDS.goodWithCats.description }),
		specialNeeds: t.exposeString("specialNeeds", { nullable: true, description: FIELDS.specialNeeds.description }),
		intakeDate: t.expose("intakeDate", { type: "Date", description: FIELDS.intakeDate.description }),
		intakeType: t.expose("intakeType", {
			type: IntakeType,
			nullable: true,
			description: FIELDS.intakeType.description,
		}),
		outcomeDate: t.expose("outcomeDate", { type: "Date", nullable: true, description: FIELDS.outcomeDate.description }),
		version: t.exposeInt("version", { description: FIELDS.version.description }),
		createdAt: t.expose("createdAt", { type: "DateTime", description: FIELDS.createdAt.description }),
		updatedAt: t.expose("updatedAt", { type: "DateTime", description: FIELDS.updatedAt.description }),
		microchip: t.exposeString("microchip", { nullable: true, description: FIELDS.microchip.description }),
		location: t.exposeString("location", { nullable: true, description: FIELDS.location.description }),
		notes: t.exposeString("notes", { nullable: true, description: FIELDS.notes.description }),
	}) satisfies Record<Exclude<keyof AnimalRescue, "id">, unknown>;

/** `AnimalRescue` in the schema. */
export const AnimalRescueType = builder.objectRef<RescueView>("AnimalRescue").implement({
	description: DESCRIPTIONS.AnimalRescue,
	interfaces: [Node],
	fields: (t) => ({ id: t.exposeID("id", { description: FIELDS.id.description }), ...shown(t) }),
});

/**
 * `RescueSnapshot` in the schema: a record as it was. A type of its own, without an `id`, so that caches that keep
 * objects by type and id never write the past over the present.
 */
export const RescueSnapshotType = builder.objectRef<RescueView>("RescueSnapshot").implement({
	description: "A rescue as a change left it. It has no id of its own: caches keep it inside the change.",
	fields: (t) => ({ rescueId: t.exposeID("id", { description: "The rescue's id." }), ...shown(t) }),
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
			resolve: ({ walk, index }) => walk.nodes[index] as RescueView,
		}),
	}),
});

/** `RescueConnection` in the schema. */
export const RescueConnection = builder.objectRef<RescueWalk>("RescueConnection").implement({
	description: "Part of the list of rescues.",
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
				"How many rescues the list has in all; without filters, up to half a minute ago. Of what `q`, `location` and the filters that are true or false find, 10,000 are counted. Counted only when selected.",
			resolve: async ({ total }) => unwrap(await total()).count,
		}),
		totalCountIsExact: t.boolean({
			description: "Whether there are `totalCount` rescues, or at least so many.",
			resolve: async ({ total }) => unwrap(await total()).isExact,
		}),
	}),
});

type Fields = InputFieldBuilder<(typeof builder)["$inferSchemaTypes"], "InputObject">;

/** What can be left out, and has no default that the schema could name. */
const nullable = (t: Fields) => ({
	age: t.int({ description: FIELDS.age.description }),
	birthDate: t.field({ type: "Date", description: FIELDS.birthDate.description }),
	size: t.field({ type: Size, description: FIELDS.size.description }),
	color: t.string({ description: FIELDS.color.description }),
	breed: t.string({ description: FIELDS.breed.description }),
	description: t.string({ description: FIELDS.description.description }),
	externalId: t.string({ description: FIELDS.externalId.description }),
	neutered: t.boolean({ description: FIELDS.neutered.description }),
	vaccinated: t.boolean({ description: FIELDS.vaccinated.description }),
	houseTrained: t.boolean({ description: FIELDS.houseTrained.description }),
	goodWithChildren: t.boolean({ description: FIELDS.goodWithChildren.description }),
	goodWithDogs: t.boolean({ description: FIELDS.goodWithDogs.description }),
	goodWithCats: t.boolean({ description: FIELDS.goodWithCats.description }),
	specialNeeds: t.string({ description: FIELDS.specialNeeds.description }),
	intakeDate: t.field({ type: "Date", description: FIELDS.intakeDate.description }),
	intakeType: t.field({ type: IntakeType, description: FIELDS.intakeType.description }),
	outcomeDate: t.field({ type: "Date", description: FIELDS.outcomeDate.description }),
	microchip: t.string({ description: FIELDS.microchip.description }),
	location: t.string({ description: FIELDS.location.description }),
	notes: t.string({ description: FIELDS.notes.description }),
});

/** Every field that a client writes, with the defaults of those that can be left out; null stands for them too. */
const whole = (t: Fields) => {
	const { status, sex, photos } = FIELDS;
	return {
		name: t.string({ required: true, description: FIELDS.name.description }),
		species: t.string({ required: true, description: FIELDS.species.description }),
		status: t.field({ type: RescueStatus, defaultValue: status.default, description: status.description }),
		sex: t.field({ type: Sex, defaultValue: sex.default, description: sex.description }),
		photos: t.stringList({ defaultValue: [...photos.default], description: photos.description }),
		...nullable(t),
	} satisfies Record<Writable, unknown>;
};

/** Every field that a client writes; each can be left out. */
const optional = (t: Fields) =>
	({
		name: t.string({ description: FIELDS.name.description }),
		species: t.string({ description: FIELDS.species.description }),
		status: t.field({ type: RescueStatus, description: FIELDS.status.description }),
		sex: t.field({ type: Sex, description: FIELDS.sex.description }),
		photos: t.stringList({ description: FIELDS.photos.description }),
		...nullable(t),
	}) satisfies Record<Writable, unknown>;

const id = (t: Fields) => ({ id: t.id({ description: FIELDS.id.description }) });

/** `CreateRescueInput` in the schema; the rules of each input are in `schemas.ts`. */
export const CreateRescueInput = builder.inputType("CreateRescueInput", {
	description: DESCRIPTIONS.CreateRescueInput,
	fields: (t) => ({ ...id(t), ...whole(t) }),
});

/** `ReplaceRescueInput` in the schema. */
export const ReplaceRescueInput = builder.inputType("ReplaceRescueInput", {
	description: DESCRIPTIONS.ReplaceRescueInput,
	fields: whole,
});

/** `UpdateRescueInput` in the schema. */
export const UpdateRescueInput = builder.inputType("UpdateRescueInput", {
	description: DESCRIPTIONS.UpdateRescueInput,
	fields: optional,
});

/** `ImportRescueInput` in the schema. */
export const ImportRescueInput = builder.inputType("ImportRescueInput", {
	description: DESCRIPTIONS.ImportRescueInput,
	fields: (t) => ({ ...id(t), ...optional(t) }),
});

/** `RescueFilter` in the schema; its rules are in `search.ts`. */
export const RescueFilterInput = builder.inputType("RescueFilter", {
	description: "Which rescues. All filters must hold; what is absent or null doesn't filter.",
	fields: (t) =>
		({
			species: t.string({ description: FILTERS.species }),
			status: t.field({ type: [RescueStatus], description: FILTERS.status }),
			sex: t.field({ type: Sex, description: FILTERS.sex }),
			size: t.field({ type: Size, description: FILTERS.size }),
			neutered: t.boolean({ description: FILTERS.neutered }),
			goodWithChildren: t.boolean({ description: FILTERS.goodWithChildren }),
			goodWithDogs: t.boolean({ description: FILTERS.goodWithDogs }),
			goodWithCats: t.boolean({ description: FILTERS.goodWithCats }),
			ids: t.idList({ description: FILTERS.ids }),
			externalId: t.string({ description: FILTERS.externalId }),
			microchip: t.string({ description: FILTERS.microchip }),
			location: t.string({ description: FILTERS.location }),
			q: t.string({ description: FILTERS.q }),
		}) satisfies Record<keyof RescueFilter, unknown>,
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
