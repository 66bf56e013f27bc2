/** Turns figures into what is printed. */
import type { Figures } from "./measure.ts";
import type { Results, Row } from "./results.ts";
import type { Spread } from "./spread.ts";
import type { StartUp } from "./startup.ts";

const round = (value: number, digits: number) => Number(value.toFixed(digits));

/** What `--json` prints: each ratio is other's CPU ÷ ours, null where there is no such other. */
export function toJson({ rows, startUp, importing, machine }: Results) {
	const cases = rows.map(({ storage, name, n, size, figures }) => {
		const ours = figures[0] as Figures;
		const ratioTo = (...kinds: Figures["is"][]) => {
			const ratios = figures.filter(({ is }) => kinds.includes(is)).map(({ ratio }) => ratio.median);
			return ratios.length > 0 ? round(Math.min(...ratios), 3) : null;
		};
		return {
			name: size === "small" ? name : `${name}, ${size} records`,
			n,
			storage,
			rps: round(ours.rps, 1),
			cpuUs: round(ours.cpuUs, 1),
			p50: round(ours.p50, 2),
			p99: round(ours.p99, 2),
			// Of a write, the bare object's.
			ratioToFloor: ratioTo("floor", "bare"),
			ratioToTutorial: ratioTo("tutorial"),
			// The best peer is the one that needs the least.
			ratioToBestPeer: ratioTo("peer"),
			...aboveFloor(figures),
		};
	});
	return JSON.stringify({ cases, startUp, importing, machine }, null, "\t");
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
const inWords = ({ n, size }: Pick<Row, "n" | "size">) => `N = ${n.toLocaleString("en")}, ${size} records`;
const WHERE = { apart: "storage outside", together: "storage in the process" };

/** One case as a Markdown table. */
export function toTable({ storage, name, n, size, figures }: Row): string {
	const hasAbove = figures.some(({ above }) => above);
	const last = ({ above, puts }: Figures) => {
		if (hasAbove) return above ? toSpread(above) : "|";
		return puts ? `${puts.count.toFixed(2)} | ${(puts.bytes / 1000).toFixed(1)}` : "|";
	};
	const lines = figures.map((each) => {
		const { label, rps, p50, p99, cpuUs, ratio } = each;
		return `| ${label} | ${rps.toFixed(0)} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${cpuUs.toFixed(0)} | ${ratio.median.toFixed(2)} | ${last(each)} |`;
	});
	const columns = hasAbove ? "µs above the floor | middle half" : "puts a turn | kB a put";
	return [
		`### ${name}, ${inWords({ n, size })}, ${WHERE[storage]}`,
		"",
		`| ${figures[0]?.ratio.rounds} rounds | requests/s | p50 ms | p99 ms | CPU µs | ÷ service | ${columns} |`,
		"|---|--:|--:|--:|--:|--:|--:|--:|",
		...lines,
		"",
	].join("\n");
}

const COLUMNS = [
	["service", "ours"],
	["one KV get passed through", "KV get"],
	["bare-object", "bare object"],
	["tutorial", "tutorial"],
	["kv-list-metadata", "KV list"],
	["hono-d1", "hono-d1"],
	["yoga-pothos-d1", "yoga-pothos-d1"],
	["apollo", "Apollo"],
	["graphql-http", "graphql-http"],
	["yoga", "Yoga"],
] as const;

/** CPU of everyone in every case with 1,000 small records, storage outside. */
export function toComparison(rows: Row[]): string {
	const shown = rows.filter(({ storage, n, size }) => storage === "apart" && n === 1000 && size === "small");
	const lines = shown.map(({ name, figures }) => {
		const cells = COLUMNS.map(([label]) => figures.find((each) => each.label === label)?.cpuUs.toFixed(0) ?? "");
		return `| ${name} | ${cells.join(" | ")} |`;
	});
	const head = COLUMNS.map(([, title]) => title).join(" | ");
	return [`| CPU µs a request | ${head} |`, `|---|${"--:|".repeat(COLUMNS.length)}`, ...lines, ""].join("\n");
}

/** Start-up as a Markdown table. */
export function toStartUp(startUp: StartUp[]): string {
	const lines = startUp.map(({ worker, first, kib, ms, readyMs, answeredMs }) => {
		const plus = worker === "floor" ? "" : "+";
		const cpu = [readyMs, answeredMs].map(({ median }) => `${plus}${median.toFixed(0)}`).join(" | ");
		return `| ${worker}, ${first} | ${kib.toFixed(0)} | ${ms.toFixed(0)} | ${cpu} |`;
	});
	return [
		"| start-up | KiB gzip | ms | CPU ms, ready | CPU ms, answered |",
		"|---|--:|--:|--:|--:|",
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
