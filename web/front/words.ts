/** What the page says besides what the table of fields does. */
import { FIELDS, type Writable } from "../../src/rescues/fields.ts";
import type { Field } from "../../src/rescues/kinds.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";

/** Who may still be adopted. */
export const IN_CARE: AnimalRescue["status"][] = ["intake", "available", "pending", "hold", "fostered"];

/** An age in words. */
export const inYears = (age: number) =>
	(age === 0 ? "under a year" : age === 1 ? "1 year" : `${age} years`).replaceAll(" ", "\u00a0");

/** So many animals, in words. */
export const animals = (count: number) => `${count.toLocaleString("en")} ${count === 1 ? "animal" : "animals"}`;

/** A field's value in words. */
export function inWords(name: Writable, rescue: AnimalRescue): string {
	const { holds }: Field = FIELDS[name];
	const value = rescue[name];
	const text = Array.isArray(value) ? value.join(", ") : String(value ?? "");
	if (holds.kind === "choice") return holds.values[text]?.label ?? "not stated";
	return text || "empty";
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
