import type { Costs } from "../core/context.ts";
import { type Result, unavailable } from "../core/errors.ts";
import type { Env } from "../env.ts";
import type { RescueLedger } from "../ledger/ledger.ts";

/** The part of KV that reads; what reads through it is counted. */
export type ReadKV = Pick<KVNamespace, "getWithMetadata">;

/** Counts KV reads and the time they took. */
export function meterReads(kv: KVNamespace, costs: Costs): ReadKV {
	const getWithMetadata = async (...args: unknown[]) => {
		const start = Date.now();
		costs.kvReads++;
		try {
			return await (kv.getWithMetadata as (...args: unknown[]) => Promise<unknown>)(...args);
		} finally {
			costs.kvMs += Date.now() - start;
		}
	};
	return { getWithMetadata: getWithMetadata as KVNamespace["getWithMetadata"] };
}

/** Counts calls of the ledger and the time they took. */
export function meterCalls(callLedger: CallLedger, costs: Costs): CallLedger {
	return async (call) => {
		const start = Date.now();
		costs.ledgerCalls++;
		try {
			return await callLedger(call);
		} finally {
			costs.ledgerMs += Date.now() - start;
		}
	};
}

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
