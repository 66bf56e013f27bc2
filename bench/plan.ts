/** What a run measures: which cases, on which data, with storage where. */
import type { Case } from "./exchanges.ts";
import type { Effort } from "./measure.ts";
import { readsFor } from "./read-cases.ts";
import type { Dataset, Size } from "./records.ts";
import { writesFor } from "./write-cases.ts";

/** Whether KV and D1 are outside of the measured process (apart.ts) or, as Miniflare has them, in it (running.ts). */
export type Storage = "apart" | "together";

/** One workerd process, filled with `n` records. */
export interface Part {
	storage: Storage;
	n: number;
	size: Size;
	/** Only these cases; all when left out. */
	only?: readonly string[];
}

/** What `npm run bench` measures. A dataset that tells nothing new has only the cases that differ on it. */
export const FULL: readonly Part[] = [
	{ storage: "apart", n: 1000, size: "small" },
	{ storage: "together", n: 1000, size: "small" },
	{
		storage: "apart",
		n: 1000,
		size: "real",
		only: [
			"GET /rescues/:id",
			"GET /rescues",
			"graphql rescue(id)",
			"graphql rescues",
			"POST /rescues",
			"PATCH /rescues/:id",
		],
	},
	{
		storage: "apart",
		n: 5000,
		size: "small",
		only: ["GET /rescues/:id", "GET /rescues, all pages", "GET /rescues?species", "graphql rescues(filter)"],
	},
	{
		storage: "apart",
		n: 1,
		size: "small",
		only: ["GET /rescues/:id", "graphql rescue(id)", "POST /rescues", "PATCH /rescues/:id"],
	},
];

/** What `--quick` measures, in less than a minute. */
export const QUICK: readonly Part[] = [
	{
		storage: "apart",
		n: 1000,
		size: "small",
		only: [
			"GET /rescues/:id",
			"GET /rescues/:id 304",
			"GET /rescues",
			"GET /rescues?species",
			"graphql rescue(id)",
			"graphql rescues",
		],
	},
	{
		storage: "together",
		n: 1000,
		size: "small",
		only: ["GET /rescues/:id", "GET /rescues", "POST /rescues", "PATCH /rescues/:id"],
	},
];

/** How long and how often, in a full run … */
export const THOROUGH: Effort = { rounds: 15, windowMs: 60, warmUpMs: 400, moreMs: 12_000 };
/** … and in a quick one. */
export const BRIEF: Effort = { rounds: 7, windowMs: 40, warmUpMs: 150, moreMs: 1_500 };

/** The cases of a part. */
export function casesOf({ storage, only }: Part, dataset: Dataset): Case[] {
	const cases = [...readsFor(dataset, storage === "apart"), ...writesFor(dataset)];
	return only ? cases.filter(({ name }) => only.includes(name)) : cases;
}
