/**
 * `npm run bench -- --scale`: what each operation costs among 1,000, 10,000 and 100,000 records, in one workerd, without and
 * with KV as slow and as strict as the platform's (peers/counted.ts). docs/scale.md holds a run.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { drive, type Exchange } from "./load.ts";
import { AFTER_CHANGE, bringIn, change, type Operation, READS, stored, WRITES } from "./scale-cases.ts";
import type { LogCost, Measured } from "./scale-report.ts";
import { type Counts, type Look, Service } from "./scale-service.ts";
import { median } from "./spread.ts";
import { buildMeter, buildService } from "./workers.ts";

const SIZES = [1000, 10_000, 100_000];
const CHANGES = [1, 10, 100];
const IMPORTED = 5000;
/** How often each is asked to count what storage does, and with the platform's KV. */
const TURNS = 20;
const HARD_WRITES = 6;
const ROUNDS = 7;
/** How long a round of one operation takes, in ms. */
const ROUND_MS = 60;
/** After a write the alarm comes within five seconds, and takes what has been published out of the outbox. */
const ALARM_MS = 6000;
/** How many records a request of the seed has, and how many the log of changes is measured with. */
const SEEDED_AT_ONCE = 2000;
const LOGGED = 1000;
/** Up to how many pages there is no index. */
const PAGES_UNINDEXED = 4;

/** Measures everything. */
export async function measureScale(say: (line: string) => void): Promise<{ rows: Measured[]; log: LogCost[] }> {
	const [around, service] = await Promise.all([buildMeter(), buildService()]);
	const rows: Measured[] = [];
	for (const n of SIZES) {
		const running = await Service.start(around, service);
		try {
			for await (const row of new Scale(running, n).measure()) {
				rows.push(row);
				const { name, isHard, cpuUs, p50 } = row;
				say(
					`${n} ${isHard ? "hard " : ""}${name}: ${cpuUs === null ? "" : `${(cpuUs / 1000).toFixed(2)} ms CPU, `}${p50.toFixed(1)} ms`,
				);
			}
		} finally {
			await running.stop();
		}
	}
	return { rows, log: await measureLog(around, service) };
}

/** The measurements among `n` records. */
class Scale {
	readonly #service: Service;
	readonly #n: number;
	#isHard = false;
	/** Which request of an operation is the next one. */
	#turn = 0;
	#latencies: number[] = [];
	#calls = 0;

	constructor(service: Service, n: number) {
		this.#service = service;
		this.#n = n;
	}

	async *measure(): AsyncGenerator<Measured> {
		await seed(this.#service, this.#n);
		if (this.#n > PAGES_UNINDEXED * 1000)
			yield await this.#untilSettled("the index, built once", () => this.#service.meter("ring"), "end");
		for (const isHard of [false, true]) {
			await this.#harden(isHard);
			// What changes before have left to do is done.
			if (isHard) await sleep(ALARM_MS);
			yield await this.#untilSettled("publication of all pages", () => this.#service.meter("publishAll"), "last put");
			for (const operation of READS) yield await this.#reads(operation);
			yield await this.#readsAfterChange();
		}
		for (const isHard of [false, true]) {
			await this.#harden(isHard);
			for (const operation of WRITES) yield await this.#writes(operation);
		}
		// Last, because five thousand more are many more than a thousand.
		for (const isHard of [false, true]) {
			await this.#harden(isHard);
			const imported = bringIn(IMPORTED, isHard ? 1_000_000 : 2_000_000);
			// What changes before have left to do is done.
			await sleep(ALARM_MS);
			yield await this.#untilSettled(`import of ${IMPORTED.toLocaleString("en")}`, () => this.#send(imported));
		}
	}

	async #harden(isHard: boolean) {
		await this.#service.meter(`hard?is=${isHard}`);
		this.#isHard = isHard;
	}

	/**
	 * What only reads: its CPU is the least of some rounds, because what the machine does besides only adds to it; what storage
	 * does is the mean of twenty requests.
	 */
	async #reads(operation: Operation): Promise<Measured> {
		const { ms } = await drive(TURNS, 1, () => this.#next(operation));
		const cpus: number[] = [];
		const count = Math.max(5, Math.min(500, Math.round((ROUND_MS / ms) * TURNS)));
		for (let round = 0; round < (this.#isHard ? 0 : ROUNDS); round++) {
			const before = this.#service.cpuUs;
			await drive(count, 1, () => this.#next(operation));
			cpus.push((this.#service.cpuUs - before) / count);
		}
		const measured = await this.#count(operation.name, TURNS, async () => {
			for (let turn = 0; turn < TURNS; turn++) await this.#next(operation);
		});
		return { ...measured, cpuUs: this.#isHard ? null : Math.min(...cpus) };
	}

	/** The same read after each of some changes, which are not counted. */
	async #readsAfterChange(): Promise<Measured> {
		const cpus: number[] = [];
		const all: Measured[] = [];
		for (let turn = 0; turn < ROUNDS; turn++) {
			await this.#service.send(change(this.#turn++, this.#n));
			// What the change has left to do is done.
			await sleep(this.#isHard ? 1000 : 200);
			all.push(
				await this.#count(AFTER_CHANGE.name, 1, async () => {
					const before = this.#service.cpuUs;
					await this.#next(AFTER_CHANGE);
					cpus.push(this.#service.cpuUs - before);
				}),
			);
		}
		const middle = (of: (measured: Measured) => number) => median(all.map(of));
		return {
			...(all[0] as Measured),
			cpuUs: this.#isHard ? null : median(cpus),
			p50: middle(({ p50 }) => p50),
			rowsRead: middle(({ rowsRead }) => rowsRead),
			rowsWritten: middle(({ rowsWritten }) => rowsWritten),
		};
	}

	/**
	 * What writes, one after the other: with the alarm behind them, each has its part of that. The platform's KV takes a page
	 * once a second; so often they come then.
	 */
	async #writes(operation: Operation): Promise<Measured> {
		const before = this.#service.cpuUs;
		const turns = this.#isHard ? HARD_WRITES : TURNS;
		const measured = await this.#count(operation.name, turns, async () => {
			for (let turn = 0; turn < turns; turn++) {
				await this.#next(operation);
				if (this.#isHard) await sleep(1200);
			}
			await sleep(ALARM_MS);
		});
		return { ...measured, cpuUs: this.#isHard ? null : (this.#service.cpuUs - before) / turns };
	}

	/** What goes on after its answer: until everything is published and indexed. `p50` is until the answer, or `until`. */
	async #untilSettled(name: string, begin: () => Promise<unknown>, until?: "end" | "last put"): Promise<Measured> {
		const before = this.#service.cpuUs;
		const started = Date.now();
		let p50 = 0;
		const measured = await this.#count(name, 1, async () => {
			await begin();
			p50 = Date.now() - started;
			for (let look: Look | undefined; !look || !isSettled(look); ) {
				await sleep(250);
				look = await this.#service.meter<Look>("look");
			}
			const { landedAt } = await this.#service.meter<Counts>("counts");
			if (until === "end") p50 = Date.now() - started;
			if (until === "last put") p50 = landedAt - started;
		});
		return { ...measured, p50, cpuUs: this.#isHard ? null : this.#service.cpuUs - before };
	}

