/** The reads that are measured, and who takes part. */
import {
	type Case,
	d1Floor,
	FILTER,
	FILTERED,
	FILTERED_ALL,
	get,
	graphqlQuery,
	LIST,
	list,
	nothing,
	ONE,
	onD1,
	one,
	type Participant,
	participant,
	READ_LANES,
} from "./exchanges.ts";
import type { Exchange } from "./load.ts";
import type { Dataset } from "./records.ts";
import type { WorkerName } from "./workers.ts";

/** The reads of a dataset; a page's first sight can only be measured where storage is apart. */
export function readsFor({ n, pages }: Dataset, isApart: boolean): Case[] {
	const id = (turn: number) => ((turn * 7) % n) + 1;
	const first = Math.min(n, 1000);
	const floor = (requests: (turn: number) => Exchange | Exchange[], label = "one KV get passed through") =>
		participant("floor", "floor", requests, label);
	// A floor passes through what is answered, or as much of it.
	const kvList = floor(() => get("/kv/rescues:0"));
	// What the service can't do without when it remembers what is in a page: to ask whether that is still the page.
	const kvCancelled = participant(
		"other",
		"floor",
		() => get("/cancelled/rescues:0"),
		"a KV get of the page, cancelled",
	);
	const kvAnswer = (answer: string) => floor(() => get(`/kv/answer:${answer}`));
	const kvOne = floor((turn) => get(`/kv/rescue:${id(turn)}`));
	const rest = (is: Participant["is"], worker: WorkerName) => participant(is, worker, () => get("/rescues"));
	const restOne = (is: Participant["is"], worker: WorkerName) =>
		participant(is, worker, (turn) => get(`/rescues/${id(turn)}`));
	const listQuery = () => graphqlQuery(LIST, { first });
	const oneQuery = (turn: number) => graphqlQuery(ONE, { id: String(id(turn)) });
	const filterQuery = (query: string) => () => graphqlQuery(query, FILTER.variables);
	const filterPath = () => get(FILTER.path);
	const kvPeers = (requests: (turn: number) => Exchange) =>
		(["apollo", "graphql-http", "yoga"] as const).map((worker) => participant("peer", worker, requests));
	// Neither goes beyond a thousand records: one breaks, the other takes several KV lists.
	const listers = n <= 1000 ? [rest("tutorial", "tutorial"), rest("peer", "kv-list-metadata")] : [];
	const common = { lanes: READ_LANES };
	const lists: Participant[] = [
		participant("service", "service", listQuery),
		kvAnswer("list"),
		kvCancelled,
		participant("other", "execute", listQuery),
		...listers.filter(({ is }) => is === "tutorial"),
		...kvPeers(listQuery),
		onD1("yoga-pothos-d1", listQuery),
		d1Floor(),
	];
	const reads: Case[] = [
		{
			...common,
			name: "GET /rescues/:id",
			content: one,
			participants: [
				restOne("service", "service"),
				kvOne,
				participant("other", "floor", (turn) => get(`/logged/rescue:${id(turn)}`), "a KV get and a line of log"),
				restOne("tutorial", "tutorial"),
				restOne("peer", "kv-list-metadata"),
				onD1("hono-d1", (turn) => get(`/rescues/${id(turn)}`)),
				d1Floor(),
			],
		},
		{
			...common,
			name: "GET /rescues/:id 304",
			content: nothing,
			participants: [
				participant("service", "service", (turn) => get(`/rescues/${id(turn)}`, { "If-None-Match": '"1p"' })),
				participant("other", "service", (turn) => get(`/rescues/${id(turn)}`), "the 200"),
				kvOne,
				restOne("tutorial", "tutorial"),
				restOne("peer", "kv-list-metadata"),
			],
		},
		{
			...common,
			name: "GET /rescues",
			content: list,
			participants: [
				rest("service", "service"),
				kvList,
				participant("other", "floor", () => get("/"), "a constant answer"),
				...listers,
				onD1("hono-d1", () => get(`/rescues?limit=${first}`)),
				d1Floor(),
			],
		},
		{
			...common,
			name: "GET /rescues?species",
			content: list,
			participants: [
				participant("service", "service", filterPath),
				kvAnswer("filtered"),
				kvCancelled,
				onD1("hono-d1", filterPath),
				onD1("yoga-pothos-d1", filterQuery(FILTERED_ALL)),
				d1Floor(),
			],
		},
		{
			...common,
			name: "graphql rescue(id)",
			content: one,
			participants: [
				participant("service", "service", oneQuery),
				kvOne,
				participant("other", "execute", oneQuery),
				restOne("tutorial", "tutorial"),
				...kvPeers(oneQuery),
				onD1("yoga-pothos-d1", oneQuery),
				d1Floor(),
			],
		},
		{ ...common, name: "graphql rescues", content: list, participants: lists },
		{
			...common,
			name: "graphql rescues(filter)",
			content: list,
			participants: [
				participant("service", "service", filterQuery(FILTERED)),
				kvAnswer("filtered-graphql"),
				kvCancelled,
				onD1("yoga-pothos-d1", filterQuery(FILTERED)),
				d1Floor(),
			],
		},
	];
	if (isApart) {
		const anew = { ...common, content: list, isAnew: true };
		reads.push({ ...anew, name: "graphql rescues, a page seen for the first time", participants: lists });
	}
	if (pages.length > 1) {
		reads.push({
			...common,
			name: "GET /rescues, all pages",
			content: nothing,
			participants: [
				participant("service", "service", () => pages.map((page) => get(page))),
				floor(() => pages.map(() => get("/kv/rescues:0")), "as many KV gets passed through"),
				participant("other", "service", () => get("/rescues"), "the first page"),
			],
		});
	}
	return reads;
}
