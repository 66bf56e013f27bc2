import { DurableObject } from "cloudflare:workers";
import type { Precondition, RescueMeta } from "../context.ts";
import { failure, type Result, rescueNotFound, success } from "../domain/errors.ts";
import { covers, type PageMeta } from "../domain/page.ts";
import {
	type AnimalRescue,
	type NewRescue,
	type RescueChanges,
	type RescueFields,
	toRescue,
} from "../domain/rescue.ts";
import type { Env } from "../env.ts";
import { pageKey, parseKey, type Rendered, rescueKey } from "./documents.ts";
import { Pages } from "./pages.ts";
import { Publisher } from "./publisher.ts";

/** What happened to a record. */
export type ChangeKind = "created" | "updated" | "replaced" | "deleted";

/** When the total on the first page may be out of date at the latest, without costing every write a KV put. */
const TOTAL_LAG_MS = 30_000;

/**
 * The one place where writes meet: a single SQLite Durable Object that serialises them and owns versions, ids and
 * uniqueness. Each write is one transaction over the record, its page and the outbox; after it the documents are
 * published to Workers KV. Answers are tagged results, because error classes don't survive RPC.
 */
export class RescueLedger extends DurableObject<Env> {
	#sql: SqlStorage;
	#pages: Pages;
	#publisher: Publisher;
	/** When the alarm is set for; null when it isn't. There is one an object, so it stands for the earliest thing due. */
	#alarmAt: number | null = null;

	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		this.#sql = ctx.storage.sql;
		const isNew = this.#migrate();
		this.#pages = new Pages(this.#sql);
		this.#publisher = new Publisher(this.#sql, env.RESCUES, (key) => this.#render(key));
		if (isNew) this.#publisher.mark(pageKey(0), 0);
		ctx.blockConcurrencyWhile(async () => {
			this.#alarmAt = await ctx.storage.getAlarm();
			this.#arm();
		});
	}

	/**
	 * Creates a record under the given id, or under the next free one.
	 * @param by name of the token that writes, null when writes are open to all
	 * @returns ALREADY_EXISTS when the id (also of a deleted record), the microchip or the externalId is taken
	 */
	async create({ id: given, ...fields }: NewRescue, by: string | null): Promise<Result<AnimalRescue>> {
		return this.#commit(() => {
			const taken = this.#taken(fields, given);
			if (taken) return taken;
			const now = new Date().toISOString();
			return this.#record("created", toRescue(given ?? this.#nextId(), fields, 1, now, now), by);
		});
	}

	/** Replaces every writable field. Answers NOT_FOUND, VERSION_MISMATCH, ALREADY_EXISTS. */
	async replace(
		id: number,
		fields: RescueFields,
		when: Precondition,
		by: string | null,
	): Promise<Result<AnimalRescue>> {
		return this.#change("replaced", id, () => fields, when, by);
	}

	/** Changes the given fields. Answers NOT_FOUND, VERSION_MISMATCH, ALREADY_EXISTS. */
	async update(
		id: number,
		changes: RescueChanges,
		when: Precondition,
		by: string | null,
	): Promise<Result<AnimalRescue>> {
		return this.#change("updated", id, (current) => ({ ...current, ...changes }), when, by);
	}

	/** Deletes a record and answers what was deleted. Answers NOT_FOUND, VERSION_MISMATCH. */
	async delete(id: number, when: Precondition, by: string | null): Promise<Result<AnimalRescue>> {
		return this.#commit(() => {
			const current = this.#current(id, when);
			if (!current.ok) return current;
			const deleted = current.value;
			const sequence = this.#log("deleted", { ...deleted, version: deleted.version + 1 }, by);
			this.#sql.exec("DELETE FROM rescues WHERE id = ?", id);
			return success({ rescue: deleted, keys: this.#mark(id, -1, -size(JSON.stringify(deleted)), sequence) });
		});
	}

	/** The record's document as it is now: settles what KV doesn't know. Answers NOT_FOUND. */
	async readRescue(id: number): Promise<Result<Rendered<RescueMeta>>> {
		const document = this.#renderRescue(id);
		return document ? success(document) : rescueNotFound(id);
	}

	/** The page that holds what comes next after an id, as it is now. */
	async readPage(after: number): Promise<Rendered<PageMeta>> {
		const page = this.#pages.render(this.#pages.of(after + 1).lower);
		if (!page || !covers(page.meta, after)) throw new Error(`no page covers ${after}`);
		return page;
	}

	/** Publishes what is still waiting, and sets itself again for what is left. */
	override async alarm(): Promise<void> {
		this.#alarmAt = null;
		try {
			await this.#publisher.drain();
		} catch (error) {
			// Never thrown on: the platform would retry a throwing alarm only six times.
			console.error(JSON.stringify({ message: "alarm failed", error: String(error) }));
		}
		this.#arm();
	}

	/** Creates the tables; true when there were none. */
	#migrate(): boolean {
		const isNew = this.#sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'rescues'").toArray().length === 0;
		this.#sql.exec(`
			CREATE TABLE IF NOT EXISTS rescues (
				id INTEGER PRIMARY KEY,
				version INTEGER NOT NULL,
				microchip TEXT UNIQUE,
				external_id TEXT UNIQUE,
				document TEXT NOT NULL
			);
			CREATE TABLE IF NOT EXISTS changes (
				sequence INTEGER PRIMARY KEY AUTOINCREMENT,
				id INTEGER NOT NULL,
				version INTEGER NOT NULL,
				kind TEXT NOT NULL,
				at TEXT NOT NULL,
				by TEXT,
				document TEXT NOT NULL,
				UNIQUE (id, version)
			);
			CREATE TABLE IF NOT EXISTS counter (next_id INTEGER NOT NULL);
			INSERT INTO counter SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM counter);
		`);
		return isNew;
	}

	/** Runs a write in one transaction, arms the alarm with it, publishes, and answers. */
	async #commit(write: () => Result<{ rescue: AnimalRescue; keys: string[] }>): Promise<Result<AnimalRescue>> {
		const written = this.ctx.storage.transactionSync(write);
		if (!written.ok) return written;
		// No await since the transaction: the alarm is committed with it.
		this.#arm();
		await this.#publisher.publish(written.value.keys);
		this.#arm();
		return success(written.value.rescue);
	}

	#change(
		kind: ChangeKind,
		id: number,
		next: (current: AnimalRescue) => RescueFields,
		when: Precondition,
		by: string | null,
	): Promise<Result<AnimalRescue>> {
		return this.#commit(() => {
			const found = this.#current(id, when);
			if (!found.ok) return found;
			const current = found.value;
			const fields = next(current);
			const taken = this.#taken(fields, undefined, id);
			if (taken) return taken;
			const rescue = toRescue(id, fields, current.version + 1, current.createdAt, new Date().toISOString());
			return this.#record(kind, rescue, by, current);
		});
	}

	/** The record to be changed, if it is there and its version is one that the writer wants to change. */
	#current(id: number, { ifVersion, unlessVersion }: Precondition): Result<AnimalRescue> {
		const document = this.#renderRescue(id);
		if (!document) return rescueNotFound(id);
		const { version } = document.meta;
		if ((ifVersion && !ifVersion.includes(version)) || unlessVersion === "any" || unlessVersion?.includes(version)) {
			return failure("VERSION_MISMATCH", `Rescue ${id} is at version ${version}.`, { currentVersion: version });
		}
		return success(JSON.parse(document.body));
	}

	/** ALREADY_EXISTS, naming every taken key, or nothing. */
	#taken({ microchip, externalId }: RescueFields, given?: number, self?: number) {
		const has = (query: string, value: unknown) => this.#sql.exec(query, value, self ?? 0).toArray().length > 0;
		const errors = [];
		if (given !== undefined && this.#isUsed(given)) {
			const message = this.#renderRescue(given) ? "is taken" : "belonged to a deleted rescue, and is never given again";
			errors.push({ path: ["id"], message });
		}
		if (microchip !== null && has("SELECT 1 FROM rescues WHERE microchip = ? AND id <> ?", microchip)) {
			errors.push({ path: ["microchip"], message: "is taken" });
		}
		if (externalId !== null && has("SELECT 1 FROM rescues WHERE external_id = ? AND id <> ?", externalId)) {
			errors.push({ path: ["externalId"], message: "is taken" });
		}
		if (errors.length === 0) return undefined;
		const names = errors.map(({ path: [name], message }) => `The ${name} ${message}.`);
		return failure("ALREADY_EXISTS", names.join(" "), { errors });
	}

	#isUsed(id: number): boolean {
		return this.#sql.exec("SELECT 1 FROM changes WHERE id = ? LIMIT 1", id).toArray().length > 0;
	}

	/** The next id that no record has or had. */
	#nextId(): number {
		let { id } = this.#sql.exec<{ id: number }>("SELECT next_id AS id FROM counter").one();
		while (this.#isUsed(id)) id++;
		this.#sql.exec("UPDATE counter SET next_id = ?", id + 1);
		return id;
	}

	/** Stores a record's new state with its change, its page and its outbox rows. */
	#record(kind: ChangeKind, rescue: AnimalRescue, by: string | null, previous?: AnimalRescue) {
		const document = JSON.stringify(rescue);
		const sequence = this.#log(kind, rescue, by);
		this.#sql.exec(
			`INSERT INTO rescues VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET version = excluded.version, microchip = excluded.microchip,
				external_id = excluded.external_id, document = excluded.document`,
			rescue.id,
			rescue.version,
			rescue.microchip,
			rescue.externalId,
			document,
		);
		const grownBy = size(document) - (previous ? size(JSON.stringify(previous)) : 0);
		return success({ rescue, keys: this.#mark(rescue.id, previous ? 0 : 1, grownBy, sequence) });
	}

	/** Appends to the change log; its number is the revision of every document that the change touches. */
	#log(kind: ChangeKind, rescue: AnimalRescue, by: string | null): number {
		return this.#sql
			.exec<{ sequence: number }>(
				"INSERT INTO changes (id, version, kind, at, by, document) VALUES (?, ?, ?, ?, ?, ?) RETURNING sequence",
				rescue.id,
				rescue.version,
				kind,
				new Date().toISOString(),
				by,
				JSON.stringify(rescue),
			)
			.one().sequence;
	}

	/** Puts the record's document and its pages in the outbox; gives the keys to publish at once. */
	#mark(id: number, records: number, bytes: number, sequence: number): string[] {
		const keys = [rescueKey(id), ...this.#pages.change(id, records, bytes, sequence)];
		for (const key of keys) this.#publisher.mark(key, sequence);
		// The total is in every page's metadata but only the first page's is kept up to date.
		if (records !== 0 && !keys.includes(pageKey(0))) {
			this.#publisher.mark(pageKey(0), sequence, Date.now() + TOTAL_LAG_MS);
		}
		return keys;
	}

	#render(key: string): Rendered<unknown> | null {
		const parsed = parseKey(key);
		return parsed.kind === "rescue" ? this.#renderRescue(parsed.id) : this.#pages.render(parsed.lower);
	}

	#renderRescue(id: number): Rendered<RescueMeta> | null {
		const row = this.#sql
			.exec<{ version: number; document: string }>("SELECT version, document FROM rescues WHERE id = ?", id)
			.toArray()[0];
		return row ? { body: row.document, meta: { version: row.version } } : null;
	}

	/** Sets the alarm for the earliest thing due, if it isn't set for then or earlier already. */
	#arm() {
		const due = this.#publisher.nextDue();
		if (due === null || (this.#alarmAt !== null && this.#alarmAt <= due)) return;
		this.#alarmAt = due;
		this.ctx.storage.setAlarm(due);
	}
}

const encoder = new TextEncoder();
/** The length of a text in UTF-8 bytes. */
const size = (text: string) => encoder.encode(text).length;
