import { reset, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ledger } from "../ledger/faulty-kv.ts";
import { holdClock } from "../platform/clock.ts";
import { harden } from "../platform/platform.ts";
import { fetchWorker, REST } from "../transports.ts";
import { breakPhotos, DAY_MS, goAhead, ring, upload } from "./uploaded.ts";

let platform: Awaited<ReturnType<typeof harden>>;
let photosKV: ReturnType<typeof breakPhotos>;
beforeEach(async () => {
	holdClock();
	photosKV = breakPhotos(() => null);
	platform = await harden({ plan: "paid" });
	await REST.create(rex);
	await ring();
});
afterEach(async () => {
	vi.useRealTimers();
	platform.restore();
	photosKV.restore();
	await reset();
});

const rex = { name: "Rex", age: 3, species: "dog" };

/** What something costs, the alarm behind it too: the ledger's rows, and what reaches the photos' KV. */
async function costOf(act: () => Promise<unknown>) {
	// KV takes one put a second of a key.
	goAhead(2000);
	platform.reset();
	photosKV.attempts.length = 0;
	await act();
	await runDurableObjectAlarm(ledger());
	const { rowsRead, rowsWritten } = platform.usage;
	return { rowsRead, rowsWritten, attempts: [...photosKV.attempts] };
}

// docs/cost.md has the figures.
test("an upload, the same again, a reference, the next change and a deletion cost a few rows and one KV write", async () => {
	let url = "";
	const uploading = await costOf(async () => {
		({ url } = await upload());
	});
	expect(uploading).toMatchObject({ rowsWritten: 6, attempts: ["put"] });
	expect(await costOf(upload)).toMatchObject({ rowsWritten: 2, attempts: [] });
	const plain = await costOf(() => REST.update(1, { age: 4 }));
	const adding = await costOf(() => REST.addPhoto(1, url));
	expect(adding.rowsWritten - plain.rowsWritten).toBe(3);
	// A record that has photos reads some rows more with each change, and writes none.
	const next = await costOf(() => REST.update(1, { age: 5 }));
	expect(next.rowsWritten).toBe(plain.rowsWritten);
	expect(next.rowsRead - plain.rowsRead).toBeLessThan(10);
	await upload(2);
	goAhead(8 * DAY_MS);
	expect(await costOf(async () => {})).toMatchObject({ rowsWritten: 4, attempts: ["delete"] });
});

test("a photo that is served costs the ledger nothing", async () => {
	const { url } = await upload();
	await ring();
	expect(await costOf(async () => (await fetchWorker(url)).body?.cancel())).toMatchObject({
		rowsWritten: 0,
		attempts: [],
	});
});
