/**
 * `npm run check`: runs the npm scripts that it is given, one after the other, up to the first that fails. Of one that passes
 * it prints the time, of one that fails what it printed; the last, the tests, prints as it goes.
 */
import { spawnSync } from "node:child_process";

console.log(
	"Lints, checks types and contracts, and runs all tests: eight to nine minutes on an idle machine of two cores.",
);
const scripts = process.argv.slice(2);
const start = Date.now();
for (const script of scripts) {
	const since = Date.now();
	const isLast = script === scripts.at(-1);
	const { status, stdout, stderr } = spawnSync("npm", ["run", "--silent", script], {
		stdio: isLast ? "inherit" : "pipe",
		encoding: "utf8",
	});
	if (status !== 0) {
		console.error(`${stdout ?? ""}${stderr ?? ""}\nnpm run ${script} failed.`);
		process.exit(1);
	}
	if (!isLast) console.log(`✓ ${script.padEnd(14)} ${secondsSince(since)} s`);
}
console.log(`Everything passes, after ${secondsSince(start)} s.`);

function secondsSince(time: number): number {
	return Math.round((Date.now() - time) / 1000);
}
