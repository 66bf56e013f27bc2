import { DurableObject } from "cloudflare:workers";
import type { ChangeFeed, ImportOptions, Precondition, Rebuilt, RescueMeta, Snapshot } from "../core/context.ts";
import { failure, type Result, rescueNotFound, success } from "../core/errors.ts";
import type { Env } from "../env.ts";
import type { ChangeKind, RescueChange } from "../history/change.ts";
import { covers, type PageMeta } from "../rescues/page.ts";
import { type AnimalRescue, type NewRescue, type RescueFields, type RescuePatch, toRescue } from "../rescues/rescue.ts";
import type { ImportOutcome, ImportRow } from "../transfer/rows.ts";
import { Bookkeeping } from "./bookkeeping.ts";
import { Changes } from "./changes.ts";
import { pageKey, type Rendered, rescueKey } from "./documents.ts";
import { Feed } from "./feed.ts";
import { Idempotency, type SignedSender } from "./idempotency.ts";
import { landRows, TakenBack } from "./imports.ts";
import { Pages } from "./pages.ts";
import { Publisher, type Stale } from "./publisher.ts";
import { compare } from "./rebuild.ts";
import { Records } from "./records.ts";

/** When the alarm takes over what a write left unpublished, its Durable Object evicted for instance. */
const TAKE_OVER_MS = 5_000;
/** KV documents stay cached at the edge for up to this long. */
const MEND_EVERY_MS = 60_000;

/** What a write gives: its answer, and what it has made stale. */
type Written<T> = Result<{ answer: T; stale: Stale }>;

/**
 * The one place where writes meet: a single SQLite Durable Object that serialises them and owns versions, ids and
 * uniqueness. Each write is one transaction over the record, its page and the outbox; after it the documents are
 * published to Workers KV. Answers are tagged results, because error classes don't survive RPC.
 */
