import { Hono, type Context as HonoContext } from "hono";
import {
	answer,
	JSON_TYPE,
	parsePreconditions,
	readFresh,
	readKey,
	record,
	replay,
	unlessKnown,
} from "../http/answer.ts";
import type { RestEnv } from "../http/http-env.ts";
import { jsonBody } from "../http/json-body.ts";
import { problem } from "../http/problem.ts";
import { linkNext, query, toNumber } from "../http/query.ts";
import { FILTER_PARAMETERS, type FilterQuery, readFilter } from "./filter-query.ts";
import { findRescues, isPlainList } from "./find.ts";
import { toCursor } from "./page.ts";
import type { CreateRescueInput, ReplaceRescueInput, UpdateRescueInput } from "./rescue.ts";
import {
	createRescue,
	deleteRescue,
	getRescue,
	listRescues,
	MAX_FIRST,
	replaceRescue,
	restoreRescue,
	updateRescue,
} from "./resolvers.ts";
import type { Sort, Total } from "./search.ts";
import type { RescueView } from "./view.ts";

const MERGE_PATCH = "application/merge-patch+json";

/** What a list's resolver arguments are called in the query string. */
const NAMES = { first: "limit", after: "cursor" };

/** The query string of a list; the values are judged by the resolver. */
type ListQuery = FilterQuery & { limit?: string; cursor?: string; sort?: Sort };
const LIST_PARAMETERS = { ...FILTER_PARAMETERS, once: ["limit", "cursor", "sort", ...FILTER_PARAMETERS.once] } as const;

/** A rescue's life, and the list of all: each route unpacks the request, calls a resolver, packs the answer. */
export const rescues = new Hono<RestEnv>()
	.get("/rescues", query<ListQuery>(LIST_PARAMETERS), async (c) => {
		const { limit, cursor, sort, ...given } = c.req.valid("query");
		const filter = readFilter(given);
		const batch = { first: toNumber(limit ?? MAX_FIRST), after: cursor, ...readFresh(c) };
		if (!isPlainList({ filter, sort })) {
			const found = await findRescues(c.get("ctx"), { ...batch, filter, sort, count: true });
			if (!found.ok) return problem(c, found, NAMES);
			const { body, size, cursor, hasNextPage, total, tag } = found.value;
			const counted = await total();
			if (!counted.ok) return problem(c, counted);
			const next = hasNextPage ? cursor(size - 1) : undefined;
			return answer<RescueView[]>(c, body(), tag, listHeaders(c, counted.value, next));
		}
		const list = await listRescues(unlessKnown(c), batch);
		if (!list.ok) return problem(c, list, NAMES);
		const { body, page, next } = list.value;
		const total = await list.value.total();
		if (!total.ok) return problem(c, total);
		const headers = listHeaders(c, { count: total.value, isExact: true }, next ? toCursor(next) : undefined);
		return answer<RescueView[]>(c, body, `${page.lower}-${page.revision}`, headers);
	})
	.post("/rescues", jsonBody<CreateRescueInput>(JSON_TYPE), async (c) => {
		const when = readPreconditions(c);
		if (!when.ok) return problem(c, when);
		// Conditions are on the record that the request would make, which no tag names yet: not even `*` holds.
		const ifVersion = c.req.header("If-Match") === undefined ? undefined : [];
		const args = { input: c.req.valid("json"), ...when.value, ifVersion, ...readKey(c) };
		const created = await createRescue(c.get("ctx"), args);
		if (!created.ok) return problem(c, created);
		return record(created, 201, { Location: `/rescues/${created.value.id}` });
	})
	.get("/rescues/:id", async (c) => {
		const found = await getRescue(unlessKnown(c), { id: c.req.param("id"), ...readFresh(c) });
		if (!found.ok) return problem(c, found);
		return answer<RescueView>(c, found.value.body, String(found.value.meta.version));
	})
	.put("/rescues/:id", jsonBody<ReplaceRescueInput>(JSON_TYPE), async (c) => {
		const when = readPreconditions(c);
		if (!when.ok) return problem(c, when);
		const args = { id: c.req.param("id"), input: c.req.valid("json"), ...when.value, ...readKey(c) };
		const replaced = await replaceRescue(c.get("ctx"), args);
		return replaced.ok ? record(replaced, 200) : problem(c, replaced);
	})
	.patch("/rescues/:id", jsonBody<UpdateRescueInput>(MERGE_PATCH, JSON_TYPE), async (c) => {
		const when = readPreconditions(c);
		if (!when.ok) return problem(c, when);
		const args = { id: c.req.param("id"), input: c.req.valid("json"), ...when.value, ...readKey(c) };
		const updated = await updateRescue(c.get("ctx"), args);
		return updated.ok ? record(updated, 200) : problem(c, updated);
	})
	.delete("/rescues/:id", async (c) => {
		const when = readPreconditions(c);
		if (!when.ok) return problem(c, when);
		const deleted = await deleteRescue(c.get("ctx"), { id: c.req.param("id"), ...when.value, ...readKey(c) });
		return deleted.ok ? c.body(null, 204, replay(deleted)) : problem(c, deleted);
	})
	.post("/rescues/:id/restore", async (c) => {
		const when = parsePreconditions(c.req.header("If-Match"), undefined);
		if (!when.ok) return problem(c, when);
		const restored = await restoreRescue(c.get("ctx"), { id: c.req.param("id"), ...when.value, ...readKey(c) });
		return restored.ok ? record(restored, 200) : problem(c, restored);
	})
	// The tutorial's other spelling.
	.get("/rescue/:id", (c) => c.redirect(`/rescues/${encodeURIComponent(c.req.param("id"))}`, 308));

/** What a list's answer says of the whole list. */
const listHeaders = (c: HonoContext<RestEnv>, { count, isExact }: Total, cursor: string | undefined) => ({
	...(cursor !== undefined && linkNext(c, cursor)),
	"Total-Count": String(count),
	...(!isExact && { "Total-Count-Is": "at-least" }),
});

const readPreconditions = (c: HonoContext<RestEnv>) =>
	parsePreconditions(c.req.header("If-Match"), c.req.header("If-None-Match"));
