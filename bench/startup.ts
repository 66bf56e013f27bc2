/** How much CPU a fresh workerd takes, with one Worker in it, until it is ready and until its first answer. */
import { gzipSync } from "node:zlib";
import { startApart } from "./apart.ts";
import { connect, type Exchange } from "./load.ts";
import { median, type Spread, spreadOf } from "./spread.ts";
import type { WorkerName } from "./workers.ts";

const ROUNDS = 21;

/** GraphQL's first answer leaves nothing out that a query needs, REST's touches no storage; the floor gives a constant. */
const FIRST = {
	GraphQL: {
		method: "POST",
		path: "/graphql",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify({ query: "{ __typename }" }),
	},
	REST: { method: "GET", path: "/health" },
} satisfies Record<string, Exchange>;

const MEASURED: [WorkerName, keyof typeof FIRST][] = [
	["floor", "REST"],
	["service", "REST"],
	["service", "GraphQL"],
	["hono-d1", "REST"],
	["yoga-pothos-d1", "GraphQL"],
	["graphql-http", "GraphQL"],
	["yoga", "GraphQL"],
	["apollo", "GraphQL"],
];

/** A Worker's start. */
export interface StartUp {
	worker: WorkerName;
	/** What its first answer was about. */
	first: keyof typeof FIRST;
	/** Its upload, compressed. */
	kib: number;
	/** Wall-clock time to the first answer. */
	ms: number;
	/** CPU in ms when it had been compiled and evaluated: the floor's own, of the others what they took more in the same round. */
	readyMs: Spread;
	/** The same with the first answer. */
	answeredMs: Spread;
}

/** Measures start-up: the floor is what workerd takes itself. */
export async function measureStartUp(modules: Record<WorkerName, string>, rounds = ROUNDS): Promise<StartUp[]> {
	const taken = MEASURED.map(() => ({ ms: [] as number[], ready: [] as number[], answered: [] as number[] }));
	for (let round = 0; round < rounds; round++) {
		for (let place = 0; place < MEASURED.length; place++) {
			const index = (place + round) % MEASURED.length;
			const [name, first] = MEASURED[index] as (typeof MEASURED)[number];
			const { ms, ready, answered } = taken[index] as (typeof taken)[number];
			const begun = performance.now();
			const running = await startApart(modules, [name]);
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
	return MEASURED.map(([worker, first], index) => {
		const { ms, ready, answered } = taken[index] as (typeof taken)[number];
		const over = (values: number[], floor: number[]) =>
			spreadOf(index === 0 ? values : values.map((value, round) => value - (floor[round] as number)));
		return {
			worker,
			first,
			kib: gzipSync(modules[worker]).length / 1024,
			ms: median(ms),
			readyMs: over(ready, floor.ready),
			answeredMs: over(answered, floor.answered),
		};
	});
}
