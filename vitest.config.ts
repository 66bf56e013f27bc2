import { existsSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import type { Reporter } from "vitest/node";
import "./scripts/build-pages.ts";

// SQLite waits for the disk at every commit. Where there is a folder in memory, and more of it than the 64 MiB that Docker
// gives, what the tests store is there: it takes a third of the time.
const MEMORY = "/dev/shm";
if (existsSync(MEMORY) && statfsSync(MEMORY).bavail * statfsSync(MEMORY).bsize > 2 ** 30) {
	const folder = mkdtempSync(`${MEMORY}/animal-rescue-`);
	process.env.TMPDIR = folder;
	process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
}

/**
 * Generous: machines that run CI are slow, and what is waited for is a condition, not time. What passes takes no longer for
 * it; what hangs is found out later. A service that is started may take half of it (`test/server.ts`).
 */
const PATIENCE = {
	testTimeout: 240_000,
	hookTimeout: 360_000,
	expect: { poll: { timeout: 60_000 } },
	// Decision 160.
	retry: process.env.CI ? 1 : 0,
};

/** Names, at the end, what passed only when it was run once more, and why it had failed: Vitest doesn't. */
const nameFlaky: Reporter = {
	onTestRunEnd(modules) {
		for (const test of modules.flatMap(({ children }) => [...children.allTests()])) {
			if (!test.diagnostic()?.flaky) continue;
			console.warn(`Passed at the second try: ${test.module.relativeModuleId} > ${test.fullName}`);
			for (const { stack, message } of test.result().errors ?? [])
				console.warn((stack ?? message).split("\n", 3).join("\n"));
		}
	},
};

/** In workerd, with real KV and the real Durable Object. */
const plugins = () => [
	cloudflareTest({
		wrangler: { configPath: "./wrangler.toml" },
		// Or workerd tells of every call that `reset` broke off.
		verbose: false,
		miniflare: {
			// Vitest looks for it in every file, and its absence is logged.
			compatibilityFlags: ["enable_nodejs_inspector_module"],
			// As `npm start` has it; what concerns tokens gives its own bindings to the app.
			bindings: { OPEN_WRITES: "true" },
			// A budget that a test can use up.
			ratelimits: { SMALL_LIMITER: { namespace_id: "1", simple: { limit: 5, period: 60 } } },
		},
	}),
];
const workerd = {
	exclude: ["test/**/*.{node,browser}.test.ts", "**/node_modules/**"],
	...PATIENCE,
	isolate: true,
	// One file each: or every test file asks for their 500 modules one by one, which takes it seconds.
	deps: {
		optimizer: {
			ssr: {
				enabled: true,
				include: [
					"@pothos/core",
					"fast-check",
					"graphql",
					"graphql-yoga",
					"hono",
					"hono/accepts",
					"hono/body-limit",
					"hono/cors",
					"hono/jsx",
					"hono/jsx/jsx-runtime",
					"hono/method-not-allowed",
					"hono/request-id",
					"hono/route",
					"hono/router/trie-router",
					"papaparse",
					"zod/mini",
				],
			},
		},
	},
	// Runs a property test again as it was.
	provide: { seed: process.env.SEED === undefined ? null : Number(process.env.SEED) },
};
/** What is promised of writes, reads and publishing: tests that run behind the platform's limits as well (`test/platform`). */
const PROMISED = [
	"graphql/{graphql,nodes}",
	"history/*",
	"http/preconditions",
	"ledger/{alarm,faults,idempotency,migrations,model,pages,publishing,reads,repair}",
	"rescues/search-ways",
	"store/without-ledger",
	"transfer/{export,import}",
];

/** Of these the longest: what passes behind the limits passes without them. */
const LONG = ["ledger/{alarm,faults,model,pages,repair}"];

export default defineConfig({
	test: {
		reporters: ["default", nameFlaky],
		// A line a request is a lot of lines.
		silent: "passed-only",
		slowTestThreshold: 2_000,
		// Tests wait more than they compute: on two cores four files at a time.
		maxWorkers: Math.max(4, availableParallelism() - 1),
		projects: [
			{
				plugins: plugins(),
				test: {
					...workerd,
					name: "workerd",
					include: ["test/**/*.test.ts"],
					exclude: [...workerd.exclude, ...LONG.map((path) => `test/${path}.test.ts`)],
				},
			},
			{
				plugins: plugins(),
				test: {
					...workerd,
					name: "hard platform",
					include: PROMISED.map((path) => `test/${path}.test.ts`),
					// These look into KV right after a write.
					exclude: [...workerd.exclude, "test/history/{live,purge}.test.ts"],
					setupFiles: ["./test/platform/setup.ts"],
				},
			},
			{
				// In Node: over a real port, and what concerns files. One graphql for what Vite loads and what Node loads.
				resolve: { alias: { graphql: "graphql/index.js" } },
				test: {
					name: "node",
					include: ["test/**/*.{node,browser}.test.ts"],
					globalSetup: "test/web/chromium.ts",
					...PATIENCE,
					isolate: true,
				},
			},
		],
	},
});
