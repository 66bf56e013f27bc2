/** Which records have a document of their own in KV, and when a read may have one put there. */
import { parseKey } from "../documents.ts";
import type { Meta } from "../migrations.ts";

/** KV serves what it has cached, a miss as well, for up to a minute: what has just been put may not be seen before. */
const CACHED_MS = 60_000;

/**
 * The documents that were published because somebody read them: those records' changes are published from then on. The
 * others aren't in KV; their reads are answered by the ledger. A record that is deleted has none (`migrations.ts`).
 */
export class OwnDocuments {
	#sql: SqlStorage;
	#meta: Meta;
	#perDay: number;
	/** When documents that aren't a record's were put because of a read (ms since the epoch). */
	#others = new Map<string, number>();

	/** @param perDay how many puts reads may cause in a day (UTC) */
	constructor(sql: SqlStorage, meta: Meta, perDay: number) {
		this.#sql = sql;
		this.#meta = meta;
		this.#perDay = perDay;
	}

	/** Whether a record's own document is in KV, or on its way there. */
	has(id: number): boolean {
		return this.#sql.exec("SELECT 1 FROM documents WHERE id = ?", id).toArray().length > 0;
	}

	/**
	 * Whether a read that has found a document missing or damaged may have it put: once a minute each, and so many a day.
	 * Takes it as done. Must be called in the transaction that marks the key.
	 */
	admit(key: string): boolean {
		const now = Date.now();
		const today = new Date(now).toISOString().slice(0, 10);
		const [day, puts] = String(this.#meta.get("read_puts") ?? "").split(" ");
		const count = day === today ? Number(puts) : 0;
		// Compared both ways: the clock may have been wrong.
		if (count >= this.#perDay || Math.abs(now - this.#putAt(key)) < CACHED_MS) return false;
		this.#meta.set("read_puts", `${today} ${count + 1}`);
		this.#note(key, now);
		return true;
	}

	/** When the document was put because of a read (ms since the epoch); 0 when it wasn't. */
	#putAt(key: string): number {
		const parsed = parseKey(key);
		const id = parsed.kind === "rescue" ? parsed.id : 0;
		const row = this.#sql.exec<{ at: number }>("SELECT put_at AS at FROM documents WHERE id = ?", id).toArray()[0];
		return row?.at ?? this.#others.get(key) ?? 0;
	}

	#note(key: string, now: number) {
		const parsed = parseKey(key);
		const isRecord =
			parsed.kind === "rescue" &&
			this.#sql
				.exec(
					`INSERT INTO documents SELECT id, ?1 FROM rescues WHERE id = ?2
					ON CONFLICT (id) DO UPDATE SET put_at = excluded.put_at RETURNING id`,
					now,
					parsed.id,
				)
				.toArray().length > 0;
		if (isRecord) return;
		for (const [other, at] of this.#others) if (Math.abs(now - at) >= CACHED_MS) this.#others.delete(other);
		this.#others.set(key, now);
	}
}
