import type { Context, TypedResponse } from "hono";
import type { StatusCode } from "hono/utils/http-status";
import type { Published } from "../context.ts";
import type { Result } from "../domain/errors.ts";
import type { AnimalRescue } from "../domain/rescue.ts";
import { isNotModified } from "./etag.ts";
import type { RestEnv } from "./rest-env.ts";

/** The media type of everything but merge patches. */
export const JSON_TYPE = "application/json";

/** Says what a JSON body holds, for Hono's typed client; the body itself is already text or bytes. */
const typed = <T, S extends StatusCode>(response: Response) => response as Response & TypedResponse<T, S, "json">;

/** Answers a document with its ETag, or 304 when the client has it. */
export function answer<T>(c: Context<RestEnv>, body: Published<unknown, unknown>["body"], tag: string) {
	tagged(c, tag);
	if (!isNotModified(c.req.header("If-None-Match"), tag)) {
		return typed<T, 200>(c.body(body, 200, { "Content-Type": JSON_TYPE }));
	}
	if (typeof body !== "string") c.executionCtx.waitUntil(body.cancel());
	return typed<T, 200>(c.body(null, 304));
}

type Written = Extract<Result<AnimalRescue>, { ok: true }>;

/** Answers a record that has been written. */
export function record<S extends 200 | 201>(c: Context<RestEnv>, written: Written, status: S) {
	tagged(c, String(written.value.version));
	markReplay(c, written);
	return typed<AnimalRescue, S>(c.body(JSON.stringify(written.value), status, { "Content-Type": JSON_TYPE }));
}

/** Says that this answer was given before, to the request that this one repeats. */
export function markReplay(c: Context<RestEnv>, { replayed }: { replayed?: true }) {
	if (replayed) c.header("Idempotency-Replayed", "true");
}

/** The resolvers' `idempotencyKey`, from the header. */
export const readKey = (c: Context<RestEnv>) => ({ idempotencyKey: c.req.header("Idempotency-Key") });

/** The resolvers' `fresh`: whether the client wants no stored answer (RFC 9111, section 5.2.1.4). */
export const readFresh = (c: Context<RestEnv>) => ({
	fresh: /(^|,)\s*no-cache\s*(,|$)/i.test(c.req.header("Cache-Control") ?? ""),
});

function tagged(c: Context<RestEnv>, tag: string) {
	c.header("ETag", `"${tag}"`);
	// Cloudflare weakens a strong ETag when it compresses; no-transform keeps it from doing so.
	c.header("Cache-Control", "no-transform");
}
