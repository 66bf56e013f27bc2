import { reset, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ledger } from "../ledger/faulty-kv.ts";
import { loseLedger } from "../ledger/lost.ts";
import { holdClock } from "../platform/clock.ts";
import { fetchWorker, graphql, REST } from "../transports.ts";
import { bytesKept, DAY_MS, goAhead, HOUR_MS, isInKV, isServed, known, ring, upload } from "./uploaded.ts";

beforeEach(() => {
	holdClock();
});
afterEach(async () => {
	vi.useRealTimers();
	await reset();
});

const rex = { name: "Rex", age: 3, species: "dog" };

/** Goes through a rebuild; gives what it said of photos. */
async function rebuild(claim = "") {
	const said = { photosMissing: [] as string[], photosAdopted: 0, batches: 0 };
	for (let query = claim; ; ) {
		const response = await fetchWorker(`/rebuild?${query}`, { method: "POST" });
		const batch = await response.json<{ photosMissing: string[]; photosAdopted: number; next: string | null }>();
		expect([response.status, batch]).toEqual([200, batch]);
		said.photosMissing.push(...batch.photosMissing);
		said.photosAdopted += batch.photosAdopted;
		if (batch.next?.startsWith("photos:")) said.batches++;
		if (batch.next === null) return said;
		query = `cursor=${encodeURIComponent(batch.next)}`;
	}
}

const isOld = () => goAhead(HOUR_MS);

describe("a rebuild", () => {
	test("says nothing of photos that are sound", async () => {
		const photo = await upload();
		isOld();
		expect(await rebuild()).toEqual({ photosMissing: [], photosAdopted: 0, batches: 1 });
		expect(await isServed(photo)).toBe(true);
	});

	test("names what KV has lost, until it is uploaded again", async () => {
		const [lost, kept] = [await upload(1), await upload(2)];
		await REST.create({ ...rex, photos: [lost.url, kept.url] });
		await env.PHOTOS.delete(`photo:${lost.sha256}`);
		// What was uploaded just now KV may list only later.
		expect((await rebuild()).photosMissing).toEqual([]);
		isOld();
		expect((await rebuild()).photosMissing).toEqual([`${lost.sha256}.png`]);
		const { data } = await graphql(
			'mutation { rebuildDocuments(after: "photos:") { photosMissing photosAdopted next } }',
		);
		expect(data.rebuildDocuments).toEqual({ photosMissing: [`${lost.sha256}.png`], photosAdopted: 0, next: null });
		await upload(1);
		expect((await rebuild()).photosMissing).toEqual([]);
		expect(await isServed(lost)).toBe(true);
	});

	test("takes in what nobody knows: what no record refers to is deleted a week later", async () => {
		const [used, unused] = [await upload(1), await upload(2)];
		await REST.create({ ...rex, photos: [used.url] });
		await env.PHOTOS.put("photo:abc", "what isn't ours");
		await env.PHOTOS.put(`photo:${"f".repeat(64)}`, "what isn't a photo");
		await loseLedger();
		expect(await known()).toEqual({});
		expect(await rebuild("claim=adopt")).toMatchObject({ photosAdopted: 2, photosMissing: [] });
		expect(await known()).toEqual({ [used.sha256]: "stored", [unused.sha256]: "stored" });
		expect(await bytesKept()).toBe(used.bytes + unused.bytes);
		expect(await rebuild()).toMatchObject({ photosAdopted: 0 });
		goAhead(6 * DAY_MS);
		await ring();
		expect(await isServed(unused)).toBe(true);
		goAhead(2 * DAY_MS);
		await ring();
		expect([await isServed(used), await isServed(unused)]).toEqual([true, false]);
		expect(await env.PHOTOS.get("photo:abc")).not.toBeNull();
	});

	test("goes through more than KV lists at a time", async () => {
		const hash = (index: number) => index.toString(16).padStart(64, "0");
		const metadata = { type: "image/png", width: 1, height: 1, bytes: 3 };
		await Promise.all(
			Array.from({ length: 1100 }, (_, index) => env.PHOTOS.put(`photo:${hash(index)}`, "abc", { metadata })),
		);
		expect(await rebuild()).toMatchObject({ photosAdopted: 1100, photosMissing: [] });
		isOld();
		expect(await rebuild()).toMatchObject({ photosAdopted: 0, photosMissing: [] });
		await Promise.all(Array.from({ length: 1100 }, (_, index) => env.PHOTOS.delete(`photo:${hash(index)}`)));
		await env.PHOTOS.put(`photo:${hash(5)}`, "abc", { metadata });
		const { photosMissing } = await rebuild();
		expect(photosMissing).toHaveLength(1099);
		expect(new Set(photosMissing).size).toBe(1099);
		expect(photosMissing).not.toContain(`${hash(5)}.png`);
	});

	test("refuses to go on from where no rebuild has been", async () => {
		for (const place of ["photos:x", `photos:${"0".repeat(63)}:`]) {
			const response = await fetchWorker(`/rebuild?cursor=${encodeURIComponent(place)}`, { method: "POST" });
			expect(response.status).toBe(400);
		}
	});
});

