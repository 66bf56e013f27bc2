/** The comparison of the photos that are in KV with those that the ledger knows. */
import {
	isPhotoMeta,
	type NewPhoto,
	type PhotoMeta,
	type PhotoType,
	parsePhotoKey,
	photoName,
} from "../../photos/photo.ts";
import type { Photos } from "./photos.ts";

/** The most photos of either side in one batch; KV lists as many at a time. */
const BATCH = 1000;
/** KV may list a photo only some time after it was put: younger ones aren't missed, in ms. */
const SETTLED_MS = 5 * 60_000;
/** Above every hash. */
const END = "g";

/** What a batch found. */
export interface ComparedPhotos {
	/** Names of those that the ledger knows and KV lacks. */
	missing: string[];
	/** Those that KV has and the ledger doesn't know. */
	unknown: NewPhoto[];
	/** Where to go on; null at the end. */
	next: string | null;
}

/** Goes through KV's list, which is in the order of the hashes, and the ledger's side by side. */
export class PhotoComparison {
	#sql: SqlStorage;
	#kv: KVNamespace;
	#photos: Photos;

	constructor(sql: SqlStorage, kv: KVNamespace, photos: Photos) {
		this.#sql = sql;
		this.#kv = kv;
		this.#photos = photos;
	}

	/**
	 * Compares a batch.
	 * @param from the `next` of the batch before; empty to begin. Null is given back for what no batch gave.
	 */
	async read(from: string): Promise<ComparedPhotos | null> {
		const [, after, cursor] = /^([0-9a-f]{64})?:(.*)$/.exec(from || ":") ?? [];
		if (cursor === undefined) return null;
		const listed = await this.#kv.list<PhotoMeta>({ prefix: "photo:", cursor: cursor || null, limit: BATCH });
		const inKV = listed.keys.flatMap(({ name, metadata }) => {
			const sha256 = parsePhotoKey(name);
			return sha256 === null ? [] : [{ sha256, ...metadata }];
		});
		const last = listed.list_complete ? END : (inKV.at(-1)?.sha256 ?? after ?? "");
		const known = this.#sql
			.exec<{ sha256: string; type: PhotoType; state: string; at: string }>(
				"SELECT sha256, type, state, at FROM photos WHERE sha256 > ? AND sha256 <= ? ORDER BY sha256 LIMIT ?",
				after ?? "",
				last,
				BATCH,
			)
			.toArray();
		const isThere = new Set(inKV.map(({ sha256 }) => sha256));
		const old = new Date(Date.now() - SETTLED_MS).toISOString();
		const missing = known.filter(({ sha256, state, at }) => state === "stored" && at < old && !isThere.has(sha256));
		// Of a long list of what the ledger knows the rest is compared with the same part of KV's.
		const rest = known.length === BATCH ? `${known.at(-1)?.sha256}:${cursor}` : null;
		return {
			missing: missing.map(photoName),
			unknown: inKV.filter((photo): photo is NewPhoto => isPhotoMeta(photo) && !this.#photos.has(photo.sha256)),
			next: rest ?? (listed.list_complete ? null : `${last}:${listed.cursor}`),
		};
	}
}
