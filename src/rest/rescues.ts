import { Hono, type Context as HonoContext, type TypedResponse } from "hono";
import type { StatusCode } from "hono/utils/http-status";
import type * as z from "zod/mini";
import type { Published } from "../context.ts";
import { type Failure, invalidInput } from "../domain/errors.ts";
import { toCursor } from "../domain/page.ts";
import type { AnimalRescue, CreateRescueInput, ReplaceRescueInput, UpdateRescueInput } from "../domain/rescue.ts";
import {
	countRescues,
	createRescue,
	deleteRescue,
	getRescue,
	listRescues,
	MAX_FIRST,
	replaceRescue,
	updateRescue,
} from "../resolvers/rescues.ts";
import { isNotModified, parsePreconditions } from "./etag.ts";
import { jsonBody } from "./json-body.ts";
import { problem } from "./problem.ts";
import type { RestEnv } from "./rest-env.ts";

const JSON_TYPE = "application/json";
const MERGE_PATCH = "application/merge-patch+json";

/** The routes under `/rescues`: each unpacks the request, calls a resolver, packs the answer. */
export const rescues = new Hono<RestEnv>()
	.get("/", async (c) => {
		const query = readQuery(c, ["limit", "cursor"]);
		if ("ok" in query) return problem(c, query);
		const { limit, cursor } = query;
		const list = await listRescues(c.var.ctx, { first: toNumber(limit ?? MAX_FIRST), after: cursor });
		if (!list.ok) return problem(c, list, { first: "limit", after: "cursor" });
		const { body, page, next } = list.value;
		const total = await countRescues(c.var.ctx, { page });
		if (!total.ok) return problem(c, total);
		if (next) {
			const search = new URLSearchParams({ ...(limit !== undefined && { limit }), cursor: toCursor(next) });
			c.header("Link", `</rescues?${search}>; rel="next"`);
		}
		c.header("Total-Count", String(total.value));
		return answer<AnimalRescue[]>(c, body, `${page.lower}-${page.revision}`);
	})
	.post("/", jsonBody<z.input<typeof CreateRescueInput>>(JSON_TYPE), async (c) => {
		const created = await createRescue(c.var.ctx, { input: c.req.valid("json") });
		if (!created.ok) return problem(c, created);
		c.header("Location", `/rescues/${created.value.id}`);
		return record(c, created.value, 201);
	})
	.get("/:id", async (c) => {
		const found = await getRescue(c.var.ctx, { id: c.req.param("id") });
		if (!found.ok) return problem(c, found);
		return answer<AnimalRescue>(c, found.value.body, String(found.value.meta.version));
	})
	.put("/:id", jsonBody<z.input<typeof ReplaceRescueInput>>(JSON_TYPE), async (c) => {
		const when = readPreconditions(c);
		if (!when.ok) return problem(c, when);
		const args = { id: c.req.param("id"), input: c.req.valid("json"), ...when.value };
		const replaced = await replaceRescue(c.var.ctx, args);
		return replaced.ok ? record(c, replaced.value, 200) : problem(c, replaced);
	})
	.patch("/:id", jsonBody<z.input<typeof UpdateRescueInput>>(MERGE_PATCH, JSON_TYPE), async (c) => {
		const when = readPreconditions(c);
		if (!when.ok) return problem(c, when);
		const args = { id: c.req.param("id"), input: c.req.valid("json"), ...when.value };
		const updated = await updateRescue(c.var.ctx, args);
		return updated.ok ? record(c, updated.value, 200) : problem(c, updated);
	})
	.delete("/:id", async (c) => {
		const when = readPreconditions(c);
		if (!when.ok) return problem(c, when);
		const deleted = await deleteRescue(c.var.ctx, { id: c.req.param("id"), ...when.value });
		return deleted.ok ? c.body(null, 204) : problem(c, deleted);
	});

const readPreconditions = (c: HonoContext<RestEnv>) =>
	parsePreconditions(c.req.header("If-Match"), c.req.header("If-None-Match"));

/** Says what a JSON body holds, for Hono's typed client; the body itself is already text or bytes. */
const typed = <T, S extends StatusCode>(response: Response) => response as Response & TypedResponse<T, S, "json">;

/** Answers a document with its ETag, or 304 when the client has it. */
function answer<T>(c: HonoContext<RestEnv>, body: Published<unknown>["body"], tag: string) {
	tagged(c, tag);
	if (!isNotModified(c.req.header("If-None-Match"), tag)) {
		return typed<T, 200>(c.body(body, 200, { "Content-Type": JSON_TYPE }));
	}
	if (typeof body !== "string") c.executionCtx.waitUntil(body.cancel());
	return typed<T, 200>(c.body(null, 304));
}

/** Answers a record that has just been written. */
function record<S extends 200 | 201>(c: HonoContext<RestEnv>, rescue: AnimalRescue, status: S) {
	tagged(c, String(rescue.version));
	return typed<AnimalRescue, S>(c.body(JSON.stringify(rescue), status, { "Content-Type": JSON_TYPE }));
}

function tagged(c: HonoContext<RestEnv>, tag: string) {
	c.header("ETag", `"${tag}"`);
	// Cloudflare weakens a strong ETag when it compresses; no-transform keeps it from doing so.
	c.header("Cache-Control", "no-transform");
}

/** Reads the query string; a misspelt filter that was ignored would give everything, so unknown names are refused. */
function readQuery<Name extends string>(
	c: HonoContext<RestEnv>,
	names: readonly Name[],
): Partial<Record<Name, string>> | Failure {
	const given = Object.entries(c.req.queries());
	const errors = given.flatMap(([name, values]) => {
		if (!names.includes(name as Name)) return [{ path: [name], message: "is not a known parameter" }];
		return values.length > 1 ? [{ path: [name], message: "must be given once" }] : [];
	});
	if (errors.length > 0) return invalidInput(errors);
	return Object.fromEntries(given.map(([name, values]) => [name, values[0]])) as Partial<Record<Name, string>>;
}

/** A query parameter as a number, or as it is when it isn't one. */
const toNumber = (text: string | number) => (typeof text === "string" && /^-?\d+$/.test(text) ? Number(text) : text);
