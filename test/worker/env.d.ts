import type { Env } from "../../src/env.ts";

declare global {
	namespace Cloudflare {
		interface Env extends BaseEnv {}
		interface GlobalProps {
			mainModule: typeof import("../../src/index.ts");
		}
	}
	interface BaseEnv extends Env {}
}
