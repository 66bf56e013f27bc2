/** Taking a backup in: block by block, each in a transaction, into a ledger that has nothing (`backup/format.ts`). */

import {
	type Block,
	damaged,
	hashIn,
	type NumberedChange,
	type Progress,
	readBlock,
	splitBlocks,
} from "../../backup/format.ts";
import { type Failure, failure, type Result, success, unavailable } from "../../core/errors.ts";
import type { RestoreRequest, RestoreState } from "../command.ts";
import type { Namespace } from "../identity/namespace.ts";
import { FILL_TAKEN, type Meta } from "../migrations.ts";
import type { Pages } from "../pages.ts";
import { UNUSED_MS } from "../photos/deletion.ts";
import type { Outbox } from "../publishing/outbox.ts";
import type { Records } from "../records.ts";

/** A state as it is kept: the header, which may be long, on its own. */
type Kept = Omit<Progress, "header"> & { isDone: boolean };

const NOT_EMPTY = "This service isn't empty: a backup is restored into one that never had a change.";
const FOREIGN = "The namespace holds what another ledger has published; to replace it, restore with `replace=true`.";

const IN_PAGE = "FROM rescues WHERE id >= lower AND id < ifnull(upper, 1 << 53)";
/**
 * Builds the pages anew within these bounds, given as a header has them. Two looks at each record's row, without its
 * document: 40 ms for 100,000.
 */
const FILL_PAGES = `INSERT INTO pages
	SELECT lower, upper, (SELECT count(*) ${IN_PAGE}), (SELECT ifnull(sum(octet_length(document)), 0) ${IN_PAGE}), revision
	FROM (
		SELECT value ->> 0 AS lower, value ->> 1 AS revision, lead(value ->> 0) OVER (ORDER BY value ->> 0) AS upper
		FROM json_each(?)
	)`;

/** UNAVAILABLE, until the last line of a backup has come. */
export const BEING_RESTORED = failure(
	"UNAVAILABLE",
	"This service is being restored from a backup. Try again when that is done.",
);

/** A restore: until its last line has come, nothing else is answered and nothing published. */
export class Restore {
	#storage: DurableObjectStorage;
	#meta: Meta;
	#records: Records;
	#pages: Pages;
	#outbox: Outbox;
	#namespace: Namespace;
	/** The one that is under way. */
	#progress: Progress | null = null;
	/** The last check of the one that is done. */
	#done: string | null = null;

	constructor(
		storage: DurableObjectStorage,
		meta: Meta,
		records: Records,
		pages: Pages,
		outbox: Outbox,
		namespace: Namespace,
	) {
		this.#storage = storage;
		this.#meta = meta;
		this.#records = records;
		this.#pages = pages;
		this.#outbox = outbox;
		this.#namespace = namespace;
		const kept = this.#meta.get("restore");
		if (kept === undefined) return;
		const { isDone, ...progress }: Kept = JSON.parse(kept as string);
		if (isDone) this.#done = progress.check;
		else this.#progress = { ...progress, header: JSON.parse(this.#meta.get("restored header") as string) };
	}

	/** Whether one is under way: nothing else is answered then but BEING_RESTORED. */
	get isUnderWay(): boolean {
		return this.#progress !== null;
	}

	/** How far it is. */
	state(): RestoreState {
		const check = this.#progress?.check ?? this.#done;
		return {
			next: this.#progress ? this.#progress.number + 1 : this.#records.latestChange() === 0 ? 1 : null,
			sha256: check === null ? null : hashIn(check),
		};
	}

