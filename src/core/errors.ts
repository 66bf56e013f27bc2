/**
 * Every way a request can be refused, in words that no transport owns: `rest/problem.ts` gives each code its HTTP
 * status, `graphql/errors.ts` puts it in `extensions.code`.
 */
export type Code =
	| "MALFORMED_REQUEST"
	| "UNAUTHENTICATED"
	| "FORBIDDEN"
	| "NOT_FOUND"
	| "METHOD_NOT_ALLOWED"
	| "ALREADY_EXISTS"
	| "VERSION_MISMATCH"
	| "PAYLOAD_TOO_LARGE"
	| "UNSUPPORTED_MEDIA_TYPE"
	| "INVALID_INPUT"
	| "IDEMPOTENCY_KEY_REUSED"
	| "RATE_LIMITED"
	| "STORAGE_FULL"
	| "INTERNAL"
	| "UNAVAILABLE";

/** One thing wrong with the input: where (from the argument down) and what would be right. */
export interface InputIssue {
	path: (string | number)[];
	message: string;
}

/** A refusal. Plain data, so that it survives the RPC to the ledger (error classes don't). */
export interface Failure {
	ok: false;
	code: Code;
	/** One sentence for the person who reads it. Never holds internals. */
	detail: string;
	/** Every bad field, for INVALID_INPUT and ALREADY_EXISTS. */
	errors?: InputIssue[];
	/** The version that the record has now, for VERSION_MISMATCH. */
	currentVersion?: number;
}

/**
 * What a resolver or the ledger answers: the value, or the refusal. `replayed` marks the first answer to a write, given
 * again to a repeat under its idempotency key.
 */
export type Result<T> = { ok: true; value: T; replayed?: true } | Failure;

/** Wraps a value as a success. */
export const success = <T>(value: T): { ok: true; value: T } => ({ ok: true, value });

/** Makes a refusal; `more` adds the fields that only some codes carry. */
export const failure = (
	code: Code,
	detail: string,
	more: Pick<Failure, "errors" | "currentVersion"> = {},
): Failure => ({ ok: false, code, detail, ...more });

/** NOT_FOUND for a rescue; `id` is given as the client wrote it, cut so that an answer can't be made huge. */
export const rescueNotFound = (id: unknown): Failure =>
	failure("NOT_FOUND", `There is no rescue with the id ${String(id).slice(0, 40)}.`);

/**
 * INVALID_INPUT with the whole list of what is wrong.
 * @param whole what the input is called when it is bad as a whole
 */
export const invalidInput = (errors: InputIssue[], whole = "input"): Failure =>
	failure("INVALID_INPUT", `Not valid: ${named(errors, whole).slice(0, 500)}.`, { errors });

/** The bad fields' names, each once, as a sentence's part. */
const named = (errors: InputIssue[], whole: string) =>
	[...new Set(errors.map(({ path }) => path.findLast((step) => typeof step === "string") ?? whole))]
		.map((name) => name || '""')
		.join(", ");

/** INTERNAL: says nothing of what happened; the log does. */
export const internal = (): Failure => failure("INTERNAL", "Something went wrong on our side.");

/** UNAVAILABLE: storage could not take the write or answer the read; the same request may work in a moment. */
export const unavailable = (): Failure =>
	failure("UNAVAILABLE", "Storage can't be reached right now. Try again in a moment.");
