import type { Costs } from "../context.ts";
import type { CallLedger } from "./call-ledger.ts";

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
