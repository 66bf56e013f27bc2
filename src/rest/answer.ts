import type { Context, TypedResponse } from "hono";
import type { StatusCode } from "hono/utils/http-status";
import type { Published } from "../context.ts";
import type { Result } from "../domain/errors.ts";
import type { AnimalRescue } from "../domain/rescue.ts";
import { prepareHeaders } from "../http/headers.ts";
import { isNotModified } from "./etag.ts";
import type { RestEnv } from "./rest-env.ts";

/** The media type of everything but merge patches. */
export const JSON_TYPE = "application/json";

/** Says what a JSON body holds, for Hono's typed client; the body itself is already text or bytes. */
const typed = <T, S extends StatusCode>(response: Response) => response as Response & TypedResponse<T, S, "json">;

/** Cloudflare weakens a strong ETag when it compresses; no-transform keeps it from doing so. */
const NO_TRANSFORM = { "Cache-Control": "no-transform" };
const OF_DOCUMENTS = prepareHeaders({ "Content-Type": JSON_TYPE, ...NO_TRANSFORM });
const OF_NOT_MODIFIED = prepareHeaders(NO_TRANSFORM);

/**
 * Answers a document with its ETag, or 304 when the client has it.
 * @param headers what else the answer carries
 */
export function answer<T>(
	c: Context<RestEnv>,
	body: Published<unknown, unknown>["body"],
	tag: string,
	headers: Record<string, string> = {},
) {
	// An unread body goes with its request: to cancel it costs more.
	const response = isNotModified(c.req.header("If-None-Match"), tag)
		? new Response(null, { status: 304, headers: OF_NOT_MODIFIED })
		: new Response(body, { headers: OF_DOCUMENTS });
	return typed<T, 200>(add(response, { ...headers, ETag: `"${tag}"` }));
}

type Written = Extract<Result<AnimalRescue>, { ok: true }>;

/**
 * Answers a record that has been written.
 * @param headers what else the answer carries
 */
export function record<S extends 200 | 201>(written: Written, status: S, headers: Record<string, string> = {}) {
	const response = new Response(JSON.stringify(written.value), { status, headers: OF_DOCUMENTS });
	return typed<AnimalRescue, S>(add(response, { ...headers, ...replay(written), ETag: `"${written.value.version}"` }));
}

function add(response: Response, headers: Record<string, string>): Response {
	for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
	return response;
}

/** A header that says that this answer was given before, to the request that this one repeats; none when it wasn't. */
export const replay = ({ replayed }: { replayed?: true }): Record<string, string> =>
	replayed ? { "Idempotency-Replayed": "true" } : {};

/** The resolvers' `idempotencyKey`, from the header. */
export const readKey = (c: Context<RestEnv>) => ({ idempotencyKey: c.req.header("Idempotency-Key") });

/** The resolvers' `fresh`: whether the client wants no stored answer (RFC 9111, section 5.2.1.4). */
export const readFresh = (c: Context<RestEnv>) => ({
	fresh: /(^|,)\s*no-cache\s*(,|$)/i.test(c.req.header("Cache-Control") ?? ""),
});
