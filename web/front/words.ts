import type { AnimalRescue } from "../../src/rescues/rescue.ts";

/** What people read for each status. */
export const STATUSES: Record<AnimalRescue["status"], string> = {
	intake: "Just arrived",
	available: "Available",
	pending: "Adoption pending",
	hold: "On hold",
	fostered: "In foster care",
	adopted: "Adopted",
	transferred: "Transferred",
	returned_to_owner: "Back with its owner",
	deceased: "Deceased",
};
/** Who may still be adopted. */
export const IN_CARE: AnimalRescue["status"][] = ["intake", "available", "pending", "hold", "fostered"];
/** What people read for each sex. */
export const SEXES: Record<AnimalRescue["sex"], string> = { unknown: "Not known", female: "Female", male: "Male" };
/** What people read for each size. */
export const SIZES: Record<NonNullable<AnimalRescue["size"]>, string> = {
	small: "Small",
	medium: "Medium",
	large: "Large",
	xlarge: "Extra large",
};

/** What people read for each field. */
export const FIELDS = {
	name: "Name",
	species: "Species",
	age: "Age",
	status: "Status",
	sex: "Sex",
	size: "Size",
	breed: "Breed",
	description: "Description",
	photos: "Photos",
	microchip: "Microchip",
	externalId: "Id in another system",
} as const;
/** A field that people can edit. */
export type Field = keyof typeof FIELDS;

/** An age in words. */
export const inYears = (age: number) =>
	(age === 0 ? "under a year" : age === 1 ? "1 year" : `${age} years`).replaceAll(" ", "\u00a0");

/** So many animals, in words. */
export const animals = (count: number) => `${count.toLocaleString("en")} ${count === 1 ? "animal" : "animals"}`;

/** A field's value in words. */
export function inWords(field: Field, rescue: AnimalRescue): string {
	const value = rescue[field];
	if (field === "status") return STATUSES[rescue.status];
	if (field === "sex") return SEXES[rescue.sex];
	if (field === "size") return rescue.size ? SIZES[rescue.size] : "not stated";
	if (value === null || value === "" || (Array.isArray(value) && value.length === 0)) return "empty";
	return Array.isArray(value) ? value.join(", ") : String(value);
}

/** Which drawing in `species.svg` goes with which words in a species. */
const ART: [string, RegExp][] = [
	["rodent", /guinea pig|hamster|\brat\b|mouse|gerbil|chinchilla|degu|hedgehog|ferret|squirrel|rodent/],
	["dog", /dog|puppy|hound|terrier/],
	["cat", /\bcat\b|kitten/],
	["rabbit", /rabbit|bunny|hare\b/],
	["bird", /bird|parrot|budg|parakeet|cocka|canary|chicken|\bhen\b|rooster|duck|goose|pigeon|dove|owl|finch|macaw/],
	["turtle", /turtle|tortoise|terrapin/],
	["lizard", /lizard|gecko|dragon|iguana|chameleon|skink|axolotl/],
	["snake", /snake|python|\bboa\b|viper/],
	["fish", /fish|\bkoi\b|betta|guppy/],
	["pig", /\bpig|minipig|boar/],
	["hoofed", /horse|pony|donkey|mule|goat|sheep|cow\b|alpaca|llama/],
];

/** The name of the drawing for a species. */
export const artFor = (species: string) => ART.find(([, words]) => words.test(species.toLowerCase()))?.[0] ?? "paw";

/** Species to suggest. */
export const KNOWN_SPECIES = [
	"dog",
	"cat",
	"rabbit",
	"guinea pig",
	"hamster",
	"parrot",
	"chicken",
	"tortoise",
	"horse",
	"goat",
];
