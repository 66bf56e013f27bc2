/** What the ledger knows of uploaded photos: their rows, how many bytes they may take, and what a record may refer to. */
import { failure, type InputIssue, success, unavailable } from "../../core/errors.ts";
import { grouped } from "../../core/issues.ts";
import {
	type NewPhoto,
	type Photo,
	type PhotoList,
	PLAIN_PHOTO_URL,
	parsePhotoName,
	parsePhotoUrl,
} from "../../photos/photo.ts";
import { URL_RULE } from "../../rescues/schemas.ts";
import type { PhotoState } from "../command.ts";
import type { Meta } from "../migrations.ts";
import type { Stamp, Written } from "../records.ts";
import { PhotoComparison } from "./comparison.ts";
import { PhotoDeletion, UNUSED_MS } from "./deletion.ts";

/** How long an upload may take from its reservation on, in ms. */
const RESERVED_MS = 60 * 60 * 1000;

/** Whether a record, as it is or as it was, refers to a photo. */
const IS_USED = "EXISTS (SELECT 1 FROM photo_uses WHERE photo_uses.sha256 = photos.sha256)";

type Row = Omit<Photo, "used"> & { used: number; number: number; [column: string]: SqlStorageValue };

/**
 * A photo is `reserved`, then `stored`, then `deleting` (`deletion.ts`); `due` is when it is to be deleted (ms since the
 * epoch), null while something refers to it. Which records do, triggers keep (`migrations.ts`): every state in the log
 * counts, and a purge takes its record's away. Everything here must be called in a transaction.
 */
export class Photos {
	/** Deletes those that are due. */
	readonly deletion: PhotoDeletion;
	/** Compares them with what is in KV. */
	readonly comparison: PhotoComparison;
	#sql: SqlStorage;
	#meta: Meta;
	#mostBytes: number;

	/**
	 * @param mostBytes how many bytes all photos may take
	 * @param mayDelete whether this ledger may write now
	 */
	constructor(sql: SqlStorage, kv: KVNamespace, meta: Meta, mostBytes: number, mayDelete: () => Promise<boolean>) {
		this.comparison = new PhotoComparison(sql, kv, this);
		this.deletion = new PhotoDeletion(sql, kv, mayDelete);
		this.#sql = sql;
		this.#meta = meta;
		this.#mostBytes = mostBytes;
	}

	/** How many bytes all photos take, those that are on their way too. */
	get bytes(): number {
		return this.#meta.get("photo_bytes") as number;
	}

	/**
	 * Notes that a photo is on its way to KV; for one that is there already, the week begins anew in which nothing has to refer
	 * to it. Answers STORAGE_FULL; UNAVAILABLE while it is being deleted.
	 */
	reserve({ sha256, type, width, height, bytes }: NewPhoto, { by, at }: Stamp): Written<PhotoState> {
		const state = this.#state(sha256);
		if (state === "deleting") return unavailable();
		const due = Date.now() + (state === "stored" ? UNUSED_MS : RESERVED_MS);
		if (state !== undefined) {
			this.#sql.exec("UPDATE photos SET due = ? WHERE sha256 = ? AND due IS NOT NULL", due, sha256);
		} else {
			const sum = this.bytes + bytes;
			if (sum > this.#mostBytes) return full(sum, this.#mostBytes);
			const query = `INSERT INTO photos (sha256, type, width, height, bytes, by, at, state, due)
				VALUES (?, ?, ?, ?, ?, ?, ?, 'reserved', ?)`;
			this.#sql.exec(query, sha256, type, width, height, bytes, by, at, due);
		}
		return success({ answer: { isStored: state === "stored" }, stale: new Map() });
	}

	/** Notes that a photo is in KV. Answers UNAVAILABLE when nobody waits for it any more. */
	store(sha256: string): Written<PhotoState> {
		const state = this.#state(sha256);
		if (state !== "reserved" && state !== "stored") return unavailable();
		if (state === "reserved") {
			const query = `UPDATE photos SET state = 'stored', due = iif(${IS_USED}, NULL, ?) WHERE sha256 = ?`;
			this.#sql.exec(query, Date.now() + UNUSED_MS, sha256);
		}
		return success({ answer: { isStored: true }, stale: new Map() });
	}

	/** Whether there is such a photo, whatever its state. */
	has(sha256: string): boolean {
		return this.#state(sha256) !== undefined;
	}

	/** Takes in a photo that is in KV: as one that was uploaded now, by nobody. */
	adopt(photo: NewPhoto, at: string) {
		if (this.has(photo.sha256)) return;
		const { sha256, type, width, height, bytes } = photo;
		const query = `INSERT INTO photos (sha256, type, width, height, bytes, by, at, state, due)
			VALUES (?, ?, ?, ?, ?, NULL, ?, 'reserved', 0)`;
		this.#sql.exec(query, sha256, type, width, height, bytes, at);
		this.store(sha256);
	}

	/**
	 * What is wrong with the addresses of a record's photos, each with its place in the list: one of ours has to be there, and
	 * only ours may be without TLS. What the record had before stays.
	 */
	issues(
		urls: readonly string[] | undefined,
		last: readonly string[] = [],
		origins: readonly string[] = [],
	): InputIssue[] {
		return (urls ?? []).flatMap((url, index): InputIssue[] => {
			if (last.includes(url)) return [];
			const own = parsePhotoUrl(url, origins);
			if (!own) return PLAIN.test(url) ? [{ path: ["photos", index], message: URL_RULE }] : [];
			const photo = parsePhotoName(own.name);
			const isThere = photo !== null && this.#state(photo.sha256, photo.type) === "stored";
			return isThere ? [] : [{ path: ["photos", index], message: "is not a photo that this service has" }];
		});
	}

	/** Up to `first` photos that are older than the one with this number, the newest first. */
	list(before: number, first: number): PhotoList {
		const query = `SELECT number, sha256, type, width, height, bytes, by, at, ${IS_USED} AS used FROM photos
			WHERE number < ? AND state = 'stored' ORDER BY number DESC LIMIT ?`;
		const rows = this.#sql.exec<Row>(query, before, first + 1).toArray();
		const photos = rows.slice(0, first).map((row) => ({ ...row, used: row.used === 1 }));
		return { photos, hasMore: rows.length > first };
	}

	#state(sha256: string, type: string | null = null): string | undefined {
		const query = "SELECT state FROM photos WHERE sha256 = ?1 AND type = ifnull(?2, type)";
		return this.#sql.exec<{ state: string }>(query, sha256, type).toArray()[0]?.state;
	}
}

const PLAIN = new RegExp(`^${PLAIN_PHOTO_URL}$`);

/** STORAGE_FULL, with the figures. */
const full = (sum: number, most: number) =>
	failure("STORAGE_FULL", `With this photo all would take ${grouped(sum)} bytes; they may take ${grouped(most)}.`);
