import { DurableObject } from "cloudflare:workers";
import { type Failure, type Result, rescueNotFound, success } from "../core/errors.ts";
import type { Env } from "../env.ts";
import type { RescueChange, Wanted } from "../history/change.ts";
import type { PhotoList } from "../photos/photo.ts";
import { covers, type PageMeta } from "../rescues/page.ts";
import type { Hits, Search } from "../rescues/search.ts";
import { SCHEMA } from "../rescues/upgrade.ts";
import { Alarm } from "./alarm.ts";
import { writeBlock } from "./backup/backup.ts";
import { BEING_RESTORED, Restore } from "./backup/restore.ts";
import { Birthdays } from "./birthdays.ts";
import { type ChangeFeed, Changes, type HistoryStart, type Snapshot } from "./changes.ts";
import type { Answer, BackupBlock, Command, LedgerState, RestoreRequest, RestoreState } from "./command.ts";
import { type Miss, type Rendered, type RescueMeta, rescueKey } from "./documents.ts";
import { execute } from "./execute.ts";
import { Idempotency, type SignedSender, stampOf } from "./idempotency.ts";
import { Rebuild } from "./identity/rebuild.ts";
import { TakenBack } from "./imports.ts";
import { migrate, setSchema } from "./migrations.ts";
import { Pages } from "./pages.ts";
import { Photos } from "./photos/photos.ts";
import { Outbox } from "./publishing/outbox.ts";
import { OwnDocuments } from "./publishing/own-documents.ts";
import { TAKE_OVER_MS } from "./publishing/publications.ts";
import { Publishing } from "./publishing/publishing.ts";
import { Rendering } from "./publishing/rendering.ts";
import { Records, type Written } from "./records.ts";
import { Finder } from "./search/finder.ts";
import { SearchIndex } from "./search/search-index.ts";
import { Subscribers } from "./subscribers.ts";

/**
 * The one place where writes meet: one SQLite Durable Object that serialises them and owns versions, ids and uniqueness.
 * Each write is one transaction over the record, its page and the outbox; then the documents are published to Workers KV.
 * Answers are tagged results, because error classes don't survive RPC.
 */
