/**
 * `npm run bench`: how much CPU the service takes, beside its peers and the least that is possible, in one workerd.
 *
 *     npm run bench                      everything, as Markdown: what RESULTS.md holds
 *     npm run bench -- --quick           N = 1,000, small records: under a minute
 *     npm run -s bench -- --quick --json one JSON object on stdout, and nothing else
 *     npm run bench -- --only=graphql    only the cases whose name contains this
 *     npm run bench -- --only=start-up   only the start-up of each Worker
 *     npm run bench -- --scale           each operation among 1,000, 10,000 and 100,000 records: what docs/scale.md holds
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { casesFor } from "./cases.ts";
import { measure } from "./measure.ts";
import { fill, type Size } from "./records.ts";
import { type Row, toJson, toPackages, toTable, toTargets } from "./report.ts";
import { start } from "./running.ts";
import { measureScale } from "./scale.ts";
import { toScaleTable } from "./scale-report.ts";
import { measureStartUp } from "./startup.ts";
import { buildWorkers, packages, versions } from "./workers.ts";

const { values: options } = parseArgs({
	options: {
		quick: { type: "boolean", default: false },
		json: { type: "boolean", default: false },
		only: { type: "string", default: "" },
		scale: { type: "boolean", default: false },
	},
});

const SIZES: Size[] = ["small", "real"];
const DATASETS = options.quick
	? [{ n: 1000, size: "small" as const }]
	: [1000, 5000, 100, 10, 1].flatMap((n) => SIZES.map((size) => ({ n, size })));
const QUICK_CASES = [
	"GET /rescues",
	"GET /rescues/:id",
	"GET /rescues/:id 304",
	"graphql rescues",
	"graphql rescue(id)",
	"POST /rescues",
];
const EFFORT = options.quick ? { rounds: 9, windowMs: 50, warmUpMs: 200 } : { rounds: 15, windowMs: 60, warmUpMs: 400 };

const say = (line: string) => (options.json ? console.error(line) : console.log(line));

if (process.platform !== "linux") throw new Error("CPU per request is read from /proc: the benchmark runs on Linux.");
const bench = fileURLToPath(new URL(".", import.meta.url));
if (!existsSync(`${bench}/node_modules/.package-lock.json`)) {
	execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: bench, stdio: ["ignore", 2, 2] });
}

if (options.scale) {
	const { rows, log } = await measureScale((line) => console.error(line));
	console.log(options.json ? JSON.stringify({ rows, log }, null, "\t") : toScaleTable(rows, log));
	if (!options.json) say(machine());
	process.exit();
}
const modules = await buildWorkers();
const isFull = !options.quick && !options.only;
const isStartUp = options.only === "start-up";
if (isFull || isStartUp) {
	say(await measureStartUp(modules));
	say(toPackages(await packages()));
}
const rows: Row[] = [];
for (const { n, size } of isStartUp ? [] : DATASETS) {
	const running = await start(modules);
	try {
		const dataset = await fill(running, n, size);
		for (const each of casesFor(dataset)) {
			if (!each.name.includes(options.only) || (options.quick && !options.only && !QUICK_CASES.includes(each.name)))
				continue;
			const row = { name: each.name, n, size, figures: await measure(running, each, EFFORT) };
			rows.push(row);
			say(toTable(row));
		}
	} finally {
		await running.stop();
	}
}
if (options.json) {
	console.log(toJson(rows));
} else {
	if (!isStartUp) say(toTargets(rows));
	say(machine());
}
process.exit();

/** What it was measured on. */
function machine(): string {
	const { workerd, wrangler } = versions();
	return `${cpus().length} × ${cpus()[0]?.model}, Linux, workerd ${workerd}, wrangler ${wrangler}, Node ${process.versions.node}.`;
}
