import type { RescueChange } from "../history/change.ts";
import type { NewPhoto } from "../photos/photo.ts";
import type { AnimalRescue, NewRescue, RescueInput, RescuePatch } from "../rescues/rescue.ts";
import type { ImportOutcome, ImportRow } from "../transfer/rows.ts";

/**
 * Every write there is. Resolvers hand it to the store, `ledger.ts` executes it, and a repeat under an idempotency key is
 * known by its hash (`idempotency.ts`): they carry what was sent, and what depends on the day is settled in the
 * transaction (`rescues/settle.ts`). Each may also answer UNAVAILABLE and IDEMPOTENCY_KEY_REUSED.
 */
export type Command =
	/** Creates a record under the given id, or the next free one. Answers INVALID_INPUT, ALREADY_EXISTS, VERSION_MISMATCH. */
	| { do: "create"; rescue: NewRescue; when: Precondition }
	/** Replaces every writable field. Answers INVALID_INPUT, NOT_FOUND, VERSION_MISMATCH, ALREADY_EXISTS. */
	| { do: "replace"; id: number; fields: RescueInput; when: Precondition }
	/** Changes some fields. Answers INVALID_INPUT, NOT_FOUND, VERSION_MISMATCH, ALREADY_EXISTS. */
	| { do: "update"; id: number; patch: RescuePatch; when: Precondition }
	/** Deletes a record and gives what was deleted. Answers NOT_FOUND, VERSION_MISMATCH. */
	| { do: "delete"; id: number; when: Precondition }
	/**
	 * Brings a deleted record back as it was, its versions continued. Answers NOT_FOUND when there never was one;
	 * ALREADY_EXISTS when it is there, or its microchip or externalId has been given to another record since.
	 */
	| { do: "restore"; id: number; when: Precondition }
	/**
	 * Erases what was kept of a deleted record but its id and last version. Answers NOT_FOUND when there is nothing to erase;
	 * ALREADY_EXISTS when it isn't deleted.
	 */
	| { do: "purge"; id: number }
	/**
	 * Lands an import's rows in one transaction: with `atomic` all or none, with `dryRun` none. With `more` rows to come, what
	 * these have made stale is published some seconds later, together with what the next ones do to the same pages.
	 */
	| { do: "import"; rows: ImportRow[]; atomic: boolean; dryRun: boolean; more?: true }
	/** Puts a photo behind the others of a record, unless it is among them. Answers INVALID_INPUT, NOT_FOUND, VERSION_MISMATCH. */
	| { do: "addPhoto"; id: number; url: string; when: Precondition }
	/** Takes a photo out of a record's. Answers NOT_FOUND, VERSION_MISMATCH. */
	| { do: "removePhoto"; id: number; url: string; when: Precondition }
	/** Notes that a photo is on its way to KV. Answers STORAGE_FULL. */
	| { do: "reservePhoto"; photo: NewPhoto }
	/** Notes that it is there. */
	| { do: "storePhoto"; sha256: string }
	/**
	 * Compares a batch of the published documents with the ledger and publishes again those that differ. `from` is where
	 * the last batch said to go on, null to begin. With a claim, first makes another ledger's documents this one's. Answers
	 * MALFORMED_REQUEST when `from` is neither; ALREADY_EXISTS when the documents are another ledger's and nothing is
	 * claimed, and when `adopt` is and the ledger isn't new.
	 */
	| { do: "rebuild"; from: string | null; claim?: Claim };

/** What an admin can do about another ledger's documents: take them into this one, or publish this one's in their place. */
export const CLAIMS = ["adopt", "replace"] as const;
export type Claim = (typeof CLAIMS)[number];

/** What a command gives when it succeeds. */
export type Answer<C extends Command = Command> = C extends { do: "import" }
	? ImportOutcome
	: C extends { do: "rebuild" }
		? Rebuilt
		: C extends { do: "purge" }
			? RescueChange
			: C extends { do: "reservePhoto" | "storePhoto" }
				? PhotoState
				: AnimalRescue;

/** Whether a photo is known to be in KV. */
export interface PhotoState {
	isStored: boolean;
}

/** The versions a write is good for, compared inside its transaction (RFC 9110, section 13). */
export interface Precondition {
	/** Only if the record's version is one of these. */
	ifVersion?: readonly number[] | undefined;
	/** Only if the record's version is none of these; `any` refuses whatever is there. */
	unlessVersion?: readonly number[] | "any" | undefined;
}

/** How a batch of a rebuild went. */
export interface Rebuilt {
	/** How many documents were compared. */
	checked: number;
	/** How many of them differed from the ledger, and are published again. */
	mended: number;
	/** How many records were taken in. */
	adopted: number;
	/** The names of photos that the ledger knows and KV lacks. */
	photosMissing: string[];
	/** How many photos were taken in. */
	photosAdopted: number;
	/** Where to go on; null when everything has been compared. */
	next: string | null;
}

/** What is known of the namespace: it is this ledger's, another's, or nobody has looked yet. */
export type Owner = "own" | "foreign" | "unknown";

/** What an admin is told of a ledger. */
export interface LedgerState {
	/** Its id, which every page that it publishes carries. */
	id: string;
	/** How many records it has. */
	records: number;
	/** Whose the documents in KV are. */
	namespace: Owner;
	/** How many documents are waiting to be published. */
	backlog: number;
	/** Whether publishing goes on, or waits for KV to take a probe. */
	breaker: "closed" | "open";
	/** How many bytes all photos take. */
	photoBytes: number;
}

/** How far a restore is. */
export interface RestoreState {
	/** The number of the change that it goes on with: 1 when it can begin, null when it can't. */
	next: number | null;
	/** The hash of the last check that was taken in; null when there was none. */
	sha256: string | null;
}

/** What is to be taken in. */
export interface RestoreRequest {
	/** Lines of a backup: whole blocks. */
	blocks: string;
	/** The `next` of the answer before; null begins, or begins anew. */
	from: number | null;
	/** Whether the namespace may hold what another ledger has published. */
	replace: boolean;
	/** Whether there is more to come, though they end what a header announces: a file may have several. */
	more: boolean;
}

/** Where a backup goes on, for whoever reads it. */
export interface BackupPlace {
	/** The number of the last change that has been read … */
	number: number;
	/** … and of the last one that the backup holds. */
	last: number;
	/** How many have been read. */
	count: number;
	/** The check of the block before, as its line. */
	check: string;
}

/** A block of a backup, and where the next one begins; null behind the last. */
export interface BackupBlock {
	bytes: Uint8Array;
	next: BackupPlace | null;
}
