/**
 * What all commands of the command line share: how they read their flags and say their usage, ask the service, show
 * progress, and stop. Exit codes: 0 done; 2 wrong usage; 3 the service refused or could not be reached; what 1 means,
 * the command says.
 */
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";

/** A flag of a command. */
export interface Flag<Value> {
	/** What the usage calls its value; a switch has none. */
	takes?: string;
	isNeeded?: boolean;
	isRepeatable?: boolean;
	/** What the usage says of it. */
	help: string;
	/** Reads what was given, an empty list when nothing was. Throws an error that says what is allowed. */
	read(given: string[]): Value;
}

/** The file that a command is about. */
export const path = (help: string): Flag<string> => ({
	takes: "file",
	isNeeded: true,
	help,
	read: ([given = ""]) => given,
});
/** A flag that is there or not. */
export const onOff = (help: string): Flag<boolean> => ({ help, read: (given) => given.length > 0 });
/** A text, undefined when it isn't given. */
export const text = (takes: string, help: string): Flag<string | undefined> => ({
	takes,
	help,
	read: ([given]) => given,
});
/** Texts: a flag that may be given several times. */
export const texts = (takes: string, help: string): Flag<string[]> => ({
	takes,
	isRepeatable: true,
	help: `${help}; may be given several times`,
	read: (given) => given,
});
/** A time (RFC 3339), undefined when it isn't given. */
export const time = <Needed extends boolean = false>(help: string, isNeeded?: Needed) =>
	({
		takes: "time",
		isNeeded: isNeeded === true,
		help: `${help}, like 2026-11-25T20:00:00Z`,
		read([given]) {
			if (given === undefined) return undefined;
			if (!/^\d{4}-\d\d-\d\dT.+(Z|[+-]\d\d:\d\d)$/i.test(given) || Number.isNaN(Date.parse(given))) {
				throw new Error("must be a time as in RFC 3339, like 2026-11-25T20:00:00Z.");
			}
			return new Date(given).toISOString();
		},
	}) as Flag<Needed extends true ? string : string | undefined>;
/** A whole number from 1. */
export const count = (takes: string, otherwise: number, help: string): Flag<number> => ({
	takes,
	help: `${help}, ${otherwise} if left out`,
	read([given = String(otherwise)]) {
		if (!/^[1-9]\d{0,14}$/.test(given)) throw new Error("must be a whole number from 1.");
		return Number(given);
	},
});
/**
 * Where the service is. `http://` or `https://` may be left out: it is https then, but http on this machine.
 * @param otherwise the address when none is given; without it one is needed
 */
export const address = (otherwise?: string): Flag<URL> => ({
	takes: "service",
	isNeeded: otherwise === undefined,
	help: otherwise === undefined ? "the service's address" : `the service's address, ${otherwise} if left out`,
	read([given = otherwise ?? ""]) {
		const isHere = /^(localhost|127\.[\d.]+|\[::1\])(:|\/|$)/i.test(given);
		const url = given.includes("://") ? given : `${isHere ? "http" : "https"}://${given}`;
		if (!/^https?:/i.test(url) || !URL.canParse(url)) throw new Error("must be an address, http or https.");
		return new URL(url);
	},
});
/**
 * A token, empty when there is none.
 * @param may what it has to be good for
 * @param names where it is in the environment: the first that is set
 */
const token = (may: string, ...names: string[]): Flag<string> => ({
	takes: "token",
	help: `${may}, ${names.join(" or ")} in the environment if left out`,
	read([given = names.map((name) => process.env[name]).find(Boolean) ?? ""]) {
		// What else there is can't be sent in a header (RFC 6750, section 2.1).
		if (!/^[\x21-\x7e]*$/.test(given)) throw new Error("must be ASCII letters, digits and signs without spaces.");
		return given;
	},
});
/** One that sees private fields. */
export const readToken = token("a token that sees private fields too", "READ_TOKEN", "WRITE_TOKEN", "ADMIN_TOKEN");
/** One that may write. */
export const writeToken = token("a token that may write", "WRITE_TOKEN", "ADMIN_TOKEN");
/** One of an admin. */
export const adminToken = token("a token of an admin", "ADMIN_TOKEN");

/**
 * Reads the command line. Prints the usage and exits when `--help` is asked for, or, with code 2, when something is wrong.
 * @param script the npm script
 * @param flags what it takes, by name; `file` stands there without a flag
 */
