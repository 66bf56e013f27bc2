/** Calling the ledger. */
import type { Costs } from "../core/context.ts";
import { type Result, unavailable } from "../core/errors.ts";
import { log } from "../core/log.ts";
import type { Env } from "../env.ts";
import type { RescueLedger } from "../ledger/ledger.ts";

/** One RPC. */
export type Call<T> = (ledger: DurableObjectStub<RescueLedger>) => Promise<Result<T>>;

/**
 * Calls the one ledger; a call that doesn't come back answers UNAVAILABLE.
 * @param costs counts the call and the time it took
 */
export async function callLedger<T>(ledgers: Env["LEDGER"], costs: Costs, call: Call<T>): Promise<Result<T>> {
	const start = Date.now();
	costs.ledgerCalls++;
	try {
		// A stub for each call: one that has thrown stays broken.
		return await call(ledgers.getByName("rescues"));
	} catch (error) {
		log("error", "ledger call failed", { error: String(error) });
		return unavailable();
	} finally {
		costs.ledgerMs += Date.now() - start;
	}
}
