import type { Budget } from "../core/access.ts";
import { type Failure, failure } from "../core/errors.ts";
import { log } from "../core/log.ts";
import type { Env } from "../env.ts";

/** The window of every budget in seconds, as `wrangler.toml` has it; the platform knows 10 and 60. */
const WINDOW_S = 60;

/** What a client reads of a budget that is used up. */
const WORDS: Record<Budget, string> = {
	reads: "Too many reads from this address",
	writes: "Too many writes with this token",
	ledgerReads: "Too many reads of what is not there, or that must be fresh, from this address",
};

/**
 * Counts what a request does against its budgets, through the platform's rate limiters: each counts in one Cloudflare
 * location, and says only yes or no. A limiter that isn't bound, or fails, refuses nothing; none does while writes are
 * open to all.
 */
export class Budgets {
	/** Whether any budget was found used up. */
	isExhausted = false;
	#env: Env;
	#address: string | undefined;
	#by: string | null;

	/** @param by name of the token; writes are counted by it, reads by the client's address */
	constructor(env: Env, address: string | undefined, by: string | null) {
		this.#env = env;
		this.#address = address;
		this.#by = by;
	}

	/** Takes one from a budget. Answers RATE_LIMITED when nothing is left of it, null otherwise. */
	async spend(budget: Budget): Promise<Failure | null> {
		const limiter = this.#limiter(budget);
		if (!limiter || this.#env.OPEN_WRITES === "true") return null;
		const key = budget === "writes" ? `token ${this.#by}` : toNetwork(this.#address ?? "unknown");
		try {
			if ((await limiter.limit({ key })).success) return null;
		} catch (error) {
			log("error", "rate limiter failed", { budget, error: String(error) });
			return null;
		}
		this.isExhausted = true;
		return failure("RATE_LIMITED", `${WORDS[budget]}. Try again in a minute.`);
	}

	/** Tells a client what it may do, and when to come back (draft-ietf-httpapi-ratelimit-headers). */
	describe(headers: Headers) {
		headers.set("Retry-After", String(WINDOW_S));
		if (this.#env.RATE_LIMIT_POLICY) headers.set("RateLimit-Policy", this.#env.RATE_LIMIT_POLICY);
	}

	#limiter(budget: Budget): RateLimit | undefined {
		const { READ_LIMITER, WRITE_LIMITER, LEDGER_READ_LIMITER } = this.#env;
		return { reads: READ_LIMITER, writes: WRITE_LIMITER, ledgerReads: LEDGER_READ_LIMITER }[budget];
	}
}

/** One customer has a whole IPv6 /64, so its addresses count as one. */
function toNetwork(address: string): string {
	if (!address.includes(":")) return address;
	const [head = "", tail] = address.split("::");
	const groups = head === "" ? [] : head.split(":");
	const behind = tail ? tail.split(":") : [];
	if (tail !== undefined) groups.push(...Array(Math.max(0, 8 - groups.length - behind.length)).fill("0"), ...behind);
	return groups.slice(0, 4).join(":");
}