export function readCommand<Values>(script: string, flags: { [Name in keyof Values]: Flag<Values[Name]> }): Values {
	const all = Object.entries<Flag<unknown>>(flags).map(([name, flag]) => ({
		...flag,
		name,
		label: name === "file" ? "<file>" : `--${name}`,
	}));
	const usage = writeUsage(script, all);
	try {
		const options = all
			.filter(({ name }) => name !== "file")
			.map(({ name, takes }) => [name, { type: takes ? "string" : "boolean", multiple: true }]);
		const { values, positionals } = parseArgs({
			allowPositionals: "file" in flags,
			options: { ...Object.fromEntries(options), help: { type: "boolean", short: "h" } },
		}) as { values: Record<string, unknown>; positionals: string[] };
		if (values.help) {
			console.log(usage);
			process.exit(0);
		}
		const read = all.map(({ name, label, isNeeded, isRepeatable, read }) => {
			const given = name === "file" ? positionals : ((values[name] ?? []) as unknown[]).map(String);
			if (isNeeded && given.length === 0) throw new Error(`${label} is needed.`);
			if (!isRepeatable && given.length > 1) throw new Error(`${label} may be given once.`);
			try {
				return [name, read(given)];
			} catch (error) {
				throw new Error(`${label} ${(error as Error).message}`);
			}
		});
		return Object.fromEntries(read);
	} catch (error) {
		return stop(2, `${(error as Error).message}\n\n${usage}`);
	}
}

function writeUsage(script: string, flags: (Flag<unknown> & { name: string; label: string })[]): string {
	const forms = flags.map(({ name, label, takes, isNeeded, isRepeatable }) => {
		const form = takes && name !== "file" ? `${label} <${takes}>` : label;
		return `${isNeeded ? form : `[${form}]`}${isRepeatable ? "…" : ""}`;
	});
	const width = Math.max(...flags.map(({ label }) => label.length));
	const lines = flags.map(({ label, help }) => `  ${label.padEnd(width)}   ${help}`);
	return `Usage: npm run ${script} -- ${forms.join(" ")}\n\n${lines.join("\n")}`;
}

/** How often a request is tried before a command gives up. */
const TRIES = 6;

/**
 * Asks the service, and again while it can't be reached, is busy (429, with `Retry-After`) or fails (5xx, but not 507); says so.
 * @param init with the token to send, if any
 * @returns the answer, or why there is none
 */
export async function ask(
	url: URL,
	{ token, ...init }: RequestInit & { token?: string } = {},
): Promise<Response | string> {
	const headers = new Headers(init.headers);
	if (token) headers.set("Authorization", `Bearer ${token}`);
	for (let tries = 1; ; tries++) {
		let reason: string;
		let waitS = 0.5 * 2 ** (tries - 1);
		try {
			const response = await fetch(url, { ...init, headers });
			// What is full stays so.
			if (response.status !== 429 && (response.status < 500 || response.status === 507)) return response;
			reason = `${response.status} ${await reasonOf(response)}`;
			waitS = Number(response.headers.get("Retry-After")) || waitS;
		} catch (error) {
			const { cause, message } = error as Error & { cause?: { code?: string; message: string } };
			reason = `${url.origin} is not reachable (${cause?.code ?? cause?.message ?? message})`;
		}
		if (tries === TRIES) return reason;
		say(`${reason.replace(/\.$/, "")}, trying again in ${waitS} s`);
		await setTimeout(waitS * 1000);
	}
}

/** Why the service refused (RFC 9457), with the rule for each value that it named; or that it isn't the service. */
export async function reasonOf(response: Response): Promise<string> {
	const problem = (await response.json().catch(() => null)) as {
		detail?: string;
		errors?: { path: (string | number)[]; message: string }[];
	} | null;
	if (!problem?.detail) return `${response.url} answers ${response.status}, and not as the service does.`;
	const rules = problem.errors?.map(({ path, message }) => `  ${path[0]} ${message}`) ?? [];
	return [problem.detail, ...rules].join("\n");
}

/** Whether a bar stands at the end of the terminal. */
let isDrawn = false;
let steps = 0;

/**
 * Draws a bar on a terminal; nothing elsewhere, where it would only fill the log.
 * @param all what `done` ends at, or null when that isn't known
 * @param what is counted
 */
export function drawProgress(done: number, all: number | null, what: string) {
	if (!process.stderr.isTTY) return;
	const share = all ? done / all : 1;
	const filled = all === null ? "███".padStart(3 + (steps++ % 28), "░") : "█".repeat(Math.round(share * 30));
	const text = all === null ? `${done} ${what}` : `${Math.floor(share * 100)} %, ${done} of ${all} ${what}`;
	process.stderr.write(`\r${filled.padEnd(30, "░")} ${text}`);
	isDrawn = true;
	if (all !== null && done >= all) endBar();
}

function endBar() {
	if (isDrawn) process.stderr.write("\n");
	isDrawn = false;
}

/** Tells the person at the terminal something, below the bar if there is one. */
export function say(message: string) {
	endBar();
	console.error(message);
}

/** Says why, and exits. */
export function stop(code: number, why: string): never {
	say(why);
	process.exit(code);
}
