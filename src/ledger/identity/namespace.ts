/** Whose documents are in the KV namespace: this ledger's, or another's. */
import { type Failure, failure, unavailable } from "../../core/errors.ts";
import { log } from "../../core/log.ts";
import type { PageMeta } from "../../rescues/page.ts";
import type { Owner } from "../command.ts";
import { pageKey } from "../documents.ts";
import type { Meta } from "../migrations.ts";
import { withPatience } from "../publishing/patience.ts";

/** How long a look is good for. */
const LOOK_EVERY_MS = 60_000;
/** The first wait after a look that failed; each one more doubles it, to five minutes at most. */
const RETRY_MS = 5_000;
const RETRY_CAP_MS = 5 * 60_000;
/** For how long at least a ledger publishes over the one that it has replaced: by then that one has noticed. */
const CLAIM_MS = 5 * 60_000;
/** How often a ledger looks on its own whether a foreign namespace has become its own. */
const FOREIGN_ALARM_MS = 10 * 60_000;

/** What an admin can do about another ledger's documents. */
const WHAT_TO_DO =
	"`npm run rebuild -- --adopt` takes them in, if this ledger is new; `npm run rebuild -- --replace` puts this ledger's in " +
	"their place (docs/recovery.md).";

/**
 * Keeps two ledgers from publishing over each other. Each has an id, which every page that it publishes carries. Before its
 * first publication in each life of the object, and once a minute while it publishes, a ledger looks at the first page in
 * KV: with another's id there, nothing is put, nothing is deleted and nothing is written, until an admin says whose the
 * namespace is. A first page without an id is an earlier release's: it belongs to a ledger that has changes, and to a new one
 * only when it is empty. KV is eventually consistent: what another ledger has put may be seen a minute later.
 *
 * `meta` keeps the outcome as `namespace`, `own` or `foreign`, and when an admin said that it is this ledger's, `claimed` and
 * `claimed_over`, the other ledger's id. Pages say `claimed` too, so that of two claims the later one holds.
 */
export class Namespace {
	#meta: Meta;
	#kv: KVNamespace;
	#hasChanges: () => boolean;
	#publishAgain: (key: string) => void;
	/** What the last look in this life of the object found: whose the namespace is, and what the first page says. */
	#seen: Owner = "unknown";
	#found: { ledger?: string | undefined; claimed?: number | undefined } | undefined;
	#lookedAt = Number.NEGATIVE_INFINITY;
	#waitMs = 0;
	#failures = 0;
	#looking: Promise<void> | undefined;
	#hangs = false;

	/**
	 * @param hasChanges whether a change has ever been made in this ledger
	 * @param publishAgain has a document published again: the first page, when another ledger has overwritten it after a claim
	 */
	constructor(meta: Meta, kv: KVNamespace, hasChanges: () => boolean, publishAgain: (key: string) => void) {
		this.#meta = meta;
		this.#kv = kv;
		this.#hasChanges = hasChanges;
		this.#publishAgain = publishAgain;
	}