export class RescueLedger extends DurableObject<Env> {
	#pages: Pages;
	#records: Records;
	#changes: Changes;
	#subscribers: Subscribers;
	#idempotency: Idempotency;
	#outbox: Outbox;
	#publishing: Publishing;
	#rebuild: Rebuild;
	#restore: Restore;
	#index: SearchIndex;
	#finder: Finder;
	#photos: Photos;
	#chores: () => { step(): void | Promise<void>; nextDue(): number | null }[];
	#alarm: Alarm;

	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		const { sql } = ctx.storage;
		const meta = migrate(ctx.storage);
		this.#pages = new Pages(sql, meta);
		const ownDocuments = new OwnDocuments(sql, meta, env.READ_PUTS_PER_DAY);
		this.#records = new Records(sql, this.#pages);
		this.#changes = new Changes(sql, this.#records);
		this.#subscribers = new Subscribers(ctx, this.#records, this.#changes);
		this.#index = new SearchIndex(ctx.storage, this.#records, env.SEARCH_ROWS_PER_DAY);
		this.#finder = new Finder(sql, this.#index, this.#records);
		this.#idempotency = new Idempotency(sql);
		this.#outbox = new Outbox(sql);
		const rendering = new Rendering(ctx.storage, this.#records, ownDocuments, this.#pages, this.#outbox);
		const documents = {
			// Of a restore nothing is published before its end.
			render: (key: string) => (this.#restore.isUnderWay ? null : rendering.render(key)),
			size: (key: string) => rendering.size(key),
		};
		const [records, outbox, armFor] = [this.#records, this.#outbox, (at: number) => this.#alarm.armFor(at)];
		const parts = { storage: ctx.storage, kv: env.RESCUES, meta, records, ownDocuments, documents, outbox, armFor };
		this.#publishing = new Publishing(parts);
		const { namespace } = this.#publishing;
		this.#restore = new Restore(ctx.storage, meta, this.#records, this.#pages, this.#outbox, namespace);
		const mayWrite = async () => !(await this.#refuse());
		const birthdays = new Birthdays(ctx.storage, records, (stale) => this.#publishing.mark(stale), mayWrite);
		this.#photos = new Photos(sql, env.PHOTOS, meta, env.PHOTOS_MAX_BYTES, mayWrite);
		this.#rebuild = new Rebuild(sql, env.RESCUES, outbox, namespace, this.#photos, documents.render);
		// Until an adoption is done there are pages, but not all of their records.
		this.#chores = () => (namespace.isAdopting ? [] : [birthdays, this.#index, this.#photos.deletion]);
		this.#alarm = new Alarm(ctx.storage, (grace) => {
			const parts = [this.#idempotency, ...this.#chores()];
			return [this.#publishing.nextDue(grace), ...parts.map((part) => part.nextDue())];
		});
		ctx.blockConcurrencyWhile(async () => {
			await this.#alarm.load();
			if (setSchema(meta, SCHEMA)) this.#publishing.later(this.#pages.all());
			this.#alarm.arm(TAKE_OVER_MS);
		});
	}

	/**
	 * Makes a write in one transaction, publishes what that has made stale, and answers what `command.ts` says. A repeat of
	 * a write that came with an idempotency key gets the first answer and runs nothing.
	 */
	async write(command: Command, sender: SignedSender): Promise<Result<Answer>> {
		if (command.do === "rebuild") return this.#rebuildBatch(command, sender);
		const refusal = await this.#refuse();
		if (refusal) return refusal;
		if (command.do === "reservePhoto") await this.#photos.deletion.settled(command.photo.sha256);
		const run = () => execute(command, this.#records, this.#outbox, this.#index, this.#photos, stampOf(sender));
		try {
			return await this.#commit(sender, run);
		} catch (error) {
			if (error instanceof TakenBack) return success(error.outcome);
			throw error;
		}
	}

	/** Why it can't answer: UNAVAILABLE, or nothing. What has happened it tells whoever has the namespace. Sees to the alarm. */
	async #refuse(what?: "the past"): Promise<Failure | undefined> {
		this.ctx.waitUntil(this.#alarm.look());
		const { namespace } = this.#publishing;
		return this.#restore.isUnderWay ? BEING_RESTORED : what ? namespace.refuseEmpty() : namespace.refuse();
	}

	/** Does what is claimed, compares a batch of what is published with what is here, read anew, and publishes what differs. */
	async #rebuildBatch(command: Extract<Command, { do: "rebuild" }>, sender: SignedSender): Promise<Result<Answer>> {
		this.ctx.waitUntil(this.#alarm.look());
		if (this.#restore.isUnderWay) return BEING_RESTORED;
		const first = this.#idempotency.recall(sender);
		if (first) return first;
		this.#pages.forget();
		const read = await this.#rebuild.read(command);
		return read.ok ? this.#commit(sender, () => read.value(stampOf(sender))) : read;
	}

	/** Runs a write in one transaction, with the alarm for what might not get done after it, publishes, and answers. */
	async #commit(sender: SignedSender, run: () => Written<Answer>): Promise<Result<Answer>> {
		let keys: string[] = [];
		const answer = this.ctx.storage.transactionSync((): Result<Answer> => {
			const first = this.#idempotency.recall(sender);
			if (first) return first;
			const written = run();
			if (!written.ok) return written;
			this.#idempotency.keep(sender, written.value.answer);
			keys = this.#publishing.mark(written.value.stale, written.value.revision);
			return success(written.value.answer);
		});
		this.#subscribers.tell();
		if (answer.ok) await this.#publishing.publish(keys);
		return answer;
	}

	/**
	 * The record's document as it is now, published if KV lacks it. Answers NOT_FOUND; UNAVAILABLE as `readPage` does.
	 * @param miss what KV had instead
	 */
	async readRescue(id: number, miss: Miss): Promise<Result<Rendered<RescueMeta>>> {
		const refusal = await this.#refuse();
		if (refusal) return refusal;
		const document = this.#records.render(id);
		if (miss === "damaged" || (miss === "missing" && document)) {
			this.ctx.waitUntil(this.#publishing.publishForRead(rescueKey(id)));
		}
		return document ? success(document) : rescueNotFound(id);
	}

	/**
	 * The page that holds what comes next after an id, as it is now. UNAVAILABLE when the documents in KV are another ledger's.
	 * @param damaged key of the published page that was found to be, and is to be published again
	 */
	async readPage(after: number, damaged: string | null): Promise<Result<Rendered<PageMeta>>> {
		const refusal = await this.#refuse();
		if (refusal) return refusal;
		if (damaged) this.ctx.waitUntil(this.#publishing.publishForRead(damaged));
		const page = this.#pages.render(this.#pages.of(after + 1));
		if (!covers(page.meta, after)) throw new Error(`no page covers ${after}`);
		return success(page);
	}

	/** The histories of several records, newest first, up to `first` changes of each: as many as fit into one answer. */
	async readHistories(records: HistoryStart[], first: number): Promise<Result<(RescueChange[] | null | undefined)[]>> {
		return (await this.#refuse("the past")) ?? success(this.#changes.histories(records, first));
	}

	/** What changed since a change's number or a time, in order. Answers MALFORMED_REQUEST. */
	async readChanges(since: number | string, first: number, wanted?: Wanted): Promise<Result<ChangeFeed>> {
		return (await this.#refuse("the past")) ?? this.#changes.since(since, first, wanted);
	}

	/** Deletions of what is deleted now, the last one first: those with a number below `before`. */
	async readDeletions(before: number, first: number): Promise<Result<ChangeFeed>> {
		return (await this.#refuse("the past")) ?? success(this.#changes.deletions(before, first));
	}

	/** Takes a subscriber to what changes: answers 101 with a WebSocket, or 503 with the refusal as JSON. */
	override async fetch(): Promise<Response> {
		return this.#subscribers.take(await this.#refuse("the past"));
	}

	/** Records as they were when change number `at` had just been made (0: now), by id. */
	async readSnapshot(at: number, after: number): Promise<Result<Snapshot>> {
		return (await this.#refuse("the past")) ?? success(this.#changes.snapshot(at, after));
	}

	/** Photos, the newest first, behind the one with this number. */
	async readPhotos(before: number, first: number): Promise<Result<PhotoList>> {
		return (await this.#refuse("the past")) ?? success(this.#photos.list(before, first));
	}

	/** What an admin asks. */
	async readState(): Promise<Result<LedgerState>> {
		this.ctx.waitUntil(this.#alarm.look());
		return success({ ...(await this.#publishing.state()), photoBytes: this.#photos.bytes });
	}

	/** The next block of a backup. Answers MALFORMED_REQUEST for a number that no change has had yet. */
	async readBackup(from: Parameters<typeof writeBlock>[1]): Promise<Result<BackupBlock>> {
		return (await this.#refuse("the past")) ?? writeBlock(this.ctx.storage.sql, from);
	}

	/** How far a restore is. */
	async readRestore(): Promise<RestoreState> {
		return this.#restore.state();
	}

	/** Takes blocks of a backup in. Answers what `Restore.take` does. */
	async restore(request: RestoreRequest): Promise<Result<RestoreState>> {
		const taken = await this.ctx.blockConcurrencyWhile(() => this.#restore.take(request));
		this.#subscribers.tell();
		this.#publishing.takeOver();
		await this.#publishing.drain();
		return taken;
	}

	/**
	 * A part of a list that is filtered or sorted, by the index; null when there is none, or it isn't built yet.
	 * @param isFresh whether every change must be in it: null as well while there are more than can be taken in at once
	 * @param seesAll whether the documents are wanted with their private fields
	 */
	async search(search: Search, isFresh: boolean, seesAll: boolean): Promise<Result<Hits | null>> {
		return (await this.#refuse()) ?? success(this.#finder.find(search, isFresh, seesAll));
	}

	/** Publishes what is still waiting, forgets what has expired, and sets itself again for what is left. */
	override async alarm(): Promise<void> {
		await this.#alarm.ring(async () => {
			this.#idempotency.sweep();
			for (const chore of this.#chores()) await chore.step();
			this.#subscribers.tell();
			await this.#publishing.drain();
		});
	}
}
