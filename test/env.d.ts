import type { Env } from "../src/env.ts";

declare module "vitest" {
	interface ProvidedContext {
		/** The seed for the property tests: the environment's `SEED`, null for a new one. */
		seed: number | null;
	}
}

declare global {
	namespace Cloudflare {
		interface Env extends BaseEnv {}
		interface GlobalProps {
			mainModule: typeof import("../src/index.ts");
		}
	}
	interface BaseEnv extends Env {}
}
