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
		required: true,
		description: "Age in whole years, 0 to 255.",
		example: 3,
		label: "Age",
		form: { label: "Age in years" },
	},
	species: {
		holds: { kind: "text", max: 50, trim: true },
		required: true,
		description: "Free text, 1 to 50 characters after trimming: `dog`, `cat`, `bearded dragon`.",
		example: "dog",
		headings: ["Type", "Animal type"],
		label: "Species",
		form: { list: "species-known", before: "age" },
	},
	status: {
		holds: {
			kind: "choice",
			name: "RescueStatus",
			meaning: "Where an animal is on its way through the rescue.",
			values: {
				intake: { label: "Just arrived", description: "Has arrived, is being looked at." },
				available: { label: "Available", description: "Can be adopted." },
				pending: { label: "Adoption pending", description: "Someone has applied to adopt." },
				hold: { label: "On hold", description: "Not to be adopted for now." },
				fostered: { label: "In foster care", description: "Lives with a foster family." },
				adopted: { label: "Adopted", description: "Has found a home." },
				transferred: { label: "Transferred", description: "Was handed to another organisation." },
				returned_to_owner: { label: "Back with its owner", description: "Went back to its owner." },
				deceased: { label: "Deceased", description: "Has died." },
			},
		},
		default: "intake",
		description: "Where the animal is on its way through the rescue.",
		example: "available",
		label: "Status",
	},
	sex: {
		holds: {
			kind: "choice",
			name: "Sex",
			meaning: "An animal's sex.",
			values: {
				male: { label: "Male", description: "Male." },
				female: { label: "Female", description: "Female." },
				unknown: { label: "Not known", description: "Not known." },
			},
			spellings: { m: "male", f: "female", u: "unknown" },
		},
		default: "unknown",
		description: "The animal's sex, as far as it is known.",
		example: "male",
		headings: ["Gender"],
		label: "Sex",
	},
	size: {
		holds: {
			kind: "choice",
			name: "Size",
			meaning: "An animal's size when grown.",
			values: {
				small: { label: "Small", description: "Small." },
				medium: { label: "Medium", description: "Medium." },
				large: { label: "Large", description: "Large." },
				xlarge: { label: "Extra large", description: "Extra large." },
			},
		},
		default: null,
		description: "The animal's size when grown, or null.",
		example: "large",
		label: "Size",
		form: { label: "Size when grown" },
	},
	breed: {
		holds: { kind: "text", max: 100 },
		default: null,
		description: "Breed or mix, 1 to 100 characters, or null.",
		example: "Labrador mix",
		headings: ["Primary breed"],
		label: "Breed",
		form: { label: "Breed or mix", isWide: true },
	},
	description: {
		holds: { kind: "text", max: 5000 },
		default: null,
		description: "What adopters should know, 1 to 5,000 characters, or null.",
		example: "Friendly with everyone. Loves water.",
		headings: ["Notes"],
		label: "Description",
		form: { isWide: true, rows: 4 },
	},
	photos: {
		holds: { kind: "urls", max: 10 },
		default: [],
		description:
			"Up to 10 https URLs of pictures, each of at most 2,048 characters; what a URI may not have is percent-encoded.",
		example: ["https://example.org/rex.jpg"],
		headings: ["Photo", "Pictures"],
		label: "Photos",
		form: { isWide: true, rows: 2, hint: "Addresses of pictures (https), one per line." },
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
		holds: { kind: "code", pattern: /^[A-Z0-9]{9,15}$/, rule: "must be 9 to 15 characters A–Z and 0–9" },
		default: null,
		isPrivate: true,
		description: "The microchip's number, 9 to 15 characters A–Z and 0–9, or null. No two records share one.",
		example: "985112001234567",
		headings: ["Microchip number", "Microchip ID", "Chip"],
		label: "Microchip",
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
