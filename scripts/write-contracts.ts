/** Writes `schema/openapi.json` and `schema/mcp.json` from the code; part of `npm run codegen`. */
import { writeFileSync } from "node:fs";
import { openapi } from "../src/openapi.ts";
import { tools } from "./mcp-tools.ts";

for (const [name, contract] of Object.entries({ openapi, mcp: tools })) {
	writeFileSync(`schema/${name}.json`, `${JSON.stringify(contract, null, "\t")}\n`);
}
