import type { InputFieldBuilder } from "@pothos/core";
import { FIELDS } from "../domain/rescue.ts";
import { builder } from "./builder.ts";
import { RescueStatus, Sex, Size } from "./types.ts";

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
