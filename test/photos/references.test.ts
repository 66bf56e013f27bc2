import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test } from "vitest";
import { createApp } from "../../src/app.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { callTool, fetchWorker, GraphQL, graphql, MCP, REST, type Transport, transports } from "../transports.ts";
import { pixel, send, upload } from "./uploaded.ts";

afterEach(reset);

const rex = { name: "Rex", age: 3, species: "dog" };
const UNKNOWN = `http://localhost/photos/${"0".repeat(64)}.png`;
const FOREIGN = `http://example.org/photos/${"0".repeat(64)}.png`;

const NOT_THERE = "is not a photo that this service has";
const NO_URL = "must be an https URL of at most 2,048 characters";

const json = (method: string, body: unknown, headers: Record<string, string> = {}) => ({
	method,
	headers: { "Content-Type": "application/json", ...headers },
	body: JSON.stringify(body),
});

/** Every way in which a record gets its photos. */
const WAYS: [string, (photos: string[]) => Promise<unknown>][] = [
	...transports.flatMap((transport: Transport): [string, (photos: string[]) => Promise<unknown>][] => [
		[`create over ${transport.name}`, (photos) => transport.create({ ...rex, photos })],
		[`replace over ${transport.name}`, (photos) => transport.replace(1, { ...rex, photos })],
		[`update over ${transport.name}`, (photos) => transport.update(1, { photos })],
	]),
	[
		"an import over REST",
		async (photos) => (await fetchWorker("/rescues/import", json("POST", [{ ...rex, photos }]))).json(),
	],
	[
		"an atomic import over REST",
		async (photos) => (await fetchWorker("/rescues/import?atomic=true", json("POST", [{ ...rex, photos }]))).json(),
	],
	[
		"a dry run over REST",
		async (photos) => (await fetchWorker("/rescues/import?dryRun=true", json("POST", [{ ...rex, photos }]))).json(),
	],
	[
		"an import over GraphQL",
		async (photos) => {
			const query =
				"mutation ($input: [ImportRescueInput!]!) { importRescues(input: $input) { failed errors { path message } } }";
			const answer = await graphql(query, { input: [{ ...rex, photos }] });
			return answer.data.importRescues;
		},
	],
	[
		"an import over MCP",
		async (photos) => (await callTool("import_rescues", { rows: [{ ...rex, photos }] })).structuredContent.report,
	],
];

describe.each(WAYS)("%s", (_name, write) => {
	test("takes a photo that was uploaded, on an origin without TLS as it has", async () => {
		await REST.create(rex);
		const { url } = await upload();
		expect(JSON.stringify(await write([url, "https://example.org/rex.jpg"]))).not.toContain(NOT_THERE);
		const list = await (await fetchWorker("/rescues", { headers: { "Cache-Control": "no-cache" } })).text();
		if (!_name.startsWith("a dry run")) expect(list).toContain(url);
	});

	test("refuses one of ours that isn't there, and one of elsewhere without TLS, each in the same words", async () => {
		await REST.create(rex);
		const { url } = await upload();
		const answer = JSON.stringify(await write([UNKNOWN, url, FOREIGN, url.replace(".png", ".jpg")]));
		const issues = [...answer.matchAll(/"path":\[([^\]]*)\],"message":"([^"]*)"/g)].map(([, path = "", message]) => [
			// GraphQL has all steps of an import's paths as texts.
			path.replaceAll('"', "").split(",").slice(-2).join("."),
			message,
		]);
		expect(issues).toEqual([
			["photos.0", NOT_THERE],
			["photos.2", NO_URL],
			["photos.3", NOT_THERE],
		]);
	});
});

test("what a record has already it may keep, whatever became of it", async () => {
	const { url } = await upload();
	await REST.create({ ...rex, photos: [url] });
	// Under another origin it is one of elsewhere, without TLS.
	const bindings = { ...env, OPEN_WRITES: "false", WRITE_TOKENS: "phone:w" };
	const change = (...photos: string[]) =>
		createApp().request(
			"https://other.example/rescues/1",
			json("PATCH", { photos }, { Authorization: "Bearer w" }),
			bindings,
		);
	expect((await change(url, "https://example.org/b.jpg")).status).toBe(200);
	expect((await change("https://example.org/b.jpg")).status).toBe(200);
	expect((await change(url)).status).toBe(422);
	expect(await GraphQL.update(1, { photos: [url, "https://example.org/b.jpg"] })).toMatchObject({
		rescue: { photos: [url, "https://example.org/b.jpg"] },
	});
});

test("what is ours is said by PUBLIC_URL, and by the origin that was asked", async () => {
	const { sha256 } = await upload();
	const bindings = { ...env, PUBLIC_URL: "https://api.rescue.example" };
	const create = async (...photos: string[]) => {
		const response = await createApp().request("http://localhost/rescues", json("POST", { ...rex, photos }), bindings);
		return response.ok
			? "ok"
			: (await response.json<{ errors: { path: unknown[] }[] }>()).errors.map(({ path }) => path[1]);
	};
	expect(await create(`https://api.rescue.example/photos/${sha256}.png`, `http://localhost/photos/${sha256}.png`)).toBe(
		"ok",
	);
	expect(await create(`https://api.rescue.example/photos/${"1".repeat(64)}.png`, UNKNOWN)).toEqual([0, 1]);
	expect(await create(`https://api.rescue.example/photos/${sha256}.png?w=100`)).toEqual([0]);
	// Of elsewhere nothing is asked.
	expect(await create(`https://partner.example/photos/${"1".repeat(64)}.png`)).toBe("ok");
});

