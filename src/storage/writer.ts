import type { Ledger, Sender } from "../context.ts";
import type { CallLedger } from "./call-ledger.ts";
import { fingerprint, type SignedSender } from "./idempotency.ts";

/** The write side: passes each write to the ledger. */
export const createWriter = (callLedger: CallLedger): Ledger => ({
	create: (rescue, when, sender) =>
		callLedger(async (stub) => stub.create(rescue, when, await sign(sender, "create", rescue, when))),
	replace: (id, fields, when, sender) =>
		callLedger(async (stub) => stub.replace(id, fields, when, await sign(sender, "replace", id, fields, when))),
	update: (id, changes, when, sender) =>
		callLedger(async (stub) => stub.update(id, changes, when, await sign(sender, "update", id, changes, when))),
	delete: (id, when, sender) =>
		callLedger(async (stub) => stub.delete(id, when, await sign(sender, "delete", id, when))),
	import: (rows, options, sender) =>
		callLedger(async (stub) => stub.import(rows, options, await sign(sender, "import", rows, options))),
	restore: (id, sender) => callLedger(async (stub) => stub.restore(id, await sign(sender, "restore", id))),
	rebuild: (from, sender) => callLedger(async (stub) => stub.rebuild(from, await sign(sender, "rebuild", from))),
});

/** Adds the request's fingerprint, when there is a key to keep it under. */
async function sign(sender: Sender, operation: string, ...args: unknown[]): Promise<SignedSender> {
	return sender.idempotencyKey === undefined ? sender : { ...sender, fingerprint: await fingerprint(operation, args) };
}
