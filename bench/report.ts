/** Turns figures into what is printed. */
import type { Figures } from "./measure.ts";
import type { Storage } from "./plan.ts";
import type { Dataset } from "./records.ts";
import type { Spread } from "./spread.ts";

/** One case on one dataset. */
export interface Row {
	storage: Storage;
	name: string;
	n: number;
	size: Dataset["size"];
	figures: Figures[];
}

/** The least of a ratio that is to be reached. */
interface Target {
	name: string;
	/** Against whom. */
	label: string;
	atLeast: number;
	/** On which datasets, all when left out. */
	n?: number;
	size?: Dataset["size"];
}

const CREATES = "POST /rescues";
/** What is to be reached, as other's CPU ÷ ours. */
const TARGETS: Target[] = [
	{ name: "GET /rescues/:id", label: "one KV get passed through", atLeast: 0.9 },
	{ name: "GET /rescues/:id 304", label: "the 200", atLeast: 1 },
	{ name: "GET /rescues", n: 1000, label: "one KV get passed through", atLeast: 0.85 },
	{ name: "GET /rescues", n: 1000, label: "tutorial", atLeast: 200 },
	{ name: "GET /rescues", n: 1000, label: "kv-list-metadata", atLeast: 4 },
	{ name: "GET /rescues, all pages", n: 5000, label: "the first page", atLeast: 1 / 5.5 },
	{ name: "graphql rescue(id)", label: "apollo", atLeast: 1.3 },
	{ name: "graphql rescue(id)", label: "graphql-http", atLeast: 1.3 },
	{ name: "graphql rescue(id)", label: "execute", atLeast: 0.9 },
	{ name: "graphql rescues", n: 1000, label: "apollo", atLeast: 6 },
	{ name: "graphql rescues", n: 1000, label: "graphql-http", atLeast: 4 },
	{ name: "graphql rescues", n: 1000, size: "small", label: "one KV get passed through", atLeast: 0.3 },
	{ name: "graphql createRescue", label: CREATES, atLeast: 1 / 1.3 },
	{ name: "graphql updateRescue", label: "PATCH /rescues/:id", atLeast: 1 / 1.3 },
	{ name: CREATES, label: "bare-object", atLeast: 0.7 },
	{ name: "PATCH /rescues/:id", label: "bare-object", atLeast: 0.7 },
];

const round = (value: number, digits: number) => Number(value.toFixed(digits));

/** The rows for `--json`: each ratio is other's CPU ÷ ours, null where there is no such other. */
export function toJson(rows: Row[]) {
	const cases = rows.map(({ name, n, size, figures }) => {
		const ours = figures[0] as Figures;
		const ratioTo = (is: Figures["is"]) => {
			const ratios = figures.filter((other) => other.is === is).map(({ ratio }) => ratio);
			return ratios.length > 0 ? round(Math.min(...ratios), 3) : null;
		};
		return {
			name: size === "small" ? name : `${name}, ${size} records`,
			n,
			rps: round(ours.rps, 1),
			cpuUs: round(ours.cpuUs, 1),
			p50: round(ours.p50, 2),
			p99: round(ours.p99, 2),
			ratioToFloor: ratioTo("floor"),
			ratioToTutorial: ratioTo("tutorial"),
			// The best peer is the one that needs the least.
			ratioToBestPeer: ratioTo("peer"),
			...aboveFloor(figures),
		};
	});
	return JSON.stringify({ cases }, null, "\t");
}

/** What the service takes above the floor, and how many times as much the best peer takes; null without floor or peer. */
function aboveFloor(figures: Figures[]) {
	const ours = figures[0]?.above;
	const peers = figures.filter(({ is }) => is === "peer").flatMap(({ above }) => above?.median ?? []);
	return {
		aboveFloorUs: ours ? round(ours.median, 1) : null,
		aboveFloorRatioToBestPeer: ours && peers.length > 0 ? round(Math.min(...peers) / ours.median, 3) : null,
	};
}

const toSpread = ({ median, quartiles: [lower, upper] }: Spread) =>
	`${median.toFixed(0)} | ${lower.toFixed(0)} to ${upper.toFixed(0)}`;

/** One case as a Markdown table. */
export function toTable({ name, n, size, figures }: Row): string {
	const lines = figures.map(
		({ label, rps, p50, p99, cpuUs, ratio, above }) =>
			`| ${label} | ${rps.toFixed(0)} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${cpuUs.toFixed(0)} | ${ratio.toFixed(2)} | ${above ? toSpread(above) : "|"} |`,
	);
	return [
		`### ${name}, N = ${n.toLocaleString("en")}, ${size} records`,
		"",
		`| ${figures[0]?.above?.rounds ?? ""} rounds | requests/s | p50 ms | p99 ms | CPU µs | ÷ service | µs above the floor | middle half |`,
		"|---|--:|--:|--:|--:|--:|--:|--:|",
		...lines,
		"",
	].join("\n");
}

/** The ratios that are to be reached, and whether they were. */
export function toTargets(rows: Row[]): string {
	const lines = TARGETS.flatMap((target) =>
		rows
			.filter(({ name, n, size }) => name === target.name && n === (target.n ?? n) && size === (target.size ?? size))
			.flatMap(({ name, n, size, figures }) => {
				const ratio = figures.find(({ label }) => label === target.label)?.ratio;
				if (ratio === undefined) return [];
				const verdict = ratio >= target.atLeast ? "reached" : "**missed**";
				const dataset = `${n.toLocaleString("en")} ${size}`;
				return `| ${name} | ${dataset} | ${target.label} | ${target.atLeast.toFixed(2)} | ${ratio.toFixed(2)} | ${verdict} |`;
			}),
	);
	return [
		"| case | N | CPU of … ÷ the service's | to reach | measured | |",
		"|---|---|---|--:|--:|---|",
		...lines,
		"",
	].join("\n");
}

/** What the service's upload is made of, as Markdown. */
export function toPackages(packages: [string, number][]): string {
	const lines = packages
		.filter(([, bytes]) => bytes >= 1024)
		.map(([name, bytes]) => `| ${name} | ${(bytes / 1024).toFixed(1)} |`);
	return ["### What the upload is made of", "", "| package | KiB minified |", "|---|--:|", ...lines, ""].join("\n");
}
