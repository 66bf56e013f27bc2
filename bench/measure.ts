/** Drives a case's participants in turn, over rounds, and makes figures of what they took. */
import { isDeepStrictEqual } from "node:util";
import type { Case, Participant } from "./exchanges.ts";
import { type Client, connect, drive } from "./load.ts";
import type { Running } from "./running.ts";
import { errorOf, median, type Spread, spreadOf } from "./spread.ts";

/** How long and how often. */
export interface Effort {
	rounds: number;
	/** What one load should take, in ms; the number of its requests is settled before the first round. */
	windowMs: number;
	/** How long each is driven before that. */
	warmUpMs: number;
	/** How long a case goes on with further rounds, in ms, while the differences from the floor aren't known well. */
	moreMs: number;
}

/** A participant's figures in one case. */
export interface Figures {
	label: string;
	is: Participant["is"];
	rps: number;
	/** CPU µs of the workerd process per turn: the median of the rounds. */
	cpuUs: number;
	/** Latency in ms. */
	p50: number;
	p99: number;
	/** Its CPU ÷ the service's of the same round. */
	ratio: Spread;
	/** CPU µs of a turn above its floor's of the same round; null for a floor, and where there is none. */
	above: Spread | null;
	/** KV puts of a turn, and how many bytes one has; null for reads, and where storage is in the process. */
	puts: { count: number; bytes: number } | null;
}

/** What a participant took: CPU µs a turn by round (none in the rounds that it sat out), and each turn's latency in ms. */
interface Taken {
	cpuUs: (number | undefined)[];
	ms: number;
	latencies: number[];
	turns: number;
	puts: { count: number; bytes: number };
}

const MIN_TURNS = 1;
const MAX_TURNS = 3000;
/** Until each difference from the floor is known to a tenth of itself or of the service's, or to 1 µs. */
const SURE = 0.1;
const SURE_US = 1;
/** One whose turn takes longer than a few loads should sits out after these rounds. */
const ROUNDS_OF_SLOW = 3;
const SLOW_LOADS = 3;
const LEAST_WARM_UP = 64;
const LONG_MS = 1500;

/**
 * Measures one case. A ratio or a difference is taken within a round, where both were driven moments apart, and the order
 * rotates from round to round: what the machine does besides falls on all alike.
 */
export async function measure(running: Running, measured: Case, effort: Effort): Promise<Figures[]> {
	const { name, participants, lanes, content } = measured;
	const clients = participants.map(({ worker }) => connect(running.urls[worker]));
	const turns = participants.map((participant, index) => takeTurns(participant, clients[index] as Client));
	running.namespace?.("published").publishAnew(measured.isAnew ?? false);
	await checkEqual(name, participants, turns, content);
	const counts: number[] = [];
	for (const turn of turns) counts.push(await warmUp(turn, measured, effort));
	const isSlow = counts.map((count) => count === 0);
	const taken = participants.map((): Taken => {
		return { cpuUs: [], ms: 0, latencies: [], turns: 0, puts: { count: 0, bytes: 0 } };
	});
	const started = performance.now();
	for (let round = 0; ; round++) {
		const isLate = performance.now() - started > effort.moreMs;
		if (round >= effort.rounds && (isLate || isSure(participants, taken))) break;
		for (let place = 0; place < participants.length; place++) {
			const index = (place + round) % participants.length;
			if (isSlow[index] && round >= ROUNDS_OF_SLOW) continue;
			const count = Math.max(MIN_TURNS, counts[index] as number);
			const sums = taken[index] as Taken;
			const namespace = running.namespace?.(namespaceOf(participants[index] as Participant));
			namespace?.takePuts();
			const before = running.cpuUs();
			const { ms, latencies } = await drive(count, lanes, turns[index] as (typeof turns)[number]);
			sums.cpuUs[round] = (running.cpuUs() - before) / count;
			sums.ms += ms;
			sums.latencies.push(...latencies);
			sums.turns += count;
			const puts = namespace?.takePuts();
			sums.puts.count += puts?.count ?? 0;
			sums.puts.bytes += puts?.bytes ?? 0;
		}
	}
	for (const client of clients) client.close();
	running.namespace?.("published").publishAnew(false);
	return participants.map((_, index) => toFigures(participants, taken, index, running.namespace !== undefined));
}

