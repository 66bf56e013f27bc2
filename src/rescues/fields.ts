import { INTAKE_TYPE, NEUTERED, SEX, SIZE, STATUS } from "./choices.ts";
import type { Field } from "./kinds.ts";

/**
 * All that there is to say of each field of a record, in the record's order, as plain data. The record's type, the schemas,
 * the descriptions in GraphQL and OpenAPI, CSV and the page's form follow from it; the GraphQL fields in `graphql-types.ts`
 * are checked against it by the compiler.
 */
export const FIELDS = {
	id: {
		// Ids, and so page bounds, stay exact as JavaScript numbers: to 2^53-1 (ECMA-262, Number.MAX_SAFE_INTEGER).
		holds: { kind: "integer", min: 1, max: Number.MAX_SAFE_INTEGER },
		assigned: true,
		description:
			"A whole number from 1 to 9007199254740991, never given twice. Left out on create, the next free one is assigned.",
		example: 1,
	},
	name: {
		holds: { kind: "text", max: 100, trim: true },
		required: true,
		description: "What the animal is called: 1 to 100 characters after trimming.",
		example: "Rex",
		headings: ["Animal name"],
		label: "Name",
	},
	age: {
		holds: { kind: "integer", min: 0, max: 255 },
		requiredUnless: "birthDate",
		description:
			"Age in whole years, 0 to 255. Required unless `birthDate` is given: then it is the age on the day (UTC), and goes up on birthdays while there is no outcome.",
		example: 3,
		label: "Age",
		form: { label: "Age in years", hint: "Not needed if the date of birth is known." },
	},
	species: {
		holds: { kind: "text", max: 50, trim: true },
		required: true,
		description: "Free text, 1 to 50 characters after trimming: `dog`, `cat`, `bearded dragon`.",
		example: "dog",
		headings: ["Type", "Animal type"],
		label: "Species",
		form: { hasSuggestions: true },
	},
	birthDate: {
		holds: { kind: "date" },
		default: null,
		description:
			"The day of birth, not before 1900 and not in the future, or null. `age` follows from it: one that is sent along may be off by one and is ignored.",
		example: "2023-04-17",
		headings: ["Date of birth", "DOB", "Birthday", "Born"],
		label: "Date of birth",
	},
	status: {
		holds: STATUS,
		default: "intake",
		description: "Where the animal is on its way through the rescue.",
		example: "available",
		label: "Status",
	},
	sex: {
		holds: SEX,
		default: "unknown",
		description: "The animal's sex, as far as it is known.",
		example: "male",
		headings: ["Gender"],
		label: "Sex",
	},
	size: {
		holds: SIZE,
		default: null,
		description: "The animal's size when grown, or null.",
		example: "large",
		label: "Size",
		form: { label: "Size when grown" },
	},
	color: {
		holds: { kind: "text", max: 50, trim: true },
		default: null,
		description: "Color and markings, 1 to 50 characters after trimming, or null.",
		example: "black and tan",
		headings: ["Colour", "Color/Colour", "Primary color", "Primary colour", "Coat color", "Coat colour", "Colors"],
		label: "Color",
	},
	breed: {
		holds: { kind: "text", max: 100 },
		default: null,
		description: "Breed or mix, 1 to 100 characters, or null.",
		example: "Labrador mix",
		headings: ["Primary breed"],
		label: "Breed",
		form: { label: "Breed or mix" },
	},
	description: {
		holds: { kind: "text", max: 5000 },
		default: null,
		description: "What adopters should know, 1 to 5,000 characters, or null.",
		example: "Friendly with everyone. Loves water.",
		headings: ["Bio", "Story", "About"],
		label: "Description",
		form: { isWide: true, rows: 4 },
	},
	photos: {
		holds: { kind: "urls", max: 10 },
		default: [],
		description:
			"Up to 10 https URLs of pictures, or of photos that were uploaded here, each of at most 2,048 characters; what a URI may not have is percent-encoded. The first one is the cover.",
		example: ["https://example.org/rex.jpg"],
		headings: ["Photo", "Pictures"],
		label: "Photos",
	},
	externalId: {
		holds: { kind: "text", max: 64, trim: true },
		default: null,
		description:
			"The record's key in another system, 1 to 64 characters after trimming, or null. No two records share one; imports match on it.",
		example: "A-1001",
		headings: ["Animal ID"],
		label: "Id in another system",
		form: { spellcheck: false },
	},
	neutered: {
		holds: NEUTERED,
		default: null,
		description: "Whether the animal is neutered or spayed; null: not known.",
		example: true,
		headings: ["Spayed/Neutered", "Neutered/Spayed", "Spay/Neuter", "Spayed", "Altered", "Fixed", "Sterilized"],
		label: "Neutered",
		form: { label: "Neutered or spayed" },
	},
	vaccinated: {
		holds: { kind: "boolean" },
		default: null,
		description: "Whether the animal has the vaccinations that it should have; null: not known.",
		example: true,
		headings: ["Vaccinations", "Vaccinations up to date", "Shots", "Shots current"],
		label: "Vaccinated",
	},
	houseTrained: {
		holds: { kind: "boolean" },
		default: null,
		description: "Whether the animal is house-trained; null: not known.",
		example: true,
		headings: ["Housebroken", "Potty trained"],
		label: "House-trained",
	},
	goodWithChildren: {
		holds: { kind: "boolean" },
		default: null,
		description: "Whether the animal gets along with children; null: not known.",
		example: true,
		headings: ["Good with kids", "OK with kids", "OK with children", "Children", "Kids"],
		label: "Good with children",
	},
	goodWithDogs: {
		holds: { kind: "boolean" },
		default: null,
		description: "Whether the animal gets along with dogs; null: not known.",
		example: true,
		headings: ["OK with dogs", "Dogs"],
		label: "Good with dogs",
	},
	goodWithCats: {
		holds: { kind: "boolean" },
		default: null,
		description: "Whether the animal gets along with cats; null: not known.",
		example: false,
		headings: ["OK with cats", "Cats"],
		label: "Good with cats",
	},
	specialNeeds: {
		holds: { kind: "text", max: 500, trim: true },
		default: null,
		description: "What the animal needs more than others do, 1 to 500 characters after trimming, or null.",
		example: "A pill with breakfast, for life.",
		label: "Special needs",
		form: { isWide: true, rows: 2 },
	},
	intakeDate: {
		holds: { kind: "date" },
		settled: true,
		description: "The day on which the animal came in. Left out, it is the day (UTC) on which the record was created.",
		example: "2026-11-20",
		headings: ["Date in", "Date of intake", "Arrival date", "Admission date", "Date received"],
		label: "Came in on",
	},
	intakeType: {
		holds: INTAKE_TYPE,
		default: null,
		description: "How the animal came in, or null.",
		example: "stray",
		headings: ["Intake reason", "Type of intake"],
		label: "Came in as",
	},
	outcomeDate: {
		holds: { kind: "date" },
		default: null,
		description:
			"The day on which the animal was adopted, transferred, returned to its owner or died, or null. When `status` becomes one of these and no day is given, it is the day of the change (UTC); when `status` leaves them, it becomes null.",
		example: null,
		headings: ["Date out", "Date of outcome", "Adoption date", "Departure date"],
		label: "Left on",
	},
	version: {
		holds: { kind: "integer", min: 1, max: Number.MAX_SAFE_INTEGER },
		readOnly: true,
		description: "1 on create, one more with every change. It is the record's ETag.",
		example: 1,
	},
	createdAt: {
		holds: { kind: "timestamp" },
		readOnly: true,
		description: "When the record was created (RFC 3339, UTC, milliseconds).",
		example: "2026-11-22T09:30:00.000Z",
	},
	updatedAt: {
		holds: { kind: "timestamp" },
		readOnly: true,
		description: "When the record last changed (RFC 3339, UTC, milliseconds).",
		example: "2026-11-22T09:30:00.000Z",
	},
	microchip: {
		holds: { kind: "code", min: 9, max: 15 },
		isPrivate: true,
		default: null,
		description:
			"The microchip's number, 9 to 15 characters A–Z and 0–9, or null. Spaces and dashes are taken out, small letters raised. No two records share one.",
		example: "985112001234567",
		headings: ["Microchip number", "Microchip ID", "Microchip no", "Chip", "Chip number"],
		label: "Microchip",
		form: { spellcheck: false },
	},
	location: {
		holds: { kind: "text", max: 100, trim: true },
		isPrivate: true,
		default: null,
		description: "Where the animal is, a kennel or a foster home: 1 to 100 characters after trimming, or null.",
		example: "Kennel 12",
		headings: ["Kennel", "Current location"],
		label: "Location",
	},
	notes: {
		holds: { kind: "text", max: 5000 },
		isPrivate: true,
		default: null,
		description: "What is for the rescue only, 1 to 5,000 characters, or null.",
		example: "Pulls when a bicycle passes.",
		headings: ["Comments", "Internal notes", "Remarks"],
		label: "Notes",
		form: { isWide: true, rows: 4 },
	},
} as const satisfies Record<string, Field>;

/** A field's name. */
export type Name = keyof typeof FIELDS;
/** The names of the fields of which the table says this. */
export type NameOf<Saying> = { [N in Name]: (typeof FIELDS)[N] extends Saying ? N : never }[Name];
/** The name of a field that the public doesn't see. */
export type Private = NameOf<{ isPrivate: true }>;
/** The name of a field that a client may write, `id` on create aside: these have a label. */
export type Writable = NameOf<{ label: string }>;

const entries: [string, Field][] = Object.entries(FIELDS);
const named = (is: (field: Field) => boolean) => entries.filter(([, field]) => is(field)).map(([name]) => name);

/** Every field's name. */
export const NAMES = Object.keys(FIELDS) as Name[];
/** The names of the fields that a client may write, `id` on create aside. */
export const WRITABLE = named((field) => "label" in field) as Writable[];
/** The names of the fields that only the service writes. */
export const READ_ONLY = named((field) => "readOnly" in field) as NameOf<{ readOnly: true }>[];
/** Whether this is the name of a field that the public doesn't see. */
export const isPrivate = (name: string): boolean => PRIVATE.includes(name as Private);
/** The names of the fields that the public doesn't see: they are behind all others. */
export const PRIVATE = named((field) => field.isPrivate === true) as Private[];
