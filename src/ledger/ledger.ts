import { DurableObject } from "cloudflare:workers";
import { failure, type Result, rescueNotFound, success } from "../core/errors.ts";
import { log } from "../core/log.ts";
import type { Env } from "../env.ts";
import type { RescueChange } from "../history/change.ts";
import { covers, type PageMeta } from "../rescues/page.ts";
import { Alarm } from "./alarm.ts";
import { Breaker } from "./breaker.ts";
import { type ChangeFeed, Changes, type HistoryStart, type Snapshot } from "./changes.ts";
import type { Answer, Command } from "./command.ts";
import { type Miss, pageKey, type Rendered, type RescueMeta, rescueKey } from "./documents.ts";
import { Idempotency, type SignedSender } from "./idempotency.ts";
import { landRows, MORE_MS, TakenBack } from "./imports.ts";
import { Meta, migrate } from "./migrations.ts";
import { Outbox, type Stale } from "./outbox.ts";
import { OwnDocuments } from "./own-documents.ts";
import { Pages } from "./pages.ts";
import { TAKE_OVER_MS } from "./publications.ts";
import { Publisher } from "./publisher.ts";
import { compare } from "./rebuild.ts";
import { mismatch, Records, type Stamp, type Written } from "./records.ts";
import { Rendering } from "./rendering.ts";

/** When the alarm comes again after it has failed, so that it never spins. */
const AFTER_FAILURE_MS = 60_000;

/**
 * The one place where writes meet: a single SQLite Durable Object that serialises them and owns versions, ids and
 * uniqueness. Each write is one transaction over the record, its page and the outbox; after it the documents are
 * published to Workers KV. Answers are tagged results, because error classes don't survive RPC.
 */
