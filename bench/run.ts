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
import { startApart } from "./apart.ts";
import { measure } from "./measure.ts";
import { BRIEF, casesOf, FULL, QUICK, THOROUGH } from "./plan.ts";
import { fill } from "./records.ts";
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
		storage: { type: "string", default: "" },
		scale: { type: "boolean", default: false },
	},
});

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
for (const part of isStartUp ? [] : options.quick ? QUICK : FULL) {
	if (options.storage && part.storage !== options.storage) continue;
	const { storage, n, size } = part;
	const running = await (storage === "apart" ? startApart(modules) : start(modules));
	try {
		const dataset = await fill(running, n, size);
		for (const each of casesOf(part, dataset)) {
			if (!each.name.includes(options.only)) continue;
			const figures = await measure(running, each, options.quick ? BRIEF : THOROUGH);
			const row = { storage, name: each.name, n, size, figures };
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
