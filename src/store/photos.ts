/** Photos as the Worker stores and reads them: bytes in Workers KV, what is known of them in the ledger. */
import type { Sender } from "../core/context.ts";
import { type Result, success, unavailable } from "../core/errors.ts";
import { log } from "../core/log.ts";
import type { Answer, Command } from "../ledger/command.ts";
import { isPhotoMeta, type NewPhoto, type PhotoList, type PhotoMeta, photoKey } from "../photos/photo.ts";
import type { Basis } from "./basis.ts";
import { callLedger } from "./call.ts";
import { discard, readKV } from "./published.ts";

/** KV takes one write a second of a key: after that long a write that it refused is tried once more, in ms. */
const AGAIN_MS = 1_100;

/** The bytes of a photo on their way out. */
export interface PhotoBytes {
	body: ReadableStream;
	meta: PhotoMeta;
}

/** Reads and writes photos; made for each request. */
export class PhotoStore {
	#basis: Basis;

	constructor(basis: Basis) {
		this.#basis = basis;
	}

	/** A photo's bytes; null when KV has none. One KV read. Answers UNAVAILABLE. */
	async read(sha256: string): Promise<Result<PhotoBytes | null>> {
		const { env, costs } = this.#basis;
		const found = await readKV<PhotoMeta, "stream">(env.PHOTOS, photoKey(sha256), "stream", isPhotoMeta, costs);
		if (found === "unread") return unavailable();
		return success(typeof found === "string" ? null : found);
	}

	/**
	 * Stores a photo: the ledger reserves it, KV takes its bytes, the ledger confirms it. One that is there already stays, and is
	 * put again if KV has lost it. Gives whether it is new. What breaks off leaves a reservation, which the ledger clears away.
	 * Answers STORAGE_FULL, UNAVAILABLE.
	 */
	async write(photo: NewPhoto, bytes: Uint8Array, { by }: Sender): Promise<Result<{ isNew: boolean }>> {
		const reserved = await this.#command({ do: "reservePhoto", photo }, by);
		if (!reserved.ok) return reserved;
		const { isStored } = reserved.value;
		if (isStored) {
			const found = await this.read(photo.sha256);
			if (!found.ok) return found;
			if (found.value) {
				discard(found.value.body);
				return success({ isNew: false });
			}
		}
		if (!(await this.#put(photo, bytes))) return unavailable();
		const stored = await this.#command({ do: "storePhoto", sha256: photo.sha256 }, by);
		return stored.ok ? success({ isNew: !isStored }) : stored;
	}

	/** Photos, the newest first, behind the one with this number. Answers UNAVAILABLE. */
	async list(before: number, first: number): Promise<Result<PhotoList>> {
		const { env, access, costs } = this.#basis;
		const refusal = await access.spend("ledgerReads");
		return refusal ?? callLedger(env.LEDGER, costs, (ledger) => ledger.readPhotos(before, first));
	}

	async #put({ sha256, ...metadata }: NewPhoto, bytes: Uint8Array): Promise<boolean> {
		const put = () => this.#basis.env.PHOTOS.put(photoKey(sha256), bytes as Uint8Array<ArrayBuffer>, { metadata });
		try {
			await put().catch(async () => {
				await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
				await put();
			});
			return true;
		} catch (error) {
			log("error", "photo not stored", { sha256, error: String(error) });
			return false;
		}
	}

	#command<C extends Command>(command: C, by: string | null): Promise<Result<Answer<C>>> {
		const { env, costs } = this.#basis;
		// RPC forgets which command gives which answer.
		return callLedger(env.LEDGER, costs, (ledger) => ledger.write(command, { by })) as Promise<Result<Answer<C>>>;
	}
}