	/** Looks whose the namespace is, unless it has just been looked at; whether this ledger may publish there. */
	async check(): Promise<boolean> {
		// Compared both ways: a clock may have been wrong.
		if (Math.abs(Date.now() - this.#lookedAt) >= this.#waitMs) {
			this.#looking ??= this.#look();
			const looking = this.#looking;
			if (!this.#hangs) await withPatience(looking);
			if (this.#looking === looking) {
				this.#looking = undefined;
				this.#hangs = true;
				this.#next(RETRY_MS);
			}
		}
		return this.isOwn;
	}

	/** Whether the last look has got no answer: KV hangs, and nobody is kept waiting for it any more. */
	get hangs(): boolean {
		return this.#hangs;
	}

	/** Whether this ledger may publish there, as the last look in this life of the object found. */
	get isOwn(): boolean {
		return this.#seen === "own";
	}

	/** Looks, and says why this ledger can neither write nor tell what there is: UNAVAILABLE; nothing when it can. */
	async refuse(): Promise<Failure | undefined> {
		if (await this.check()) return undefined;
		if (this.isAdopting) {
			const goesOn = "`npm run rebuild -- --adopt` goes on with it.";
			return failure("UNAVAILABLE", `The documents in KV are being taken in, and not all are: ${goesOn}`);
		}
		if (this.owner === "foreign") {
			return failure("UNAVAILABLE", `The documents in KV are another ledger's, so nothing is written. ${WHAT_TO_DO}`);
		}
		return this.owner === "unknown" && !this.#hasChanges() ? unavailable() : undefined;
	}

	/**
	 * Why this ledger can't tell what has happened: UNAVAILABLE when it has no changes and another ledger's are meant, or not
	 * all yet. What it has it tells, whoever has the namespace.
	 */
	async refuseEmpty(): Promise<Failure | undefined> {
		const isWhole = this.#seen === "own" || (this.#hasChanges() && !this.isAdopting);
		return isWhole ? undefined : this.refuse();
	}

	/** Whether it was looked at in this life of the object: nobody can claim it over another ledger that isn't known. */
	get mayBeClaimed(): boolean {
		return this.#found !== undefined;
	}

	/** For now the namespace is another ledger's: its documents are being taken in. Must be called in a transaction. */
	hold() {
		this.#seen = "foreign";
	}

	/**
	 * From now on the namespace is this ledger's, whoever's pages the last look found there: while these are still seen, or
	 * again, it publishes over them. Must be called in a transaction.
	 */
	claim() {
		const { ledger, claimed = 0 } = this.#found ?? {};
		this.#meta.set("namespace", "own");
		if (ledger !== undefined && ledger !== this.#meta.get("ledger")) {
			this.#meta.set("claimed", Math.max(Date.now(), claimed + 1));
			this.#meta.set("claimed_over", ledger);
		}
		this.#seen = "own";
		this.#next(LOOK_EVERY_MS);
	}

	/** Whose the namespace is, as the last look found: one before this life of the object, if there was none since. */
	get owner(): Owner {
		if (this.#seen !== "unknown") return this.#seen;
		return (this.#meta.get("namespace") as Owner | undefined) ?? "unknown";
	}

	/** How long the alarm is to leave publications alone, in ms. */
	get pauseMs(): number {
		if (this.#seen === "own") return 0;
		return this.#seen === "foreign" ? FOREIGN_ALARM_MS : this.#waitMs;
	}

	/** Whether documents are being taken in (`adoption.ts`). */
	get isAdopting(): boolean {
		return this.#meta.get("adopting") !== undefined;
	}

	#next(waitMs: number) {
		this.#lookedAt = Date.now();
		this.#waitMs = waitMs;
	}

	async #look(): Promise<void> {
		try {
			const found = await this.#find();
			this.#failures = 0;
			this.#next(LOOK_EVERY_MS);
			this.#seen = found;
		} catch (error) {
			const waitMs = Math.min(RETRY_MS * 2 ** this.#failures++, RETRY_CAP_MS);
			log("warn", "namespace not looked at", { waitMs, error: String(error) });
			this.#next(waitMs);
		}
		this.#looking = undefined;
		this.#hangs = false;
	}

	async #find(): Promise<"own" | "foreign"> {
		const id = this.#meta.get("ledger");
		// It has published here, or is release 1.0's, which didn't note that it had.
		const isTrusting = this.owner === "own" || (this.owner === "unknown" && this.#hasChanges());
		const list = () => this.#kv.list({ prefix: "rescue", limit: 1 });
		const [first, others] = await Promise.all([
			this.#kv.getWithMetadata<Partial<PageMeta>>(pageKey(0), "stream"),
			// A foreign one's first page will still be there, and a day has a thousand lists.
			isTrusting || this.owner === "foreign" ? undefined : list(),
		]);
		first.value?.cancel().catch(() => {});
		const { ledger, count, claimed } = first.metadata ?? {};
		this.#found = { ledger, claimed };
		if (this.isAdopting) return "foreign";
		if (ledger === id && Date.now() - (claimed ?? 0) > CLAIM_MS && this.#meta.get("claimed_over")) {
			this.#meta.set("claimed_over", null);
		}
		const isEmpty = async () => (first.value === null ? (others ?? (await list())).keys.length === 0 : count === 0);
		const isReplaced = ledger !== undefined && this.#hasReplaced(ledger, claimed);
		const isOwn = ledger === undefined ? isTrusting || (await isEmpty()) : ledger === id || isReplaced;
		// The other one has published once more, or what this one has isn't seen yet.
		if (isReplaced) this.#publishAgain(pageKey(0));
		const owner = isOwn ? "own" : "foreign";
		if (this.#meta.get("namespace") !== owner) this.#meta.set("namespace", owner);
		if (!isOwn && this.#seen !== "foreign") log("error", "foreign namespace", { ledger: id, found: ledger });
		return owner;
	}

	/** Whether an admin has had this ledger replace that one, and not that one this one since. */
	#hasReplaced(ledger: string, claimed = 0): boolean {
		return ledger === this.#meta.get("claimed_over") && claimed < (this.#meta.get("claimed") as number);
	}
}