describe("a restore", () => {
	const backUp = async () => (await fetchWorker("/backup")).text();
	const restore = async (body: string, search = "") => {
		const headers = { "Content-Type": "application/x-ndjson" };
		const response = await fetchWorker(`/restore${search}`, { method: "POST", headers, body });
		return { status: response.status, ...(await response.json<{ next: number | null }>()) };
	};
	/** Another service's beginning. */
	const beEmpty = async () => {
		await loseLedger();
		for (const namespace of [env.RESCUES, env.PHOTOS]) {
			for (const { name } of (await namespace.list()).keys) await namespace.delete(name);
		}
	};

	test("goes into a service that has nothing but photos, which are referred to then", async () => {
		const [used, past, unused] = [await upload(1), await upload(2), await upload(3)];
		await REST.create({ ...rex, photos: [past.url] });
		await REST.update(1, { photos: [used.url] });
		const text = await backUp();
		await beEmpty();
		for (const red of [1, 2, 3]) await upload(red);
		expect(await restore(text)).toMatchObject({ status: 200, next: null });
		expect(await REST.get(1)).toMatchObject({ rescue: { version: 2, photos: [used.url] } });
		goAhead(8 * DAY_MS);
		await ring();
		expect([await isServed(used), await isServed(past), await isServed(unused)]).toEqual([true, true, false]);
	});

	test("may come before the photos: they are referred to as soon as they are there", async () => {
		const photo = await upload();
		await REST.create({ ...rex, photos: [photo.url] });
		const text = await backUp();
		await beEmpty();
		expect(await restore(text)).toMatchObject({ status: 200, next: null });
		expect(await isServed(photo)).toBe(false);
		await upload();
		goAhead(8 * DAY_MS);
		await ring();
		expect(await isServed(photo)).toBe(true);
		// What it has it keeps meanwhile, and it can be changed.
		expect(await REST.update(1, { age: 4 })).toMatchObject({ rescue: { photos: [photo.url] } });
	});

	test("lets nothing be deleted before it has ended, and forgets what another one referred to", async () => {
		const [first, second] = [await upload(1), await upload(2)];
		await REST.create({ ...rex, photos: [first.url] });
		const one = await backUp();
		await beEmpty();
		await upload(2);
		await REST.create({ ...rex, photos: [second.url] });
		const other = await backUp();
		await beEmpty();
		await upload(1);
		await upload(2);
		expect(await restore(one, "?more=true")).toMatchObject({ status: 200, next: 2 });
		goAhead(8 * DAY_MS);
		await ring();
		expect(await isInKV(second)).toBe(true);
		expect(await restore(other)).toMatchObject({ status: 200, next: null });
		goAhead(6 * DAY_MS);
		await ring();
		expect([await isServed(first), await isServed(second)]).toEqual([true, true]);
		goAhead(2 * DAY_MS);
		await ring();
		expect([await isServed(first), await isServed(second)]).toEqual([false, true]);
	});

	test("of a purge leaves none of the photos that only the purged record had", async () => {
		const [gone, kept] = [await upload(1), await upload(2)];
		await REST.create({ ...rex, photos: [gone.url, kept.url] });
		await REST.create({ ...rex, photos: [kept.url] });
		const before = await backUp();
		await REST.remove(1);
		await REST.purge(1);
		const behind = await (await fetchWorker("/backup?after=2")).text();
		await beEmpty();
		await upload(1);
		await upload(2);
		expect(await restore(before + behind)).toMatchObject({ status: 200, next: null });
		await ring();
		expect([await isServed(gone), await isServed(kept)]).toEqual([false, true]);
	});
});

test("the release before runs on the tables, and what it writes and purges is known", async () => {
	const [first, second] = [await upload(1), await upload(2)];
	const due = await runInDurableObject(ledger(), (_, { storage: { sql } }) => {
		const change = (id: number, version: number, kind: string, document: string) =>
			sql.exec(
				"INSERT INTO changes (id, version, kind, at, by, document) VALUES (?, ?, ?, '', NULL, ?)",
				id,
				version,
				kind,
				document,
			);
		const dueOf = () =>
			sql
				.exec<{ due: number | null }>("SELECT due FROM photos ORDER BY number")
				.toArray()
				.map(({ due }) => due);
		change(1, 1, "created", JSON.stringify({ id: 1, photos: [first.url, "https://example.org/rex.jpg"] }));
		change(2, 1, "created", JSON.stringify({ id: 2, photos: [first.url, second.url], description: "/photos/" }));
		const used = dueOf();
		sql.exec("DELETE FROM changes WHERE id = 2");
		change(2, 2, "purged", "null");
		return [used, dueOf()];
	});
	expect(due).toEqual([
		[null, null],
		[null, 0],
	]);
});

test("an admin is told how many bytes photos take", async () => {
	const { bytes } = await upload();
	const response = await fetchWorker("/health", { headers: { Authorization: "Bearer any" } });
	expect((await response.json<{ ledger: object }>()).ledger).toMatchObject({ photoBytes: bytes });
	expect((await graphql("{ ledger { photoBytes } }")).data).toEqual({ ledger: { photoBytes: bytes } });
});
