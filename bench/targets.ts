/** What is to be reached, with 1,000 small records, and whether it is. */
import type { Results, Row } from "./results.ts";
import { errorOf, type Spread } from "./spread.ts";

/** What was measured, and its standard error. */
interface Measured {
	value: number;
	error: number;
}

/** One line of the table; one without a bound is there to be known. */
interface Target {
	what: string;
	/** Where storage was, or what else was measured. */
	where: "in the process" | "outside" | "wall time";
	unit?: "µs" | "ms" | "s";
	atLeast?: number;
	atMost?: number;
	of: (results: Results) => Measured | undefined;
}

const N = 1000;
const KV_GET = "one KV get passed through";

const find = ({ rows }: Results, storage: Row["storage"], name: string, label: string) =>
	rows
		.find((row) => row.storage === storage && row.name === name && row.n === N && row.size === "small")
		?.figures.find((each) => each.label === label);

const toMeasured = (spread: Spread | null | undefined): Measured | undefined =>
	spread ? { value: spread.median, error: errorOf(spread) } : undefined;

/** A quotient's error, of two errors that have nothing to do with each other. */
const divide = (a: Measured | undefined, b: Measured | undefined): Measured | undefined => {
	if (!a || !b) return undefined;
	const value = a.value / b.value;
	return { value, error: Math.abs(value) * Math.hypot(a.error / a.value, b.error / b.value) };
};

/** Another's CPU ÷ the service's. */
const ratio = (storage: Row["storage"], name: string, label: string) => (results: Results) =>
	toMeasured(find(results, storage, name, label)?.ratio);
/** What somebody takes above the floor. */
const above =
	(name: string, label = "service") =>
	(results: Results) =>
		toMeasured(find(results, "apart", name, label)?.above);
/** What another takes above its floor ÷ what the service takes above its. */
const aboveRatio = (name: string, label: string) => (results: Results) =>
	divide(above(name, label)(results), above(name)(results));
/** CPU with the first answer above the floor's, in ms. */
const startUp =
	(worker: string, first: string) =>
	({ startUp: measured }: Results) =>
		toMeasured(measured.find((each) => each.worker === worker && each.first === first)?.answeredMs);
const divided = (a: Target["of"], b: Target["of"]) => (results: Results) => divide(a(results), b(results));

const [ONE, LIST, FILTERED] = ["GET /rescues/:id", "GET /rescues", "GET /rescues?species"] as const;
const [GRAPHQL_ONE, GRAPHQL_LIST] = ["graphql rescue(id)", "graphql rescues"] as const;
const GRAPHQL_FILTERED = "graphql rescues(filter)";
const FIRST_SIGHT = "graphql rescues, a page seen for the first time";
const inside = { where: "in the process" } as const;
const outside = { where: "outside" } as const;

const TARGETS: Target[] = [
	{ ...inside, what: `${ONE}: KV get ÷ ours`, atLeast: 0.92, of: ratio("together", ONE, KV_GET) },
	{ ...outside, what: `${ONE}: above the KV get`, unit: "µs", atMost: 40, of: above(ONE) },
	{ ...outside, what: `${ONE}: above, the 200 ÷ a 304`, atLeast: 1, of: aboveRatio(`${ONE} 304`, "the 200") },
	{ ...inside, what: `${LIST}: KV get ÷ ours`, atLeast: 0.9, of: ratio("together", LIST, KV_GET) },
	{ ...outside, what: `${LIST}: above the KV get`, unit: "µs", of: above(LIST) },
	{ ...outside, what: `${GRAPHQL_ONE}: above, Apollo ÷ ours`, atLeast: 3, of: aboveRatio(GRAPHQL_ONE, "apollo") },
	{
		...outside,
		what: `${GRAPHQL_ONE}: above, graphql-http ÷ ours`,
		atLeast: 5,
		of: aboveRatio(GRAPHQL_ONE, "graphql-http"),
	},
	{ ...inside, what: `${GRAPHQL_LIST}: Apollo ÷ ours`, atLeast: 6, of: ratio("together", GRAPHQL_LIST, "apollo") },
	{
		...inside,
		what: `${GRAPHQL_LIST}: graphql-http ÷ ours`,
		atLeast: 4,
		of: ratio("together", GRAPHQL_LIST, "graphql-http"),
	},
	{ ...outside, what: `${FIRST_SIGHT}: Apollo ÷ ours`, of: ratio("apart", FIRST_SIGHT, "apollo") },
	{ ...outside, what: `${FIRST_SIGHT}: graphql-http ÷ ours`, of: ratio("apart", FIRST_SIGHT, "graphql-http") },
	{
		...outside,
		what: `${GRAPHQL_FILTERED}: above, yoga-pothos-d1 ÷ ours`,
		atLeast: 5,
		of: aboveRatio(GRAPHQL_FILTERED, "yoga-pothos-d1"),
	},
	{
		...outside,
		what: `${FILTERED}: above, yoga-pothos-d1 ÷ ours`,
		atLeast: 5,
		of: aboveRatio(FILTERED, "yoga-pothos-d1"),
	},
	{ ...outside, what: `${FILTERED}: above, hono-d1 ÷ ours`, of: aboveRatio(FILTERED, "hono-d1") },
	{
		...inside,
		what: "POST /rescues: bare object ÷ ours",
		atLeast: 0.85,
		of: ratio("together", "POST /rescues", "bare-object"),
	},
	{
		...inside,
		what: "PATCH /rescues/:id: bare object ÷ ours",
		atLeast: 0.85,
		of: ratio("together", "PATCH /rescues/:id", "bare-object"),
	},
	{ ...outside, what: "start-up, REST's first answer", unit: "ms", atMost: 30, of: startUp("service", "REST") },
	{
		...outside,
		what: "start-up, REST's first answer: Apollo ÷ ours",
		atLeast: 1,
		of: divided(startUp("apollo", "GraphQL"), startUp("service", "REST")),
	},
	{
		...outside,
		what: "start-up, REST's first answer: Yoga ÷ ours",
		of: divided(startUp("yoga", "GraphQL"), startUp("service", "REST")),
	},
	{
		where: "wall time",
		what: "an import of 10,000 records",
		unit: "s",
		atMost: 6,
		of: ({ importing }) => toMeasured(importing),
	},
];

/** The table of what is to be reached, with what was measured. */
export function toTargets(results: Results): string {
	const lines = TARGETS.flatMap(({ what, where, unit, atLeast, atMost, of }) => {
		const measured = of(results);
		if (!measured) return [];
		const { value, error } = measured;
		const digits = unit === "µs" || unit === "ms" ? 0 : value < 10 ? 2 : 1;
		const say = (number: number) => `${number.toFixed(digits)}${unit ? ` ${unit}` : ""}`;
		const bound = atLeast === undefined ? (atMost === undefined ? "" : `≤ ${say(atMost)}`) : `≥ ${say(atLeast)}`;
		const isReached = value >= (atLeast ?? Number.NEGATIVE_INFINITY) && value <= (atMost ?? Number.POSITIVE_INFINITY);
		const verdict = bound === "" ? "" : isReached ? "reached" : "**missed**";
		return `| ${what} | ${where} | ${bound} | ${say(value)} | ± ${error.toFixed(digits)} | ${verdict} |`;
	});
	return [
		"| 1,000 small records | storage | to reach | measured | | |",
		"|---|---|--:|--:|--:|---|",
		...lines,
		"",
	].join("\n");
}
