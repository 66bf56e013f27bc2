/** What is measured among more and more records, and the records themselves. */
import { type RescueFields, toRescue } from "../src/rescues/rescue.ts";
import type { Exchange } from "./load.ts";
import { DESCRIPTION } from "./records.ts";
import { TOKEN } from "./running.ts";

const authorized = { "Content-Type": "application/json", Authorization: `Bearer ${TOKEN}` };
const read = (path: string): Exchange => ({ method: "GET", path });

/** One operation: its `turn`th request among `n` records. */
export interface Operation {
	name: string;
	request(turn: number, n: number): Exchange;
}

const spread = (turn: number, n: number) => (((turn + 1) * 2654435761) % n) + 1;

/** What only reads. */
export const READS: Operation[] = [
	// Twenty records, so that their documents are in KV as those of records that are read are.
	{ name: "by id", request: (turn, n) => read(`/rescues/${spread(turn % 20, n)}`) },
	{ name: "list, a page of 1,000", request: () => read("/rescues") },
	{ name: "filter, 10", request: () => read("/rescues?species=dog&status=adopted&limit=10") },
	{ name: "sort, 10", request: () => read("/rescues?sort=name&limit=10") },
	{ name: "filter and sort, 10", request: () => read("/rescues?species=cat&size=small&sort=-age&limit=10") },
	{ name: "`q`, 10", request: () => read("/rescues?q=labrador+calm&limit=10") },
	{ name: "`q` of one word in 1,000 records, 10", request: (turn) => read(`/rescues?q=${turn % 900}&limit=10`) },
	{
		name: "a total",
		request: () => ({
			method: "POST",
			path: "/graphql",
			headers: { "Content-Type": "application/json" },
			body: JSON.stringify({ query: '{ rescues(filter: { species: "dog" }, first: 1) { totalCount } }' }),
		}),
	},
];

/** What is made or changed, by one request. */
export const WRITES: Operation[] = [
	{ name: "create", request: (turn) => post("/rescues", JSON.stringify(animal(turn))) },
	{ name: "change", request: change },
];
/** What is asked right after each change. */
export const AFTER_CHANGE: Operation = {
	name: "`q`, 10, right after a change",
	request: () => read("/rescues?q=labrador+calm&limit=10"),
};

/** Changes a record whose own document isn't in KV, as most records' aren't. */
export function change(turn: number, n: number): Exchange {
	const content = { age: turn % 20, status: turn % 2 ? "pending" : "hold" };
	return {
		method: "PATCH",
		path: `/rescues/${spread(turn + 500, n)}`,
		headers: authorized,
		body: JSON.stringify(content),
	};
}

/** An import of new records in one request. */
export function bringIn(count: number, from: number): Exchange {
	const rows = Array.from({ length: count }, (_, index) => ({
		...animal(from + index),
		externalId: `I-${from + index}`,
	}));
	const body = rows.map((row) => JSON.stringify(row)).join("\n");
	return { ...post("/rescues/import", body), headers: { ...authorized, "Content-Type": "application/x-ndjson" } };
}

const post = (path: string, body: string): Exchange => ({ method: "POST", path, headers: authorized, body });

/** A record with `changes` changes as it is stored: each state, and what it is found by. */
export function stored(id: number, changes: number) {
	const time = new Date(1_500_000_000_000 + id * 72_000).toISOString();
	const externalId = `E-${id}`;
	const states = Array.from({ length: changes }, (_, index) => {
		const fields = { ...animal(id), externalId, ...(index > 0 && { age: index % 16 }) } as RescueFields;
		return JSON.stringify(toRescue(id, fields, index + 1, time, time));
	});
	return { id, externalId, states };
}

const oneOf = <T>(choices: readonly T[], by: number) => choices[Math.floor(by) % choices.length] as T;

/** A record as a rescue has it after some years: one in twenty is still there, three species are nearly all, texts repeat. */
function animal(index: number) {
	// The numbers spread, so that what a record has in one field says nothing about the others.
	const by = (index * 2654435761) % 2 ** 32;
	return {
		name: `${oneOf(["Rex", "Luna", "Bella", "Zoë", "Milo"], by / 8)} ${Math.floor(by / 64) % 997}`,
		age: Math.floor(by / 512) % 16,
		species: oneOf(["dog", "cat", "rabbit"], by / 4096),
		status: Math.floor(by / 8192) % 20 === 0 ? "available" : "adopted",
		sex: oneOf(["female", "male"], by / 65_536),
		size: oneOf(["small", "medium", "large", null], by / 131_072),
		breed: oneOf(["Labrador", null, null], by / 262_144),
		description: `${oneOf(["Calm and quiet, likes people.", DESCRIPTION], by / 1_048_576)} ${oneOf(["Travels by car.", "Wants a garden."], by / 2_097_152)}`,
	};
}
