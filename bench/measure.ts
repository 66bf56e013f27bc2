/** Drives a case's participants in turn, over rounds, and makes figures of what they took. */
import { isDeepStrictEqual } from "node:util";
import type { Case, Participant } from "./cases.ts";
import { type Client, connect, drive } from "./load.ts";
import type { Running } from "./running.ts";

/** How long and how often. */
export interface Effort {
	rounds: number;
	/** What one load should take, in ms; the number of its requests is settled before the first round. */
	windowMs: number;
	/** How long each is driven before that. */
	warmUpMs: number;
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
	/** Its CPU ÷ the service's: the median of the rounds' ratios. */
	ratio: number;
	/** CPU µs of a turn above the floor's of the same round; null for the floor, and where there is none. */
	above: Spread | null;
}

/** What a difference was in the rounds. */
export interface Spread {
	median: number;
	/** Between these is the middle half of the rounds. */
	quartiles: [number, number];
	rounds: number;
}

const MIN_TURNS = 1;
const MAX_TURNS = 3000;
/** At most so many times the rounds, until the differences from the floor are known to a tenth, or to 2 µs. */
const MORE_ROUNDS = 4;
const SURE = 0.1;
const SURE_US = 2;

/**
 * Measures one case. A ratio is taken within a round, where both were driven moments apart, and the order rotates from
 * round to round: what the machine does besides falls on all alike.
 */
export async function measure(running: Running, { name, participants, lanes, content }: Case, effort: Effort) {
	const clients = participants.map(({ worker }) => connect(running.urls[worker]));
	const turns = participants.map((participant, index) => takeTurns(participant, clients[index] as Client));
	await checkEqual(name, participants, turns, content);
	const counts: number[] = [];
	for (const turn of turns) {
		const started = performance.now();
		let count = 1;
		let took = 0;
		// Doubling until warm: what a turn takes at the end decides how many a load has.
		while (performance.now() - started < effort.warmUpMs) {
			took = (await drive(count, lanes, turn)).ms / count;
			count = Math.min(count * 2, 512);
		}
		counts.push(Math.max(MIN_TURNS, Math.min(MAX_TURNS, Math.round(effort.windowMs / took))));
	}
	const taken = participants.map(() => ({ cpuUs: [] as number[], ms: 0, latencies: [] as number[] }));
	const floor = participants.findIndex(({ is }) => is === "floor");
	const aboveFloor = (index: number): Spread | null => {
		if (floor < 0 || index === floor) return null;
		const base = taken[floor]?.cpuUs ?? [];
		return spreadOf((taken[index]?.cpuUs ?? []).map((cpu, round) => cpu - (base[round] ?? 0)));
	};
	const isSure = () =>
		participants.every(({ is }, index) => {
			const above = is === "service" || is === "peer" ? aboveFloor(index) : null;
			return !above || errorOf(above) <= Math.max(SURE_US, SURE * Math.abs(above.median));
		});
	for (let round = 0; round < effort.rounds * MORE_ROUNDS; round++) {
		if (round >= effort.rounds && isSure()) break;
		for (let place = 0; place < participants.length; place++) {
			const index = (place + round) % participants.length;
			const count = counts[index] as number;
			const before = running.cpuUs();
			const { ms, latencies } = await drive(count, lanes, turns[index] as (typeof turns)[number]);
			const sums = taken[index] as (typeof taken)[number];
			sums.cpuUs.push((running.cpuUs() - before) / count);
			sums.ms += ms;
			sums.latencies.push(...latencies);
		}
	}
	for (const client of clients) client.close();
	const ours = taken[0]?.cpuUs ?? [];
	return participants.map(({ label, is }, index): Figures => {
		const { cpuUs, ms, latencies } = taken[index] as (typeof taken)[number];
		latencies.sort((a, b) => a - b);
		return {
			label,
			is,
			rps: (latencies.length / ms) * 1000,
			cpuUs: median(cpuUs),
			p50: latencies[Math.floor(latencies.length * 0.5)] ?? 0,
			p99: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
			ratio: median(cpuUs.map((cpu, round) => cpu / (ours[round] ?? 0))),
			above: aboveFloor(index),
		};
	});
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
		if (worker === "floor" && label.startsWith("a constant")) continue;
		const found = content(actual);
		if (index === 0) expected = found;
		else if (!isDeepStrictEqual(found, expected))
			throw new Error(`${name}: ${label} answers otherwise than the service`);
	}
}

/** The middle one, or the mean of the two in the middle. */
export const median = (values: number[]) => {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length / 2;
	return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2;
};

function spreadOf(values: number[]): Spread {
	const sorted = [...values].sort((a, b) => a - b);
	const at = (part: number) => sorted[Math.round(part * (sorted.length - 1))] ?? 0;
	return { median: median(values), quartiles: [at(0.25), at(0.75)], rounds: values.length };
}

/** The standard error of a median of normally distributed values, by their middle half: 1.25 ÷ 1.35 of it ÷ √rounds. */
const errorOf = ({ quartiles: [lower, upper], rounds }: Spread) => (0.93 * (upper - lower)) / Math.sqrt(rounds);
