import type { Context, MiddlewareHandler, TypedResponse } from "hono";
import type { StatusCode } from "hono/utils/http-status";
import { type Access, seesAll } from "../core/access.ts";
import { failure, type Result, success } from "../core/errors.ts";
import type { AnimalRescue } from "../rescues/rescue.ts";
import { prepareHeaders, VARY } from "./headers.ts";
import type { RestEnv } from "./http-env.ts";
import { problem } from "./problem.ts";

/** The media type of everything but merge patches. */
export const JSON_TYPE = "application/json";

/** Says what a JSON body holds, for Hono's typed client; the body itself is already text or bytes. */
const typed = <T, S extends StatusCode>(response: Response) => response as Response & TypedResponse<T, S, "json">;

/**
 * Caches ask before they give a document again, instead of guessing for how long it is good (RFC 9111, section 4.2.2).
 * Cloudflare weakens a strong ETag when it compresses; no-transform keeps it from doing so.
 */
const CACHING = { "Cache-Control": "no-cache, no-transform", Vary: VARY };
const OF_DOCUMENTS = prepareHeaders({ "Content-Type": JSON_TYPE, ...CACHING });
const OF_NOT_MODIFIED = prepareHeaders(CACHING);

/**
 * Answers a document with its ETag, or 304 when the client has it. What the public sees has a tag of its own: it ends in `p`.
 * @param state names the state of what was read, whoever asks
 * @param headers what else the answer carries
 */
export async function answer<T>(
	c: Context<RestEnv>,
	body: string | Uint8Array<ArrayBuffer> | (() => Promise<Uint8Array<ArrayBuffer>>),
	state: string,
	headers: Record<string, string> = {},
) {
	const tag = toTag(c.get("access"), state);
	// What isn't read goes with its request: to cancel it costs more.
	const response = isNotModified(c.req.header("If-None-Match"), tag)
		? new Response(null, { status: 304, headers: OF_NOT_MODIFIED })
		: new Response(typeof body === "function" ? await body() : body, { headers: OF_DOCUMENTS });
	response.headers.set("ETag", `"${tag}"`);
	return typed<T, 200>(add(response, headers));
}

const toTag = (access: Access, state: string) => (seesAll(access) ? state : `${state}p`);

/** The resolvers' context, for what `answer` answers: what the client has already isn't read. */
export function unlessKnown(c: Context<RestEnv>) {
	const [ctx, given] = [c.get("ctx"), c.req.header("If-None-Match")];
	if (given === undefined) return ctx;
	return { ...ctx, store: ctx.store.unless((state) => isNotModified(given, toTag(ctx.access, state))) };
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
	for (const name in headers) response.headers.set(name, headers[name] as string);
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

/**
 * Middleware for `If-Match` on what reads (RFC 9110, section 13.1.1): 412 unless the answer carries one of its tags, or that
 * of the other view of the same state; `*` holds for whatever there is.
 */
export const ifMatch: MiddlewareHandler<RestEnv> = (c, next) => {
	const given = c.req.header("If-Match");
	return given === undefined || c.req.method !== "GET" ? next() : checkTags(c, given, next());
};

async function checkTags(c: Context<RestEnv>, given: string, answered: Promise<void>) {
	await answered;
	if (c.res.status >= 400) return;
	const tags = parseTags("If-Match", given);
	const current = /^"(.*)"$/.exec(c.res.headers.get("ETag") ?? "")?.[1];
	const isCurrent = ({ isWeak, opaque }: Tag) =>
		!isWeak && current !== undefined && stateOf(opaque) === stateOf(current);
	const isMet = tags.ok && (tags.value === "*" || tags.value.some(isCurrent));
	if (isMet) return;
	// A stream would go on unread.
	await c.res.body?.cancel();
	c.res = undefined;
	c.res = problem(c, tags.ok ? failure("VERSION_MISMATCH", "What is there has another ETag.") : tags);
}

/** An entity tag as a header gives it. */
interface Tag {
	isWeak: boolean;
	opaque: string;
}

/** An element of a list, which may be empty (RFC 9110, section 5.6.1), up to the comma behind it. */
const ELEMENT = /[ \t]*(?:(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*)?(?:,|$)/y;

/** Reads `If-Match` or `If-None-Match`: `*` or a list of entity tags (RFC 9110, section 8.8.3). Answers MALFORMED_REQUEST. */
export function parseTags(name: string, value: string): Result<Tag[] | "*"> {
	if (value.trim() === "*") return success("*");
	const tags: Tag[] = [];
	ELEMENT.lastIndex = 0;
	while (ELEMENT.lastIndex < value.length) {
		const element = ELEMENT.exec(value);
		if (!element) return malformed(name);
		if (element[2] !== undefined) tags.push({ isWeak: element[1] !== undefined, opaque: element[2] });
	}
	return tags.length > 0 ? success(tags) : malformed(name);
}

const malformed = (name: string) =>
	failure("MALFORMED_REQUEST", `The ${name} header must be * or a list of quoted ETags, like "3".`);

/** Whether `If-None-Match` names the tag that the answer would carry: then 304. A header that can't be read names none. */
export function isNotModified(header: string | undefined, opaque: string): boolean {
	if (header === undefined) return false;
	const tags = parseTags("If-None-Match", header);
	return tags.ok && (tags.value === "*" || tags.value.some((tag) => tag.opaque === opaque));
}

/** The state that a tag names, without the view of it. */
const stateOf = (opaque: string) => opaque.replace(/p$/, "");

const versions = (tags: Tag[]) =>
	tags.flatMap(({ opaque }) => (/^[1-9]\d{0,14}p?$/.test(opaque) ? [Number(stateOf(opaque))] : []));

/**
 * Reads a write's preconditions. `If-Match` compares strongly, so a weak tag is no version; `*` is met by any version.
 * `If-None-Match` compares weakly. Answers MALFORMED_REQUEST.
 */
export function parsePreconditions(
	ifMatch: string | undefined,
	ifNoneMatch: string | undefined,
): Result<{ ifVersion?: number[]; unlessVersion?: number[] | "any" }> {
	const match = parseTags("If-Match", ifMatch ?? "*");
	if (!match.ok) return match;
	const noneMatch = ifNoneMatch === undefined ? undefined : parseTags("If-None-Match", ifNoneMatch);
	if (noneMatch?.ok === false) return noneMatch;
	return success({
		...(match.value !== "*" && { ifVersion: versions(match.value.filter(({ isWeak }) => !isWeak)) }),
		...(noneMatch && { unlessVersion: noneMatch.value === "*" ? "any" : versions(noneMatch.value) }),
	});
}
