/** How much CPU a fresh workerd takes, with one Worker in it, until it is ready and until its first answer. */
import { gzipSync } from "node:zlib";
import { connect, type Exchange } from "./load.ts";
import { start } from "./running.ts";
import { median } from "./spread.ts";
import type { WorkerName } from "./workers.ts";

const ROUNDS = 31;

/** GraphQL's first answer leaves nothing out that a query needs, REST's touches no storage; the floor gives a constant. */
const FIRST: Record<"GraphQL" | "REST", Exchange> = {
	GraphQL: {
		method: "POST",
		path: "/graphql",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify({ query: "{ __typename }" }),
	},
	REST: { method: "GET", path: "/health" },
};

const MEASURED: [WorkerName, keyof typeof FIRST][] = [
	["floor", "REST"],
	["service", "REST"],
	["service", "GraphQL"],
	["graphql-http", "GraphQL"],
	["yoga", "GraphQL"],
	["apollo", "GraphQL"],
];

/**
 * Start-up as a Markdown table. What is ready has been compiled and evaluated. The floor is what workerd and Miniflare
 * take themselves: the others' CPU is the median of what they took more than it did in the same round.
 */
export async function measureStartUp(modules: Record<WorkerName, string>): Promise<string> {
	const taken = MEASURED.map(() => ({ ms: [] as number[], ready: [] as number[], answered: [] as number[] }));
	for (let round = 0; round < ROUNDS; round++) {
		for (let place = 0; place < MEASURED.length; place++) {
			const index = (place + round) % MEASURED.length;
			const [name, first] = MEASURED[index] as (typeof MEASURED)[number];
			const { ms, ready, answered } = taken[index] as (typeof taken)[number];
			const begun = performance.now();
			const running = await start(modules, [name]);
			ready.push(running.cpuUs() / 1000);
			const client = connect(running.urls[name]);
			const { status } = await client.send(FIRST[first]);
			if (status !== 200) throw new Error(`${name} answered ${status} first`);
			ms.push(performance.now() - begun);
			answered.push(running.cpuUs() / 1000);
			client.close();
			await running.stop();
		}
	}
	const floor = taken[0] as (typeof taken)[number];
	const over = (values: number[], floor: number[]) =>
		`+${median(values.map((value, round) => value - (floor[round] as number))).toFixed(0)}`;
	const lines = MEASURED.map(([name, first], index) => {
		const { ms, ready, answered } = taken[index] as (typeof taken)[number];
		const size = gzipSync(modules[name]).length / 1024;
		const cpu =
			index === 0
				? [median(ready).toFixed(0), median(answered).toFixed(0)]
				: [over(ready, floor.ready), over(answered, floor.answered)];
		return `| ${name}, ${first} | ${size.toFixed(0)} | ${median(ms).toFixed(0)} | ${cpu.join(" | ")} |`;
	});
	return [
		"### Start-up: a fresh workerd to its first answer",
		"",
		"| | KiB gzip | ms | CPU ms, ready | CPU ms, answered |",
		"|---|--:|--:|--:|--:|",
		...lines,
		"",
	].join("\n");
}
