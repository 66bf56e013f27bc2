/** How long a write waits for KV before it is answered. */
const PATIENCE_MS = 2_000;

/** Waits for a promise, but not for longer than a write waits for KV. */
export async function withPatience(work: Promise<unknown>): Promise<void> {
	const { promise: patience, resolve } = Promise.withResolvers<void>();
	const timer = setTimeout(resolve, PATIENCE_MS);
	await Promise.race([work, patience]);
	// A timer that is left running keeps the object from being put to sleep.
	clearTimeout(timer);
}
