/** How long a fresh workerd takes to its first answer, and how much CPU, with one Worker in it. */
import { gzipSync } from "node:zlib";
import { connect } from "./load.ts";
import { median } from "./measure.ts";
import { start } from "./running.ts";
import type { WorkerName } from "./workers.ts";

const ROUNDS = 7;
const MEASURED: WorkerName[] = ["floor", "service", "graphql-http", "yoga", "apollo"];

/** The first answer is GraphQL's, so that nothing a query needs is left out; the floor gives its constant. */
const FIRST = {
	method: "POST",
	path: "/graphql",
	headers: { "Content-Type": "application/json" },
	body: JSON.stringify({ query: "{ __typename }" }),
};

/** Start-up as a Markdown table. The floor is what workerd and Miniflare take themselves. */
export async function measureStartUp(modules: Record<WorkerName, string>): Promise<string> {
	const taken = MEASURED.map(() => ({ ms: [] as number[], cpuMs: [] as number[] }));
	for (let round = 0; round < ROUNDS; round++) {
		for (let place = 0; place < MEASURED.length; place++) {
			const index = (place + round) % MEASURED.length;
			const name = MEASURED[index] as WorkerName;
			const begun = performance.now();
			const running = await start(modules, [name]);
			const client = connect(running.urls[name]);
			const { status } = await client.send(FIRST);
			if (status !== 200) throw new Error(`${name} answered ${status} first`);
			taken[index]?.ms.push(performance.now() - begun);
			taken[index]?.cpuMs.push(running.cpuUs() / 1000);
			client.close();
			await running.stop();
		}
	}
	const lines = MEASURED.map((name, index) => {
		const { ms, cpuMs } = taken[index] as (typeof taken)[number];
		const size = gzipSync(modules[name]).length / 1024;
		return `| ${name} | ${size.toFixed(0)} | ${median(ms).toFixed(0)} | ${median(cpuMs).toFixed(0)} |`;
	});
	return [
		"### Start-up: a fresh workerd to its first answer",
		"",
		"| | KiB gzip | ms | CPU ms |",
		"|---|--:|--:|--:|",
		...lines,
		"",
	].join("\n");
}
