import type { Ledger } from "../context.ts";
import type { CallLedger } from "./call-ledger.ts";

/** The write side: passes each write to the ledger. */
export const createWriter = (callLedger: CallLedger): Ledger => ({
	create: (rescue, by) => callLedger((stub) => stub.create(rescue, by)),
	replace: (id, fields, when, by) => callLedger((stub) => stub.replace(id, fields, when, by)),
	update: (id, changes, when, by) => callLedger((stub) => stub.update(id, changes, when, by)),
	delete: (id, when, by) => callLedger((stub) => stub.delete(id, when, by)),
});
