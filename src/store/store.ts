import { seesAll } from "../core/access.ts";
import type { Sender } from "../core/context.ts";
import { type Failure, type Result, success, unavailable } from "../core/errors.ts";
import { log } from "../core/log.ts";
import { changesSeen, type RescueChange, type Wanted } from "../history/change.ts";
import type { ChangeFeed, HistoryStart, Snapshot } from "../ledger/changes.ts";
import type {
	Answer,
	BackupBlock,
	BackupPlace,
	Command,
	LedgerState,
	RestoreRequest,
	RestoreState,
} from "../ledger/command.ts";
import { type Miss, pageKey, rescueKey } from "../ledger/documents.ts";
import { sign } from "../ledger/idempotency.ts";
import { covers, type PageMeta, type Position, START } from "../rescues/page.ts";
import type { AnimalRescue } from "../rescues/rescue.ts";
import type { Hits, Search } from "../rescues/search.ts";
import { type RescueView, toPublic } from "../rescues/view.ts";
import type { Basis } from "./basis.ts";
import { findPage, forgetPages } from "./bounds.ts";
import { type Call, callLedger } from "./call.ts";
import { type Following, follow, type Hear } from "./live.ts";
import {
	knownRescue,
	mayKnowBytes,
	openPage,
	openRescue,
	type PublishedPage,
	type PublishedRescue,
	readText,
	rescueInPage,
} from "./opened.ts";
import { PhotoStore } from "./photos.ts";
import { type As, discard, isPublishedPage, isRescueMeta, readKV } from "./published.ts";

/** For how long an isolate goes by the total that the first page had, so that a walk doesn't read it again for each page. */
const TOTAL_KEPT_MS = 10_000;
let firstPage = { total: 0, readAt: Number.NEGATIVE_INFINITY };

/**
 * What a resolver reads and writes through; made for each request. It gives nothing that who asks may not see: whatever is
 * read here, the public gets without private fields and without the names of tokens. Reads are answered from Workers KV, and from the ledger
 * only when KV misses, fails, has a damaged document, or has a page that doesn't cover the position (misses are cached at
 * the edge for a minute, and pages split and merge). When the ledger can't answer either, what KV has elsewhere is given: a
 * record out of its page, a page by its bounds. A read that reaches the ledger may also answer RATE_LIMITED.
 */
export class Store {
	#basis: Basis;

	constructor(basis: Basis) {
		this.#basis = basis;
	}

