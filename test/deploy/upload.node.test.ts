import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";

/** The free plan takes 3 MB (Workers limits); what counts here is how soon a new isolate answers. */
const BUDGET_KIB = 200;

const folder = mkdtempSync(join(tmpdir(), "animal-upload-"));
let said: string;
beforeAll(async () => {
	const flags = ["--dry-run", "--minify", "--outdir", folder];
	said = (await promisify(execFile)("npm", ["run", "deploy", "--", ...flags])).stdout;
});
afterAll(() => rmSync(folder, { recursive: true }));

test("what would be deployed builds without an account, with every binding, and fits the free plan", () => {
	for (const binding of ["env.RESCUES", "env.PHOTOS", "env.LEDGER (RescueLedger)", "env.ASSETS"])
		expect(said).toContain(binding);
	expect(said).not.toContain("OPEN_WRITES");
	const bytes = readdirSync(folder).map((name) => (name.endsWith(".map") ? 0 : statSync(join(folder, name)).size));
	// The free plan takes 3 MB, compressed.
	expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(3_000_000);
});

test(`what is deployed has at most ${BUDGET_KIB} KiB, minified and compressed`, () => {
	const code = readFileSync(join(folder, "index.js"));
	const size = gzipSync(code).length / 1024;
	expect(size).toBeLessThanOrEqual(BUDGET_KIB);
	// Or it is not what would be deployed.
	expect(size).toBeGreaterThan(50);
	// The OpenAPI document is a file beside it.
	expect(code.includes("operationId")).toBe(false);
});