export class RescueLedger extends DurableObject<Env> {
	#changes: Changes;
	#feed: Feed;
	#records: Records;
	#pages: Pages;
	#idempotency: Idempotency;
	#publisher: Publisher;
	#books: Bookkeeping;
	/** When which documents were last found damaged (ms since the epoch). */
	#mended = new Map<string, number>();
	/** When the alarm is set for; null when it isn't. There is one an object, so it stands for the earliest thing due. */
	#alarmAt: number | null = null;

	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		const { sql } = ctx.storage;
		const isNew = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'rescues'").toArray().length === 0;
		this.#changes = new Changes(sql);
		this.#feed = new Feed(sql, this.#changes);
		this.#records = new Records(sql, this.#changes);
		this.#pages = new Pages(sql);
		this.#idempotency = new Idempotency(sql);
		this.#publisher = new Publisher(
			sql,
			env.RESCUES,
			(key) => this.#books.render(key),
			(at) => this.#armFor(at),
		);
		this.#books = new Bookkeeping(this.#records, this.#changes, this.#pages);
		if (isNew) this.#publisher.mark(new Map([[pageKey(0), 0]]), 0);
		ctx.blockConcurrencyWhile(async () => {
			this.#alarmAt = await ctx.storage.getAlarm();
			this.#arm(TAKE_OVER_MS);
		});
	}

	/**
	 * Creates a record under the given id, or under the next free one.
	 * @returns ALREADY_EXISTS when the id (also of a deleted record), the microchip or the externalId is taken;
	 *   VERSION_MISMATCH
	 */
	async create(
		{ id: given, ...fields }: NewRescue,
		when: Precondition,
		sender: SignedSender,
	): Promise<Result<AnimalRescue>> {
		return this.#commit(sender, () => {
			const refused = this.#records.unwanted(given, when) ?? this.#records.taken(fields, given);
			if (refused) return refused;
			const now = new Date().toISOString();
			const rescue = toRescue(given ?? this.#records.nextId(), fields, 1, now, now);
			return success({ answer: rescue, stale: this.#books.put("created", rescue, sender.by) });
		});
	}

	/** Replaces every writable field. Answers NOT_FOUND, VERSION_MISMATCH, ALREADY_EXISTS. */
	async replace(
		id: number,
		fields: RescueFields,
		when: Precondition,
		sender: SignedSender,
	): Promise<Result<AnimalRescue>> {
		return this.#change("replaced", id, () => fields, when, sender);
	}

	/** Changes the given fields. Answers NOT_FOUND, VERSION_MISMATCH, ALREADY_EXISTS. */
	async update(
		id: number,
		changes: RescuePatch,
		when: Precondition,
		sender: SignedSender,
	): Promise<Result<AnimalRescue>> {
		return this.#change("updated", id, (current) => ({ ...current, ...changes }), when, sender);
	}

	/** Deletes a record and answers what was deleted. Answers NOT_FOUND, VERSION_MISMATCH. */
	async delete(id: number, when: Precondition, sender: SignedSender): Promise<Result<AnimalRescue>> {
		return this.#commit(sender, () => {
			const current = this.#records.current(id, when);
			if (!current.ok) return current;
			return success({ answer: current.value, stale: this.#books.remove(current.value, sender.by) });
		});
	}

	/**
	 * Brings a deleted record back as it was, its versions continued.
	 * @returns NOT_FOUND when there never was one; ALREADY_EXISTS when it is there, or its microchip or externalId has
	 *   been given to another record since
	 */
	async restore(id: number, sender: SignedSender): Promise<Result<AnimalRescue>> {
		return this.#commit(sender, () => {
			const last = this.#changes.last(id);
			if (!last) return rescueNotFound(id);
			if (this.#records.render(id)) return failure("ALREADY_EXISTS", `Rescue ${id} is not deleted.`);
			const taken = this.#records.taken(last, undefined, id);
			if (taken) return taken;
			const restored = toRescue(id, last, last.version + 1, last.createdAt, new Date().toISOString());
			return success({ answer: restored, stale: this.#books.put("restored", restored, sender.by) });
		});
	}

	/** Lands rows, as `landRows` does, in one transaction. Beyond forty keys, publishing is left to the alarm. */
	async import(rows: ImportRow[], options: ImportOptions, sender: SignedSender): Promise<Result<ImportOutcome>> {
		try {
			return await this.#commit(sender, () => {
				const { outcome, stale } = landRows(rows, options, this.#records, (kind, rescue, previous) =>
					this.#books.put(kind, rescue, sender.by, previous),
				);
				return success({ answer: outcome, stale });
			});
		} catch (error) {
			if (error instanceof TakenBack) return success(error.outcome);
			throw error;
		}
	}

	/**
	 * The record's document as it is now: settles what KV doesn't know. Answers NOT_FOUND.
	 * @param isDamaged whether the published document was found to be, and is to be published again
	 */
	async readRescue(id: number, isDamaged: boolean): Promise<Result<Rendered<RescueMeta>>> {
		if (isDamaged) this.#mend(rescueKey(id));
		const document = this.#records.render(id);
		return document ? success(document) : rescueNotFound(id);
	}

	/**
	 * The page that holds what comes next after an id, as it is now.
	 * @param damaged key of the published page that was found to be, and is to be published again
	 */
	async readPage(after: number, damaged: string | null): Promise<Result<Rendered<PageMeta>>> {
		if (damaged) this.#mend(damaged);
		const page = this.#pages.render(this.#pages.of(after + 1).lower);
		if (!page || !covers(page.meta, after)) throw new Error(`no page covers ${after}`);
		return success(page);
	}

	/** Up to `first` changes of a record, newest first, all older than a version. Answers NOT_FOUND. */
	async readHistory(id: number, first: number, before: number): Promise<Result<RescueChange[]>> {
		return this.#changes.of(id, first, before);
	}

	/** What changed since a change's number or a time, in order. Answers MALFORMED_REQUEST. */
	async readChanges(since: number | string, first: number): Promise<Result<ChangeFeed>> {
		return this.#feed.since(since, first);
	}

	/** Records as they were when change number `at` had just been made (0: now), by id. */
	async readSnapshot(at: number, after: number): Promise<Snapshot> {
		return this.#feed.snapshot(at, after);
	}

	/** Compares a stretch of what is published with what is here, and publishes what differs. Answers MALFORMED_REQUEST. */
	async rebuild(from: string | null, sender: SignedSender): Promise<Result<Rebuilt>> {
		const first = this.#idempotency.recall<Rebuilt>(sender);
		if (first) return first;
		const compared = await compare(from, this.ctx.storage.sql, this.env.RESCUES, (key) => this.#books.render(key));
		if (!compared.ok) return compared;
		const { checked, next } = compared.value;
		// What is waiting to be published differs for now, and will be published anyway.
		const differing = compared.value.differing.filter((key) => !this.#publisher.isWaiting(key));
		return this.#commit(sender, () =>
			success({
				answer: { checked, mended: differing.length, next },
				stale: new Map(differing.map((key) => [key, 0])),
			}),
		);
	}

	/** Publishes what is still waiting, forgets what has expired, and sets itself again for what is left. */
	override async alarm(): Promise<void> {
		this.#alarmAt = null;
		try {
			this.#idempotency.sweep();
			await this.#publisher.drain();
		} catch (error) {
			// Never thrown on: the platform would retry a throwing alarm only six times.
			console.error(JSON.stringify({ message: "alarm failed", error: String(error) }));
		}
		this.#arm(0);
	}

	/** Publishes a document again that was found damaged, at most once a minute: what is cached at the edge stays as long. */
	#mend(key: string) {
		const now = Date.now();
		if (now - (this.#mended.get(key) ?? 0) < MEND_EVERY_MS) return;
		for (const [mended, at] of this.#mended) if (now - at >= MEND_EVERY_MS) this.#mended.delete(mended);
		this.#mended.set(key, now);
		const keys = this.#publisher.mark(new Map([[key, 0]]), this.#changes.latest());
		this.#armFor(now + TAKE_OVER_MS);
		this.ctx.waitUntil(this.#publisher.publish(keys));
	}

	/**
	 * Runs a write in one transaction, with the alarm for what might not get done after it, publishes, and answers. A
	 * repeat of a write that came with an idempotency key gets the first answer and runs nothing.
	 */
	async #commit<T>(sender: SignedSender, write: () => Written<T>): Promise<Result<T>> {
		let keys: string[] = [];
		const answer = this.ctx.storage.transactionSync((): Result<T> => {
			const first = this.#idempotency.recall<T>(sender);
			if (first) return first;
			const written = write();
			if (!written.ok) return written;
			this.#idempotency.keep(sender, written.value.answer);
			keys = this.#publisher.mark(written.value.stale, this.#changes.latest());
			return success(written.value.answer);
		});
		// No await since the transaction: the alarm is committed with it.
		if (answer.ok) this.#armFor(Date.now() + TAKE_OVER_MS);
		if (keys.length > 0) await this.#publisher.publish(keys);
		return answer;
	}

	#change(
		kind: ChangeKind,
		id: number,
		next: (current: AnimalRescue) => RescueFields,
		when: Precondition,
		sender: SignedSender,
	): Promise<Result<AnimalRescue>> {
		return this.#commit(sender, () => {
			const found = this.#records.current(id, when);
			if (!found.ok) return found;
			const current = found.value;
			const fields = next(current);
			const taken = this.#records.taken(fields, undefined, id);
			if (taken) return taken;
			const rescue = toRescue(id, fields, current.version + 1, current.createdAt, new Date().toISOString());
			return success({ answer: rescue, stale: this.#books.put(kind, rescue, sender.by, current) });
		});
	}

	/**
	 * Sets the alarm for the earliest thing due.
	 * @param grace how long publications due now are left to the write that made them so, in ms
	 */
	#arm(grace: number) {
		const due = [this.#publisher.nextDue(grace), this.#idempotency.nextDue()].filter((time) => time !== null);
		if (due.length > 0) this.#armFor(Math.min(...due));
	}

	/** Sets the alarm, unless it is set for then or earlier already: it then looks what else is due. */
	#armFor(time: number) {
		if (this.#alarmAt !== null && this.#alarmAt <= time) return;
		this.#alarmAt = time;
		this.ctx.storage.setAlarm(time);
	}
}
