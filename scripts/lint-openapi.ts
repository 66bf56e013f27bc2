/** Holds `schema/openapi.json` against Spectral's and Redocly's recommended rules: `npm run lint:openapi`. */
import { readFileSync } from "node:fs";
import { createConfig, lint } from "@redocly/openapi-core";
import spectral from "@stoplight/spectral-core";
import rulesets from "@stoplight/spectral-rulesets";

const file = "schema/openapi.json";

const linter = new spectral.Spectral();
linter.setRuleset({ extends: [[rulesets.oas, "recommended"]] } as never);
const bySpectral = (await linter.run(JSON.parse(readFileSync(file, "utf8")))).map(
	({ code, path, message }) => `Spectral ${code} at ${path.join(".")}: ${message}`,
);

const config = await createConfig({ extends: ["recommended"] });
const byRedocly = (await lint({ ref: file, config })).map(
	({ ruleId, location, message }) => `Redocly ${ruleId} at ${location[0]?.pointer ?? "#"}: ${message}`,
);

const findings = [...bySpectral, ...byRedocly];
for (const finding of findings) console.error(finding);
console.log(`${file}: ${findings.length} findings by Spectral and Redocly`);
if (findings.length > 0) process.exitCode = 1;
