/** The comparison of what is published with what should be, and what an admin claims before it. */
import { failure, type Result, success, unavailable } from "../../core/errors.ts";
import type { Command, Rebuilt } from "../command.ts";
import { pageKey, parseKey, type Rendered, rescueKey } from "../documents.ts";
import type { Photos } from "../photos/photos.ts";
import type { Outbox } from "../publishing/outbox.ts";
import type { Stamp, Written } from "../records.ts";
import { Adoption } from "./adoption.ts";
import type { Namespace } from "./namespace.ts";

/** Documents compared in one batch: what differs is published in the same invocation, which the free plan bounds. */
const RECORD_BATCH = 40;
/** Pages are large: this many of them fit into memory together with their published texts. */
const PAGE_BATCH = 4;

/** Only these have a document of their own in KV. */
const PUBLISHED_RECORDS =
	"SELECT id AS bound FROM documents JOIN rescues USING (id) WHERE documents.id >= ? ORDER BY documents.id LIMIT ?";

/** Where an adoption goes on: it knows itself how far it has come. */
const ADOPT = "adopt";

/** What the places of photos begin with, which come last. */
const PHOTOS = "photos:";
const NO_PHOTOS = { photosMissing: [], photosAdopted: 0 };

const NO_PLACE = "The place to go on from is not one that a rebuild gave.";

/** What a batch is to do to the ledger, in a transaction. */
type Landing = (stamp: Stamp) => Written<Rebuilt>;

/**
 * Compares what is published with what should be, a batch at a time: the pages, then the records' own documents, then
 * whatever is in KV that shouldn't be. A cursor is a KV key, or `list:` with KV's own cursor. Before that, it makes another
 * ledger's documents this one's, if that is claimed: `adopt` takes them in, in steps of its own; `replace` needs no more than
 * the comparison.
 */
export class Rebuild {
	#sql: SqlStorage;
	#kv: KVNamespace;
	#outbox: Outbox;
	#namespace: Namespace;
	#adoption: Adoption;
	#photos: Photos;
	#render: (key: string) => Rendered<unknown> | null;

	/** @param render gives a key's present document, null when it has none */
	constructor(
		sql: SqlStorage,
		kv: KVNamespace,
		outbox: Outbox,
		namespace: Namespace,
		photos: Photos,
		render: (key: string) => Rendered<unknown> | null,
	) {
		this.#sql = sql;
		this.#kv = kv;
		this.#outbox = outbox;
		this.#namespace = namespace;
		this.#adoption = new Adoption(sql, kv);
		this.#photos = photos;
		this.#render = render;
	}

