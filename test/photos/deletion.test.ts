import { evictDurableObject, reset, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { alarmAt, ledger } from "../ledger/faulty-kv.ts";
import { holdClock } from "../platform/clock.ts";
import { fetchWorker, REST } from "../transports.ts";
import {
	breakPhotos,
	bytesKept,
	DAY_MS,
	goAhead,
	HOUR_MS,
	isInKV,
	isServed,
	known,
	pixel,
	ring,
	send,
	upload,
} from "./uploaded.ts";

let photosKV: ReturnType<typeof breakPhotos>;
beforeEach(() => {
	holdClock();
	photosKV = breakPhotos(() => null);
});
afterEach(async () => {
	vi.useRealTimers();
	photosKV.restore();
	await reset();
});

const rex = { name: "Rex", age: 3, species: "dog" };

describe("a photo that nothing refers to", () => {
	test("is deleted a week after it was uploaded, by the alarm, which is set for then", async () => {
		const photo = await upload();
		await ring();
		expect(Math.abs(((await alarmAt()) as number) - Date.now() - 7 * DAY_MS)).toBeLessThan(60_000);
		goAhead(7 * DAY_MS - HOUR_MS);
		await ring();
		expect(await isServed(photo)).toBe(true);
		goAhead(2 * HOUR_MS);
		await ring();
		expect(await isServed(photo)).toBe(false);
		expect(await isInKV(photo)).toBe(false);
		expect(await known()).toEqual({});
		expect(await bytesKept()).toBe(0);
		expect(await alarmAt()).toBeNull();
	});

	test("has another week when it is uploaded again", async () => {
		const photo = await upload();
		goAhead(6 * DAY_MS);
		await upload();
		goAhead(6 * DAY_MS);
		await ring();
		expect(await isServed(photo)).toBe(true);
		goAhead(DAY_MS + HOUR_MS);
		await ring();
		expect(await isServed(photo)).toBe(false);
	});

	test("can't be referred to once it is gone", async () => {
		const { url } = await upload();
		goAhead(8 * DAY_MS);
		await ring();
		expect(await REST.create({ ...rex, photos: [url] })).toMatchObject({
			code: "INVALID_INPUT",
			errors: [{ path: ["photos", 0], message: "is not a photo that this service has" }],
		});
	});

	test("goes with many others in steps, which leave the alarm's fifty subrequests alone", async () => {
		for (let red = 0; red < 12; red++) await upload(red);
		goAhead(8 * DAY_MS);
		const left: number[] = [];
		while (Object.keys(await known()).length > 0) {
			await runDurableObjectAlarm(ledger());
			left.push(Object.keys(await known()).length);
		}
		expect(left).toEqual([7, 2, 0]);
		expect(photosKV.attempts.filter((operation) => operation === "delete")).toHaveLength(12);
	});

	test("isn't deleted while the documents in KV are another ledger's", async () => {
		const photo = await upload();
		await REST.create(rex);
		const { value, metadata } = await env.RESCUES.getWithMetadata("rescues:0", "text");
		await env.RESCUES.put("rescues:0", value as string, { metadata: { ...(metadata as object), ledger: "another" } });
		await evictDurableObject(ledger());
		goAhead(8 * DAY_MS);
		await runDurableObjectAlarm(ledger());
		expect(await isInKV(photo)).toBe(true);
		expect((await send(await pixel(7))).status).toBe(503);
	});
});

describe("a photo that something refers to", () => {
	const aYearLater = async () => {
		goAhead(365 * DAY_MS);
		await ring();
	};

	test("stays", async () => {
		const photo = await upload();
		await REST.create({ ...rex, photos: [photo.url] });
		await aYearLater();
		expect(await isServed(photo)).toBe(true);
	});

	test("stays while only the history of a record does, or of a deleted one", async () => {
		const [first, second] = [await upload(1), await upload(2)];
		await REST.create({ ...rex, photos: [first.url] });
		await REST.update(1, { photos: [second.url] });
		await REST.removePhoto(1, second.url);
		await REST.remove(1);
		await aYearLater();
		expect([await isServed(first), await isServed(second)]).toEqual([true, true]);
	});

	test("stays whatever the origin in its address, to be safe", async () => {
		const photo = await upload();
		await REST.create({ ...rex, photos: [photo.url.replace("http://localhost", "https://old.example")] });
		await aYearLater();
		expect(await isServed(photo)).toBe(true);
	});

	test("stays when it was uploaded after the record that does, as from a partner's service", async () => {
		const address = "https://partner.example/photos/";
		const { sha256 } = await upload();
		goAhead(8 * DAY_MS);
		await ring();
		await REST.create({ ...rex, photos: [`${address}${sha256}.png`] });
		const again = await upload();
		await aYearLater();
		expect(await isServed(again)).toBe(true);
	});

	test("is deleted with the record that is purged, unless another one does, too", async () => {
		const [only, both] = [await upload(1), await upload(2)];
		await REST.create({ ...rex, photos: [only.url, both.url] });
		await REST.create({ ...rex, photos: [both.url] });
		await REST.update(1, { photos: [both.url] });
		await REST.remove(1);
		await ring();
		expect(await isServed(only)).toBe(true);
		await REST.purge(1);
		// The alarm behind the write does it, and doesn't fail.
		await runDurableObjectAlarm(ledger());
		expect((await alarmAt()) ?? 0).not.toBeGreaterThan(Date.now() + 30_000);
		await ring();
		expect([await isServed(only), await isServed(both)]).toEqual([false, true]);
		expect(Object.keys(await known())).toEqual([both.sha256]);
		await REST.remove(2);
		await REST.purge(2);
		await ring();
		expect(await known()).toEqual({});
	});
});

describe("an upload that breaks off", () => {
	test("because KV takes nothing is 503, leaves a reservation, and is cleared away an hour later", async () => {
		photosKV.choose(() => "throw");
		const response = await send(await pixel());
		expect(response.status).toBe(503);
		expect(response.headers.get("Retry-After")).toBe("2");
		// After a second it was tried once more: KV may have had one write of the key too many.
		expect(photosKV.attempts).toEqual(["put", "put"]);
		const [sha256] = Object.keys(await known());
		expect(await known()).toEqual({ [sha256 as string]: "reserved" });
		// It isn't there yet.
		expect(await REST.create({ ...rex, photos: [`http://localhost/photos/${sha256}.png`] })).toMatchObject({
			code: "INVALID_INPUT",
		});
		photosKV.choose(() => null);
		goAhead(2 * HOUR_MS);
		await ring();
		expect(await known()).toEqual({});
		expect(await bytesKept()).toBe(0);
	});

	test("succeeds when it is sent again", async () => {
		photosKV.choose(() => "throw");
		await send(await pixel());
		photosKV.choose(() => null);
		expect((await send(await pixel())).status).toBe(201);
		expect(Object.values(await known())).toEqual(["stored"]);
	});

	test("leaves the writes of records alone", async () => {
		photosKV.choose(() => "throw");
		const upload = send(await pixel());
		expect(await REST.create(rex)).toMatchObject({ rescue: { id: 1 } });
		await upload;
	});

	test("behind KV, before the ledger knows, counts until it is cleared away, bytes and all", async () => {
		const { write } = await runInDurableObject(ledger(), (instance) => Object.getPrototypeOf(instance));
		await runInDurableObject(ledger(), (instance) => {
			Object.getPrototypeOf(instance).write = function (this: unknown, command: { do: string }, ...rest: unknown[]) {
				if (command.do === "storePhoto") throw new Error("the ledger is lost");
				return write.call(this, command, ...rest);
			};
		});
		expect((await send(await pixel())).status).toBe(503);
		await runInDurableObject(ledger(), (instance) => {
			Object.getPrototypeOf(instance).write = write;
		});
		const [sha256] = Object.keys(await known());
		expect(await env.PHOTOS.get(`photo:${sha256}`)).not.toBeNull();
		goAhead(2 * HOUR_MS);
		await ring();
		expect(await known()).toEqual({});
		expect(await env.PHOTOS.get(`photo:${sha256}`)).toBeNull();
	});
});

describe("a deletion that KV doesn't take", () => {
	test("is tried again a minute later; nothing refers to the photo meanwhile, and writes go on", async () => {
		const photo = await upload();
		goAhead(8 * DAY_MS);
		photosKV.choose((operation) => (operation === "delete" ? "throw" : null));
		await ring();
		expect(await known()).toEqual({ [photo.sha256]: "deleting" });
		const at = (await alarmAt()) as number;
		expect(at).toBeGreaterThan(Date.now() + 30_000);
		expect(at).toBeLessThan(Date.now() + 120_000);
		expect(await REST.create({ ...rex, photos: [photo.url] })).toMatchObject({ code: "INVALID_INPUT" });
		expect(await REST.create(rex)).toMatchObject({ rescue: { name: "Rex" } });
		expect((await send(await pixel())).status).toBe(503);
		photosKV.choose(() => null);
		goAhead(2 * 60_000);
		await ring();
		expect(await known()).toEqual({});
		expect((await send(await pixel())).status).toBe(201);
		expect(await isServed(photo)).toBe(true);
	});

	test("is gone on with by the ledger's next life", async () => {
		await upload();
		goAhead(8 * DAY_MS);
		photosKV.choose((operation) => (operation === "delete" ? "throw" : null));
		await ring();
		await evictDurableObject(ledger());
		photosKV.choose(() => null);
		goAhead(2 * 60_000);
		await ring();
		expect(await known()).toEqual({});
	});

	test("and hangs keeps neither the alarm nor documents from being published", async () => {
		await upload();
		goAhead(8 * DAY_MS);
		photosKV.choose((operation) => (operation === "delete" ? "hang" : null));
		await ring();
		expect(await REST.create(rex)).toMatchObject({ rescue: { name: "Rex" } });
		expect(await (await fetchWorker("/rescues")).json()).toHaveLength(1);
	});
});

describe("an upload of what is being deleted", () => {
	test("waits for the deletion, and takes nothing of it", async () => {
		const photo = await upload();
		goAhead(8 * DAY_MS);
		photosKV.choose((operation) => (operation === "delete" ? "late" : null));
		const alarm = runDurableObjectAlarm(ledger());
		await expect.poll(known).toEqual({ [photo.sha256]: "deleting" });
		const uploading = send(await pixel());
		await new Promise((resolve) => setTimeout(resolve, 100));
		photosKV.choose(() => null);
		photosKV.letGo();
		await alarm;
		expect((await uploading).status).toBe(201);
		expect(await isServed(photo)).toBe(true);
		expect(await known()).toEqual({ [photo.sha256]: "stored" });
		await ring();
		expect(await isServed(photo)).toBe(true);
	});

	test("is 503 while the deletion hangs: a late one would take the new photo away", async () => {
		const photo = await upload();
		goAhead(8 * DAY_MS);
		photosKV.choose((operation) => (operation === "delete" ? "late" : null));
		await runDurableObjectAlarm(ledger());
		expect((await send(await pixel())).status).toBe(503);
		goAhead(2 * 60_000);
		await runDurableObjectAlarm(ledger());
		expect((await send(await pixel())).status).toBe(503);
		photosKV.choose(() => null);
		photosKV.letGo();
		await expect.poll(known).toEqual({});
		expect((await send(await pixel())).status).toBe(201);
		expect(await isServed(photo)).toBe(true);
	});

	test("and referred to at the same time: what is answered is true", async () => {
		for (let red = 0; red < 5; red++) {
			const photo = await upload(red);
			goAhead(8 * DAY_MS);
			const [, again, created] = await Promise.all([
				runDurableObjectAlarm(ledger()),
				send(await pixel(red)),
				REST.create({ ...rex, photos: [photo.url] }),
			]);
			const isReferredTo = "rescue" in created;
			if (isReferredTo) expect((created.rescue as AnimalRescue).photos).toEqual([photo.url]);
			if (again.ok || isReferredTo) expect(await isServed(photo)).toBe(true);
			await ring();
			if (again.ok || isReferredTo) expect(await isServed(photo)).toBe(true);
		}
	});
});

test("together photos take no more than PHOTOS_MAX_BYTES, and say so", async () => {
	const first = await upload(1);
	await runInDurableObject(ledger(), (_, { storage: { sql } }) =>
		sql.exec("UPDATE meta SET value = 900000000 - 10 WHERE name = 'photo_bytes'"),
	);
	const response = await send(await pixel(2));
	expect(response.status).toBe(507);
	expect(await response.json()).toMatchObject({
		code: "STORAGE_FULL",
		detail: "With this photo all would take 900,000,059 bytes; they may take 900,000,000.",
	});
	expect(Object.keys(await known())).toEqual([first.sha256]);
	// What is there already is no more.
	expect((await send(await pixel(1))).status).toBe(200);
});
