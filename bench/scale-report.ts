/** Turns what `--scale` has measured into what is printed. */

/** What an operation took among `n` records: means of some requests, where nothing else is said. */
export interface Measured {
	name: string;
	n: number;
	/** Whether KV was as slow and as strict as the platform's. */
	isHard: boolean;
	/** CPU µs of the process; null when it wasn't measured. */
	cpuUs: number | null;
	/** The median of how long the answer took, or until the last put had landed, in ms. */
	p50: number;
	/** KV reads of the Worker and of the ledger, KV lists, calls of the ledger. */
	reads: number;
	lists: number;
	calls: number;
	/** KV puts and deletes, and how many of them were refused because the key had one less than a second ago. */
	puts: number;
	tooSoon: number;
	/** Bytes that landed in KV, and the most that were on their way at a time. */
	bytes: number;
	mostOnTheWay: number;
	rowsRead: number;
	rowsWritten: number;
	/** The most of the isolate's heap that was used, Worker and ledger; null when it wasn't looked at. */
	heapMiB: number | null;
}

/** What a record takes in the ledger's database when it has been changed so often. */
export interface LogCost {
	changes: number;
	bytes: number;
	/** Of one state, as JSON. */
	recordBytes: number;
}

/** What is found among many, which must not grow with how many they are. */
const FOUND = /^(filter|sort|`q`|a total)/;
/** CPU among the most ÷ among the fewest, storage operations, and SQL rows read, at most. */
const MOST = { cpu: 2, operations: 3, rows: 800 };

/** What peers/counted.ts makes of KV, of the way to the ledger, and of SQL. */
const SIMULATED =
	"The platform's KV: a read takes 20 to 100 ms, a put 150 to 500, a key takes one put a second, six are under way, a request has 50 operations; " +
	"the ledger is 20 to 100 ms away, a string in SQL has 2 MB at most. Not simulated: daily quotas, KV's cache.";

/** Everything as Markdown: a line an operation, a value for each N where they differ. */
export function toScaleTable(rows: Measured[], log: LogCost[]): string {
	const sizes = [...new Set(rows.map(({ n }) => n))];
	const names = [...new Set(rows.map(({ name }) => name))];
	const [fewest, most] = [Math.min(...sizes), Math.max(...sizes)];
	const of = (name: string, isHard: boolean) =>
		sizes.map((n) => rows.find((row) => row.name === name && row.n === n && row.isHard === isHard));
	const cpuOf = (name: string, n: number) => rows.find((row) => row.name === name && row.n === n && !row.isHard)?.cpuUs;
	const ratioOf = (name: string) => (cpuOf(name, most) ?? Number.NaN) / (cpuOf(name, fewest) ?? Number.NaN);
	/** The exponent: 1 is as the number of records, 0 not at all. */
	const growth = (name: string) => {
		const from = sizes.find((n) => cpuOf(name, n)) ?? fewest;
		return Math.log((cpuOf(name, most) ?? Number.NaN) / (cpuOf(name, from) ?? Number.NaN)) / Math.log(most / from);
	};
	const line = (name: string) => {
		const [plain, hard] = [of(name, false), of(name, true)];
		const cells = [
			cell(plain, ({ cpuUs }) => (cpuUs === null ? null : precise(cpuUs / 1000))),
			Number.isNaN(growth(name)) ? "" : growth(name).toFixed(2),
			cell(plain, ({ reads, lists }) => count(reads + lists)),
			cell(plain, ({ calls }) => count(calls)),
			cell(plain, ({ puts }) => count(puts)),
			cell(plain, ({ bytes }) => precise(bytes / 1000)),
			cell(plain, ({ rowsRead }) => precise(rowsRead)),
			cell(plain, ({ rowsWritten }) => precise(rowsWritten)),
			cell(plain, ({ p50 }) => precise(p50)),
			cell(hard, ({ p50 }) => precise(p50)),
			cell(hard, ({ heapMiB }) => (heapMiB === null ? null : heapMiB.toFixed(0))),
		];
		return `| ${[name, ...cells].join(" | ")} |`;
	};
	const targets = names
		.filter((name) => FOUND.test(name))
		.flatMap((name) => {
			const [last] = rows.filter((row) => row.name === name && row.n === most && !row.isHard);
			if (!last || fewest === most) return [];
			const { reads, lists, calls, rowsRead } = last;
			return [
				target(name, `CPU ÷ that among ${fewest.toLocaleString("en")}`, MOST.cpu, ratioOf(name)),
				target(name, "storage operations", MOST.operations, reads + lists + calls),
				...(name.includes("after a change") ? [] : [target(name, "SQL rows read", MOST.rows, rowsRead)]),
			];
		});
	return [
		`| one operation among ${sizes.map((n) => n.toLocaleString("en")).join(" · ")} records | CPU ms | growth | KV reads | ledger calls | KV puts | KB put | SQL rows read | written | answered in ms | … on the platform's KV | heap MiB |`,
		"|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
		...names.map(line),
		"",
		SIMULATED,
		"",
		`| among ${most.toLocaleString("en")} | what | at most | measured | |`,
		"|---|---|--:|--:|---|",
		...targets,
		"",
		"| changes of a record | KB in the ledger's database | of which one state |",
		"|--:|--:|--:|",
		...log.map(
			({ changes, bytes, recordBytes }) => `| ${changes} | ${precise(bytes / 1000)} | ${precise(recordBytes / 1000)} |`,
		),
		"",
	].join("\n");
}

const target = (name: string, what: string, atMost: number, value: number) =>
	`| ${name} | ${what} | ${atMost} | ${precise(value)} | ${value <= atMost ? "reached" : "**missed**"} |`;

/** One value for each N, or a single one when they are all alike. */
function cell(measured: (Measured | undefined)[], value: (measured: Measured) => string | null): string {
	const values = measured.map((one) => (one && value(one)) ?? "–");
	return new Set(values).size === 1 ? (values[0] as string) : values.join(" · ");
}

/** How many: what happens once a minute is left out. */
const count = (value: number) => (value < 0.1 ? "0" : precise(value));

/** A number with two digits that say something. */
function precise(value: number): string {
	if (value >= 10) return Math.round(value).toLocaleString("en");
	return String(Number(value.toFixed(value >= 1 ? 1 : 2)));
}
