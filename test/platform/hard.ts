/** Tests that run twice: with the bindings as they are, and behind the platform's limits (`vitest.config.ts` says which). */
import { vi } from "vitest";
import { harden } from "./platform.ts";

let platform: Awaited<ReturnType<typeof harden>> | undefined;

/** Puts the limits in front of the bindings, in front of each test of the second kind. */
export async function begin() {
	platform = await harden({ plan: "paid", putMs: [1, 8], readMs: [0, 3], sparesTests: true });
}

/** Takes them away. */
export function end() {
	platform?.restore();
	platform = undefined;
	vi.useRealTimers();
}

/** Whether the tests run behind the platform's limits. */
export const isHard = () => platform !== undefined;

/** Behind the limits a second passes, so that every key takes a put again; without them nothing needs to. */
export function nextSecond() {
	if (isHard()) vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 1100 });
}
