/** Idempotency keys: how the Worker names a request, and the table in which the ledger keeps its answer. */
import type { Sender } from "../core/context.ts";
import { sha256 } from "../core/digest.ts";
import { failure, type Result } from "../core/errors.ts";
import { upgrade } from "../rescues/upgrade.ts";
import type { Answer, Command } from "./command.ts";
import { PURGED, type Stamp } from "./records.ts";

/** A sender with the fingerprint of the command, so that the ledger can tell a repeat from another request. */
export interface SignedSender extends Sender {
	fingerprint?: string;
}

/** Who made a write, and that it was now. */
export const stampOf = ({ by, origins }: SignedSender): Stamp => ({ by, origins, at: new Date().toISOString() });

/** How long the first answer is kept: 24 hours. */
const KEPT_MS = 24 * 60 * 60 * 1000;
/** One sweep takes what expired within this time, so that a thousand keys aren't a thousand alarms. */
const SWEEP_MS = 60 * 60 * 1000;
/** How many keys one sweep takes at most: the rest is left to the next alarm. */
const SWEEP_KEYS = 200;

/**
 * The first answers to writes that came with an idempotency key, kept in the write's own transaction. A key belongs to
 * the token that sent it; refused writes keep nothing.
 */
export class Idempotency {
	#sql: SqlStorage;

	constructor(sql: SqlStorage) {
		this.#sql = sql;
	}

	/** What the write was answered the first time; nothing when this is the first. Answers IDEMPOTENCY_KEY_REUSED. */
	recall({ by, idempotencyKey, fingerprint }: SignedSender): Result<Answer> | undefined {
		if (idempotencyKey === undefined) return undefined;
		const [row] = this.#sql
			.exec<{ fingerprint: string; result: string }>(
				"SELECT fingerprint, result FROM idempotency WHERE by = ? AND key = ? AND expires > ?",
				by ?? "",
				idempotencyKey,
				Date.now(),
			)
			.toArray();
		if (!row) return undefined;
		if (row.fingerprint === fingerprint) {
			if (row.result === PURGED) return failure("IDEMPOTENCY_KEY_REUSED", ERASED);
			const answer: Answer = JSON.parse(row.result);
			return { ok: true, value: "species" in answer ? upgrade(answer) : answer, replayed: true };
		}
		return failure("IDEMPOTENCY_KEY_REUSED", "This idempotency key was used for another request. Give each its own.");
	}

	/** Keeps a write's answer for repeats. Must be called in the write's transaction. */
	keep({ by, idempotencyKey, fingerprint }: SignedSender, answer: Answer) {
		if (idempotencyKey === undefined || fingerprint === undefined) return;
		this.#sql.exec(
			"INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?)",
			by ?? "",
			idempotencyKey,
			fingerprint,
			JSON.stringify(answer),
			Date.now() + KEPT_MS,
		);
	}

	/** Forgets what has expired, two hundred keys at most. What expires later than it can is put right: the clock was ahead. */
	sweep() {
		const latest = Date.now() + KEPT_MS;
		const some = (where: string) => `(by, key) IN (SELECT by, key FROM idempotency WHERE ${where} LIMIT ${SWEEP_KEYS})`;
		this.#sql.exec(`DELETE FROM idempotency WHERE ${some("expires <= ?")}`, Date.now());
		this.#sql.exec(`UPDATE idempotency SET expires = ?1 WHERE ${some("expires > ?1")}`, latest);
	}

	/** When there will be something to sweep (ms since the epoch); null when nothing is kept. */
	nextDue(): number | null {
		const { expires } = this.#sql
			.exec<{ expires: number | null }>("SELECT min(expires) AS expires FROM idempotency")
			.one();
		return expires === null ? null : Math.min(expires, Date.now() + KEPT_MS) + SWEEP_MS;
	}
}

const ERASED = "What was written under this idempotency key has been purged since. Give each request its own.";

/**
 * Adds the command's fingerprint when there is a key to keep it under: SHA-256 of its canonical JSON, 64 hexadecimal
 * digits. By then both transports have put the request into the same form, so a repeat may come over the other one.
 */
export async function sign(command: Command, sender: Sender): Promise<SignedSender> {
	if (sender.idempotencyKey === undefined) return sender;
	// Whether more rows follow says nothing of what these do.
	return { ...sender, fingerprint: await sha256(JSON.stringify({ ...command, more: undefined }, inKeyOrder)) };
}

const inKeyOrder = (_key: string, value: unknown) =>
	typeof value === "object" && value !== null && !Array.isArray(value)
		? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
		: value;
