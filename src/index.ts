import { createApp } from "./app.ts";

export { RescueLedger } from "./storage/ledger.ts";

/** The Worker. */
export default createApp();