	/** The same, reading from the ledger instead of KV: it knows every write that was answered. */
	get fresh(): Store {
		return new Store({ ...this.#basis, isFresh: true });
	}

	/** The photos. */
	get photos(): PhotoStore {
		return new PhotoStore(this.#basis);
	}

	/** The same, for a client that has some state of what it asks for: of a record, a version. What it has isn't read. */
	unless(isKnown: (state: string) => boolean): Store {
		return new Store({ ...this.#basis, isKnown });
	}

	/** Whether it reads the ledger instead of KV. */
	get isFresh(): boolean {
		return this.#basis.isFresh === true;
	}

	/** How many reads of KV and calls of the ledger the request has made so far. */
	get operations(): number {
		return this.#basis.costs.kvReads + this.#basis.costs.ledgerCalls;
	}

	/** Whether who asks may see everything. */
	get #seesAll(): boolean {
		return seesAll(this.#basis.access);
	}

	/** One record's document; what the client has of it comes without its body. Answers NOT_FOUND, UNAVAILABLE. */
	async rescue(id: number): Promise<Result<PublishedRescue>> {
		const { isKnown } = this.#basis;
		const found = await this.#readKV(rescueKey(id), isKnown ? "stream" : "text", isRescueMeta);
		if (typeof found === "string") return this.#settleRescue(id, found);
		const { meta } = found;
		// A stream that nobody reads goes with its request.
		if (isKnown?.(String(meta.version))) return success(knownRescue(meta, () => this.#settleRescue(id, "unread")));
		const body = typeof found.body === "string" ? found.body : await readText(found.body).catch(() => null);
		if (body === null) return this.#settleRescue(id, "unread");
		const settle = () => this.#settleRescue(id, "damaged");
		const opened = openRescue(id, { body, meta }, this.#seesAll, settle);
		if (opened) return success(opened);
		log("error", "damaged document", { meta });
		return settle();
	}

	/**
	 * The page that holds what comes next after a position. Answers UNAVAILABLE.
	 * @param isWhole whether all of it will probably be passed on
	 */
	async page({ after, lower }: Position, isWhole = false): Promise<Result<PublishedPage>> {
		const found = await this.#pageInKV(lower, after, isWhole);
		if (typeof found !== "string") return success(found);
		const settled = await this.#settlePage(after, found === "damaged" ? pageKey(lower) : null);
		if (!this.#goesOnFromKV(settled)) return settled;
		const covering = await this.#coveringPage(after);
		return covering ? success(covering) : settled;
	}

	/** How many records there are; the page in hand may know. Answers UNAVAILABLE. */
	async total(page: PageMeta): Promise<Result<number>> {
		// Of what is published, only the first page's total is kept up to date when other pages change.
		if (page.lower === START.lower || this.#basis.isFresh) return success(page.total);
		// Compared both ways: the clock may have been wrong.
		if (Math.abs(Date.now() - firstPage.readAt) < TOTAL_KEPT_MS) return success(firstPage.total);
		const first = await this.page(START);
		if (!first.ok) return first;
		first.value.discard();
		return success(first.value.meta.total);
	}

	/**
	 * The histories of several records, newest first, up to `first` changes of each, in one call: null for a record that
	 * never was, undefined for what didn't fit into the answer. Answers UNAVAILABLE.
	 */
	async histories(records: HistoryStart[], first: number): Promise<Result<(RescueChange[] | null | undefined)[]>> {
		const read = await this.#readLedger((ledger) => ledger.readHistories(records, first));
		return read.ok ? success(read.value.map((history) => history && changesSeen(history, this.#seesAll))) : read;
	}

	/** What changed since a change's number or a time, in order. Answers MALFORMED_REQUEST, UNAVAILABLE. */
	async changes(since: number | string, first: number, wanted?: Wanted): Promise<Result<ChangeFeed>> {
		const read = await this.#readLedger((ledger) => ledger.readChanges(since, first, wanted));
		return read.ok ? success({ ...read.value, changes: changesSeen(read.value.changes, this.#seesAll) }) : read;
	}

	/** Deletions of what is deleted now, the last one first, with a number below `before`. Answers UNAVAILABLE. */
	async deletions(before: number, first: number): Promise<Result<ChangeFeed>> {
		const read = await this.#readLedger((ledger) => ledger.readDeletions(before, first));
		return read.ok ? success({ ...read.value, changes: changesSeen(read.value.changes, this.#seesAll) }) : read;
	}

	/** Tells of changes as they are made, until it is closed. Answers UNAVAILABLE. */
	follow(hear: Hear): Promise<Result<Following>> {
		const see: Hear = (told) => hear(told?.steps ? { ...told, steps: changesSeen(told.steps, this.#seesAll) } : told);
		return this.#readLedger((ledger) => follow(ledger, see));
	}

	/** Records as they were when change number `at` had just been made (0: now), by id. Answers UNAVAILABLE. */
	async snapshot(at: number, after: number): Promise<Result<Omit<Snapshot, "body"> & { rescues: RescueView[] }>> {
		const read = await this.#readLedger((ledger) => ledger.readSnapshot(at, after));
		if (!read.ok) return read;
		const { body, ...place } = read.value;
		const rescues: AnimalRescue[] = JSON.parse(body);
		return success({ ...place, rescues: this.#seesAll ? rescues : rescues.map(toPublic) });
	}

	/** What an admin is told of the ledger. Answers UNAVAILABLE. */
	ledgerState(): Promise<Result<LedgerState>> {
		return this.#call((ledger) => ledger.readState());
	}

	/**
	 * The next block of a backup: from a change's number on to begin, from the `next` of the block before to go on.
	 * Answers MALFORMED_REQUEST, UNAVAILABLE.
	 */
	backup(from: number | BackupPlace): Promise<Result<BackupBlock>> {
		return this.#call((ledger) => ledger.readBackup(from));
	}

	/** How far a restore is. Answers UNAVAILABLE. */
	restoreState(): Promise<Result<RestoreState>> {
		return this.#call(async (ledger) => success(await ledger.readRestore()));
	}

	/** Takes blocks of a backup in. Answers ALREADY_EXISTS, MALFORMED_REQUEST, INVALID_INPUT, UNAVAILABLE. */
	restore(request: RestoreRequest): Promise<Result<RestoreState>> {
		return this.#call((ledger) => ledger.restore(request));
	}

	/** A part of a list by the ledger's index; null when there is none, or it isn't built yet. Answers UNAVAILABLE. */
	search(search: Search): Promise<Result<Hits | null>> {
		return this.#readLedger((ledger) => ledger.search(search, this.isFresh, this.#seesAll));
	}

	/** Makes a write. Answers what the command does. */
	async write<C extends Command>(command: C, sender: Sender): Promise<Result<Answer<C>>> {
		const signed = await sign(command, sender);
		// RPC forgets which command gives which answer.
		return this.#call((ledger) => ledger.write(command, signed)) as Promise<Result<Answer<C>>>;
	}

	/** The page that starts at a bound, as KV has it; "missing" when what it has doesn't hold what comes next after an id. */
	async #pageInKV(lower: number, after: number, isWhole = false): Promise<PublishedPage | Miss> {
		const key = pageKey(lower);
		// A page that the client knows, or this isolate, is not read to its end.
		const isRead = isWhole && !this.#seesAll && !this.#basis.isKnown && !mayKnowBytes(key);
		const found = await this.#readKV(key, isRead ? "arrayBuffer" : "stream", isPublishedPage(lower));
		if (typeof found === "string") return found;
		const { body, meta } = found;
		if (!covers(meta, after)) {
			discard(body);
			return "missing";
		}
		if (lower === START.lower) firstPage = { total: meta.total, readAt: Date.now() };
		return openPage(found, this.#seesAll, key, () => this.#settlePage(after, key));
	}

	/** The page that holds what comes next after an id, as the ledger has it. Answers UNAVAILABLE. */
	async #settlePage(after: number, damaged: string | null): Promise<Result<PublishedPage>> {
		const read = await this.#readLedger((ledger) => ledger.readPage(after, damaged));
		return read.ok ? success(openPage(read.value, this.#seesAll, null, async () => unavailable())) : read;
	}

	/** A record's document as the ledger has it or, when that can't answer, as its page has it. */
	async #settleRescue(id: number, miss: Miss): Promise<Result<PublishedRescue>> {
		const settled = await this.#readLedger((ledger) => ledger.readRescue(id, miss));
		if (this.#goesOnFromKV(settled)) return rescueInPage(id, await this.#coveringPage(id - 1), settled);
		if (!settled.ok) return settled;
		const opened = openRescue(id, settled.value, this.#seesAll, async () => unavailable());
		return opened ? success(opened) : unavailable();
	}

	/** Whether the ledger can't answer, or mustn't be asked, so that what KV has is the best there is; a fresh read must not be answered from it. */
	#goesOnFromKV(settled: Result<unknown>): settled is Failure {
		return !settled.ok && ["UNAVAILABLE", "RATE_LIMITED"].includes(settled.code) && !this.#basis.isFresh;
	}

	/** The page that holds what comes next after an id, found without the ledger; undefined when KV has none. */
	async #coveringPage(after: number): Promise<PublishedPage | undefined> {
		const { env, costs } = this.#basis;
		const page = await findPage(env.RESCUES, after, costs);
		const found = page ? await this.#pageInKV(page.lower, after) : "missing";
		if (typeof found !== "string") return found;
		if (page) forgetPages();
		return undefined;
	}

	#readKV<Meta, A extends As>(key: string, as: A, isSound: (meta: Partial<Meta>) => boolean) {
		const { isFresh, env, costs } = this.#basis;
		return isFresh ? ("unread" as const) : readKV(env.RESCUES, key, as, isSound, costs);
	}

	async #readLedger<T>(call: Call<T>): Promise<Result<T>> {
		return (await this.#basis.access.spend("ledgerReads")) ?? this.#call(call);
	}

	#call<T>(call: Call<T>): Promise<Result<T>> {
		const { env, costs } = this.#basis;
		return callLedger(env.LEDGER, costs, call);
	}
}