	#next({ request }: Operation) {
		return this.#send(request(this.#turn++, this.#n));
	}

	async #send(exchange: Exchange) {
		const started = performance.now();
		const { headers } = await this.#service.send(exchange);
		this.#latencies.push(performance.now() - started);
		// kv;desc="1 read";dur=3, ledger;desc="0 calls";dur=0
		const [, calls = 0] = [...String(headers["server-timing"]).matchAll(/desc="(\d+)/g)].map(([, count]) =>
			Number(count),
		);
		this.#calls += calls;
	}

	/** Counts what `run` takes, for each of its turns. */
	async #count(name: string, turns: number, run: () => Promise<void>): Promise<Measured> {
		[this.#latencies, this.#calls] = [[], 0];
		await this.#service.meter("reset");
		const started = performance.now();
		if (this.#isHard) await this.#service.heap.begin();
		await run();
		const heapMiB = this.#isHard ? await this.#service.heap.end() : null;
		const counts = await this.#service.meter<Counts>("counts");
		const each = (count: number) => count / turns;
		return {
			...{ name, n: this.#n, isHard: this.#isHard, cpuUs: null, heapMiB, mostOnTheWay: counts.mostOnTheWay },
			p50: this.#latencies.length > 0 ? median(this.#latencies) : performance.now() - started,
			...{ reads: each(counts.reads), lists: each(counts.lists), calls: each(this.#calls), puts: each(counts.puts) },
			...{ tooSoon: each(counts.tooSoon), bytes: each(counts.bytes) },
			...{ rowsRead: each(counts.rowsRead), rowsWritten: each(counts.rowsWritten) },
		};
	}
}

const isSettled = ({ waiting, unindexed, isIndexed, pages }: Look) =>
	waiting === 0 && unindexed === 0 && (isIndexed || pages <= PAGES_UNINDEXED);

/** Fills the ledger by SQL: over the API a hundred thousand take minutes. */
async function seed(service: Service, n: number, changes = 1, ledger = "rescues") {
	let bytes = 0;
	const atOnce = Math.ceil(SEEDED_AT_ONCE / changes);
	for (let from = 1; from <= n; from += atOnce) {
		const records = Array.from({ length: Math.min(atOnce, n - from + 1) }, (_, index) => stored(from + index, changes));
		bytes = await service.meter<number>(`seed?ledger=${ledger}&changes=${changes}`, records);
	}
	await service.meter(`paginate?ledger=${ledger}`);
	return bytes;
}

/** How large a record is in the ledger's database, with its log of changes. */
async function measureLog(around: string, worker: string): Promise<LogCost[]> {
	const service = await Service.start(around, worker);
	try {
		const costs: LogCost[] = [];
		for (const changes of CHANGES) {
			const ledger = `log-${changes}`;
			const { bytes } = await service.meter<Look>(`look?ledger=${ledger}`);
			const full = await seed(service, LOGGED, changes, ledger);
			const states = Array.from({ length: LOGGED }, (_, index) => stored(index + 1, 1).states).flat();
			const recordBytes = Buffer.byteLength(states.join("")) / LOGGED;
			costs.push({ changes, bytes: (full - bytes) / LOGGED, recordBytes });
		}
		return costs;
	} finally {
		await service.stop();
	}
}
