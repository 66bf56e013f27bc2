/**
 * Writes one line of JSON to the log (`npx wrangler tail`).
 * @param message what happened, the same words each time: what one searches for
 * @param fields what is known about it; never a token, a body or a query
 */
export function log(level: "log" | "warn" | "error", message: string, fields: object = {}) {
	console[level](JSON.stringify({ message, ...fields }));
}

/** Logs what nobody expected, with its stack and causes. Clients see none of this. */
export function logUnexpected(error: unknown, requestId?: string) {
	log("error", "unexpected error", { id: requestId, ...describe(error) });
}

function describe(error: unknown): object {
	if (!(error instanceof Error)) return { error: String(error) };
	const cause = error.cause ?? ("originalError" in error ? error.originalError : undefined);
	return { error: String(error), stack: error.stack, ...(cause !== undefined && { cause: describe(cause) }) };
}
