import { type AnimalRescue, FIELDS, SEXES, SIZES, STATUSES } from "../domain/rescue.ts";
import type { RescueWalk } from "../resolvers/rescues.ts";
import { builder } from "./builder.ts";
import { unwrap } from "./errors.ts";

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
				"How many rescues the list has in all; without filters, up to half a minute ago. Counted only when selected.",
			resolve: async ({ total }) => unwrap(await total()),
		}),
	}),
});
