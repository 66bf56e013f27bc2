/** `GET /animals/:id`: an animal's page for people, rendered from one read of KV; its history takes one call to the ledger more. */
import { Hono, type Context as HonoContext } from "hono";
import { sha256 } from "../core/digest.ts";
import { type Failure, internal } from "../core/errors.ts";
import { logUnexpected } from "../core/log.ts";
import { listHistory } from "../history/resolvers.ts";
import { isNotModified, readFresh } from "../http/answer.ts";
import type { RestEnv } from "../http/http-env.ts";
import { PHOTO_POLICY, pageHeaders, writesOf } from "../http/page.ts";
import { RETRY_AFTER_S, STATUS } from "../http/problem.ts";
import { parseId } from "../rescues/rescue.ts";
import { getRescue } from "../rescues/resolvers.ts";
import { Content, gone, type Shown } from "./content.tsx";
import { describe, type Page, renderPage } from "./document.tsx";
import { STEPS, toHistory } from "./steps.tsx";

type Context = HonoContext<RestEnv>;

/**
 * The page, as the public sees the animal, or whoever sends a token: a browser sends none. `history` shows what changed,
 * `before` its part before a version. Unknown parameters are ignored: links that are shared get some.
 */
export const animals = new Hono<RestEnv>().get("/animals/:id", async (c) => {
	const id = parseId(c.req.param("id"));
	if (id === null) return never(c);
	const isAsked = c.req.query("history") !== undefined;
	const [found, asked] = await Promise.all([
		getRescue(c.get("ctx"), { id, ...readFresh(c) }),
		isAsked ? readHistory(c, id) : undefined,
	]);
	const parsed = found.ok ? await found.value.parse() : found;
	const history = asked && (asked.ok ? asked.value : "unavailable");
	if (parsed.ok) return page(c, 200, { id }, { rescue: parsed.value.value, history });
	if (parsed.code !== "NOT_FOUND") return trouble(c, parsed);
	const past = asked?.ok && asked.value.isNewest ? asked : await readHistory(c, id, null);
	const last = past.ok ? past.value.changes[0] : undefined;
	if (!last) return past.ok || past.code === "NOT_FOUND" ? never(c) : trouble(c, past);
	// It has been brought back a moment ago.
	if (last.rescue && last.kind !== "deleted") return page(c, 200, { id }, { rescue: last.rescue, history });
	const absence = gone(last.rescue, last.at);
	return page(c, 410, { id, gone: last.rescue ? "deleted" : "purged" }, { absence, history });
});

animals.onError((error, c) => {
	logUnexpected(error, c.get("requestId"));
	return trouble(c, internal());
});

/** A part of an animal's history, with one change more than is told: what was before the last of them. */
async function readHistory(c: Context, id: number, before = parseId(c.req.query("before"))) {
	const after = before === null ? null : String(before);
	const list = await listHistory(c.get("ctx"), { id, first: STEPS + 1, after });
	return list.ok ? { ...list, value: toHistory(list.value.changes, before) } : list;
}

/** The page for what never was. */
const never = (c: Context) =>
	page(
		c,
		404,
		{},
		{ absence: { title: "There is no such animal", text: "Nothing is kept at this address. Is it complete?" } },
	);

/** The page for what can't be answered now. */
function trouble(c: Context, { code }: Failure) {
	const absence = {
		title: "This animal can’t be shown right now",
		text: "It is not your fault. Try again in a moment.",
	};
	return page(c, STATUS[code], {}, { absence }, code === "UNAVAILABLE" ? { "Retry-After": String(RETRY_AFTER_S) } : {});
}

async function page(
	c: Context,
	status: number,
	about: Pick<Page, "id" | "gone">,
	shown: Shown,
	more: Record<string, string> = {},
): Promise<Response> {
	const { rescue, absence } = shown;
	const path = about.id === undefined ? null : `/animals/${about.id}`;
	const html = await renderPage({
		...about,
		...(rescue ? describe(rescue) : { title: absence?.title ?? "", description: absence?.text ?? "" }),
		url: new URL(path ?? c.req.path, c.get("ctx").origins()[0]).href,
		rescue,
		writes: writesOf(c.env),
		children: <Content shown={shown} path={path} />,
	});
	const headers = { ...pageHeaders(PHOTO_POLICY), ...more };
	if (status !== 200) return new Response(html, { status, headers });
	// Of the text, which follows from the record, this release and the day (an age in weeks). Weak, because it is compressed.
	const tag = (await sha256(html)).slice(0, 32);
	const tagged = { ...headers, ETag: `W/"${tag}"` };
	const isKnown = isNotModified(c.req.header("If-None-Match"), tag);
	return new Response(isKnown ? null : html, { status: isKnown ? 304 : 200, headers: tagged });
}
