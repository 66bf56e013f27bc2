import { DurableObject } from "cloudflare:workers";
import { failure, type Result, rescueNotFound, success } from "../core/errors.ts";
import { log } from "../core/log.ts";
import type { Env } from "../env.ts";
import type { RescueChange } from "../history/change.ts";
import { covers, type PageMeta } from "../rescues/page.ts";
import type { Hits, Search } from "../rescues/search.ts";
import { SCHEMA } from "../rescues/upgrade.ts";
import { type ChangeFeed, Changes, type Snapshot } from "./changes.ts";
import type { Answer, Command } from "./command.ts";
import { pageKey, parseKey, type Rendered, type RescueMeta, rescueKey } from "./documents.ts";
import { Idempotency, type SignedSender } from "./idempotency.ts";
import { landRows, TakenBack } from "./imports.ts";
import { Meta, migrate } from "./migrations.ts";
import { Outbox } from "./outbox.ts";
import { Pages } from "./pages.ts";
import { Publisher } from "./publisher.ts";
import { compare } from "./rebuild.ts";
import { Records, type Stamp, type Written } from "./records.ts";
import { Finder } from "./search.ts";
import { SearchIndex } from "./search-index.ts";

/** When the alarm takes over what a write left unpublished, its Durable Object evicted for instance. */
const TAKE_OVER_MS = 5_000;
/** KV documents stay cached at the edge for up to this long. */
const REPAIR_EVERY_MS = 60_000;

/**
 * The one place where writes meet: a single SQLite Durable Object that serialises them and owns versions, ids and
 * uniqueness. Each write is one transaction over the record, its page and the outbox; after it the documents are
 * published to Workers KV. Answers are tagged results, because error classes don't survive RPC.
 */
