/** What is measured, and who takes part. */
import type { Answer, Exchange } from "./load.ts";
import { animal, type Dataset } from "./records.ts";
import { TOKEN } from "./running.ts";
import type { WorkerName } from "./workers.ts";

/** Someone who answers a case's requests. */
export interface Participant {
	label: string;
	worker: WorkerName;
	/** What the others are to the service; another spelling of the same request is neither floor nor peer. */
	is: "service" | "floor" | "tutorial" | "peer" | "other";
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
}

const JSON_TYPE = { "Content-Type": "application/json" };
const WRITE_HEADERS = { ...JSON_TYPE, Authorization: `Bearer ${TOKEN}` };
const READ_LANES = 8;
/** One at a time: side by side, the service would publish several writes at once, and look better than it is. */
const WRITE_LANES = 1;

/** The queries that are measured: a list … */
export const LIST = "query List($first: Int) { rescues(first: $first) { nodes { id name age species } } }";
/** … and one rescue. */
export const ONE = "query One($id: ID!) { rescue(id: $id) { id name age species } }";
const CREATE = "mutation Create($input: CreateRescueInput!) { createRescue(input: $input) { id name age species } }";
const UPDATE =
	"mutation Update($id: ID!, $input: UpdateRescueInput!) { updateRescue(id: $id, input: $input) { id name age species } }";

const get = (path: string, headers?: Record<string, string>): Exchange => ({
	method: "GET",
	path,
	...(headers && { headers }),
});
const send = (
	method: string,
	path: string,
	body: unknown,
	headers: Record<string, string> = WRITE_HEADERS,
): Exchange => ({
	method,
	path,
	headers,
	body: JSON.stringify(body),
});
const graphql = (query: string, variables: unknown, headers: Record<string, string> = WRITE_HEADERS) =>
	send("POST", "/graphql", { query, variables }, headers);
const graphqlQuery = (query: string, variables: unknown) => graphql(query, variables, JSON_TYPE);

const participant = (
	is: Participant["is"],
	worker: WorkerName,
	requests: (turn: number) => Exchange | Exchange[],
	label: string = worker,
): Participant => ({ is, worker, label, requests: (turn) => [requests(turn)].flat() });

type Fields = Record<string, unknown>;
const fourOf = ({ id, name, age, species }: Fields) => ({ id: Number(id), name, age, species });
/** What KV holds of a list goes on behind a line feed, with what the public isn't given. */
const parse = ({ body }: Answer) => JSON.parse(body.split("\n", 1)[0] as string);
/** A list, whether of REST or of GraphQL, in the order of ids: the tutorial's comes in the order of KV's keys. */
const list = (answers: Answer[]) =>
	answers
		.flatMap((answer) => parse(answer).data?.rescues.nodes ?? parse(answer))
		.map(fourOf)
		.sort((a: { id: number }, b: { id: number }) => a.id - b.id);
/** One record without its id: a created one's differs. */
const one = ([answer]: Answer[]) => {
	const record = answer && parse(answer);
	const { id: _, ...rest } = fourOf(record.data ? Object.values<Fields>(record.data)[0] : record);
	return rest;
};

/** The changed field: which of the animals got an id is a matter of which create came first. */
const age = (answers: Answer[]) => ({ age: one(answers).age });

