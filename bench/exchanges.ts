/** The requests that are measured, who sends them to whom, and what must be equal among the answers. */
import type { Answer, Exchange } from "./load.ts";
import { TOKEN } from "./running.ts";
import type { WorkerName } from "./workers.ts";

/** Someone who answers a case's requests. */
export interface Participant {
	label: string;
	worker: WorkerName;
	/** What the others are to the service; a floor of reads, a bare object of writes; another spelling of a request is neither. */
	is: "service" | "floor" | "bare" | "tutorial" | "peer" | "other";
	/** The label of the participant that is its floor, where that isn't the case's. */
	floor?: string;
	/** The requests of the `turn`th turn, one after the other. */
	requests: (turn: number) => Exchange[];
}

/** One row of the table. */
export interface Case {
	name: string;
	/** Requests under way at a time. */
	lanes: number;
	participants: Participant[];
	/** What must be equal among the participants' answers; a floor's may have another shape. */
	content: (answers: Answer[]) => unknown;
	/** How many turns each participant takes in a round, so that all have written as much; else what a round's time has room for. */
	turns?: number;
	/** Whether each read of a page finds it published anew; only where storage is apart. */
	isAnew?: boolean;
}

const JSON_TYPE = { "Content-Type": "application/json" };
const WRITE_HEADERS = { ...JSON_TYPE, Authorization: `Bearer ${TOKEN}` };
/** How many reads are under way at a time. */
export const READ_LANES = 8;
/** One at a time: side by side, the service would publish several writes at once, and look better than it is. */
export const WRITE_LANES = 1;

const FOUR = "{ id name age species }";
/** What the public sees of a record. */
const ALL = `{ id name age species birthDate status sex size color breed description photos externalId neutered vaccinated
	houseTrained goodWithChildren goodWithDogs goodWithCats specialNeeds intakeDate intakeType outcomeDate version createdAt
	updatedAt }`;
/** The queries: a list, … */
export const LIST = `query List($first: Int) { rescues(first: $first) { nodes ${FOUR} } }`;
/** … one rescue, … */
export const ONE = `query One($id: ID!) { rescue(id: $id) ${FOUR} }`;
/** … a filtered list, … */
export const FILTERED = `query Filtered($filter: RescueFilter, $first: Int) { rescues(filter: $filter, first: $first) { nodes ${FOUR} } }`;
/** … and one with all that the public sees, as REST gives it. */
export const FILTERED_ALL = FILTERED.replace(FOUR, ALL);
/** The filter that is measured: in REST's words and in GraphQL's. */
export const FILTER = {
	path: "/rescues?species=dog&limit=25",
	variables: { filter: { species: "dog" }, first: 25 },
};
/** The mutations. */
export const CREATE = `mutation Create($input: CreateRescueInput!) { createRescue(input: $input) ${FOUR} }`;
/** Changes one. */
export const UPDATE = `mutation Update($id: ID!, $input: UpdateRescueInput!) { updateRescue(id: $id, input: $input) ${FOUR} }`;

/** A GET. */
export const get = (path: string, headers?: Record<string, string>): Exchange => ({
	method: "GET",
	path,
	...(headers && { headers }),
});
/** A request with a JSON body and a token that may write. */
export const send = (
	method: string,
	path: string,
	body: unknown,
	headers: Record<string, string> = WRITE_HEADERS,
): Exchange => ({ method, path, headers, body: JSON.stringify(body) });
/** A mutation. */
export const graphqlMutation = (query: string, variables: unknown) => send("POST", "/graphql", { query, variables });
/** A query, by nobody in particular. */
export const graphqlQuery = (query: string, variables: unknown) =>
	send("POST", "/graphql", { query, variables }, JSON_TYPE);

/** Makes a participant; its label is the Worker's name when none is given. */
export const participant = (
	is: Participant["is"],
	worker: WorkerName,
	requests: (turn: number) => Exchange | Exchange[],
	label: string = worker,
	floor?: string,
): Participant => ({
	is,
	worker,
	label,
	requests: (turn) => [requests(turn)].flat(),
	...(floor !== undefined && { floor }),
});

const D1_FLOOR = "SELECT 1 from D1 passed through";
/** The floor of those who store in D1. */
export const d1Floor = () => participant("other", "floor", () => get("/d1"), D1_FLOOR);
/** A peer that stores in D1. */
export const onD1 = (worker: "hono-d1" | "yoga-pothos-d1", requests: (turn: number) => Exchange | Exchange[]) =>
	participant("peer", worker, requests, worker, D1_FLOOR);

type Fields = Record<string, unknown>;
const fourOf = ({ id, name, age, species }: Fields) => ({ id: Number(id), name, age, species });
const parse = ({ body }: Answer) => JSON.parse(body);

/** A list, whether of REST or of GraphQL, in the order of ids: the tutorial's comes in the order of KV's keys. */
export const list = (answers: Answer[]) =>
	answers
		.flatMap((answer) => parse(answer).data?.rescues.nodes ?? parse(answer))
		.map(fourOf)
		.sort((a: { id: number }, b: { id: number }) => a.id - b.id);
/** One record without its id: a created one's differs. */
export const one = ([answer]: Answer[]) => {
	const record = answer && parse(answer);
	const { id: _, ...rest } = fourOf(record.data ? (Object.values<Fields>(record.data)[0] as Fields) : record);
	return rest;
};
/** The changed field: which of the animals got an id is a matter of which create came first. */
export const age = (answers: Answer[]) => ({ age: one(answers).age });
/** Nothing that could be compared. */
export const nothing = () => "";
