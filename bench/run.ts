/**
 * `npm run bench`: how much CPU the service takes, beside its peers and the least that is possible, in one workerd.
 *
 *     npm run bench                      everything; writes results.json, RESULTS.md's tables and docs/images/speed.svg
 *     npm run bench -- --quick           N = 1,000, small records, the most telling cases: under a minute; writes nothing
 *     npm run -s bench -- --quick --json one JSON object on stdout, and nothing else
 *     npm run bench -- --only=graphql    only the cases whose name contains this
 *     npm run bench -- --only=start-up   only the start-up of each Worker; --only=import: only an import
 *     npm run bench -- --storage=apart   only with storage outside of the measured process; `together`: only in it
 *     npm run bench -- --draw            writes the tables and the picture anew from results.json, and measures nothing
 *     npm run bench -- --scale           each operation among 1,000, 10,000 and 100,000 records: what docs/scale.md holds
 */
import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startApart } from "./apart.ts";
import { measureImport } from "./importing.ts";
import { measure } from "./measure.ts";
import { BRIEF, casesOf, FULL, QUICK, THOROUGH } from "./plan.ts";
import { fill } from "./records.ts";
import { toJson, toPackages, toStartUp, toTable } from "./report.ts";
import { draw, keep, type Results } from "./results.ts";
import { start } from "./running.ts";
import { measureScale } from "./scale.ts";
import { toScaleTable } from "./scale-report.ts";
import { measureStartUp } from "./startup.ts";
import { toTargets } from "./targets.ts";
import { buildWorkers, packages, versions } from "./workers.ts";

const { values: options } = parseArgs({
	options: {
		quick: { type: "boolean", default: false },
		json: { type: "boolean", default: false },
		only: { type: "string", default: "" },
		storage: { type: "string", default: "" },
		draw: { type: "boolean", default: false },
		scale: { type: "boolean", default: false },
	},
});

const say = (line: string) => (options.json ? console.error(line) : console.log(line));

if (options.draw) {
	draw();
	process.exit();
}
if (process.platform !== "linux") throw new Error("CPU per request is read from /proc: the benchmark runs on Linux.");
install();
if (options.scale) {
	const { rows, log } = await measureScale((line) => console.error(line));
	console.log(options.json ? JSON.stringify({ rows, log }, null, "\t") : toScaleTable(rows, log));
	if (!options.json) say(machine());
	process.exit();
}
const modules = await buildWorkers();
const isFull = !options.quick && !options.only && !options.storage;
const isAsked = (what: string) => isFull || options.only === what;
const results: Results = { machine: machine(), startUp: [], importing: null, rows: [] };
if (isAsked("start-up")) {
	results.startUp = await measureStartUp(modules);
	say(toStartUp(results.startUp));
	say(toPackages(await packages()));
}
if (isAsked("import")) results.importing = await measureImport(modules);
const parts = options.quick ? QUICK : FULL;
for (const part of ["start-up", "import"].includes(options.only) ? [] : parts) {
	const { storage, n, size } = part;
	const isIn = ({ name }: { name: string }) => name.includes(options.only);
	if (options.storage && storage !== options.storage) continue;
	if (!casesOf(part, { n, size, pages: ["", ""] }).some(isIn)) continue;
	const running = await (storage === "apart" ? startApart(modules) : start(modules));
	try {
		const dataset = await fill(running, n, size);
		for (const each of casesOf(part, dataset)) {
			if (!isIn(each)) continue;
			const figures = await measure(running, each, options.quick ? BRIEF : THOROUGH);
			const row = { storage, name: each.name, n, size, figures };
			results.rows.push(row);
			say(toTable(row));
		}
	} finally {
		await running.stop();
	}
}
if (isFull) {
	keep(results);
	draw();
}
console.log(options.json ? toJson(results) : `${toTargets(results)}\n${results.machine}`);
process.exit();

/** What it was measured on. */
function machine(): string {
	const { workerd, wrangler } = versions();
	return `${cpus().length} × ${cpus()[0]?.model}, Linux, workerd ${workerd}, wrangler ${wrangler}, Node ${process.versions.node}.`;
}

/** Installs the peers when they aren't there as the lockfile has them. */
function install() {
	const cwd = fileURLToPath(new URL(".", import.meta.url));
	const at = (path: string) => statSync(`${cwd}/${path}`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
	if (at("node_modules/.package-lock.json") >= at("package-lock.json")) return;
	execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd, stdio: ["ignore", 2, 2] });
}
