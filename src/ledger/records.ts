/** The records and their change log: every SQL statement that a write makes of them. */

import type { NumberedChange } from "../backup/format.ts";
import { type Failure, failure, type InputIssue, type Result, rescueNotFound, success } from "../core/errors.ts";
import type { ChangeKind, RescueChange } from "../history/change.ts";
import { type AnimalRescue, type RescueFields, toRescue } from "../rescues/rescue.ts";
import { asServed, readStored, SCHEMA } from "../rescues/upgrade.ts";
import type { Precondition } from "./command.ts";
import { type Rendered, type RescueMeta, rescueKey, sizeOf } from "./documents.ts";
import { Ids } from "./ids.ts";
import type { Pages } from "./pages.ts";
import type { Stale } from "./publishing/outbox.ts";
import { findStored, type Stored } from "./stored.ts";
import { type Keys, takenBy, UNIQUE } from "./unique.ts";

/** Who makes a change, and when (RFC 3339). */
export interface Stamp {
	by: string | null;
	at: string;
	/** The origins whose photos are the service's own. */
	origins?: readonly string[] | undefined;
}

/** What a write gives: its answer, the documents that it has made stale, and the number of its last change, if it made one. */
export type Written<T> = Result<{ answer: T; stale: Stale; revision?: number }>;

/** What a purge leaves in place of a state or an answer: JSON, so that release 1.0 can read it. */
export const PURGED = "null";

const COLUMNS = ["version", ...UNIQUE.map(({ column }) => column), "document"];
/**
 * What fails takes the whole transaction back, so a statement need not be able to take itself back alone: without OR FAIL,
 * SQLite would first write each page that it changes to a journal, because of the triggers (decision 137).
 */
const INSERT = `INSERT OR FAIL INTO rescues (id, ${COLUMNS}) VALUES (?, ${COLUMNS.map(() => "?")})`;
/** Does nothing when the id or a unique key is taken. */
const INSERT_IF_FREE = `${INSERT} ON CONFLICT DO NOTHING`;
const UPSERT = `${INSERT} ON CONFLICT (id) DO UPDATE SET ${COLUMNS.map((column) => `${column} = excluded.${column}`)}`;
/** Changes a record whose unique keys stay as they are. */
const CHANGE = `UPDATE rescues SET version = ?, document = ?
	WHERE id = ? AND ${UNIQUE.map(({ column }) => `${column} IS ?`).join(" AND ")}`;

/**
 * The records as they are now, who has which id and which unique key, and the change log, which every change is added to
 * and nothing but a purge takes anything out of (`changes.ts` reads it). A record, its change and its page move together, in a write's
 * transaction.
 */
export class Records {
	#sql: SqlStorage;
	#ids: Ids;
	#pages: Pages;

	constructor(sql: SqlStorage, pages: Pages) {
		this.#sql = sql;
		this.#ids = new Ids(sql);
		this.#pages = pages;
	}

	/** The record's document, exactly what `GET /rescues/:id` answers; null when there is no such record. */
	render(id: number): Rendered<RescueMeta> | null {
		const row = this.#sql
			.exec<{ version: number; document: string }>("SELECT version, document FROM rescues WHERE id = ?", id)
			.toArray()[0];
		return row ? { body: asServed(row.document), meta: { version: row.version, schema: SCHEMA } } : null;
	}

