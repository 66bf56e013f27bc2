import { expect, test } from "vitest";
import { unstable_readConfig } from "wrangler";

test("clients are told the limits that are set", () => {
	const config = unstable_readConfig({ config: "wrangler.toml" });
	const { vars } = config;
	const ratelimits = config.ratelimits as { simple: { limit: number; period: number } }[];
	const names = ["reads", "writes", "ledger-reads"];
	const set = ratelimits.map(({ simple }, index) => `"${names[index]}";q=${simple.limit};w=${simple.period}`);
	expect(vars.RATE_LIMIT_POLICY).toBe(set.join(", "));
	// Retry-After says a minute.
	expect(ratelimits.map(({ simple }) => simple.period)).toEqual([60, 60, 60]);
});