	/** Reads a batch. Answers what the command does. */
	async read({ from, claim }: Extract<Command, { do: "rebuild" }>): Promise<Result<Landing>> {
		const isAdopting = this.#namespace.isAdopting;
		if (isAdopting ? claim === "adopt" || from === ADOPT : from === null && claim === "adopt") return this.#adopt();
		const isReplacing = claim === "replace" && !isAdopting;
		const refusal = await this.#namespace.refuse();
		if (isReplacing && !this.#namespace.mayBeClaimed) return unavailable();
		// Not UNAVAILABLE when it is another's: it would go on being refused.
		if (refusal && !isReplacing) {
			return this.#namespace.owner === "foreign" ? failure("ALREADY_EXISTS", refusal.detail) : refusal;
		}
		if (from?.startsWith(PHOTOS)) return this.#comparePhotos(from.slice(PHOTOS.length));
		const compared = await this.#compare(from);
		if (!compared.ok) return compared;
		const { keys, differing, next } = compared.value;
		return success(() => {
			if (isReplacing) this.#namespace.claim();
			// What is waiting to be published differs for now, and will be published anyway; after a claim it has waited for that.
			const mended = differing.filter((key) => isReplacing || !this.#outbox.isWaiting(key));
			const answer = { checked: keys, mended: mended.length, adopted: 0, ...NO_PHOTOS, next };
			return success({ answer, stale: new Map(mended.map((key) => [key, 0])) });
		});
	}

	/** Takes in a step of another ledger's documents; when all are, the namespace is this ledger's, and the comparison begins. */
	async #adopt(): Promise<Result<Landing>> {
		await this.#namespace.check();
		if (!this.#namespace.mayBeClaimed) return unavailable();
		const read = await this.#adoption.read();
		return success((stamp) => {
			const landed = this.#adoption.land(read, stamp);
			if (!landed.ok) return landed;
			const { checked, adopted, isDone } = landed.value;
			if (isDone) this.#namespace.claim();
			else this.#namespace.hold();
			const answer = { checked, mended: 0, adopted, ...NO_PHOTOS, next: isDone ? pageKey(0) : ADOPT };
			return success({ answer, stale: new Map(isDone ? [[pageKey(0), 0]] : []) });
		});
	}

	/** Says which photos KV has lost, and takes in those that nobody knows: what no record refers to is deleted in a week. */
	async #comparePhotos(from: string): Promise<Result<Landing>> {
		const compared = await this.#photos.comparison.read(from);
		if (!compared) return failure("MALFORMED_REQUEST", NO_PLACE);
		const { missing: photosMissing, unknown, next: behind } = compared;
		return success(({ at }) => {
			for (const photo of unknown) this.#photos.adopt(photo, at);
			const next = behind === null ? null : PHOTOS + behind;
			const answer = { checked: 0, mended: 0, adopted: 0, photosMissing, photosAdopted: unknown.length, next };
			return success({ answer, stale: new Map() });
		});
	}

	/** Finds what differs in a batch. Answers MALFORMED_REQUEST when `from` is no cursor. */
	async #compare(from: string | null): Promise<Result<{ keys: number; differing: string[]; next: string | null }>> {
		const [kind, at] = /^(rescues|rescue|list):(.*)$/.exec(from ?? pageKey(0))?.slice(1) ?? [];
		if (kind === "list") return success(await this.#findOrphans(at || null));
		const bound = Number(at);
		if (kind === undefined || !/^\d{1,16}$/.test(at as string) || !Number.isSafeInteger(bound)) {
			return failure("MALFORMED_REQUEST", NO_PLACE);
		}
		const [query, limit, key] =
			kind === "rescues"
				? (["SELECT lower AS bound FROM pages WHERE lower >= ? ORDER BY lower LIMIT ?", PAGE_BATCH, pageKey] as const)
				: ([PUBLISHED_RECORDS, RECORD_BATCH, rescueKey] as const);
		const bounds = this.#sql.exec<{ bound: number }>(query, bound, limit).toArray();
		const keys = bounds.map(({ bound }) => key(bound));
		const published = keys.length > 0 ? await this.#kv.getWithMetadata<unknown>(keys, "text") : new Map();
		const differing = keys.filter((key) => !isSame(key, published.get(key), this.#render(key)));
		const last = bounds.at(-1);
		const following = kind === "rescues" ? rescueKey(1) : "list:";
		// The last id there can be has none behind it.
		const isEnd = !last || bounds.length < limit || last.bound === Number.MAX_SAFE_INTEGER;
		return success({ keys: keys.length, differing, next: isEnd ? following : key(last.bound + 1) });
	}

	/** Finds our keys in KV that nothing stands behind, or that this ledger hasn't published: what it has of them goes there. */
	async #findOrphans(cursor: string | null) {
		const listed = await this.#kv.list({ prefix: "rescue", cursor });
		const ours = listed.keys.map(({ name }) => name).filter((name) => /^rescues?:\d{1,16}$/.test(name));
		return {
			keys: 0,
			differing: ours.filter((key) => !this.#isKnown(key)),
			next: listed.list_complete ? PHOTOS : `list:${listed.cursor}`,
		};
	}

	#isKnown(key: string): boolean {
		const parsed = parseKey(key);
		const rows =
			parsed.kind === "page"
				? this.#sql.exec("SELECT 1 FROM pages WHERE lower = ?", parsed.lower)
				: this.#sql.exec("SELECT 1 FROM documents JOIN rescues USING (id) WHERE id = ?", parsed.id);
		return rows.toArray().length > 0;
	}
}

interface InKV {
	value: string | null;
	metadata: unknown;
}

function isSame(key: string, published: InKV | undefined, should: Rendered<unknown> | null): boolean {
	if (!published || !should) return published?.value == null && should === null;
	return published.value === should.body && asText(key, published.metadata) === asText(key, should.meta);
}

/** Metadata as text, without what two publications may differ in: only the first page's total is kept up to date. */
const asText = (key: string, meta: unknown) => {
	const own = { edition: undefined, claimed: undefined, ...(key !== pageKey(0) && { total: undefined }) };
	return JSON.stringify({ ...(meta as object), ...own });
};
