/** The writes that are measured, and who takes part. */
import {
	age,
	type Case,
	CREATE,
	graphqlMutation,
	onD1,
	one,
	type Participant,
	participant,
	send,
	UPDATE,
	WRITE_LANES,
} from "./exchanges.ts";
import { animal, type Dataset } from "./records.ts";
import type { WorkerName } from "./workers.ts";

/** How many writes a round has: all participants write as much, because a page grows with each create. */
const TURNS = 20;

type Fields = Record<string, unknown>;

/** The writes to a dataset. What one costs depends on how full its page is, not on how many pages there are. */
export function writesFor({ n, size }: Dataset): Case[] {
	const fields = (turn: number) => {
		const { microchip: _, ...input } = { microchip: null, ...animal((turn % 1000) + 1, size) };
		return input;
	};
	const capitals = (value: unknown) => (typeof value === "string" ? value.toUpperCase() : value);
	const inCapitals = (input: Fields) => {
		const enums = ["status", "sex", "size"].filter((name) => name in input);
		return { ...input, ...Object.fromEntries(enums.map((name) => [name, capitals(input[name])])) };
	};
	const post = (turn: number) => send("POST", "/rescues", fields(turn));
	const patch = (turn: number) => send("PATCH", "/rescues/1", { age: turn % 100 });
	const create = (turn: number) => graphqlMutation(CREATE, { input: inCapitals(fields(turn)) });
	const update = (turn: number) => graphqlMutation(UPDATE, { id: "1", input: { age: turn % 100 } });
	// These don't give ids: each goes on where its records end, which is beyond those that are read.
	const withId = (is: Participant["is"], worker: WorkerName) => {
		const taken = () => createdIds.set(worker, (createdIds.get(worker) ?? n) + 1).get(worker);
		return participant(is, worker, (turn) => send("POST", "/rescues", { id: taken(), ...fields(turn) }));
	};
	const createdIds = new Map<WorkerName, number>();
	const overwrite = (is: Participant["is"], worker: WorkerName) =>
		participant(is, worker, (turn) => send("PUT", "/rescues/1", { id: 1, ...animal(1, size), age: turn % 100 }));
	const makers = [withId("bare", "bare-object"), withId("tutorial", "tutorial"), withId("peer", "kv-list-metadata")];
	const changers = [
		overwrite("bare", "bare-object"),
		overwrite("tutorial", "tutorial"),
		overwrite("peer", "kv-list-metadata"),
	];
	const common = { lanes: WRITE_LANES, turns: TURNS };
	const service = (requests: typeof post) => participant("service", "service", requests);
	return [
		{
			...common,
			content: one,
			name: "POST /rescues",
			participants: [service(post), ...makers, onD1("hono-d1", post)],
		},
		{
			...common,
			content: one,
			name: "graphql createRescue",
			participants: [service(create), ...makers, onD1("yoga-pothos-d1", create)],
		},
		{
			...common,
			content: age,
			name: "PATCH /rescues/:id",
			participants: [service(patch), ...changers, onD1("hono-d1", patch)],
		},
		{
			...common,
			content: age,
			name: "graphql updateRescue",
			participants: [service(update), ...changers, onD1("yoga-pothos-d1", update)],
		},
	];
}
