/** A run at a glance, as an SVG with nothing from elsewhere in it: bars of CPU a request, ours and the peers'. */
import type { Row } from "./results.ts";

/** A bar: whose figures in which case, and what it is called. */
type Bar = [name: string, label: string, title: string];

interface Panel {
	title: string;
	bars: Bar[];
	/** Where the floor's line is. */
	floor?: Bar;
}

const KV_GET = "one KV get passed through";
const panel = (title: string, name: string, labels: [label: string, title: string][]): Panel => ({
	title,
	bars: labels.map(([label, text]) => [name, label, text]),
	floor: [name, KV_GET, ""],
});
const ofGraphQL: [string, string][] = [
	["service", "this service"],
	["apollo", "Apollo Server"],
	["graphql-http", "graphql-http"],
	["yoga", "Yoga"],
	["yoga-pothos-d1", "Yoga, Pothos, D1"],
];
const ofREST: [string, string][] = [
	["service", "this service"],
	["tutorial", "tutorial (KV)"],
	["kv-list-metadata", "KV list"],
	["hono-d1", "Hono, Drizzle, D1"],
];
const [FILTERED, GRAPHQL_FILTERED] = ["GET /rescues?species", "graphql rescues(filter)"];
const PANELS: Panel[] = [
	panel("One animal, REST", "GET /rescues/:id", ofREST),
	panel("One animal, GraphQL", "graphql rescue(id)", ofGraphQL),
	panel("A list of 1,000, REST", "GET /rescues", ofREST),
	panel("A list of 1,000, GraphQL", "graphql rescues", ofGraphQL),
	{
		title: "25 of one species, REST and GraphQL",
		bars: [
			[FILTERED, "service", "this service, REST"],
			[GRAPHQL_FILTERED, "service", "this service, GraphQL"],
			[FILTERED, "hono-d1", "Hono, Drizzle, D1"],
			[GRAPHQL_FILTERED, "yoga-pothos-d1", "Yoga, Pothos, D1"],
		],
		floor: [FILTERED, KV_GET, ""],
	},
	{
		title: "A create, REST",
		bars: [
			["POST /rescues", "service", "this service"],
			["POST /rescues", "bare-object", "bare Durable Object"],
			["POST /rescues", "tutorial", "tutorial (KV)"],
			["POST /rescues", "hono-d1", "Hono, Drizzle, D1"],
		],
	},
];

const [WIDTH, COLUMNS, MARGIN, TOP] = [900, 2, 24, 66];
const [TITLE_HEIGHT, BAR_HEIGHT, BAR_PITCH, GAP] = [26, 15, 22, 20];
const [NAMES_WIDTH, VALUE_WIDTH] = [136, 74];
/** A bar that is so many times as long as the next one is cut, so that the others can be seen. */
const CUT = 4;

const STYLE = `text{font:12px system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;fill:#1f2328}
.title{font-weight:600;font-size:13px}.head{font-weight:600;font-size:16px}.quiet{fill:#59636e}.paper{fill:#fff;stroke:#d1d9e0}
.peer{fill:#9aa7b4}.ours{fill:#1a7f37}.floor{stroke:#bc4c00;stroke-width:1.5;stroke-dasharray:4 3}.cut{fill:#fff}.value{paint-order:stroke;stroke:#fff;stroke-width:4px}
@media (prefers-color-scheme:dark){text{fill:#f0f6fc}.quiet{fill:#9198a1}.paper{fill:#0d1117;stroke:#3d444d}
.peer{fill:#656c76}.ours{fill:#3fb950}.floor{stroke:#f0883e}.cut{fill:#0d1117}.value{stroke:#0d1117}}`;

/** Durations in one panel are in one unit. */
const inWords = (us: number, most: number) =>
	most < 1000 ? `${us.toFixed(0)} µs` : `${(us / 1000).toFixed(us < 950 ? 2 : us < 9950 ? 1 : 0)} ms`;
const mostOf = (bars: { us: number }[]) => Math.max(...bars.map(({ us }) => us));

