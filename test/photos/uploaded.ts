/** What the tests of photos have in common: pictures, uploads, the clock and what the ledger knows. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import type { UploadedPhoto } from "../../src/photos/resolvers.ts";
import { alarmAt, ledger } from "../ledger/faulty-kv.ts";
import { fetchWorker } from "../transports.ts";
import { concat, pngChunk } from "./pictures.ts";

export const HOUR_MS = 3600_000;
export const DAY_MS = 24 * HOUR_MS;

/** A PNG of one pixel; each red is another picture. */
export async function pixel(red = 255, padding = 0): Promise<Uint8Array<ArrayBuffer>> {
	const deflate = new Blob([new Uint8Array([0, red, 0, 0])]).stream().pipeThrough(new CompressionStream("deflate"));
	const pixels = new Uint8Array(await new Response(deflate).arrayBuffer());
	return concat(
		"\x89PNG\r\n\x1a\n",
		pngChunk("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]),
		...(padding > 0 ? [pngChunk("tEXt", new Uint8Array(padding))] : []),
		pngChunk("IDAT", pixels),
		pngChunk("IEND"),
	);
}

/** Sends a picture. */
export const send = (body: Uint8Array<ArrayBuffer>, path = "/photos", headers: Record<string, string> = {}) =>
	fetchWorker(path, { method: "POST", body, headers: { "Content-Type": "image/png", ...headers } });

/** Uploads a picture of one pixel. */
export async function upload(red = 255): Promise<UploadedPhoto> {
	const response = await send(await pixel(red));
	if (!response.ok) throw new Error(await response.text());
	return response.json();
}

/** Whether a photo is served. */
export const isServed = async ({ url }: UploadedPhoto) => {
	const response = await fetchWorker(url);
	await response.body?.cancel();
	return response.ok;
};

/** Whether KV has a photo's bytes. */
export const isInKV = async ({ sha256 }: UploadedPhoto) =>
	(await env.PHOTOS.get(`photo:${sha256}`, "arrayBuffer")) !== null;

/** The hashes that the ledger knows, with their states. */
export const known = () =>
	runInDurableObject(ledger(), (_, { storage: { sql } }) =>
		Object.fromEntries(
			sql
				.exec<{ sha256: string; state: string }>("SELECT sha256, state FROM photos")
				.toArray()
				.map(({ sha256, state }) => [sha256, state]),
		),
	);

/** How many bytes the ledger says that all photos take. */
export const bytesKept = () =>
	runInDurableObject(
		ledger(),
		(_, { storage: { sql } }) =>
			sql.exec<{ value: number }>("SELECT value FROM meta WHERE name = 'photo_bytes'").one().value,
	);

/** Puts the clock so much further ahead, until `vi.useRealTimers`. */
export const goAhead = (ms: number) => vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });

/** Runs the alarm as often as there is something due. */
export async function ring() {
	for (let rung = 0; rung < 20; rung++) {
		const at = await alarmAt();
		if (at === null || (rung > 0 && at > Date.now() + 10_000)) return;
		await runDurableObjectAlarm(ledger());
	}
}

type Fault = "throw" | "hang" | "late";

/** Makes the photos' KV fail: what it stores is stored by the real one. */
export function breakPhotos(choose: (operation: "put" | "delete", key: string) => Fault | null) {
	const kv = env.PHOTOS;
	const { put, delete: remove } = kv;
	let now = choose;
	let letGo = Promise.withResolvers<void>();
	const attempts: string[] = [];
	const attend = async (operation: "put" | "delete", key: string, land: () => Promise<void>) => {
		attempts.push(operation);
		const fault = now(operation, key);
		if (fault === "throw") throw new Error("Network connection lost.");
		if (fault === "hang") await new Promise(() => {});
		if (fault === "late") await letGo.promise;
		await land();
	};
	kv.put = ((key: string, value: ArrayBuffer, options?: KVNamespacePutOptions) =>
		attend("put", key, () => put.call(kv, key, value, options))) as typeof put;
	kv.delete = ((key: string) => attend("delete", key, () => remove.call(kv, key))) as typeof remove;
	return {
		attempts,
		choose(next: typeof choose) {
			now = next;
		},
		letGo() {
			letGo.resolve();
			letGo = Promise.withResolvers();
		},
		restore() {
			letGo.resolve();
			kv.put = put;
			kv.delete = remove;
		},
	};
}
