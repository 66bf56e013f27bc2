/** Who may do and see what: the one place where it is decided, for every transport. */
import { type Failure, failure } from "./errors.ts";

/** What somebody may do, each more than the one before: see what is public, see everything, write, administrate. */
export const ROLES = ["public", "read", "write", "admin"] as const;
export type Role = (typeof ROLES)[number];
/** A role that a token can give. */
export type Grant = Exclude<Role, "public">;

/** Who asks. Each transport finds out what it can (`http/access.ts`); what follows from it is decided here. */
export interface Caller {
	/** Name of the token that the request carries; null when it has none that is known. */
	name: string | null;
	/** What that token gives; null when it has none that is known. */
	grant: Grant | null;
	/** Whether it carries a token at all. */
	hasToken: boolean;
	/** The roles for which the server has tokens. */
	grants: readonly Grant[];
	/** Whether the server is open to all, as on one's own machine. */
	isOpen: boolean;
	/** Whether a web page of another origin may have sent it. */
	isForeign: boolean;
}

/** What is counted, each on its own: reads, writes, and the reads that reach the ledger because KV can't settle them. */
export type Budget = "reads" | "writes" | "ledgerReads";

/** A request's caller and what is left of its budgets. */
export interface Access {
	caller: Caller;
	/** Takes one from a budget. Answers RATE_LIMITED when nothing is left of it, null otherwise. */
	spend(budget: Budget): Promise<Failure | null>;
}

/** What a request may: what its token gives; on an open server everything, unless a page of elsewhere may have sent it. */
export const roleOf = ({ grant, isOpen, isForeign }: Caller): Role =>
	isOpen && !isForeign ? "admin" : (grant ?? "public");

/** Whether a request is shown everything: private fields, and the names of tokens. */
export const seesAll = ({ caller }: Pick<Access, "caller">): boolean => roleOf(caller) !== "public";

/** Whether a role may do what needs another. */
export const isEnough = (role: Role, needed: Role) => ROLES.indexOf(role) >= ROLES.indexOf(needed);

const ACTS = { read: "Asking for private fields", write: "Writing", admin: "Administration" };
const SECRETS = { read: "READ_TOKENS", write: "WRITE_TOKENS", admin: "ADMIN_TOKENS" };

/** Why this request may not do what takes a role: UNAUTHENTICATED, FORBIDDEN; null when it may. */
export function refuse({ caller }: Pick<Access, "caller">, needed: Grant): Failure | null {
	if (isEnough(roleOf(caller), needed)) return null;
	const { grant, hasToken, grants, isOpen } = caller;
	const how = `\`npx wrangler secret put ${SECRETS[needed]}\`, value \`name:token\``;
	if (grant) return failure("FORBIDDEN", `This takes one of the server's ${SECRETS[needed]} (${how}).`);
	if (isOpen) return failure("FORBIDDEN", FOREIGN);
	if (!grants.some((role) => isEnough(role, needed))) {
		const closed = needed === "write" ? "Writes are closed" : `${ACTS[needed]} is closed`;
		return failure("UNAUTHENTICATED", `${closed}: this server has no tokens for it. To set one: ${how}. ${TRY}`);
	}
	const missing = `${ACTS[needed]} needs the header \`Authorization: Bearer <token>\`.`;
	return failure("UNAUTHENTICATED", hasToken ? "The token is not known." : missing);
}

const TRY = "To try the service on your own machine, open to all: `npm start`.";
const FOREIGN =
	"This server is open, so pages of other origins, and requests under another host name than localhost or an IP address, " +
	"may only read what is public. Use a token.";

/**
 * Why a transport that is for programs only turns a request away, whatever it asks: FORBIDDEN for what a foreign web page may have
 * sent to an open server, UNAUTHENTICATED for a token that isn't known; null when it doesn't.
 */
export function refuseCaller({ caller }: Pick<Access, "caller">): Failure | null {
	const { grant, hasToken, isOpen, isForeign } = caller;
	if (grant) return null;
	if (!isOpen) return hasToken ? refuse({ caller }, "write") : null;
	return isForeign ? failure("FORBIDDEN", FOREIGN) : null;
}