/** Draws a run: 1,000 small records, storage outside. Cases that it hasn't are left out. */
export function toPicture(rows: Row[]): string {
	const cpuOf = ([name, label]: Bar) =>
		rows
			.find((row) => row.storage === "apart" && row.n === 1000 && row.size === "small" && row.name === name)
			?.figures.find((each) => each.label === label)?.cpuUs;
	const drawn = PANELS.map(({ title, bars, floor }) => ({
		title,
		bars: bars.flatMap((bar) => {
			const us = cpuOf(bar);
			return us === undefined ? [] : [{ us, text: bar[2], isOurs: bar[1] === "service" }];
		}),
		floor: floor && cpuOf(floor),
	})).filter(({ bars }) => bars.length > 0);
	const width = (WIDTH - MARGIN * (COLUMNS + 1)) / COLUMNS;
	const parts: string[] = [];
	let y = TOP;
	for (let index = 0; index < drawn.length; index += COLUMNS) {
		const row = drawn.slice(index, index + COLUMNS);
		row.forEach((each, column) => {
			parts.push(drawPanel(each, MARGIN + column * (width + MARGIN), y, width));
		});
		y += TITLE_HEIGHT + Math.max(...row.map(({ bars }) => bars.length)) * BAR_PITCH + GAP;
	}
	const told = drawn.map(
		({ title, bars }) => `${title}: ${bars.map(({ text, us }) => `${text} ${inWords(us, mostOf(bars))}`).join(", ")}.`,
	);
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-labelledby="title desc">`,
		`<title id="title">CPU time a request, this service and others</title>`,
		`<desc id="desc">${told.join(" ")}</desc>`,
		`<style>${STYLE}</style>`,
		`<rect class="paper" x=".5" y=".5" width="${WIDTH - 1}" height="${y - 1}" rx="6"/>`,
		`<text class="head" x="${MARGIN}" y="30">CPU time a request: shorter is better</text>`,
		`<text class="quiet" x="${MARGIN}" y="49">1,000 small records, storage outside of the process. The dashed line is a Worker that only passes the answer through from KV.</text>`,
		...parts,
		"</svg>",
		"",
	].join("\n");
}

interface Drawn {
	title: string;
	bars: { us: number; text: string; isOurs: boolean }[];
	floor: number | undefined;
}

function drawPanel({ title, bars, floor }: Drawn, x: number, y: number, width: number): string {
	const [most = 1, next = most] = bars.map(({ us }) => us).sort((a, b) => b - a);
	const isCut = most > next * CUT;
	const full = width - NAMES_WIDTH - VALUE_WIDTH;
	// Of a panel with a cut bar, the next one is two thirds as long.
	const toLength = (us: number) => Math.min(full, (us / (isCut ? next * 1.5 : most)) * full);
	const left = x + NAMES_WIDTH;
	const round = (value: number) => value.toFixed(1);
	const topOf = (index: number) => y + TITLE_HEIGHT + index * BAR_PITCH;
	const shapes = bars.map(({ us, text, isOurs }, index) => {
		const top = topOf(index);
		const length = toLength(us);
		const gap = `<path class="cut" d="M${round(left + length - 24)} ${top - 1}h5l-5 ${BAR_HEIGHT + 2}h-5z"/>`;
		return [
			`<text x="${round(left - 8)}" y="${top + 12}" text-anchor="end">${text}</text>`,
			`<rect class="${isOurs ? "ours" : "peer"}" x="${round(left)}" y="${top}" width="${round(Math.max(1, length))}" height="${BAR_HEIGHT}" rx="2"/>`,
			isCut && us === most ? gap : "",
		].join("");
	});
	const values = bars.map(({ us, isOurs }, index) => {
		const place = `x="${round(left + toLength(us) + 6)}" y="${topOf(index) + 12}"`;
		return `<text class="value ${isOurs ? "title" : "quiet"}" ${place}>${inWords(us, most)}</text>`;
	});
	const at = floor === undefined ? 0 : left + toLength(floor);
	const bottom = y + TITLE_HEIGHT + bars.length * BAR_PITCH - 4;
	const line = `<path class="floor" d="M${round(at)} ${y + TITLE_HEIGHT - 4}V${bottom}"/>`;
	return [
		`<text class="title" x="${round(x)}" y="${y + 14}">${title}</text>`,
		...shapes,
		floor === undefined ? "" : line,
		...values,
	].join("\n");
}
