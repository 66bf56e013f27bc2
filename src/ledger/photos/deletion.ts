/** Deleting photos: those that nothing has referred to for a week, uploads that were given up, and what a purge leaves. */
import { log } from "../../core/log.ts";
import { photoKey } from "../../photos/photo.ts";
import { withPatience } from "../publishing/patience.ts";

/** For how long what nothing refers to is kept: a week. */
export const UNUSED_MS = 7 * 24 * 60 * 60 * 1000;
/** How many one turn of the alarm deletes: the free plan gives an invocation 50 subrequests, and publishing takes 40 of them. */
const STEP = 5;
/** When it is tried again what has failed, or must not be done, in ms. */
const PAUSE_MS = 60_000;

/**
 * A photo that is due is first marked in the ledger, where no record can refer to it from then on, then deleted from KV, and
 * then forgotten: whatever breaks off is gone on with by the next turn. Until it is forgotten it can't be uploaded again, so
 * that a late deletion takes nothing away.
 */
export class PhotoDeletion {
	#sql: SqlStorage;
	#kv: KVNamespace;
	#mayDelete: () => Promise<boolean>;
	#pausedUntil = 0;
	/** Those under way, by hash. */
	#underWay = new Map<string, Promise<void>>();

	/** @param mayDelete whether this ledger may write now */
	constructor(sql: SqlStorage, kv: KVNamespace, mayDelete: () => Promise<boolean>) {
		this.#sql = sql;
		this.#kv = kv;
		this.#mayDelete = mayDelete;
	}

	/** Deletes what is due, five at most. Never throws. */
	async step() {
		const due = this.nextDue();
		if (due === null || due > Date.now()) return;
		if (!(await this.#mayDelete())) {
			this.#pausedUntil = Date.now() + PAUSE_MS;
			return;
		}
		const query = `UPDATE photos SET state = 'deleting', due = ?
			WHERE number IN (SELECT number FROM photos WHERE due <= ? ORDER BY due LIMIT ${STEP}) RETURNING sha256`;
		const doomed = this.#sql.exec<{ sha256: string }>(query, Date.now() + PAUSE_MS, Date.now()).toArray();
		await withPatience(Promise.all(doomed.map(({ sha256 }) => this.#start(sha256))));
	}

	/** Waits for the deletion of a photo that is under way, but not for longer than a write waits for KV. */
	async settled(sha256: string) {
		const underWay = this.#underWay.get(sha256);
		if (underWay) await withPatience(underWay);
	}

	/** When there will be something to delete (ms since the epoch); null when there is nothing. */
	nextDue(): number | null {
		const query = "SELECT min(due) AS due FROM photos WHERE due IS NOT NULL";
		const { due } = this.#sql.exec<{ due: number | null }>(query).one();
		if (due === null) return null;
		// Never longer than that, wherever the clock has been.
		const paused = Math.min(this.#pausedUntil, Date.now() + PAUSE_MS);
		// What is due since a purge has no time, and an alarm needs one.
		return Math.max(Math.min(due, Date.now() + UNUSED_MS), paused, 1);
	}

	#start(sha256: string): Promise<void> {
		const known = this.#underWay.get(sha256);
		if (known) return known;
		const deletion = this.#delete(sha256).finally(() => this.#underWay.delete(sha256));
		this.#underWay.set(sha256, deletion);
		return deletion;
	}

	async #delete(sha256: string) {
		try {
			await this.#kv.delete(photoKey(sha256));
			this.#sql.exec("DELETE FROM photos WHERE sha256 = ? AND state = 'deleting'", sha256);
			log("log", "photo deleted", { sha256 });
		} catch (error) {
			log("error", "photo not deleted", { sha256, error: String(error) });
		}
	}
}
