import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

/** The free plan takes 3 MB (Workers limits); what counts here is how soon a new isolate answers. */
const BUDGET_KIB = 200;

test(`what is deployed has at most ${BUDGET_KIB} KiB, minified and compressed`, () => {
	const folder = mkdtempSync(join(tmpdir(), "upload-"));
	try {
		execFileSync("npm", ["run", "deploy", "--", "--dry-run", "--minify", "--outdir", folder], { stdio: "pipe" });
		const size = gzipSync(readFileSync(join(folder, "index.js"))).length / 1024;
		expect(size).toBeLessThanOrEqual(BUDGET_KIB);
		// Or it is not what would be deployed.
		expect(size).toBeGreaterThan(50);
		// The OpenAPI document is a file beside it.
		expect(readFileSync(join(folder, "index.js"), "utf8").includes("operationId")).toBe(false);
	} finally {
		rmSync(folder, { recursive: true });
	}
});