	/** The documents of several records, in the order of the ids, without those that aren't there; read as they are taken. */
	*renderAll(ids: readonly number[]): Iterable<string> {
		const query = "SELECT document FROM json_each(?) AS wanted CROSS JOIN rescues ON rescues.id = wanted.value";
		for (const { document } of this.#sql.exec<{ document: string }>(query, JSON.stringify(ids)))
			yield asServed(document);
	}

	/**
	 * The record to be changed, if it is there and its version is one that the writer wants to change.
	 * Answers NOT_FOUND, VERSION_MISMATCH.
	 */
	current(id: number, { ifVersion, unlessVersion }: Precondition): Result<Stored> {
		const stored = findStored(this.#sql, "id", id);
		if (!stored) return rescueNotFound(id);
		const { version } = stored.rescue;
		if ((ifVersion && !ifVersion.includes(version)) || unlessVersion === "any" || unlessVersion?.includes(version)) {
			return mismatch(id, version);
		}
		return success(stored);
	}

	/** The record with this externalId, else the one with this id. */
	find(id: number | undefined, externalId: string | undefined): Stored | undefined {
		// Not in one: SQLite would prepare a statement that names a parameter twice anew each time.
		return findStored(this.#sql, "external_id", externalId) ?? findStored(this.#sql, "id", id);
	}

	/** A record's last state, whether or not it is deleted; undefined when there never was one, or it has been purged. */
	last(id: number): AnimalRescue | undefined {
		const [row] = this.#sql
			.exec<{ document: string }>("SELECT document FROM changes WHERE id = ? ORDER BY version DESC LIMIT 1", id)
			.toArray();
		return row && row.document !== PURGED ? readStored(row.document) : undefined;
	}

	/** Whether there is or was a record with this id. */
	has(id: number): boolean {
		return this.#ids.has(id);
	}

	/** The number of the last change; 0 when there was none. */
	latestChange(): number {
		return this.#sql.exec<{ last: number }>("SELECT coalesce(max(sequence), 0) AS last FROM changes").one().last;
	}

	/**
	 * VERSION_MISMATCH when what a create asks of the record that it would make doesn't hold, or nothing: there is no
	 * version yet that could match, and `any` refuses an id that has a record.
	 */
	unwanted(given: number | undefined, { ifVersion, unlessVersion }: Precondition): Failure | undefined {
		const current = given === undefined ? null : this.render(given);
		if (current && unlessVersion === "any") return mismatch(given, current.meta.version);
		if (!current && ifVersion) return failure("VERSION_MISMATCH", "There is no version yet of what isn't there.");
		return undefined;
	}

	/**
	 * Stores a record's new state: one version more than its last.
	 * @param id undefined for the next one that no record has or had
	 * @param last its last state; none when it is a new record. What is restored has one, though it isn't there
	 * @returns ALREADY_EXISTS, naming every taken key
	 */
	put(
		kind: Exclude<ChangeKind, "deleted" | "purged">,
		id: number | undefined,
		fields: RescueFields,
		stamp: Stamp,
		last?: Stored,
	): Written<AnimalRescue> {
		const before = last?.rescue;
		const isThere = before !== undefined && kind !== "restored";
		const isKept = isThere && UNIQUE.every(({ field }) => before[field] === fields[field]);
		// Whether a new record's keys are free its own row tells.
		const taken = isThere
			? !isKept && this.taken(fields, id, before)
			: id !== undefined && !before && this.taken(fields, id);
		if (taken) return taken;
		if (id !== undefined && !before) this.#ids.take(id);
		const { at } = stamp;
		const rescue = toRescue(id ?? this.#ids.next(), fields, (before?.version ?? 0) + 1, before?.createdAt ?? at, at);
		const document = JSON.stringify(rescue);
		const growth = sizeOf(document) - (last?.bytes ?? 0);
		if (isKept) {
			// Setting a unique column writes its index, changed or not.
			const update = "UPDATE OR FAIL rescues SET version = ?, document = ? WHERE id = ?";
			this.#sql.exec(update, rescue.version, document, rescue.id);
		} else {
			const row = [rescue.id, rescue.version, ...UNIQUE.map(({ field }) => rescue[field]), document];
			const { rowsWritten } = this.#sql.exec(isThere ? UPSERT : INSERT_IF_FREE, ...row);
			if (rowsWritten === 0) return this.#refuse(rescue, id === undefined);
		}
		const revision = this.#log(kind, rescue, document, stamp);
		const paged = this.#pages.account(rescue.id, isThere ? 0 : 1, growth, revision);
		return success({ answer: rescue, stale: staleWith(paged, rescue.id, last?.hasOwn), revision });
	}

	/** Why a record's row could not be made: its keys are taken. An id that was assigned to it is to be assigned again. */
	#refuse(rescue: AnimalRescue, isAssigned: boolean): Failure {
		if (isAssigned) this.#ids.giveBack(rescue.id);
		const taken = this.taken(rescue, undefined, rescue);
		if (!taken) throw new Error(`rescue ${rescue.id} is there`);
		return taken;
	}

	/** Takes a record out; its deletion has a version of its own. */
	remove({ rescue, bytes, hasOwn }: Stored, stamp: Stamp): Written<AnimalRescue> {
		const last = { ...rescue, version: rescue.version + 1 };
		const revision = this.#log("deleted", last, JSON.stringify(last), stamp);
		this.#sql.exec("DELETE FROM rescues WHERE id = ?", rescue.id);
		const paged = this.#pages.account(rescue.id, -1, -bytes, revision);
		return success({ answer: rescue, stale: staleWith(paged, rescue.id, hasOwn), revision });
	}

	/**
	 * Erases the states of a deleted record, and what was answered to writes of it. What remains is this change, with one
	 * version more than the last; its own document, which the deletion took out of KV, is taken out once more.
	 */
	purge(id: number, { at, by }: Stamp): Written<RescueChange> {
		const query = "SELECT max(version) AS last FROM changes WHERE id = ?";
		const version = this.#sql.exec<{ last: number }>(query, id).one().last + 1;
		this.#sql.exec("DELETE FROM changes WHERE id = ?", id);
		// Its repeats mustn't be made anew: the key remains. An answer's id comes first.
		this.#sql.exec("UPDATE idempotency SET result = ? WHERE result GLOB ?", PURGED, `{"id":${id},*`);
		const sequence = this.#log("purged", { id, version }, PURGED, { at, by });
		const answer: RescueChange = { rescueId: id, version, kind: "purged", at, by, cursor: `${sequence}`, rescue: null };
		return success({ answer, stale: new Map([[rescueKey(id), 0]]), revision: sequence });
	}

	/**
	 * Takes in a change as it was made elsewhere, under its number; pages are left alone. Throws what SQLite says when it
	 * contradicts what is there.
	 */
	takeIn({ number, id, version, kind, at, by, rescue }: NumberedChange) {
		const document = JSON.stringify(rescue);
		// What came before it may have been read before it was purged.
		if (!rescue) this.#sql.exec("DELETE FROM changes WHERE id = ?", id);
		this.#sql.exec("INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?)", number, id, version, kind, at, by, document);
		if (kind === "deleted" || !rescue) this.#sql.exec("DELETE FROM rescues WHERE id = ?", id);
		else {
			const unique = UNIQUE.map(({ field }) => rescue[field]);
			// As in `put`: setting a unique column writes its index.
			const isChanged = this.#sql.exec(CHANGE, version, document, id, ...unique).rowsWritten > 0;
			if (!isChanged) this.#sql.exec(UPSERT, id, version, ...unique, document);
		}
	}

	/** ALREADY_EXISTS, naming every taken key, or nothing. What the record holds itself is not taken. */
	taken(fields: Keys, id?: number, last?: AnimalRescue): Failure | undefined {
		const errors: InputIssue[] = [];
		if (!last && id !== undefined && this.has(id)) {
			const message = this.render(id) ? "is taken" : "belonged to a deleted rescue, and is never given again";
			errors.push({ path: ["id"], message });
		}
		for (const field of takenBy(this.#sql, fields, last?.id)) errors.push({ path: [field], message: "is taken" });
		if (errors.length === 0) return undefined;
		const sentences = errors.map(({ path: [name], message }) => `The ${name} ${message}.`);
		return failure("ALREADY_EXISTS", sentences.join(" "), { errors });
	}

	/** Adds a change to the log; gives its number, the revision of every document that it touches. */
	#log(
		kind: ChangeKind,
		{ id, version }: Pick<AnimalRescue, "id" | "version">,
		document: string,
		{ by, at }: Stamp,
	): number {
		const query =
			"INSERT OR FAIL INTO changes (id, version, kind, at, by, document) VALUES (?, ?, ?, ?, ?, ?) RETURNING sequence";
		return this.#sql.exec<{ sequence: number }>(query, id, version, kind, at, by, document).one().sequence;
	}
}

/** What a change makes stale: its pages, and before them the record's own document if there is one in KV. */
const staleWith = (paged: Stale, id: number, hasOwn = false): Stale =>
	hasOwn ? new Map([[rescueKey(id), 0], ...paged]) : paged;

/** VERSION_MISMATCH, with the version that the record has. */
export const mismatch = (id: number | undefined, currentVersion: number) =>
	failure("VERSION_MISMATCH", `Rescue ${id} is at version ${currentVersion}.`, { currentVersion });
