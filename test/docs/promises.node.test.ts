import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("every test that a promise names is there", () => {
	const promises = readFileSync("docs/promises.md", "utf8");
	const rows = promises.split("\n").filter((line) => line.startsWith("| ") && !/^\| (promise|---)/.test(line));
	expect(rows.length).toBeGreaterThan(30);
	for (const row of rows) {
		const held = row.split(" | ").at(-1)?.replace(/ \|$/, "") ?? "";
		const tests = [...held.matchAll(/`([\w-]+\/[\w./-]+)`: (.+?)(?=; `|$)/g)];
		expect(tests.length, row).toBeGreaterThan(0);
		for (const [, file, name] of tests) {
			expect(readFileSync(`test/${file}.test.ts`, "utf8"), `${file}: ${name}`).toContain(`"${name}"`);
		}
	}
});