export class RescueLedger extends DurableObject<Env> {
	#pages: Pages;
	#records: Records;
	#changes: Changes;
	#idempotency: Idempotency;
	#outbox: Outbox;
	#publisher: Publisher;
	#index: SearchIndex;
	#finder: Finder;
	/** When which documents were last found damaged (ms since the epoch). */
	#repaired = new Map<string, number>();
	/** When the alarm is set for; null when it isn't. There is one an object, so it stands for the earliest thing due. */
	#alarmAt: number | null = null;

	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		const { sql } = ctx.storage;
		migrate(ctx.storage);
		this.#pages = new Pages(sql);
		this.#records = new Records(sql, this.#pages);
		this.#changes = new Changes(sql, this.#records);
		this.#index = new SearchIndex(ctx.storage, this.#records, env.SEARCH_ROWS_PER_DAY);
		this.#finder = new Finder(sql, this.#index, this.#records);
		this.#idempotency = new Idempotency(sql);
		this.#outbox = new Outbox(sql);
		this.#publisher = new Publisher(
			this.#outbox,
			env.RESCUES,
			(key) => this.#render(key),
			(at) => this.#armFor(at),
		);
		this.#publishInSchema(new Meta(sql));
		ctx.blockConcurrencyWhile(async () => {
			this.#alarmAt = await ctx.storage.getAlarm();
			this.#arm(TAKE_OVER_MS);
		});
	}

	/**
	 * Makes a write in one transaction, publishes what that has made stale, and answers what `command.ts` says. A repeat of
	 * a write that came with an idempotency key gets the first answer and runs nothing.
	 */
	async write(command: Command, sender: SignedSender): Promise<Result<Answer>> {
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
				return this.#records.put("restored", id, last, stamp, last);
			}
			case "import":
				return success(landRows(command, this.#records, stamp));
		}
	}

	/** Compares a batch of what is published with what is here, and publishes what differs. */
	async #rebuild(from: string | null, sender: SignedSender): Promise<Result<Answer>> {
		const first = this.#idempotency.recall(sender);
		if (first) return first;
		const compared = await compare(from, this.ctx.storage.sql, this.env.RESCUES, (key) => this.#render(key));
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
			keys = this.#outbox.mark(written.value.stale, this.#records.latestChange());
			return success(written.value.answer);
		});
		// No await since the transaction: the alarm is committed with it.
		if (answer.ok) this.#armFor(Date.now() + TAKE_OVER_MS);
		if (keys.length > 0) await this.#publisher.publish(keys);
		return answer;
	}

	/**
	 * The record's document as it is now: settles what KV doesn't know. Answers NOT_FOUND.
	 * @param isDamaged whether the published document was found to be, and is to be published again
	 */
	async readRescue(id: number, isDamaged: boolean): Promise<Result<Rendered<RescueMeta>>> {
		if (isDamaged) this.#repair(rescueKey(id));
		const document = this.#records.render(id);
		return document ? success(document) : rescueNotFound(id);
	}

	/**
	 * The page that holds what comes next after an id, as it is now.
	 * @param damaged key of the published page that was found to be, and is to be published again
	 */
	async readPage(after: number, damaged: string | null): Promise<Result<Rendered<PageMeta>>> {
		if (damaged) this.#repair(damaged);
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
		return this.#changes.since(since, first);
	}

	/** Records as they were when change number `at` had just been made (0: now), by id. */
	async readSnapshot(at: number, after: number): Promise<Snapshot> {
		return this.#changes.snapshot(at, after);
	}

	/**
	 * A part of a list that is filtered or sorted, by the index; null when there is none, or it isn't built yet.
	 * @param isFresh whether every change must be in it: null as well while there are more than can be taken in at once
	 */
	async search(search: Search, isFresh: boolean): Promise<Result<Hits | null>> {
		return success(this.#finder.find(search, isFresh));
	}

	/** Publishes what is still waiting, forgets what has expired, and sets itself again for what is left. */
	override async alarm(): Promise<void> {
		this.#alarmAt = null;
		try {
			this.#idempotency.sweep();
			this.#index.step();
			await this.#publisher.drain();
		} catch (error) {
			// Never thrown on: the platform would retry a throwing alarm only six times.
			log("error", "alarm failed", { error: String(error) });
		}
		this.#arm(0);
	}

	/** Has all pages published when none are in the present schema: by a new ledger, or after an earlier release. */
	#publishInSchema(meta: Meta) {
		if (meta.get("published") === SCHEMA) return;
		const stale = new Map(this.#pages.bounds().map((lower) => [pageKey(lower), 0]));
		this.#outbox.mark(stale, this.#records.latestChange());
		meta.set("published", SCHEMA);
	}

	/** A key's document as it should be published; null when it has none. */
	#render(key: string): Rendered<unknown> | null {
		const parsed = parseKey(key);
		return parsed.kind === "rescue" ? this.#records.render(parsed.id) : this.#pages.render(parsed.lower);
	}

	/** Publishes a document again that was found damaged, at most once a minute: what is cached at the edge stays as long. */
	#repair(key: string) {
		const now = Date.now();
		if (now - (this.#repaired.get(key) ?? 0) < REPAIR_EVERY_MS) return;
		for (const [repaired, at] of this.#repaired) if (now - at >= REPAIR_EVERY_MS) this.#repaired.delete(repaired);
		this.#repaired.set(key, now);
		const keys = this.#outbox.mark(new Map([[key, 0]]), this.#records.latestChange());
		this.#armFor(now + TAKE_OVER_MS);
		this.ctx.waitUntil(this.#publisher.publish(keys));
	}

	/**
	 * Sets the alarm for the earliest thing due.
	 * @param grace how long publications due now are left to the write that made them so, in ms
	 */
	#arm(grace: number) {
		const due = [this.#publisher.nextDue(grace), this.#idempotency.nextDue(), this.#index.nextDue()].filter(
			(time) => time !== null,
		);
		if (due.length > 0) this.#armFor(Math.min(...due));
	}

	/** Sets the alarm, unless it is set for then or earlier already: it then looks what else is due. */
	#armFor(time: number) {
		if (this.#alarmAt !== null && this.#alarmAt <= time) return;
		this.#alarmAt = time;
		this.ctx.storage.setAlarm(time);
	}
}