describe("a picture that is sent to a rescue", () => {
	const add = async (id: number, headers: Record<string, string> = {}, red = 255) =>
		send(await pixel(red), `/rescues/${id}/photos`, headers);

	test("is uploaded and put behind its others, one version more", async () => {
		await REST.create({ ...rex, photos: ["https://example.org/rex.jpg"] });
		const response = await add(1, { "If-Match": '"1"' });
		expect(response.status).toBe(200);
		expect(response.headers.get("ETag")).toBe('"2"');
		const { photos, version } = await response.json<AnimalRescue>();
		expect(version).toBe(2);
		expect(photos).toEqual(["https://example.org/rex.jpg", expect.stringMatching(/^http:\/\/localhost\/photos\//)]);
		expect((await fetchWorker(photos[1] as string)).status).toBe(200);
		expect(((await graphql("{ photos { nodes { used } } }")) as { data: object }).data).toEqual({
			photos: { nodes: [{ used: true }] },
		});
		// The same picture again changes nothing.
		expect((await (await add(1)).json<AnimalRescue>()).version).toBe(2);
	});

	test("is refused at another version, and where there is no such rescue", async () => {
		await REST.create(rex);
		const stale = await add(1, { "If-Match": '"7"' });
		expect(stale.status).toBe(412);
		expect((await stale.json<{ currentVersion: number }>()).currentVersion).toBe(1);
		expect((await add(1, { "If-Match": "7" })).status).toBe(400);
		expect((await add(9)).status).toBe(404);
		expect((await add(Number.NaN)).status).toBe(404);
		expect((await send(new Uint8Array(10), "/rescues/1/photos")).status).toBe(422);
		expect((await send(await pixel(), "/rescues/1/photos", { "Content-Type": "text/html" })).status).toBe(415);
		const whole = await send(new Uint8Array(5 * 1024 * 1024 + 1), "/rescues/1/photos");
		expect(whole.status).toBe(413);
		expect(await REST.get(1)).toMatchObject({ rescue: { version: 1, photos: [] } });
	});

	test("is added once under an idempotency key, whatever happened since", async () => {
		await REST.create(rex);
		const key = { "Idempotency-Key": "k1", "If-Match": '"1"' };
		const first = await (await add(1, key)).json<AnimalRescue>();
		await REST.update(1, { photos: [] });
		const again = await add(1, key);
		expect(again.headers.get("Idempotency-Replayed")).toBe("true");
		expect(await again.json()).toEqual(first);
		expect(await REST.get(1)).toMatchObject({ rescue: { photos: [] } });
		expect((await add(1, key, 7)).status).toBe(422);
	});

	test("goes to one of two that are sent at the same version", async () => {
		await REST.create(rex);
		const both = await Promise.all([1, 2].map((red) => add(1, { "If-Match": '"1"' }, red)));
		expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
		await REST.update(1, { photos: [] });
		await Promise.all([3, 4, 5].map((red) => add(1, {}, red)));
		const { rescue } = (await REST.get(1)) as { rescue: AnimalRescue };
		expect(rescue.photos).toHaveLength(3);
	});

	test("needs a token that writes", async () => {
		const bindings = { ...env, OPEN_WRITES: "false", READ_TOKENS: "site:r" };
		const headers = { "Content-Type": "image/png", Authorization: "Bearer r" };
		const response = await createApp().request(
			"/rescues/1/photos",
			{ method: "POST", body: await pixel(), headers },
			bindings,
		);
		expect(response.status).toBe(403);
	});
});

describe("an address that is sent to a rescue", () => {
	test("as JSON: what else is in it is refused, with all that is wrong", async () => {
		await REST.create(rex);
		const response = await fetchWorker("/rescues/1/photos", json("POST", { url: "rex.jpg", ifVersion: 1 }));
		expect(response.status).toBe(422);
		expect((await response.json<{ errors: object[] }>()).errors).toEqual([
			{ path: ["url"], message: NO_URL },
			{ path: ["ifVersion"], message: "is not a known field" },
		]);
		for (const body of ["[]", '"x"', "null", "{}"]) {
			const headers = { "Content-Type": "application/json" };
			const refused = await fetchWorker("/rescues/1/photos", { method: "POST", body, headers });
			expect([body, refused.status]).toEqual([body, 422]);
		}
	});

	test.each([REST, GraphQL, MCP])("over $name is added and taken out again, once under a key", async (transport) => {
		await transport.create(rex);
		const { url } = await upload();
		const added = await transport.addPhoto(1, url, 1, "k1");
		expect(added).toMatchObject({ rescue: { photos: [url], version: 2 } });
		expect(await transport.removePhoto(1, url, 2, "k2")).toMatchObject({ rescue: { photos: [], version: 3 } });
		expect(await transport.addPhoto(1, url, 1, "k1")).toEqual(added);
		expect(await transport.get(1)).toMatchObject({ rescue: { photos: [], version: 3 } });
		expect(await transport.removePhoto(1, "https://example.org/x.jpg", undefined, "k2")).toMatchObject({
			code: "IDEMPOTENCY_KEY_REUSED",
		});
	});

	test("is named in the query to be taken out", async () => {
		await REST.create(rex);
		const response = await fetchWorker("/rescues/1/photos", { method: "DELETE" });
		expect(response.status).toBe(422);
		expect((await response.json<{ errors: object[] }>()).errors).toMatchObject([{ path: ["url"] }]);
	});
});

test("a deleted record comes back with its photos", async () => {
	const { url } = await upload();
	await REST.create({ ...rex, photos: [url] });
	await REST.remove(1);
	expect(await REST.restore(1)).toMatchObject({ rescue: { photos: [url] } });
});