/** The KV namespace that it writes to; who only has D1 writes to none, under its name as well. */
const namespaceOf = ({ worker }: Participant) => (worker === "service" ? "published" : worker);

/** Drives it until it is warm. Gives how many turns a load has: what one takes at the end decides; 0 when it is slow. */
async function warmUp(turn: () => Promise<unknown>, { lanes, turns }: Case, effort: Effort): Promise<number> {
	if (turns !== undefined) {
		await drive(turns * 2, lanes, turn);
		return turns;
	}
	const started = performance.now();
	const spent = () => performance.now() - started;
	let took = 0;
	// A first turn says little, least of all on a machine that does other things: some more, unless they take long.
	for (let count = 1; spent() < effort.warmUpMs || (count <= LEAST_WARM_UP && spent() < LONG_MS); ) {
		took = (await drive(count, lanes, turn)).ms / count;
		count = Math.min(count * 2, 512);
	}
	if (took > SLOW_LOADS * effort.windowMs) return 0;
	return Math.max(MIN_TURNS, Math.min(MAX_TURNS, Math.round(effort.windowMs / took)));
}

/** CPU above its floor's: the one that it names, else the case's. */
function aboveFloor(participants: Participant[], taken: Taken[], index: number): Spread | null {
	const { floor: own } = participants[index] as Participant;
	const floor = participants.findIndex(({ is, label }) => (own === undefined ? is === "floor" : label === own));
	if (floor < 0 || index === floor) return null;
	const base = taken[floor]?.cpuUs ?? [];
	return spreadOf((taken[index]?.cpuUs ?? []).map((cpu, round) => (cpu ?? 0) - (base[round] ?? 0)));
}

function isSure(participants: Participant[], taken: Taken[]) {
	const ours = Math.abs(aboveFloor(participants, taken, 0)?.median ?? 0);
	return participants.every(({ is }, index) => {
		const above = is === "service" || is === "peer" ? aboveFloor(participants, taken, index) : null;
		return !above || errorOf(above) <= Math.max(SURE_US, SURE * ours, SURE * Math.abs(above.median));
	});
}

function toFigures(participants: Participant[], taken: Taken[], index: number, isApart: boolean): Figures {
	const { label, is } = participants[index] as Participant;
	const { cpuUs, ms, latencies, turns, puts } = taken[index] as Taken;
	const ours = taken[0]?.cpuUs ?? [];
	latencies.sort((a, b) => a - b);
	return {
		label,
		is,
		rps: (latencies.length / ms) * 1000,
		cpuUs: median(cpuUs.map((cpu) => cpu ?? 0)),
		p50: latencies[Math.floor(latencies.length * 0.5)] ?? 0,
		p99: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
		ratio: spreadOf(cpuUs.map((cpu, round) => (cpu ?? 0) / (ours[round] ?? 0))),
		above: aboveFloor(participants, taken, index),
		puts: isApart && puts.count > 0 ? { count: puts.count / turns, bytes: puts.bytes / puts.count } : null,
	};
}

function takeTurns({ label, requests }: Participant, client: Client) {
	let turn = 0;
	return async () => {
		const answers = [];
		for (const exchange of requests(turn++)) {
			const answer = await client.send(exchange);
			if (answer.status >= 400) throw new Error(`${label}: ${exchange.path} answered ${answer.status}: ${answer.body}`);
			answers.push(answer);
		}
		return answers;
	};
}

async function checkEqual(
	name: string,
	participants: Participant[],
	turns: ReturnType<typeof takeTurns>[],
	content: Case["content"],
) {
	let expected: unknown;
	for (const [index, turn] of turns.entries()) {
		const { label, worker } = participants[index] as Participant;
		const actual = await turn();
		// A floor gives a document, whatever is asked of the others.
		if (worker === "floor") continue;
		const found = content(actual);
		if (index === 0) expected = found;
		else if (!isDeepStrictEqual(found, expected))
			throw new Error(`${name}: ${label} answers otherwise than the service`);
	}
}
