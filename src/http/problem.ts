import type { Context, TypedResponse } from "hono";
import { type Code, type Failure, failure, type InputIssue, invalidInput } from "../core/errors.ts";

const TITLE: Record<Code, string> = {
	MALFORMED_REQUEST: "Malformed request",
	UNAUTHENTICATED: "Not authenticated",
	FORBIDDEN: "Forbidden",
	NOT_FOUND: "Not found",
	METHOD_NOT_ALLOWED: "Method not allowed",
	ALREADY_EXISTS: "Already exists",
	VERSION_MISMATCH: "Version mismatch",
	PAYLOAD_TOO_LARGE: "Payload too large",
	UNSUPPORTED_MEDIA_TYPE: "Unsupported media type",
	INVALID_INPUT: "Invalid input",
	IDEMPOTENCY_KEY_REUSED: "Idempotency key reused",
	RATE_LIMITED: "Rate limited",
	STORAGE_FULL: "Storage full",
	INTERNAL: "Internal error",
	UNAVAILABLE: "Unavailable",
};

/** An error's body, `application/problem+json` (RFC 9457). */
export interface Problem {
	type: string;
	title: string;
	status: number;
	detail: string;
	/** The path that was asked for. */
	instance: string;
	/** What tells one problem from another: clients switch on this. */
	code: Code;
	/** Every bad field, paths from the body or the query string down. */
	errors?: InputIssue[];
	/** The version that the record has now, with VERSION_MISMATCH. */
	currentVersion?: number;
}

/** A problem as Hono's typed client knows it: `response.ok` tells it from an answer. */
export type ProblemResponse = Response & TypedResponse<Problem, (typeof STATUS)[Code], "json">;

/** Seconds after which a client may try again what storage couldn't do. */
export const RETRY_AFTER_S = 2;

/**
 * Answers a refusal as a problem.
 * @param names what the resolver's arguments are called in this request: a list's `first` is the query parameter `limit`;
 *   `input` is the body and `filter` the query string, which have no name
 */
export function problem(c: Context, failure: Failure, names: Record<string, string> = {}): ProblemResponse {
	const { code, currentVersion, errors: given } = failure;
	const errors = given?.map(({ path, message }) => ({ path: rename(path, names), message }));
	// The detail names what is bad, as it is called here; one in words of its own stays.
	const isOfNames = given && failure.detail === invalidInput(given).detail;
	const detail = isOfNames && errors ? invalidInput(errors, "the body").detail : failure.detail;
	const body: Problem = {
		type: "about:blank",
		title: TITLE[code],
		status: STATUS[code],
		detail,
		instance: c.req.path,
		code,
		...(errors && { errors }),
		...(currentVersion !== undefined && { currentVersion }),
	};
	return c.body(JSON.stringify(body), STATUS[code], {
		"Content-Type": "application/problem+json",
		...(code === "UNAVAILABLE" && { "Retry-After": String(RETRY_AFTER_S) }),
	}) as Response as ProblemResponse;
}

function rename([head, ...rest]: (string | number)[], names: Record<string, string>) {
	if (head === undefined || head === "input" || head === "filter") return rest;
	return [names[head] ?? head, ...rest];
}

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
	STORAGE_FULL: 507,
} as const satisfies Record<Code, number>;

/** METHOD_NOT_ALLOWED, naming what the path takes. */
export const notAllowed = (path: string, methods: string) => failure("METHOD_NOT_ALLOWED", `${path} takes ${methods}.`);
