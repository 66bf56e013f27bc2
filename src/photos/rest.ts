/** The routes of photos: uploads, what a rescue has of them, and the bytes as browsers load them. */
import { Hono, type Context as HonoContext } from "hono";
import { type InputIssue, invalidInput, success } from "../core/errors.ts";
import { isNotModified, JSON_TYPE, parsePreconditions, readKey, record } from "../http/answer.ts";
import { readBytes, readJson, refuseUnlessPicture } from "../http/body.ts";
import { IMMUTABLE, prepareHeaders } from "../http/headers.ts";
import type { RestEnv } from "../http/http-env.ts";
import { problem } from "../http/problem.ts";
import { linkNext, query, toNumber } from "../http/query.ts";
import {
	addRescuePhoto,
	DEFAULT_PHOTOS,
	getPhoto,
	listPhotos,
	removeRescuePhoto,
	uploadPhoto,
	uploadRescuePhoto,
} from "./resolvers.ts";

/** What a browser that opens a photo may do with it: nothing (CSP Level 3), whatever it takes it for. */
const OF_BYTES = prepareHeaders({
	"Cache-Control": IMMUTABLE,
	"Accept-Ranges": "none",
	"Content-Security-Policy": "default-src 'none'; sandbox",
});

const BATCH = { first: "limit", after: "cursor" };

export const photos = new Hono<RestEnv>()
	.get("/photos", query<{ limit?: string; cursor?: string }>({ once: ["limit", "cursor"] }), async (c) => {
		const { limit, cursor } = c.req.valid("query");
		const list = await listPhotos(c.get("ctx"), { first: toNumber(limit ?? DEFAULT_PHOTOS), after: cursor });
		if (!list.ok) return problem(c, list, BATCH);
		const { photos, cursor: behind, hasNextPage } = list.value;
		return c.json(photos, 200, hasNextPage ? linkNext(c, behind(photos.length - 1)) : {});
	})
	.post("/photos", async (c) => {
		const picture = await readPicture(c);
		if (!picture.ok) return problem(c, picture);
		const uploaded = await uploadPhoto(c.get("ctx"), { photo: picture.value });
		if (!uploaded.ok) return problem(c, uploaded);
		const { photo, isNew } = uploaded.value;
		return c.json(photo, isNew ? 201 : 200, { Location: photo.url });
	})
	.get("/photos/:name", async (c) => {
		const found = await getPhoto(c.get("ctx"), { name: c.req.param("name") });
		if (!found.ok) {
			c.header("Cache-Control", "no-store");
			return problem(c, found);
		}
		const { sha256, meta, body } = found.value;
		const isKnown = isNotModified(c.req.header("If-None-Match"), sha256);
		const isSent = !isKnown && c.req.raw.method !== "HEAD";
		if (!isSent) await body.cancel();
		const response = new Response(isSent ? sized(body, meta.bytes) : null, {
			status: isKnown ? 304 : 200,
			headers: OF_BYTES,
		});
		response.headers.set("ETag", `"${sha256}"`);
		if (isKnown) return response;
		response.headers.set("Content-Type", meta.type);
		response.headers.set("Content-Length", String(meta.bytes));
		return response;
	})
	.post("/rescues/:id/photos", async (c) => {
		const when = parsePreconditions(c.req.header("If-Match"), undefined);
		if (!when.ok) return problem(c, when);
		const args = { id: c.req.param("id"), ...when.value, ...readKey(c) };
		if (!/^application\/json *(;|$)/i.test(c.req.header("Content-Type") ?? "")) {
			const picture = await readPicture(c);
			if (!picture.ok) return problem(c, picture);
			const added = await uploadRescuePhoto(c.get("ctx"), { ...args, photo: picture.value });
			return added.ok ? record(added, 200) : problem(c, added);
		}
		const body = await readJson(c.req.raw, [JSON_TYPE]);
		if (!body.ok) return problem(c, body);
		const { url, stray } = unpack(body.value);
		if (stray.length > 0) return problem(c, invalidInput([...addRescuePhoto.issues({ ...args, url }), ...stray]));
		const added = await addRescuePhoto(c.get("ctx"), { ...args, url });
		return added.ok ? record(added, 200) : problem(c, added);
	})
	.delete("/rescues/:id/photos", query<{ url?: string }>({ once: ["url"] }), async (c) => {
		const when = parsePreconditions(c.req.header("If-Match"), undefined);
		if (!when.ok) return problem(c, when);
		const { url } = c.req.valid("query");
		const args = { id: c.req.param("id"), url, ...when.value, ...readKey(c) };
		const removed = await removeRescuePhoto(c.get("ctx"), args);
		return removed.ok ? record(removed, 200) : problem(c, removed);
	});

/** A stream of which the length is known: the platform sends no Content-Length for any other. */
function sized(body: ReadableStream, bytes: number): ReadableStream {
	return body.pipeThrough(new FixedLengthStream(bytes));
}

/** A body that may be a picture. Answers UNSUPPORTED_MEDIA_TYPE, MALFORMED_REQUEST. */
async function readPicture(c: HonoContext<RestEnv>) {
	const refusal = refuseUnlessPicture(c.req.raw);
	if (refusal) return refusal;
	const bytes = await readBytes(c.req.raw);
	return bytes.ok ? success(new Uint8Array(bytes.value)) : bytes;
}

/** The address in a JSON body, for the resolver to judge, and what else is in it. */
function unpack(body: unknown): { url: unknown; stray: InputIssue[] } {
	const { url, ...others } = (typeof body === "object" && !Array.isArray(body) ? (body ?? {}) : {}) as {
		url?: unknown;
	};
	return { url, stray: Object.keys(others).map((name) => ({ path: [name], message: "is not a known field" })) };
}