/** The cases for a dataset. */
export function casesFor({ n, size, pages }: Dataset): Case[] {
	const id = (turn: number) => ((turn * 7) % n) + 1;
	const first = Math.min(n, 1000);
	const floor = (requests: (turn: number) => Exchange | Exchange[]) =>
		participant("floor", "floor", requests, pages.length > 1 ? "KV gets passed through" : "one KV get passed through");
	const kvList = floor(() => get("/kv/rescues:0"));
	const kvOne = floor((turn) => get(`/kv/rescue:${id(turn)}`));
	const logged = participant(
		"other",
		"floor",
		(turn) => get(`/logged/rescue:${id(turn)}`),
		"a KV get and a line of log",
	);
	const constant = participant("other", "floor", () => get("/"), "a constant answer");
	const rest = (is: Participant["is"], worker: WorkerName) => participant(is, worker, () => get("/rescues"));
	const restOne = (is: Participant["is"], worker: WorkerName) =>
		participant(is, worker, (turn) => get(`/rescues/${id(turn)}`));
	const listOf = (worker: WorkerName, is: Participant["is"] = "peer") =>
		participant(is, worker, () => graphqlQuery(LIST, { first }));
	const oneOf = (worker: WorkerName, is: Participant["is"] = "peer") =>
		participant(is, worker, (turn) => graphqlQuery(ONE, { id: String(id(turn)) }));
	// The tutorial's list breaks past a thousand records.
	const tutorial = n <= 1000 ? [rest("tutorial", "tutorial")] : [];
	const reads: Case[] = [
		{
			name: "GET /rescues",
			lanes: READ_LANES,
			content: list,
			participants: [
				rest("service", "service"),
				kvList,
				constant,
				...tutorial,
				...(n <= 1000 ? [rest("peer", "kv-list-metadata")] : []),
			],
		},
		{
			name: "GET /rescues/:id",
			lanes: READ_LANES,
			content: one,
			participants: [
				restOne("service", "service"),
				kvOne,
				logged,
				restOne("tutorial", "tutorial"),
				restOne("peer", "kv-list-metadata"),
			],
		},
		{
			name: "GET /rescues/:id 304",
			lanes: READ_LANES,
			content: () => "",
			participants: [
				participant("service", "service", (turn) => get(`/rescues/${id(turn)}`, { "If-None-Match": '"1p"' })),
				participant("other", "service", (turn) => get(`/rescues/${id(turn)}`), "the 200"),
				kvOne,
				restOne("tutorial", "tutorial"),
				restOne("peer", "kv-list-metadata"),
			],
		},
		{
			name: "graphql rescues",
			lanes: READ_LANES,
			content: list,
			participants: [
				listOf("service", "service"),
				kvList,
				listOf("execute", "other"),
				...tutorial,
				listOf("apollo"),
				listOf("graphql-http"),
				listOf("yoga"),
			],
		},
		{
			name: "graphql rescue(id)",
			lanes: READ_LANES,
			content: one,
			participants: [
				oneOf("service", "service"),
				kvOne,
				oneOf("execute", "other"),
				restOne("tutorial", "tutorial"),
				oneOf("apollo"),
				oneOf("graphql-http"),
				oneOf("yoga"),
			],
		},
	];
	if (pages.length > 1) {
		reads.push({
			name: "GET /rescues, all pages",
			lanes: READ_LANES,
			content: () => "",
			participants: [
				participant("service", "service", () => pages.map((page) => get(page))),
				participant("other", "service", () => get("/rescues"), "the first page"),
				floor(() => pages.map(() => get("/kv/rescues:0"))),
				rest("peer", "kv-list-metadata"),
			],
		});
	}
	// What a write costs depends on how full its page is, not on how many pages there are.
	return n === 1 || n === 1000 ? [...reads, ...writesFor(n, size)] : reads;
}

function writesFor(n: number, size: Dataset["size"]): Case[] {
	// Beyond the records that are read, so that a read gives the same all along.
	let taken = n;
	const fields = (turn: number) => {
		const { microchip: _, ...input } = { microchip: null, ...animal((turn % 1000) + 1, size) };
		return input;
	};
	const capitals = (value: unknown) => (typeof value === "string" ? value.toUpperCase() : value);
	const inCapitals = (input: Fields) => {
		const enums = ["status", "sex", "size"].filter((name) => name in input);
		return { ...input, ...Object.fromEntries(enums.map((name) => [name, capitals(input[name])])) };
	};
	const post = (is: Participant["is"], worker: WorkerName, label?: string) =>
		participant(is, worker, (turn) => send("POST", "/rescues", fields(turn)), label);
	const withId = (is: Participant["is"], worker: WorkerName) =>
		participant(is, worker, (turn) => send("POST", "/rescues", { id: ++taken, ...fields(turn) }));
	const create = (is: Participant["is"], label?: string) =>
		participant(is, "service", (turn) => graphql(CREATE, { input: inCapitals(fields(turn)) }), label);
	const patch = (is: Participant["is"], label?: string) =>
		participant(is, "service", (turn) => send("PATCH", "/rescues/1", { age: turn % 100 }), label);
	const update = (is: Participant["is"], label?: string) =>
		participant(is, "service", (turn) => graphql(UPDATE, { id: "1", input: { age: turn % 100 } }), label);
	const overwrite = (is: Participant["is"], worker: WorkerName, under = "", label?: string) =>
		participant(
			is,
			worker,
			(turn) => send("PUT", `${under}/rescues/1`, { id: 1, ...animal(1, size), age: turn % 100 }),
			label,
		);
	const common = { lanes: WRITE_LANES, content: one };
	const peers = [withId("floor", "bare-object"), withId("tutorial", "tutorial"), withId("peer", "kv-list-metadata")];
	const overwriters = [
		overwrite("floor", "bare-object"),
		// As the service does: the record, and the page that it is in. A create's page is another one each time.
		overwrite("other", "bare-object", "/two", "bare-object, two puts"),
		overwrite("tutorial", "tutorial"),
		overwrite("peer", "kv-list-metadata"),
	];
	return [
		{ ...common, name: "POST /rescues", participants: [post("service", "service"), ...peers] },
		{
			...common,
			name: "graphql createRescue",
			participants: [create("service"), post("other", "service", "POST /rescues"), ...peers],
		},
		{ ...common, content: age, name: "PATCH /rescues/:id", participants: [patch("service"), ...overwriters] },
		{
			...common,
			content: age,
			name: "graphql updateRescue",
			participants: [update("service"), patch("other", "PATCH /rescues/:id"), ...overwriters],
		},
	];
}