	/**
	 * Takes blocks in; nothing else may happen meanwhile. When they end with the end of a backup and there is no more, the
	 * service is what it was. Answers ALREADY_EXISTS when it isn't empty, or KV holds another ledger's pages and they aren't to be
	 * replaced; UNAVAILABLE when nobody knows whose they are; MALFORMED_REQUEST for a `from` that isn't next, INVALID_INPUT with the number of the line: the blocks before
	 * it are in.
	 */
	async take({ blocks, from, replace, more }: RestoreRequest): Promise<Result<RestoreState>> {
		// They are in: the answer got lost.
		if (blocks.endsWith(`\n${this.#progress?.check ?? this.#done}\n`)) return success(this.state());
		const { next } = this.state();
		if (next === null) return failure("ALREADY_EXISTS", NOT_EMPTY);
		if (from !== null && !(this.#progress && from === next)) {
			const wanted = this.#progress ? `goes on with change ${next}` : "has not begun: leave `from` out";
			return failure("MALFORMED_REQUEST", `The restore ${wanted}.`);
		}
		const refusal = await this.#namespace.refuse();
		if (replace && !this.#namespace.mayBeClaimed) return unavailable();
		const isForeign = this.#namespace.owner === "foreign";
		if (refusal && !(isForeign && replace)) return isForeign ? failure("ALREADY_EXISTS", FOREIGN) : refusal;
		let before = from === null ? null : this.#progress;
		const texts = splitBlocks(blocks);
		for (const [index, text] of texts.entries()) {
			const block = await readBlock(text, before);
			if (!block.ok) return block;
			const isDone = block.value.isEnd && index === texts.length - 1 && !more;
			try {
				this.#storage.transactionSync(() => this.#land(block.value, before, replace, isDone));
			} catch (error) {
				if (error instanceof Refused) return error.failure;
				throw error;
			}
			before = block.value.progress;
			this.#progress = isDone ? null : before;
			this.#done = isDone ? before.check : null;
		}
		return success(this.state());
	}

	/** Lands a block, in its transaction. */
	#land({ changes, progress }: Block, before: Progress | null, replace: boolean, isDone: boolean) {
		if (!before) this.#clear(replace);
		for (const [index, change] of changes.entries()) this.#takeIn(change, progress.lines - changes.length + index);
		const { header, ...kept } = progress;
		if (header !== before?.header) this.#meta.set("restored header", JSON.stringify(header));
		this.#meta.set("restore", JSON.stringify({ ...kept, isDone } satisfies Kept));
		if (isDone) this.#finish(progress, replace);
	}

	#takeIn(change: NumberedChange, line: number) {
		try {
			this.#records.takeIn(change);
		} catch (error) {
			if (!/constraint/i.test(String(error))) throw error;
			throw new Refused(damaged(line, "contradicts what is above it"));
		}
	}

	/** Throws away what there is of a restore, and what is published of the empty list. */
	#clear(replace: boolean) {
		const { sql } = this.#storage;
		for (const table of ["changes", "photo_uses", "rescues", "documents", "taken", "pages", "outbox"])
			sql.exec(`DELETE FROM ${table}`);
		sql.exec("DELETE FROM sqlite_sequence WHERE name = 'changes'");
		// Photos are uploaded before: they wait for what refers to them as any new one does.
		sql.exec("UPDATE photos SET due = ? WHERE state = 'stored'", Date.now() + UNUSED_MS);
		sql.exec("DELETE FROM meta WHERE name = 'adopting'");
		sql.exec("INSERT INTO pages VALUES (0, NULL, 0, 0, 0)");
		// What another ledger has published is served until this one's pages take its place.
		if (!replace) this.#outbox.mark(this.#pages.all(), 0, 0);
	}

	/** Builds what doesn't come with the changes, and has everything published. */
	#finish({ header, lines }: Progress, replace: boolean) {
		const { sql } = this.#storage;
		sql.exec("UPDATE counter SET next_id = ?", header.nextId);
		sql.exec(FILL_TAKEN);
		sql.exec("DELETE FROM pages");
		sql.exec(FILL_PAGES, JSON.stringify(header.pages));
		const total = this.#pages.total();
		if (total !== header.records)
			throw new Refused(damaged(lines, `comes behind ${total} records, not ${header.records}`));
		if (replace) this.#namespace.claim();
		this.#outbox.mark(this.#pages.all(), header.last, 0);
	}
}

/** Takes a block's transaction back. */
class Refused extends Error {
	readonly failure: Failure;
	constructor(failure: Failure) {
		super(failure.detail);
		this.failure = failure;
	}
}
