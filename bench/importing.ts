/** How long an import takes that comes in one request. */
import { connect } from "./load.ts";
import { animal } from "./records.ts";
import { start, TOKEN } from "./running.ts";
import { type Spread, spreadOf } from "./spread.ts";
import type { WorkerName } from "./workers.ts";

const RECORDS = 10_000;
const ROUNDS = 3;

/** Wall-clock time, in s, until the answer says that 10,000 real records are in; each time into an empty service. */
export async function measureImport(modules: Record<WorkerName, string>): Promise<Spread> {
	const rows = Array.from({ length: RECORDS }, (_, index) => ({
		...animal(index + 1, "real"),
		externalId: `I-${index}`,
	}));
	const body = rows.map((row) => JSON.stringify(row)).join("\n");
	const headers = { "Content-Type": "application/x-ndjson", Authorization: `Bearer ${TOKEN}` };
	const seconds: number[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		const running = await start(modules, ["service"]);
		const client = connect(running.urls.service);
		await client.send({ method: "GET", path: "/rescues" });
		const begun = performance.now();
		const { status, body: report } = await client.send({ method: "POST", path: "/rescues/import", headers, body });
		seconds.push((performance.now() - begun) / 1000);
		if (status !== 200 || JSON.parse(report).created !== RECORDS)
			throw new Error(`an import answered ${status}: ${report.slice(0, 500)}`);
		client.close();
		await running.stop();
	}
	return spreadOf(seconds);
}
