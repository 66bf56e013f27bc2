/** The closed lists that fields choose from, and what people write for their values in CSV. */
import type { Kind } from "./kinds.ts";

/** Where an animal can be on its way. */
export const STATUS = {
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
	spellings: {
		available_for_adoption: "available",
		adoptable: "available",
		ready_for_adoption: "available",
		pending_adoption: "pending",
		adoption_pending: "pending",
		application_pending: "pending",
		reserved: "pending",
		stray_hold: "hold",
		medical_hold: "hold",
		not_available: "hold",
		not_available_for_adoption: "hold",
		foster: "fostered",
		in_foster: "fostered",
		foster_care: "fostered",
		adoption: "adopted",
		transfer: "transferred",
		transfer_out: "transferred",
		transferred_out: "transferred",
		rto: "returned_to_owner",
		return_to_owner: "returned_to_owner",
		reclaimed: "returned_to_owner",
		died: "deceased",
		dead: "deceased",
		euthanized: "deceased",
		euthanised: "deceased",
	},
} as const satisfies Kind;

/** The sexes. */
export const SEX = {
	kind: "choice",
	name: "Sex",
	meaning: "An animal's sex.",
	values: {
		male: { label: "Male", description: "Male." },
		female: { label: "Female", description: "Female." },
		unknown: { label: "Not known", description: "Not known." },
	},
	spellings: { m: "male", f: "female", u: "unknown" },
} as const satisfies Kind;

/** The sizes. */
export const SIZE = {
	kind: "choice",
	name: "Size",
	meaning: "An animal's size when grown.",
	values: {
		small: { label: "Small", description: "Small." },
		medium: { label: "Medium", description: "Medium." },
		large: { label: "Large", description: "Large." },
		xlarge: { label: "Extra large", description: "Extra large." },
	},
} as const satisfies Kind;

/** How an animal can have come in. */
export const INTAKE_TYPE = {
	kind: "choice",
	name: "IntakeType",
	meaning: "How an animal came in.",
	values: {
		stray: { label: "Found as a stray", description: "Was found, without an owner." },
		owner_surrender: { label: "Given up by its owner", description: "Was given up by its owner." },
		transfer_in: { label: "From another organisation", description: "Was taken over from another organisation." },
		born_in_care: { label: "Born in care", description: "Was born in the rescue's care." },
		seized: { label: "Seized", description: "Was seized by an authority." },
		returned: { label: "Returned", description: "Had been adopted, and came back." },
		other: { label: "Other", description: "In another way." },
	},
	spellings: {
		found: "stray",
		surrender: "owner_surrender",
		surrendered: "owner_surrender",
		owner_surrendered: "owner_surrender",
		surrendered_by_owner: "owner_surrender",
		transfer: "transfer_in",
		transferred_in: "transfer_in",
		born_in_shelter: "born_in_care",
		born: "born_in_care",
		confiscated: "seized",
		confiscate: "seized",
		return: "returned",
		adoption_return: "returned",
	},
} as const satisfies Kind;

/** Whether an animal is neutered. */
export const NEUTERED = {
	kind: "boolean",
	spellings: {
		neutered: true,
		spayed: true,
		altered: true,
		fixed: true,
		sterilized: true,
		sterilised: true,
		castrated: true,
		intact: false,
		unaltered: false,
		entire: false,
	},
} as const satisfies Kind;
