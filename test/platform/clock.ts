/** The tests' clock, which the ledger has, too; the platform, which rings the alarm, has the real one. */
import { vi } from "vitest";

/**
 * Stops the clock an hour ahead of the real one, until `vi.useRealTimers`. However slow the machine is, nothing falls due
 * between two lines of a test, no day ends, and no alarm rings but when the test says so.
 */
export const holdClock = () => vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3600_000 });
