/** What the page says besides what the table of fields does. */
import { FIELDS, type Writable } from "../rescues/fields.ts";
import type { Field } from "../rescues/kinds.ts";
import type { AnimalRescue } from "../rescues/rescue.ts";

/** Who may still be adopted. */
export const IN_CARE: AnimalRescue["status"][] = ["intake", "available", "pending", "hold", "fostered"];

/** An age in words: in months, or weeks, of a young animal whose date of birth is known. */
export function ageInWords({ age, birthDate, status }: Pick<AnimalRescue, "age" | "birthDate" | "status">): string {
	const count = (number: number, unit: string) => `${number} ${unit}${number === 1 ? "" : "s"}`;
	const words = () => {
		if (age > 1) return count(age, "year");
		if (birthDate === null || !IN_CARE.includes(status)) return age === 1 ? "1 year" : "under a year";
		const months = monthsSince(birthDate);
		return months > 2 ? count(months, "month") : count(Math.max(0, weeksSince(birthDate)), "week");
	};
	return words().replaceAll(" ", "\u00a0");
}

/** Days are those of UTC, as in the API. */
function monthsSince(day: string): number {
	const [now, then] = [new Date(), new Date(day)];
	const months = (now.getUTCFullYear() - then.getUTCFullYear()) * 12 + now.getUTCMonth() - then.getUTCMonth();
	return now.getUTCDate() < then.getUTCDate() ? months - 1 : months;
}
const weeksSince = (day: string) => Math.floor((Date.now() - Date.parse(day)) / (7 * 24 * 60 * 60 * 1000));

/** So many animals, in words. */
export const animals = (count: number) => `${count.toLocaleString("en")} ${count === 1 ? "animal" : "animals"}`;

/** A field's value in words. */
export function inWords(name: Writable, rescue: AnimalRescue): string {
	const { holds }: Field = FIELDS[name];
	const value = rescue[name];
	const text = Array.isArray(value) ? value.join(", ") : String(value ?? "");
	if (holds.kind === "boolean") return value === null ? "not known" : value ? "yes" : "no";
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
