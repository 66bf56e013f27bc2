/** Writes `schema/openapi.json` from the code; part of `npm run codegen`. */
import { writeFileSync } from "node:fs";
import { openapi } from "../src/openapi.ts";

writeFileSync("schema/openapi.json", `${JSON.stringify(openapi, null, "\t")}\n`);
