import { type Result, unavailable } from "../domain/errors.ts";
import type { Env } from "../env.ts";
import type { RescueLedger } from "./ledger.ts";

/** Runs one RPC to the ledger. */
export type CallLedger = <T>(call: (stub: DurableObjectStub<RescueLedger>) => Promise<Result<T>>) => Promise<Result<T>>;

/** Gives a way to the one ledger; a call that doesn't come back answers UNAVAILABLE. */
export function ledgerCaller(namespace: Env["LEDGER"]): CallLedger {
	return async (call) => {
		try {
			// A stub for each call: one that has thrown stays broken.
			return await call(namespace.getByName("rescues"));
		} catch (error) {
			console.error(JSON.stringify({ message: "ledger call failed", error: String(error) }));
			return unavailable();
		}
	};
}
