import * as z from "zod/mini";
import { lazily } from "../core/lazily.ts";

/** Where an animal is on its way through the rescue. GraphQL spells them in capitals. */
export const STATUSES = [
	"intake",
	"available",
	"pending",
	"hold",
	"fostered",
	"adopted",
	"transferred",
	"returned_to_owner",
	"deceased",
] as const;
/** The sexes a record can state. */
export const SEXES = ["male", "female", "unknown"] as const;
/** The sizes a record can state. */
export const SIZES = ["small", "medium", "large", "xlarge"] as const;

/** Ids, and so page bounds, stay exact as JavaScript numbers: 2^53-1 (ECMA-262, Number.MAX_SAFE_INTEGER). */
export const MAX_ID = Number.MAX_SAFE_INTEGER;

/** What each field means: the descriptions in the OpenAPI document and in the GraphQL schema. */
export const FIELDS = {
	id: "A whole number from 1 to 9007199254740991, never given twice. Left out on create, the next free one is assigned.",
	name: "What the animal is called: 1 to 100 characters after trimming.",
	age: "Age in whole years, 0 to 255.",
	species: "Free text, 1 to 50 characters after trimming: `dog`, `cat`, `bearded dragon`.",
	status: "Where the animal is on its way through the rescue.",
	sex: "The animal's sex, as far as it is known.",
	size: "The animal's size when grown, or null.",
	breed: "Breed or mix, 1 to 100 characters, or null.",
	description: "What adopters should know, 1 to 5,000 characters, or null.",
	photos: "Up to 10 https URLs of pictures, each of at most 2,048 characters.",
	microchip: "The microchip's number, 9 to 15 characters A–Z and 0–9, or null. No two records share one.",
	externalId:
		"The record's key in another system, 1 to 64 characters, or null. No two records share one; imports match on it.",
	version: "1 on create, one more with every change. It is the record's ETag.",
	createdAt: "When the record was created (RFC 3339, UTC, milliseconds).",
	updatedAt: "When the record last changed (RFC 3339, UTC, milliseconds).",
} as const;

/** The fields that only the service writes. */
export const READ_ONLY = ["version", "createdAt", "updatedAt"] as const;

/** The one sentence for a value outside a closed list. */
export const oneOf = (values: readonly string[]) => `must be one of: ${values.join(", ")}`;

/** A field's error text: "is required" when it is missing, its rule for everything else. */
const says = (rule: string) => ({
	error: (issue: { input?: unknown }) => (issue.input === undefined ? "is required" : rule),
});

/** Text that every store and client can hold: no lone surrogates (they have no UTF-8) and no NUL. */
const isStorable = (text: string) => text.isWellFormed() && !text.includes("\0");

/** 5000 as 5,000. `toLocaleString` would load the locales when a Worker starts: 10 ms. */
export const grouped = (value: number) => String(value).replace(/\B(?=\d{3}$)/, ",");

/** A schema for text of 1 to `max` characters, counted in code points as JSON Schema does (RFC 8259 section 7). */
export function text(max: number, description: string, trim?: "trim") {
	const rule = `must be text of 1 to ${grouped(max)} characters${trim ? " after trimming" : ""}`;
	const fits = (value: string) => value.length > 0 && (value.length <= max || [...value].length <= max);
	return z
		.string(says(rule))
		.check(
			...(trim ? [z.trim()] : []),
			z.refine(fits, rule),
			z.refine(isStorable, "must be well-formed Unicode without NUL"),
			z.meta({ description, minLength: 1, maxLength: max, ...(trim && { pattern: "\\S" }) }),
		);
}

const isPhoto = (value: string) =>
	[...value].length <= 2048 && isStorable(value) && /^https:\/\//i.test(value) && URL.canParse(value);
const photoRule = "must be an https URL of at most 2,048 characters";
const photosRule = "must be a list of at most 10 https URLs";
const ageRule = "must be a whole number from 0 to 255";
const idRule = `must be a whole number from 1 to ${MAX_ID}`;
const microchipRule = "must be 9 to 15 characters A–Z and 0–9";

/** What each field may be. */
const rules = lazily(() => ({
	id: z.int(idRule).check(z.gte(1, idRule), z.lte(MAX_ID, idRule), z.meta({ description: FIELDS.id })),
	name: text(100, FIELDS.name, "trim"),
	age: z.int(says(ageRule)).check(
		z.gte(0, ageRule),
		z.lte(255, ageRule),
		// Adding 0 makes -0, which JSON can carry, an ordinary 0.
		z.overwrite((value) => value + 0),
		z.meta({ description: FIELDS.age }),
	),
	species: text(50, FIELDS.species, "trim"),
	status: z.enum(STATUSES, oneOf(STATUSES)).check(z.meta({ description: FIELDS.status })),
	sex: z.enum(SEXES, oneOf(SEXES)).check(z.meta({ description: FIELDS.sex })),
	size: z.nullable(z.enum(SIZES, oneOf(SIZES))).check(z.meta({ description: FIELDS.size })),
	breed: z.nullable(text(100, FIELDS.breed)).check(z.meta({ description: FIELDS.breed })),
	description: z.nullable(text(5000, FIELDS.description)).check(z.meta({ description: FIELDS.description })),
	photos: z
		.array(
			z
				.string(photoRule)
				.check(
					z.refine(isPhoto, photoRule),
					z.meta({ format: "uri", maxLength: 2048, pattern: "^[Hh][Tt][Tt][Pp][Ss]://" }),
				),
			photosRule,
		)
		.check(z.maxLength(10, photosRule), z.meta({ description: FIELDS.photos })),
	microchip: z
		.nullable(z.string(microchipRule).check(z.regex(/^[A-Z0-9]{9,15}$/, microchipRule)))
		.check(z.meta({ description: FIELDS.microchip })),
	externalId: z.nullable(text(64, FIELDS.externalId)).check(z.meta({ description: FIELDS.externalId })),
}));

