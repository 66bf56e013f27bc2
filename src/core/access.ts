import { type Failure, failure } from "./errors.ts";

/** Who asks. Each transport finds out what it can (`http/access.ts`); what follows from it is decided here. */
export interface Caller {
	/** Name of the token that the request carries; null when it has none that is known. */
	name: string | null;
	/** Whether it carries a token at all. */
	hasToken: boolean;
	/** Who may write: everybody, holders of a token, or nobody because no token is set. */
	writes: "open" | "tokens" | "closed";
	/** Whether a web page of another origin sends it. */
	isForeignPage: boolean;
}

/** What is counted, each on its own: reads, writes, and the reads that reach the ledger because KV can't settle them. */
export type Budget = "reads" | "writes" | "ledgerReads";

/** A request's caller and what is left of its budgets. */
export interface Access {
	caller: Caller;
	/** Takes one from a budget. Answers RATE_LIMITED when nothing is left of it, null otherwise. */
	spend(budget: Budget): Promise<Failure | null>;
}

const CLOSED =
	"Writes are closed: this server has no tokens. To set one: `npx wrangler secret put WRITE_TOKENS`, value `name:token`. " +
	"To try the service on your own machine with writes open to all: `npm start`.";

/** Why this request may not write: UNAUTHENTICATED, FORBIDDEN; null when it may. `defineWrite` asks before every write. */
export function refuseWrite({ caller }: Access): Failure | null {
	const { name, hasToken, writes, isForeignPage } = caller;
	if (name !== null) return null;
	if (writes === "closed") return failure("UNAUTHENTICATED", CLOSED);
	if (writes === "tokens") {
		const missing = "Writing needs the header `Authorization: Bearer <token>`.";
		return failure("UNAUTHENTICATED", hasToken ? "The token is not known." : missing);
	}
	if (!isForeignPage) return null;
	return failure("FORBIDDEN", "Writes are open here, so pages of other origins may not write. Use a token.");
}

/**
 * Why a transport that is for programs only turns a request away, whatever it asks: FORBIDDEN for a foreign web page while writes
 * are open to all, UNAUTHENTICATED for a token that isn't known; null when it doesn't.
 */
export function refuseCaller(access: Access): Failure | null {
	const { name, hasToken, writes, isForeignPage } = access.caller;
	if (name !== null) return null;
	if (writes !== "open") return hasToken ? refuseWrite(access) : null;
	if (!isForeignPage) return null;
	return failure("FORBIDDEN", "Writes are open here, so pages of other origins are not answered. Use a token.");
}
