/** Taking in what another ledger has published: all that is left of it when its database is lost. */
import { failure, type Result, success } from "../../core/errors.ts";
import { log } from "../../core/log.ts";
import { type AnimalRescue, MAX_ID } from "../../rescues/rescue.ts";
import { Meta } from "../migrations.ts";
import type { Stamp } from "../records.ts";
import { UNIQUE } from "../unique.ts";
import { BEGIN, type Place, readStep, type Step } from "./adoptable.ts";

/** How many changes the lost ledger may have made that no page in KV tells of: their numbers are not given again. */
const UNPUBLISHED = 1000;
/** Ids above this leave no room for new ones behind them. */
const MAX_COUNTED_ID = MAX_ID - 1_000_000;

/** A step that has been read, with the place it began at as it was kept. */
interface Reading extends Step {
	was: string | undefined;
	revision: number;
}

/** How a step went. */
export interface Adopted {
	checked: number;
	adopted: number;
	isDone: boolean;
}

/**
 * Adopts what another ledger has published: the pages as they are, so that versions, times, ETags and cursors stay what
 * clients know; then what only a record's own document has. Each record gets one change, `restored`. Each step reads KV and
 * lands in one transaction, which keeps in `meta` how far it has come: what breaks off goes on there.
 *
 * Numbers of changes go on behind the lost ledger's, so that a cursor of its feed finds all of these changes, and a page never
 * has an ETag that it had with other content. No id is assigned that the lost ledger may have assigned: it made a change for each.
 */
export class Adoption {
	#sql: SqlStorage;
	#kv: KVNamespace;
	#meta: Meta;

	constructor(sql: SqlStorage, kv: KVNamespace) {
		this.#sql = sql;
		this.#kv = kv;
		this.#meta = new Meta(sql);
	}