const writable = lazily(() => {
	const { name, age, species, status, sex, size, breed, description, photos, microchip, externalId } = rules();
	return {
		name,
		age,
		species,
		status: z._default(status, "intake"),
		sex: z._default(sex, "unknown"),
		size: z._default(size, null),
		breed: z._default(breed, null),
		description: z._default(description, null),
		photos: z._default(photos, []),
		microchip: z._default(microchip, null),
		externalId: z._default(externalId, null),
	};
});

const objectRule = "must be an object";

/** The input of `createRescue` and the body of `POST /rescues`. */
export const CreateRescueInput = lazily(() =>
	z
		.strictObject({ id: z.optional(rules().id), ...writable() }, objectRule)
		.check(z.meta({ id: "CreateRescueInput", description: "A new rescue. `name`, `age` and `species` are enough." })),
);

/** The input of `replaceRescue` and the body of `PUT /rescues/:id`: what is left out goes back to its default. */
export const ReplaceRescueInput = lazily(() =>
	z.strictObject(writable(), objectRule).check(
		z.meta({
			id: "ReplaceRescueInput",
			description: "A whole rescue: optional fields that are left out go back to their defaults.",
		}),
	),
);

/**
 * The input of `updateRescue` and the body of `PATCH /rescues/:id` (RFC 7396 merge patch): what is absent stays, null
 * puts an optional field back to its default.
 */
export const UpdateRescueInput = lazily(() => {
	const { name, age, species, status, sex, size, breed, description, photos, microchip, externalId } = rules();
	return z
		.strictObject(
			{
				name: z.optional(name),
				age: z.optional(age),
				species: z.optional(species),
				status: z.optional(z.nullable(status)),
				sex: z.optional(z.nullable(sex)),
				size: z.optional(size),
				breed: z.optional(breed),
				description: z.optional(description),
				photos: z.optional(z.nullable(photos)),
				microchip: z.optional(microchip),
				externalId: z.optional(externalId),
			},
			objectRule,
		)
		.check(
			z.meta({
				id: "UpdateRescueInput",
				description: "Changes to a rescue: what is absent stays, null puts an optional field back to its default.",
			}),
		);
});

const timestamp = (description: string) => z.iso.datetime().check(z.meta({ description }));

/** A record as both transports give it, fields in this order. */
export const AnimalRescue = lazily(() =>
	z
		.strictObject({
			...rules(),
			version: z.int().check(z.gte(1), z.meta({ description: FIELDS.version, readOnly: true })),
			createdAt: timestamp(FIELDS.createdAt),
			updatedAt: timestamp(FIELDS.updatedAt),
		})
		.check(z.meta({ id: "AnimalRescue", description: "An animal in the rescue's care, now or once." })),
);

export type AnimalRescue = z.infer<ReturnType<typeof AnimalRescue>>;
/** A create's input after validation: every optional field has its default; `id` may be missing. */
export type NewRescue = z.infer<ReturnType<typeof CreateRescueInput>>;
/** All the fields a client can write, complete. */
export type RescueFields = z.infer<ReturnType<typeof ReplaceRescueInput>>;
/** A partial change after validation, nulls already turned into defaults. */
export type RescuePatch = Partial<RescueFields>;

/** Turns a merge patch's nulls on fields that can't be null into those fields' defaults. */
export function toPatch(patch: z.infer<ReturnType<typeof UpdateRescueInput>>): RescuePatch {
	return {
		...patch,
		...(patch.status === null && { status: "intake" as const }),
		...(patch.sex === null && { sex: "unknown" as const }),
		...(patch.photos === null && { photos: [] }),
	} as RescuePatch;
}

/**
 * Builds the record in the field order that is stored and served.
 * @param now RFC 3339 time of this change; `createdAt` the time of the first
 */
export function toRescue(
	id: number,
	fields: RescueFields,
	version: number,
	createdAt: string,
	now: string,
): AnimalRescue {
	return {
		id,
		name: fields.name,
		age: fields.age,
		species: fields.species,
		status: fields.status,
		sex: fields.sex,
		size: fields.size,
		breed: fields.breed,
		description: fields.description,
		photos: fields.photos,
		microchip: fields.microchip,
		externalId: fields.externalId,
		version,
		createdAt,
		updatedAt: now,
	};
}

/** Reads an id from a URL or a GraphQL `ID`: canonical decimal only; null for one that can't exist. */
export function parseId(given: unknown): number | null {
	const id = typeof given === "string" && /^[1-9]\d{0,15}$/.test(given) ? Number(given) : given;
	return typeof id === "number" && Number.isSafeInteger(id) && id >= 1 ? id : null;
}
