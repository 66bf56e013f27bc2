import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { unstable_readConfig } from "wrangler";

const config = unstable_readConfig({ config: "wrangler.toml" });

test("clients are told the limits that are set", () => {
	const { vars } = config;
	const ratelimits = config.ratelimits as { simple: { limit: number; period: number } }[];
	const names = ["reads", "writes", "ledger-reads"];
	const set = ratelimits.map(({ simple }, index) => `"${names[index]}";q=${simple.limit};w=${simple.period}`);
	expect(vars.RATE_LIMIT_POLICY).toBe(set.join(", "));
	// Retry-After says a minute.
	expect(ratelimits.map(({ simple }) => simple.period)).toEqual([60, 60, 60]);
});

test("what is deployed is closed: only npm start opens writes", () => {
	expect(Object.keys(config.vars)).not.toContain("OPEN_WRITES");
	const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
	const opening = Object.keys(scripts).filter((name) => scripts[name].includes("OPEN_WRITES"));
	expect(opening).toEqual(["start"]);
});
