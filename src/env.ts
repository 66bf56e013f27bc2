import type { RescueLedger } from "./storage/ledger.ts";

/** The Worker's bindings (`wrangler.toml`). */
export interface Env {
	/** The published documents: what every query is answered from. */
	RESCUES: KVNamespace;
	/** The ledger: where writes meet. One object, named `rescues`. */
	LEDGER: DurableObjectNamespace<RescueLedger>;
}
