import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import "./scripts/build-pages.ts";

export default defineConfig({
	test: {
		// A line a request is a lot of lines.
		silent: "passed-only",
		projects: [
			{
				// In workerd, with real KV and the real Durable Object.
				plugins: [
					cloudflareTest({
						wrangler: { configPath: "./wrangler.toml" },
						// As `npm start` has it; what concerns tokens gives its own bindings to the app.
						miniflare: {
							bindings: { OPEN_WRITES: "true" },
							// A budget that a test can use up.
							ratelimits: { SMALL_LIMITER: { namespace_id: "1", simple: { limit: 5, period: 60 } } },
						},
					}),
				],
				// Generous: machines that run CI are slow, and nothing here waits for time to pass.
				test: {
					name: "workerd",
					include: ["test/**/*.test.ts"],
					exclude: ["test/**/*.{node,browser}.test.ts", "**/node_modules/**"],
					testTimeout: 30_000,
					// Runs a property test again as it was.
					provide: { seed: process.env.SEED === undefined ? null : Number(process.env.SEED) },
				},
			},
			{
				// In Node: over a real port, and what concerns files. One graphql for what Vite loads and what Node loads.
				resolve: { alias: { graphql: "graphql/index.js" } },
				test: {
					name: "node",
					include: ["test/**/*.{node,browser}.test.ts"],
					testTimeout: 60_000,
					hookTimeout: 60_000,
					expect: { poll: { timeout: 10_000 } },
				},
			},
		],
	},
});
