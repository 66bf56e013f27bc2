import { createApp } from "./app.ts";

export { RescueLedger } from "./ledger/ledger.ts";

/** The Worker. */
export default createApp();
