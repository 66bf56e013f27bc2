import type { Access } from "../core/access.ts";
import type { Costs, Sender } from "../core/context.ts";
import { type Result, success, unavailable } from "../core/errors.ts";
import { log } from "../core/log.ts";
import type { Env } from "../env.ts";
import type { RescueChange } from "../history/change.ts";
import type { ChangeFeed, Snapshot } from "../ledger/changes.ts";
import type { Answer, Command } from "../ledger/command.ts";
import { pageKey, type RescueMeta, rescueKey } from "../ledger/documents.ts";
import { sign } from "../ledger/idempotency.ts";
import type { RescueLedger } from "../ledger/ledger.ts";
import { covers, type PageMeta, type Position, START } from "../rescues/page.ts";
import type { AnimalRescue } from "../rescues/rescue.ts";
import type { Hits, Search } from "../rescues/search.ts";
import { upgrade } from "../rescues/upgrade.ts";
import { recallPage, rememberPage } from "./parsed-pages.ts";
import {
	type As,
	discard,
	type Found,
	isPageMeta,
	isRescueMeta,
	type Published,
	published,
	readKV,
	rendered,
} from "./published.ts";

/** For how long an isolate goes by the total that the first page had, so that a walk doesn't read it again for each page. */
const TOTAL_KEPT_MS = 10_000;
let firstPage = { total: 0, readAt: Number.NEGATIVE_INFINITY };

/** What a request's store stands on. */
interface Basis {
	env: Pick<Env, "RESCUES" | "LEDGER">;
	/** Reads that reach the ledger are on a budget of their own. */
	access: Pick<Access, "spend">;
	/** Counts what is read and called. */
	costs: Costs;
	/** How a record's document is wanted. */
	as: As;
	/** Whether to read the ledger instead of KV. */
	isFresh?: true;
}

/**
 * What a resolver reads and writes through; made for each request. Reads are answered from Workers KV, and from the ledger
 * only when KV misses, fails, has a damaged document, or has a page that doesn't cover the position (misses are cached at
 * the edge for a minute, and pages split and merge). A read that reaches the ledger may also answer RATE_LIMITED.
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

	/** Whether it reads the ledger instead of KV. */
	get isFresh(): boolean {
		return this.#basis.isFresh === true;
	}

	/** How many reads of KV and calls of the ledger the request has made so far. */
	get operations(): number {
		return this.#basis.costs.kvReads + this.#basis.costs.ledgerCalls;
	}

	/** One record's document. Answers NOT_FOUND, UNAVAILABLE. */
	async rescue(id: number): Promise<Result<Published<RescueMeta, AnimalRescue>>> {
		const ask = (isDamaged: boolean) => this.#readLedger((ledger) => ledger.readRescue(id, isDamaged));
		const found = await this.#readKV(rescueKey(id), this.#basis.as, isRescueMeta);
		if (typeof found === "string") return rendered(await ask(found === "damaged"));
		const isSound = (rescue: AnimalRescue) => rescue.id === id && rescue.version === found.meta.version;
		return published(found, isSound, upgrade, () => ask(true));
	}

	/** The page that holds what comes next after a position. Answers UNAVAILABLE. */
	async page({ after, lower }: Position): Promise<Result<Published<PageMeta, AnimalRescue[]>>> {
		const key = pageKey(lower);
		const ask = (damaged: string | null) => this.#readLedger((ledger) => ledger.readPage(after, damaged));
		// As bytes, whoever asks: a page that is known already is not read to its end.
		const found = await this.#readKV(key, "stream", isPageMeta(lower));
		if (typeof found === "string") return rendered(await ask(found === "damaged" ? key : null));
		const { body, meta } = found;
		if (!covers(meta, after)) {
			discard(body);
			return rendered(await ask(null));
		}
		if (lower === START.lower) firstPage = { total: meta.total, readAt: Date.now() };
		const isSound = (rescues: AnimalRescue[]) => Array.isArray(rescues) && rescues.length === meta.count;
		const parsed = recallPage(key, meta.edition) as AnimalRescue[] | undefined;
		const remember = (rescues: AnimalRescue[], text: string) => {
			if (meta.edition !== undefined) rememberPage(key, meta.edition, rescues, text.length);
		};
		return published(
			found,
			isSound,
			(rescues) => rescues.map(upgrade),
			() => ask(key),
			parsed,
			remember,
		);
	}

	/** How many records there are; the page in hand may know. Answers UNAVAILABLE. */
	async total(page: PageMeta): Promise<Result<number>> {
		// Of what is published, only the first page's total is kept up to date when other pages change.
		if (page.lower === START.lower || this.#basis.isFresh) return success(page.total);
		if (Date.now() - firstPage.readAt < TOTAL_KEPT_MS) return success(firstPage.total);
		const first = await this.page(START);
		if (!first.ok) return first;
		discard(first.value.body);
		return success(first.value.meta.total);
	}

	/** Up to `first` changes of a record, newest first, all older than a version. Answers NOT_FOUND, UNAVAILABLE. */
	history(id: number, first: number, before: number): Promise<Result<RescueChange[]>> {
		return this.#readLedger((ledger) => ledger.readHistory(id, first, before));
	}

	/** What changed since a change's number or a time, in order. Answers MALFORMED_REQUEST, UNAVAILABLE. */
	changes(since: number | string, first: number): Promise<Result<ChangeFeed>> {
		return this.#readLedger((ledger) => ledger.readChanges(since, first));
	}

	/** Records as they were when change number `at` had just been made (0: now), by id. Answers UNAVAILABLE. */
	snapshot(at: number, after: number): Promise<Result<Snapshot>> {
		return this.#readLedger(async (ledger) => success(await ledger.readSnapshot(at, after)));
	}

	/** A part of a list by the ledger's index; null when there is none, or it isn't built yet. Answers UNAVAILABLE. */
	search(search: Search): Promise<Result<Hits | null>> {
		return this.#readLedger((ledger) => ledger.search(search, this.isFresh));
	}

	/** Makes a write. Answers what the command does. */
	async write<C extends Command>(command: C, sender: Sender): Promise<Result<Answer<C>>> {
		const signed = await sign(command, sender);
		// RPC forgets which command gives which answer.
		return this.#call((ledger) => ledger.write(command, signed)) as Promise<Result<Answer<C>>>;
	}

	async #readKV<Meta>(key: string, as: As, isSound: (meta: Partial<Meta>) => boolean): Promise<Found<Meta>> {
		const { isFresh, env, costs } = this.#basis;
		return isFresh ? "missing" : readKV(env.RESCUES, key, as, isSound, costs);
	}

	async #readLedger<T>(call: Call<T>): Promise<Result<T>> {
		return (await this.#basis.access.spend("ledgerReads")) ?? this.#call(call);
	}

	/** Calls the one ledger; a call that doesn't come back answers UNAVAILABLE. */
	async #call<T>(call: Call<T>): Promise<Result<T>> {
		const { env, costs } = this.#basis;
		const start = Date.now();
		costs.ledgerCalls++;
		try {
			// A stub for each call: one that has thrown stays broken.
			return await call(env.LEDGER.getByName("rescues"));
		} catch (error) {
			log("error", "ledger call failed", { error: String(error) });
			return unavailable();
		} finally {
			costs.ledgerMs += Date.now() - start;
		}
	}
}

/** One RPC. */
type Call<T> = (ledger: DurableObjectStub<RescueLedger>) => Promise<Result<T>>;
