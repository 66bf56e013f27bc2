import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("what would be deployed builds without an account, with every binding, and fits the free plan", async () => {
	const folder = mkdtempSync(join(tmpdir(), "animal-upload-"));
	const { stdout } = await promisify(execFile)("npx", ["wrangler", "deploy", "--dry-run", "--outdir", folder]);
	for (const binding of ["env.RESCUES", "env.LEDGER (RescueLedger)", "env.ASSETS"]) expect(stdout).toContain(binding);
	expect(stdout).not.toContain("OPEN_WRITES");
	const bytes = readdirSync(folder).map((name) => (name.endsWith(".map") ? 0 : statSync(join(folder, name)).size));
	// The free plan takes 3 MB, compressed.
	expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(3_000_000);
});
