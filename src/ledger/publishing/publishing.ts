/** What becomes of documents that have changed: which are published at once, which later, and whether any may be. */

import type { LedgerState } from "../command.ts";
import { Namespace } from "../identity/namespace.ts";
import type { Meta } from "../migrations.ts";
import type { Records } from "../records.ts";
import { Breaker } from "./breaker.ts";
import type { Outbox, Stale } from "./outbox.ts";
import type { OwnDocuments } from "./own-documents.ts";
import type { Documents } from "./publications.ts";
import { Publisher } from "./publisher.ts";

/** What it is made of. */
interface Parts {
	storage: DurableObjectStorage;
	kv: KVNamespace;
	meta: Meta;
	records: Records;
	ownDocuments: OwnDocuments;
	documents: Documents;
	outbox: Outbox;
	/** Sets the alarm for a time (ms since the epoch), unless it is set for an earlier one. */
	armFor: (at: number) => void;
}

/** Brings the outbox and the publisher together: nothing is put while the namespace is another ledger's, or nobody knows. */
export class Publishing {
	/** Whose the documents in KV are. */
	readonly namespace: Namespace;
	#meta: Meta;
	#storage: DurableObjectStorage;
	#records: Records;
	#ownDocuments: OwnDocuments;
	#outbox: Outbox;
	#breaker: Breaker;
	#publisher: Publisher;
	#armFor: (at: number) => void;

	constructor({ storage, kv, meta, records, ownDocuments, documents, outbox, armFor }: Parts) {
		this.#meta = meta;
		this.#storage = storage;
		this.#records = records;
		this.#ownDocuments = ownDocuments;
		this.#outbox = outbox;
		this.#breaker = new Breaker(meta);
		this.#publisher = new Publisher(outbox, this.#breaker, kv, documents, armFor);
		this.#armFor = armFor;
		const hasChanges = () => records.latestChange() > 0;
		this.namespace = new Namespace(meta, kv, hasChanges, (key) => this.later(new Map([[key, 0]])));
	}

	/**
	 * Notes what is to be published, in the transaction that makes it so; gives the keys to be published at once.
	 * @param revision number of the last change
	 */
	mark(stale: Stale, revision = this.#records.latestChange()): string[] {
		return this.#outbox.mark(stale, revision, this.#mostAtOnce);
	}

	/** Publishes what `mark` gave, before any backlog, and returns when that has been tried, or after two seconds. */
	async publish(keys: string[]): Promise<void> {
		// No await since the transaction: the alarm is committed with it.
		this.takeOver();
		if (keys.length > 0) await this.#publisher.publish(keys);
	}

	/** Publishes a document that a read found missing or damaged, if it may (`own-documents.ts`) or is waiting anyway. */
	async publishForRead(key: string): Promise<void> {
		if (this.#mostAtOnce === 0) return;
		const mark = () => (this.#ownDocuments.admit(key) ? this.mark(new Map([[key, 0]])) : []);
		const keys = this.#outbox.isWaiting(key) ? [key] : this.#storage.transactionSync(mark);
		if (keys.length > 0) await this.publish(keys);
	}

	/** Has documents published by the alarm. */
	later(stale: Stale) {
		this.#outbox.mark(stale, this.#records.latestChange(), 0);
		this.takeOver();
	}

	/** Sets the alarm for what is left unpublished, whatever becomes of who has made it so. */
	takeOver() {
		this.#armFor(this.#publisher.takeOverAt);
	}

	/** What the alarm does: publishes what is due. */
	async drain(): Promise<void> {
		await this.#publisher.drain(await this.namespace.check());
	}

	/**
	 * When the alarm should next look at the outbox (ms since the epoch); null when it is empty.
	 * @param grace how long what is due now is left to whoever is publishing it, in ms
	 */
	nextDue(grace: number): number | null {
		return this.#publisher.nextDue(Math.max(grace, this.namespace.pauseMs));
	}

	/** What an admin is told of it. */
	async state(): Promise<Omit<LedgerState, "photoBytes">> {
		await this.namespace.check();
		const breaker = this.#breaker.isClosed ? "closed" : "open";
		const [id, records] = [this.#meta.get("ledger") as string, this.#meta.get("total") as number];
		return { id, records, namespace: this.namespace.owner, backlog: this.#outbox.backlog, breaker };
	}

	/** How many keys may be published at once: none while KV refuses everything or hangs. */
	get #mostAtOnce(): number {
		return this.namespace.isOwn && !this.namespace.hangs ? this.#publisher.mostAtOnce : 0;
	}
}