	/** Reads what the next step is to take in. */
	async read(): Promise<Reading> {
		const was = this.#place;
		const place: Place = was === undefined ? BEGIN : JSON.parse(was);
		const step = await readStep(this.#kv, place, (id) => this.#known(id)?.version);
		return { ...step, was, revision: step.next?.revision ?? place.revision };
	}

	/**
	 * Takes in what was read. Must be called in a transaction. Does nothing when another step has come before it.
	 * Answers ALREADY_EXISTS when the ledger isn't new.
	 */
	land({ was, documents, bounds, listed, next, revision }: Reading, stamp: Stamp): Result<Adopted> {
		if (was !== this.#place) return success({ checked: 0, adopted: 0, isDone: this.#place === undefined });
		if (was === undefined) {
			if (this.#sql.exec("SELECT 1 FROM changes LIMIT 1").toArray().length > 0) return NOT_NEW;
			this.#begin(bounds, revision + UNPUBLISHED);
		}
		let adopted = 0;
		for (const { key, lower, rescues, isWhole } of documents) {
			const isPage = bounds.length > 0;
			for (const rescue of rescues) adopted += this.#take(rescue, !isPage, stamp);
			if (isWhole) continue;
			log("warn", "not all adopted", { key });
			if (isPage) this.#revise(lower, revision + UNPUBLISHED);
		}
		for (const id of listed) {
			this.#sql.exec("INSERT OR IGNORE INTO documents SELECT id, 0 FROM rescues WHERE id = ?", id);
		}
		if (next) this.#meta.set("adopting", JSON.stringify(next));
		else this.#finish(revision);
		return success({ checked: documents.length, adopted, isDone: next === null });
	}

	/** Makes the pages those that are in KV, without records for now, and the next change's number the one behind `last`. */
	#begin(bounds: Step["bounds"], last: number) {
		this.#sql.exec("INSERT INTO changes VALUES (?, 0, 0, '', '', NULL, '')", last);
		this.#sql.exec("DELETE FROM changes");
		this.#sql.exec("DELETE FROM pages");
		for (const [index, { lower, revision }] of bounds.entries()) {
			const upper = bounds[index + 1]?.lower ?? null;
			this.#sql.exec("INSERT INTO pages VALUES (?, ?, 0, 0, ?)", lower, upper, revision);
		}
	}

	/**
	 * Takes in a record that is new here, or newer than what is here; gives how many are new.
	 * @param isRevised whether its page in KV doesn't say so
	 */
	#take(rescue: AnimalRescue, isRevised: boolean, stamp: Stamp): 0 | 1 {
		const known = this.#known(rescue.id);
		if (known && known.version >= rescue.version) return 0;
		let taken = rescue;
		// Pages of two moments can say that two records have a key: the one that was changed last has it.
		for (const { field, column } of UNIQUE) {
			const query = `SELECT document FROM rescues WHERE ${column} = ? AND id <> ?`;
			const [row] = this.#sql.exec<{ document: string }>(query, rescue[field] ?? null, rescue.id).toArray();
			if (!row) continue;
			const holder: AnimalRescue = JSON.parse(row.document);
			const isHolders = holder.updatedAt >= rescue.updatedAt;
			const loser = isHolders ? taken : holder;
			const without = { ...loser, [field]: null, version: loser.version + 1, updatedAt: stamp.at };
			log("warn", "adopted without its key", { id: loser.id, field });
			if (isHolders) taken = without;
			else this.#store(without, true, stamp);
		}
		this.#store(taken, isRevised || taken !== rescue, stamp);
		return known ? 0 : 1;
	}

	/** Stores a record and its one change, and accounts for it in its page. */
	#store(rescue: AnimalRescue, isRevised: boolean, { at, by }: Stamp) {
		const { id, version, microchip = null, externalId = null } = rescue;
		const document = JSON.stringify(rescue);
		const known = this.#known(id);
		if (known) this.#sql.exec("DELETE FROM changes WHERE id = ?", id);
		const query =
			"INSERT INTO changes (id, version, kind, at, by, document) VALUES (?, ?, 'restored', ?, ?, ?) RETURNING sequence";
		const { sequence } = this.#sql.exec<{ sequence: number }>(query, id, version, at, by, document).one();
		this.#sql.exec(
			`INSERT INTO rescues (id, version, microchip, external_id, document) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO
				UPDATE SET version = excluded.version, microchip = excluded.microchip, external_id = excluded.external_id,
				document = excluded.document`,
			...[id, version, microchip, externalId, document],
		);
		this.#sql.exec(
			`UPDATE pages SET count = count + ?, bytes = bytes + octet_length(?) - ?
				WHERE lower = (SELECT max(lower) FROM pages WHERE lower <= ?)`,
			...[known ? 0 : 1, document, known?.bytes ?? 0, id],
		);
		if (isRevised) this.#revise(id, sequence);
	}

	/** Gives the page of an id another ETag than it had in KV. */
	#revise(id: number, revision: number) {
		this.#sql.exec(
			"UPDATE pages SET revision = max(revision, ?) WHERE lower = (SELECT max(lower) FROM pages WHERE lower <= ?)",
			...[revision, id],
		);
	}

	/** New ids come behind all that were assigned; given ones that are far above stay taken. */
	#finish(revision: number) {
		this.#sql.exec(
			"UPDATE counter SET next_id = 1 + max(?, (SELECT coalesce(max(id), 0) FROM rescues WHERE id <= ?))",
			...[Math.min(revision, MAX_COUNTED_ID), MAX_COUNTED_ID],
		);
		this.#sql.exec(`INSERT OR REPLACE INTO taken SELECT min(id), max(id) FROM (
			SELECT id, id - row_number() OVER (ORDER BY id) AS island FROM rescues WHERE id >= (SELECT next_id FROM counter)
		) GROUP BY island`);
		this.#sql.exec("DELETE FROM meta WHERE name = 'adopting'");
	}

	/** The place as it is kept. */
	get #place() {
		return this.#meta.get("adopting") as string | undefined;
	}

	#known(id: number): { version: number; bytes: number } | undefined {
		const query = "SELECT version, octet_length(document) AS bytes FROM rescues WHERE id = ?";
		return this.#sql.exec<{ version: number; bytes: number }>(query, id).toArray()[0];
	}
}

/** What a ledger that isn't new is answered. */
const NOT_NEW = failure(
	"ALREADY_EXISTS",
	"This ledger has changes of its own: only a new one takes in what another has published.",
);
