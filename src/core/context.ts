import type { RescueChange } from "../history/change.ts";
import type { PageMeta, Position } from "../rescues/page.ts";
import type { AnimalRescue, NewRescue, RescueFields, RescuePatch } from "../rescues/rescue.ts";
import type { ImportOutcome, ImportRow } from "../transfer/rows.ts";
import type { Failure, Result } from "./errors.ts";

/** What is known of a published rescue without reading it. */
export interface RescueMeta {
	version: number;
}

/** A document as it was read: still bytes, for passing through, or text, for parsing. */
export interface Published<Meta, T> {
	body: ReadableStream | string;
	meta: Meta;
	/**
	 * Parses the body, once, instead of reading it. One that can't be what was published is settled by the ledger, whose
	 * document may be newer. Answers UNAVAILABLE; NOT_FOUND when the ledger has no such document.
	 */
	parse: () => Promise<Result<{ value: T; meta: Meta }>>;
}

/** How a reader wants a document's body. */
export type As = "stream" | "text";

/** The read side. `storage/reader.ts` answers from Workers KV and settles what KV doesn't know with the ledger. */
export interface Reader {
	/** One record's document. Answers NOT_FOUND, UNAVAILABLE. */
	rescue(id: number): Promise<Result<Published<RescueMeta, AnimalRescue>>>;
	/** The page that holds what comes next after a position. Answers UNAVAILABLE. */
	page(position: Position): Promise<Result<Published<PageMeta, AnimalRescue[]>>>;
	/** How many records there are; the page in hand may know. Answers UNAVAILABLE. */
	total(page: PageMeta): Promise<Result<number>>;
	/** Up to `first` changes of a record, newest first, all older than a version. Answers NOT_FOUND, UNAVAILABLE. */
	history(id: number, first: number, before: number): Promise<Result<RescueChange[]>>;
	/** What changed since a change's number or a time, in order. Answers MALFORMED_REQUEST, UNAVAILABLE. */
	changes(since: number | string, first: number): Promise<Result<ChangeFeed>>;
	/** Records as they were when change number `at` had just been made (0: now), by id. Answers UNAVAILABLE. */
	snapshot(at: number, after: number): Promise<Result<Snapshot>>;
	/** The same, read from the ledger instead of KV: it knows every write that was answered. */
	readonly fresh: Reader;
}

/** A stretch of the change log. */
export interface ChangeFeed {
	changes: RescueChange[];
	/** Number of the last change in it. */
	cursor: number;
	hasMore: boolean;
}

/** A stretch of the records as they were at one moment. */
export interface Snapshot {
	/** Number of the change that had just been made. */
	at: number;
	/** A JSON array of records. */
	body: string;
	/** The id to go on behind; null at the end. */
	next: number | null;
}

/** The versions a write is good for, compared inside its transaction (RFC 9110, section 13). */
export interface Precondition {
	/** Only if the record's version is one of these. */
	ifVersion?: readonly number[] | undefined;
	/** Only if the record's version is none of these; `any` refuses whatever is there. */
	unlessVersion?: readonly number[] | "any" | undefined;
}

/** How a stretch of a rebuild went. */
export interface Rebuilt {
	/** How many documents were compared. */
	checked: number;
	/** How many of them differed from the ledger, and are published again. */
	mended: number;
	/** Where to go on; null when everything has been compared. */
	next: string | null;
}

/** Who writes, and how a repeat of the write is known. */
export interface Sender {
	/** Name of the token, null when there is none. */
	by: string | null;
	/** The sender's own name for this request: a repeat under it is answered as the first one was, and does nothing. */
	idempotencyKey?: string | undefined;
}

/** The write side, `storage/ledger.ts`. Every method may also answer UNAVAILABLE, IDEMPOTENCY_KEY_REUSED. */
export interface Ledger {
	/** Creates a record under its given id, or the next free one. Answers ALREADY_EXISTS, VERSION_MISMATCH. */
	create(rescue: NewRescue, when: Precondition, sender: Sender): Promise<Result<AnimalRescue>>;
	/** Replaces every writable field. Answers NOT_FOUND, VERSION_MISMATCH, ALREADY_EXISTS. */
	replace(id: number, fields: RescueFields, when: Precondition, sender: Sender): Promise<Result<AnimalRescue>>;
	/** Changes some fields. Answers NOT_FOUND, VERSION_MISMATCH, ALREADY_EXISTS. */
	update(id: number, changes: RescuePatch, when: Precondition, sender: Sender): Promise<Result<AnimalRescue>>;
	/** Deletes a record and gives what was deleted. Answers NOT_FOUND, VERSION_MISMATCH. */
	delete(id: number, when: Precondition, sender: Sender): Promise<Result<AnimalRescue>>;
	/** Lands an import's rows in one transaction: with `atomic` all or none, with `dryRun` none. */
	import(rows: ImportRow[], options: ImportOptions, sender: Sender): Promise<Result<ImportOutcome>>;
	/** Brings a deleted record back. Answers NOT_FOUND when there never was one, ALREADY_EXISTS. */
	restore(id: number, sender: Sender): Promise<Result<AnimalRescue>>;
	/**
	 * Compares a stretch of the published documents with the ledger and republishes those that differ.
	 * @param from where the last stretch said to go on; null to begin. Answers MALFORMED_REQUEST when it is neither.
	 */
	rebuild(from: string | null, sender: Sender): Promise<Result<Rebuilt>>;
}

/** How an import lands. */
export interface ImportOptions {
	/** All rows or none. */
	atomic: boolean;
	/** Only say what would happen. */
	dryRun: boolean;
}

/** One value made at start-up and handed to every request. */
export interface SharedData {
	name: string;
}

/** What a request may do, and who sends it; `http/access.ts` finds out. */
export interface Access {
	/** Name of the token that the request carries; null when it has none that is known. */
	by: string | null;
	/** Why this request may not write (UNAUTHENTICATED, FORBIDDEN); null when it may. */
	writeRefusal: Failure | null;
	/** Takes one from a budget. Answers RATE_LIMITED when nothing is left of it, null otherwise. */
	spend(budget: Budget): Promise<Failure | null>;
}

/** What is counted, each on its own: reads, writes, and the reads that reach the ledger because KV can't settle them. */
export type Budget = "reads" | "writes" | "ledgerReads";

/** What storage did for one request, for the log and `Server-Timing`. Times are in milliseconds, calls side by side add up. */
export interface Costs {
	kvReads: number;
	kvMs: number;
	ledgerCalls: number;
	ledgerMs: number;
}

/** What a resolver is given besides its arguments; made for each request. */
export interface Context {
	reader: Reader;
	ledger: Ledger;
	sharedData: SharedData;
	access: Access;
	costs: Costs;
	/** Name of the token that writes, null when there is none. */
	by: string | null;
}
