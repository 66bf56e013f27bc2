import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test } from "vitest";
import { createApp } from "../../src/app.ts";
import { fetchWorker, graphql } from "../transports.ts";
import { latin1, loaded, PICTURES, SECRET } from "./pictures.ts";
import { bytesKept, known, pixel, send, upload } from "./uploaded.ts";

afterEach(reset);

/** Asks a service with these variables and secrets. */
const ask = (path: string, init: RequestInit, bindings: object) =>
	createApp().request(path, init, { ...env, ...bindings });

describe("an upload", () => {
	test.each([
		["a JPEG", loaded(PICTURES.progressive, 6), "image/jpeg", "jpg"],
		["a PNG", loaded(PICTURES.alpha, 1), "image/png", "png"],
		["a WebP", loaded(PICTURES.lossy, 1), "image/webp", "webp"],
	])(
		"of %s is stored without what it isn't drawn by, and served as what it is",
		async (_name, picture, type, ending) => {
			expect(latin1(picture)).toContain(SECRET);
			// What it is its bytes say.
			const response = await send(picture, "/photos", { "Content-Type": "application/octet-stream" });
			expect(response.status).toBe(201);
			const photo = await response.json<{ url: string; sha256: string }>();
			expect(photo).toEqual({
				url: `http://localhost/photos/${photo.sha256}.${ending}`,
				sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
				type,
				width: expect.any(Number),
				height: expect.any(Number),
				bytes: expect.any(Number),
			});
			expect(response.headers.get("Location")).toBe(photo.url);
			const served = await fetchWorker(photo.url);
			expect(served.headers.get("Content-Type")).toBe(type);
			const bytes = new Uint8Array(await served.arrayBuffer());
			expect(bytes.length).toBe((photo as unknown as { bytes: number }).bytes);
			expect(latin1(bytes)).not.toContain(SECRET);
			const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
			expect(photo.sha256).toBe([...hash].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
			const stored = await env.PHOTOS.get(`photo:${photo.sha256}`, "arrayBuffer");
			expect(new Uint8Array(stored as ArrayBuffer)).toEqual(bytes);
		},
	);

	test("of the same picture again is 200, with the same address, and stores nothing", async () => {
		const first = await upload();
		const again = await send(await pixel());
		expect(again.status).toBe(200);
		expect(await again.json()).toEqual(first);
		// Cleaned it is the same one, too.
		const noted = await send(await pixel(255, 100));
		expect(noted.status).toBe(200);
		expect(await noted.json()).toEqual(first);
		expect(Object.keys(await known())).toHaveLength(1);
		expect(await bytesKept()).toBe(first.bytes);
	});

	test("of a picture that KV has lost puts it there again", async () => {
		const photo = await upload();
		await env.PHOTOS.delete(`photo:${photo.sha256}`);
		expect((await fetchWorker(photo.url)).status).toBe(404);
		expect((await send(await pixel())).status).toBe(200);
		expect((await fetchWorker(photo.url)).status).toBe(200);
	});

	test("of the same picture at the same time is the same photo", async () => {
		const body = await pixel();
		const statuses = await Promise.all([1, 2, 3].map(async () => (await send(body)).status));
		expect(statuses.every((status) => status === 200 || status === 201)).toBe(true);
		expect(Object.values(await known())).toEqual(["stored"]);
	});

	test.each<[string, BodyInit, string | undefined, number, string]>([
		["an SVG", "<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", 422, "INVALID_INPUT"],
		["HTML that says it is a PNG", "<!doctype html><script>alert(1)</script>", "image/png", 422, "INVALID_INPUT"],
		["nothing", "", "image/png", 422, "INVALID_INPUT"],
		["half a JPEG", PICTURES.restarts.slice(0, 200), "image/jpeg", 422, "INVALID_INPUT"],
		["a form", "a=b", "application/x-www-form-urlencoded", 415, "UNSUPPORTED_MEDIA_TYPE"],
		["JSON", "{}", "application/json", 415, "UNSUPPORTED_MEDIA_TYPE"],
		["a JPEG that is called text", PICTURES.restarts, "text/plain", 415, "UNSUPPORTED_MEDIA_TYPE"],
		["more than 5 MiB", new Uint8Array(5 * 1024 * 1024 + 1), "image/png", 413, "PAYLOAD_TOO_LARGE"],
	])("of %s is refused with the reason", async (_name, body, type, status, code) => {
		const headers: HeadersInit = type ? { "Content-Type": type } : {};
		const response = await fetchWorker("/photos", { method: "POST", body, headers });
		expect(response.status).toBe(status);
		const problem = await response.json<{ code: string; errors?: object[] }>();
		expect(problem.code).toBe(code);
		if (status === 422) {
			expect(problem.errors).toEqual([
				{ path: ["photo"], message: expect.stringMatching(/^(must|is|has|ends|breaks)/) },
			]);
		}
		expect(await known()).toEqual({});
	});

	test("of a body that says how it is encoded is refused", async () => {
		const response = await send(await pixel(), "/photos", { "Content-Encoding": "gzip" });
		expect(response.status).toBe(415);
		expect(response.headers.get("Accept-Encoding")).toBe("identity");
	});

	test("may have 5 MiB", async () => {
		const empty = (await pixel(1, 1)).length - 1;
		const response = await send(await pixel(1, 5 * 1024 * 1024 - empty));
		expect(response.status).toBe(201);
		expect((await response.json<{ bytes: number }>()).bytes).toBeLessThan(100);
	});

	test("needs a token that writes, and is logged with its name", async () => {
		const bindings = { OPEN_WRITES: "false", READ_TOKENS: "site:r", WRITE_TOKENS: "phone:w" };
		const body = await pixel();
		const as = (token?: string) => ({
			method: "POST",
			body,
			headers: { "Content-Type": "image/png", ...(token && { Authorization: `Bearer ${token}` }) },
		});
		expect((await ask("/photos", as(), bindings)).status).toBe(401);
		expect((await ask("/photos", as("r"), bindings)).status).toBe(403);
		expect((await ask("/photos", as("w"), bindings)).status).toBe(201);
		const { data } = await graphql("{ photos { nodes { by } } }");
		expect(data.photos.nodes).toEqual([{ by: "phone" }]);
	});

	test("counts as a write", async () => {
		const limiter = { limit: async () => ({ success: false }) };
		const bindings = { OPEN_WRITES: "false", WRITE_TOKENS: "phone:w", WRITE_LIMITER: limiter };
		const headers = { "Content-Type": "image/png", Authorization: "Bearer w" };
		const response = await ask("/photos", { method: "POST", body: await pixel(), headers }, bindings);
		expect(response.status).toBe(429);
		expect(await known()).toEqual({});
	});

	test("has its address on PUBLIC_URL when there is one", async () => {
		const init = { method: "POST", body: await pixel(), headers: { "Content-Type": "image/png" } };
		const response = await ask("http://localhost/photos", init, { PUBLIC_URL: "https://api.rescue.example/" });
		const { url } = await response.json<{ url: string }>();
		expect(url).toMatch(/^https:\/\/api\.rescue\.example\/photos\/[0-9a-f]{64}\.png$/);
		expect((await fetchWorker(new URL(url).pathname)).status).toBe(200);
	});
});

describe("a photo", () => {
	test("is served with what browsers and caches need, and costs one KV read", async () => {
		const photo = await upload();
		const response = await fetchWorker(photo.url);
		expect(Object.fromEntries(response.headers)).toMatchObject({
			"accept-ranges": "none",
			"access-control-allow-origin": "*",
			"cache-control": "public, max-age=31536000, immutable",
			"content-length": String(photo.bytes),
			"content-security-policy": "default-src 'none'; sandbox",
			"content-type": "image/png",
			"cross-origin-resource-policy": "cross-origin",
			etag: `"${photo.sha256}"`,
			"x-content-type-options": "nosniff",
		});
		expect(response.headers.get("Vary")).toBeNull();
		expect(response.headers.get("Server-Timing")).toContain('kv;desc="1 read"');
		expect(response.headers.get("Server-Timing")).toContain('ledger;desc="0 calls"');
		expect(new Uint8Array(await response.arrayBuffer())).toEqual(await pixel());
	});

	test("is told by HEAD as by GET, without its body", async () => {
		const photo = await upload();
		const [head, get] = [await fetchWorker(photo.url, { method: "HEAD" }), await fetchWorker(photo.url)];
		const headers = (response: Response) => {
			const { "x-request-id": _, "server-timing": __, ...rest } = Object.fromEntries(response.headers);
			return rest;
		};
		expect(headers(head)).toEqual(headers(get));
		expect(await head.text()).toBe("");
		await get.body?.cancel();
	});

	test("is 304 for who has it, 412 for who wants another, and whole for who wants a part", async () => {
		const photo = await upload();
		for (const tag of [`"${photo.sha256}"`, `W/"${photo.sha256}"`, "*"]) {
			const response = await fetchWorker(photo.url, { headers: { "If-None-Match": tag } });
			expect([tag, response.status]).toEqual([tag, 304]);
			expect(response.headers.get("ETag")).toBe(`"${photo.sha256}"`);
			expect(response.headers.get("Cache-Control")).toContain("immutable");
			expect(await response.text()).toBe("");
		}
		expect((await fetchWorker(photo.url, { headers: { "If-None-Match": '"x"' } })).status).toBe(200);
		expect((await fetchWorker(photo.url, { headers: { "If-Match": '"x"' } })).status).toBe(412);
		expect((await fetchWorker(photo.url, { headers: { "If-Match": `"${photo.sha256}"` } })).status).toBe(200);
		const part = await fetchWorker(photo.url, { headers: { Range: "bytes=0-3" } });
		expect(part.status).toBe(200);
		expect((await part.arrayBuffer()).byteLength).toBe(photo.bytes);
	});

	test("that isn't there, or is called by another ending, is 404, which nobody keeps", async () => {
		const photo = await upload();
		for (const path of [
			`/photos/${"0".repeat(64)}.png`,
			photo.url.replace(".png", ".jpg"),
			photo.url.replace(".png", ""),
			photo.url.replace(photo.sha256, photo.sha256.toUpperCase()),
			"/photos/rex.png",
		]) {
			for (const method of ["GET", "HEAD"]) {
				const response = await fetchWorker(path, { method });
				expect([path, response.status]).toEqual([path, 404]);
				expect(response.headers.get("Cache-Control")).toBe("no-store");
			}
		}
	});

	test("is served to everybody, whatever the token", async () => {
		const photo = await upload();
		const bindings = { OPEN_WRITES: "false", WRITE_TOKENS: "phone:w" };
		for (const headers of [{}, { Authorization: "Bearer w" }, { Authorization: "Bearer no" }]) {
			expect((await ask(photo.url, { headers }, bindings)).status).toBe(200);
		}
	});

	test("can't be deleted, changed or put by its address", async () => {
		const { url } = await upload();
		for (const method of ["DELETE", "PUT", "PATCH", "POST"]) {
			const response = await fetchWorker(url, { method });
			expect(response.status).toBe(405);
			expect(response.headers.get("Allow")).toBe("GET, HEAD");
		}
	});

	test("whose bytes KV can't give is 503", async () => {
		const { url } = await upload();
		const failing = { getWithMetadata: () => Promise.reject(new Error("Network connection lost.")) };
		const response = await ask(url, {}, { PHOTOS: failing });
		expect(response.status).toBe(503);
		expect(response.headers.get("Cache-Control")).toBe("no-store");
	});
});

describe("the list of photos", () => {
	test("has the newest first, in parts, over both transports", async () => {
		const photos = [await upload(1), await upload(2), await upload(3)];
		const first = await fetchWorker("/photos?limit=2");
		const listed = await first.json<object[]>();
		expect(listed).toEqual(
			[photos[2], photos[1]].map((photo) => ({ ...photo, by: null, at: expect.any(String), used: false })),
		);
		const link = /<(.*)>; rel="next"/.exec(first.headers.get("Link") ?? "")?.[1] as string;
		const rest = await fetchWorker(link);
		expect(await rest.json()).toMatchObject([{ sha256: photos[0]?.sha256 }]);
		expect(rest.headers.get("Link")).toBeNull();
		const query = `query ($after: String) { photos(first: 2, after: $after) {
			nodes { url sha256 type width height bytes by at used }
			edges { cursor node { sha256 } }
			pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
		} }`;
		const { data } = await graphql(query);
		expect(data.photos.nodes).toEqual(listed);
		expect(data.photos.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
		const { data: behind } = await graphql(query, { after: data.photos.pageInfo.endCursor });
		expect(behind.photos.edges).toMatchObject([{ node: { sha256: photos[0]?.sha256 } }]);
		expect(behind.photos.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
	});

	test("is for those who may read everything, and refuses what it doesn't know", async () => {
		const bindings = { OPEN_WRITES: "false", READ_TOKENS: "site:r" };
		expect((await ask("/photos", {}, bindings)).status).toBe(401);
		expect((await ask("/photos", { headers: { Authorization: "Bearer r" } }, bindings)).status).toBe(200);
		expect((await fetchWorker("/photos?limit=0")).status).toBe(422);
		expect((await fetchWorker("/photos?cursor=x")).status).toBe(400);
		expect((await fetchWorker("/photos?q=x")).status).toBe(422);
	});
});