export class RescueLedger extends DurableObject<Env> {
	#pages: Pages;
	#documents: OwnDocuments;
	#records: Records;
	#changes: Changes;
	#idempotency: Idempotency;
	#outbox: Outbox;
	#rendering: Rendering;
	#publisher: Publisher;
	#alarm: Alarm;

	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		const { sql } = ctx.storage;
		const isNew = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'rescues'").toArray().length === 0;
		migrate(ctx.storage);
		const meta = new Meta(sql);
		this.#pages = new Pages(sql, meta);
		this.#documents = new OwnDocuments(sql, meta, env.READ_PUTS_PER_DAY);
		this.#records = new Records(sql, this.#pages, this.#documents);
		this.#changes = new Changes(sql, this.#records);
		this.#idempotency = new Idempotency(sql);
		this.#outbox = new Outbox(sql);
		this.#rendering = new Rendering(ctx.storage, this.#records, this.#documents, this.#pages, this.#outbox);
		this.#publisher = new Publisher(this.#outbox, new Breaker(meta), env.RESCUES, this.#rendering, (at) =>
			this.#alarm.armFor(at),
		);
		this.#alarm = new Alarm(ctx.storage, (grace) => {
			const due = [this.#publisher.nextDue(grace), this.#idempotency.nextDue()].filter((time) => time !== null);
			return due.length > 0 ? Math.min(...due) : null;
		});
		if (isNew) this.#outbox.mark(new Map([[pageKey(0), 0]]), 0, 0);
		ctx.blockConcurrencyWhile(async () => {
			await this.#alarm.load();
			this.#alarm.arm(TAKE_OVER_MS);
		});
	}

	/**
	 * Makes a write in one transaction, publishes what that has made stale, and answers what `command.ts` says. A repeat of
	 * a write that came with an idempotency key gets the first answer and runs nothing.
	 */
	async write(command: Command, sender: SignedSender): Promise<Result<Answer>> {
		this.ctx.waitUntil(this.#alarm.look());
		if (command.do === "rebuild") return this.#rebuild(command.from, sender);
		try {
			return await this.#commit(sender, () => this.#execute(command, { by: sender.by, at: new Date().toISOString() }));
		} catch (error) {
			if (error instanceof TakenBack) return success(error.outcome);
			throw error;
		}
	}

	/** What each command does to the records, in its transaction. */
	#execute(command: Exclude<Command, { do: "rebuild" }>, stamp: Stamp): Written<Answer> {
		switch (command.do) {
			case "create": {
				const { id, ...fields } = command.rescue;
				return this.#records.unwanted(id, command.when) ?? this.#records.put("created", id, fields, stamp);
			}
			case "replace": {
				const current = this.#records.current(command.id, command.when);
				if (!current.ok) return current;
				return this.#records.put("replaced", command.id, command.fields, stamp, current.value);
			}
			case "update": {
				const current = this.#records.current(command.id, command.when);
				if (!current.ok) return current;
				const fields = { ...current.value, ...command.patch };
				return this.#records.put("updated", command.id, fields, stamp, current.value);
			}
			case "delete": {
				const current = this.#records.current(command.id, command.when);
				return current.ok ? this.#records.remove(current.value, stamp) : current;
			}
			case "restore": {
				const { id } = command;
				const last = this.#records.last(id);
				if (!last) return rescueNotFound(id);
				if (this.#records.render(id)) return failure("ALREADY_EXISTS", `Rescue ${id} is not deleted.`);
				const { ifVersion } = command.when;
				if (ifVersion && !ifVersion.includes(last.version)) return mismatch(id, last.version);
				return this.#records.put("restored", id, last, stamp, last);
			}
			case "import": {
				const landed = landRows(command, this.#records, stamp);
				// With the last rows goes what the ones before them have put off.
				if (!command.more) for (const key of this.#outbox.soon(MORE_MS)) landed.stale.set(key, 0);
				return success(landed);
			}
		}
	}

	/** Compares a batch of what is published with what is here, and publishes what differs. */
	async #rebuild(from: string | null, sender: SignedSender): Promise<Result<Answer>> {
		const first = this.#idempotency.recall(sender);
		if (first) return first;
		const compared = await compare(from, this.ctx.storage.sql, this.env.RESCUES, (key) => this.#rendering.render(key));
		if (!compared.ok) return compared;
		const { checked, next } = compared.value;
		// What is waiting to be published differs for now, and will be published anyway.
		const differing = compared.value.differing.filter((key) => !this.#outbox.isWaiting(key));
		const answer = { checked, mended: differing.length, next };
		return this.#commit(sender, () => success({ answer, stale: new Map(differing.map((key) => [key, 0])) }));
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
			keys = this.#mark(written.value.stale);
			return success(written.value.answer);
		});
		// No await since the transaction: the alarm is committed with it.
		if (answer.ok) this.#alarm.armFor(this.#publisher.takeOverAt);
		if (keys.length > 0) await this.#publisher.publish(keys);
		return answer;
	}

	/**
	 * The record's document as it is now: settles what KV doesn't know, and publishes it. Answers NOT_FOUND.
	 * @param miss what KV had instead
	 */
	async readRescue(id: number, miss: Miss): Promise<Result<Rendered<RescueMeta>>> {
		this.ctx.waitUntil(this.#alarm.look());
		const document = this.#records.render(id);
		if (miss === "damaged" || (miss === "missing" && document)) this.#publishForRead(rescueKey(id));
		return document ? success(document) : rescueNotFound(id);
	}

	/**
	 * The page that holds what comes next after an id, as it is now.
	 * @param damaged key of the published page that was found to be, and is to be published again
	 */
	async readPage(after: number, damaged: string | null): Promise<Result<Rendered<PageMeta>>> {
		this.ctx.waitUntil(this.#alarm.look());
		if (damaged) this.#publishForRead(damaged);
		const page = this.#pages.render(this.#pages.of(after + 1).lower);
		if (!page || !covers(page.meta, after)) throw new Error(`no page covers ${after}`);
		return success(page);
	}

	/** The histories of several records, newest first, up to `first` changes of each: as many as fit into one answer. */
	async readHistories(records: HistoryStart[], first: number): Promise<(RescueChange[] | null | undefined)[]> {
		this.ctx.waitUntil(this.#alarm.look());
		return this.#changes.histories(records, first);
	}

	/** What changed since a change's number or a time, in order. Answers MALFORMED_REQUEST. */
	async readChanges(since: number | string, first: number): Promise<Result<ChangeFeed>> {
		this.ctx.waitUntil(this.#alarm.look());
		return this.#changes.since(since, first);
	}

	/** Records as they were when change number `at` had just been made (0: now), by id. */
	async readSnapshot(at: number, after: number): Promise<Snapshot> {
		this.ctx.waitUntil(this.#alarm.look());
		return this.#changes.snapshot(at, after);
	}

	/** Publishes what is still waiting, forgets what has expired, and sets itself again for what is left. */
	override async alarm(): Promise<void> {
		this.#alarm.rings();
		try {
			this.#idempotency.sweep();
			await this.#publisher.drain();
			this.#alarm.arm(0);
		} catch (error) {
			// Never thrown on: the platform would retry a throwing alarm only six times.
			log("error", "alarm failed", { error: String(error) });
			this.#alarm.armFor(Date.now() + AFTER_FAILURE_MS);
		}
	}

	/** Notes what is to be published, in the transaction that makes it so; gives the keys to be published at once. */
	#mark(stale: Stale): string[] {
		return this.#outbox.mark(stale, this.#records.latestChange(), this.#publisher.mostAtOnce);
	}

	/** Publishes a document that a read found missing or damaged, if it may (`own-documents.ts`) or is waiting anyway. */
	#publishForRead(key: string) {
		if (this.#publisher.mostAtOnce === 0) return;
		const mark = () => (this.#documents.admit(key) ? this.#mark(new Map([[key, 0]])) : []);
		const keys = this.#outbox.isWaiting(key) ? [key] : this.ctx.storage.transactionSync(mark);
		if (keys.length === 0) return;
		this.#alarm.armFor(this.#publisher.takeOverAt);
		this.ctx.waitUntil(this.#publisher.publish(keys));
	}
}
