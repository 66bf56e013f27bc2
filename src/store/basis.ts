import type { Access } from "../core/access.ts";
import type { Costs } from "../core/context.ts";
import type { Env } from "../env.ts";

/** What a request's store stands on. */
export interface Basis {
	env: Pick<Env, "RESCUES" | "PHOTOS" | "LEDGER">;
	/** Who asks, and so what they see. Reads that reach the ledger are on a budget of their own. */
	access: Access;
	/** Counts what is read and called. */
	costs: Costs;
	/** Whether to read the ledger instead of KV. */
	isFresh?: true;
	/** Whether the client has a state of what it asks for. */
	isKnown?: (state: string) => boolean;
}
