/** What a run gives: kept in results.json, from which RESULTS.md's tables and the picture are made. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Figures } from "./measure.ts";
import { toPicture } from "./picture.ts";
import type { Storage } from "./plan.ts";
import type { Dataset } from "./records.ts";
import { toComparison, toStartUp } from "./report.ts";
import type { Spread } from "./spread.ts";
import type { StartUp } from "./startup.ts";
import { toTargets } from "./targets.ts";

/** One case on one dataset, the service's figures first. */
export interface Row {
	storage: Storage;
	name: string;
	n: number;
	size: Dataset["size"];
	figures: Figures[];
}

/** A run. */
export interface Results {
	/** What it was measured on, as a sentence. */
	machine: string;
	/** Empty when start-up wasn't measured. */
	startUp: StartUp[];
	/** Wall-clock time of an import, in s. */
	importing: Spread | null;
	rows: Row[];
}

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const FILE = at("results.json");
const DOCUMENT = at("RESULTS.md");
const PICTURE = at("../docs/images/speed.svg");
/** What is between these lines is written by the benchmark. */
const BEGIN = "<!-- What follows is written by `npm run bench`. -->";
const END = "<!-- What is above was written by `npm run bench`. -->";

/** Keeps a run, a line for each case. */
export function keep({ rows, ...results }: Results) {
	const lines = rows.map((row) =>
		JSON.stringify(row, (_, value) => (typeof value === "number" ? rounded(value) : value)),
	);
	const head = Object.entries(results).map(([name, value]) => `"${name}": ${JSON.stringify(value)},`);
	writeFileSync(FILE, `{\n${head.join("\n")}\n"rows": [\n${lines.join(",\n")}\n]\n}\n`);
}

const rounded = (value: number) => Number(value.toPrecision(5));

/** Writes RESULTS.md's tables and the picture from the run that was kept. */
export function draw() {
	const results = JSON.parse(readFileSync(FILE, "utf8")) as Results;
	const document = readFileSync(DOCUMENT, "utf8");
	const [before] = document.split(BEGIN);
	const [, after] = document.split(END);
	if (before === undefined || after === undefined) throw new Error(`${DOCUMENT} has no place for the tables`);
	const tables = [toTargets(results), toComparison(results.rows), toStartUp(results.startUp), results.machine];
	writeFileSync(DOCUMENT, `${before}${BEGIN}\n\n${tables.join("\n")}\n\n${END}${after}`);
	writeFileSync(PICTURE, toPicture(results.rows));
}
