import { type Code, failure } from "../domain/errors.ts";

/** The HTTP status of each code. */
export const STATUS = {
	MALFORMED_REQUEST: 400,
	UNAUTHENTICATED: 401,
	FORBIDDEN: 403,
	NOT_FOUND: 404,
	METHOD_NOT_ALLOWED: 405,
	ALREADY_EXISTS: 409,
	VERSION_MISMATCH: 412,
	PAYLOAD_TOO_LARGE: 413,
	UNSUPPORTED_MEDIA_TYPE: 415,
	INVALID_INPUT: 422,
	IDEMPOTENCY_KEY_REUSED: 422,
	RATE_LIMITED: 429,
	INTERNAL: 500,
	UNAVAILABLE: 503,
} as const satisfies Record<Code, number>;

/** METHOD_NOT_ALLOWED, naming what the path takes. */
export const notAllowed = (path: string, methods: string) => failure("METHOD_NOT_ALLOWED", `${path} takes ${methods}.`);
