/** The routes of photos: uploads, and the bytes as browsers load them. */
import { Hono, type Context as HonoContext } from "hono";
import { isNotModified } from "../http/answer.ts";
import { readBytes, refuseUnlessPicture } from "../http/body.ts";
import { IMMUTABLE, prepareHeaders } from "../http/headers.ts";
import type { RestEnv } from "../http/http-env.ts";
import { problem } from "../http/problem.ts";
import { getPhoto, uploadPhoto } from "./resolvers.ts";

/** What a browser that opens it may do with a photo: nothing (CSP Level 3), whatever it takes it for. */
const OF_PHOTOS = prepareHeaders({
	"Cache-Control": IMMUTABLE,
	"Accept-Ranges": "none",
	"Content-Security-Policy": "default-src 'none'; sandbox",
});

export const photos = new Hono<RestEnv>()
	.post("/photos", async (c) => {
		const picture = await readPictureBody(c);
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
			headers: OF_PHOTOS,
		});
		response.headers.set("ETag", `"${sha256}"`);
		if (isKnown) return response;
		response.headers.set("Content-Type", meta.type);
		response.headers.set("Content-Length", String(meta.bytes));
		return response;
	});

/** A stream of which the length is known: the platform sends no Content-Length for any other. */
function sized(body: ReadableStream, bytes: number): ReadableStream {
	return body.pipeThrough(new FixedLengthStream(bytes));
}

async function readPictureBody(c: HonoContext<RestEnv>) {
	const refusal = refuseUnlessPicture(c.req.raw);
	if (refusal) return refusal;
	const bytes = await readBytes(c.req.raw);
	return bytes.ok ? { ...bytes, value: new Uint8Array(bytes.value) } : bytes;
}
