import type { As, Ledger, Published, Reader, RescueMeta, Sender } from "../core/context.ts";
import { type Result, success } from "../core/errors.ts";
import { pageKey, type Rendered, rescueKey } from "../ledger/documents.ts";
import { fingerprint, type SignedSender } from "../ledger/idempotency.ts";
import { covers, type PageMeta, START } from "../rescues/page.ts";
import type { AnimalRescue } from "../rescues/rescue.ts";
import type { CallLedger, ReadKV } from "./metered.ts";
import { recallPage, rememberPage } from "./parsed-pages.ts";

type Body = ReadableStream | string;
type Read<Meta> = { body: Body; meta: Meta } | "damaged" | "missing";

/** Reads a document from KV; a KV that fails misses, and metadata that can't be what was published is damage. */
async function read<Meta>(
	kv: ReadKV,
	key: string,
	as: As,
	isSound: (meta: Partial<Meta>) => boolean,
): Promise<Read<Meta>> {
	try {
		const { value, metadata } =
			as === "stream" ? await kv.getWithMetadata<Meta>(key, "stream") : await kv.getWithMetadata<Meta>(key, "text");
		if (value === null) return "missing";
		if (metadata && isSound(metadata)) return { body: value, meta: metadata };
		console.error(JSON.stringify({ message: "damaged document", key }));
		discard(value);
		return "damaged";
	} catch (error) {
		console.error(JSON.stringify({ message: "KV read failed", key, error: String(error) }));
		return "missing";
	}
}

/** For how long an isolate goes by the total that the first page had, so that a walk doesn't read it again for each page. */
const TOTAL_KEPT_MS = 10_000;
let firstPage = { total: 0, readAt: Number.NEGATIVE_INFINITY };

/** Says that nobody will read this body. What comes of that is of no interest. */
const discard = (body: Body) => {
	if (typeof body !== "string") body.cancel().catch(() => {});
};

const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isRescueMeta = ({ version }: Partial<RescueMeta>) => isCount(version) && version !== 0;
const isPageMeta =
	(key: number) =>
	({ revision, lower, upper, count, total }: Partial<PageMeta>) =>
		lower === key &&
		(upper === null || (isCount(upper) && (upper as number) > lower)) &&
		[revision, count, total].every(isCount) &&
		(count as number) <= (total as number);

/**
 * A document that was read, which is parsed when somebody asks.
 * @param isSound whether a parsed body can be what was published
 * @param settle gets the document from the ledger, which republishes it
 * @param parsed what came of this very document before, if that is known
 * @param remember is told what came of it
 */
function published<Meta, T>(
	{ body, meta }: { body: Body; meta: Meta },
	isSound: (value: T) => boolean,
	settle: () => Promise<Result<Rendered<Meta>>>,
	parsed?: T,
	remember?: (value: T, text: string) => void,
): Published<Meta, T> {
	const parse = async () => {
		if (parsed !== undefined) {
			discard(body);
			return success({ value: parsed, meta });
		}
		try {
			const text = typeof body === "string" ? body : await new Response(body).text();
			const value = JSON.parse(text) as T;
			if (isSound(value)) {
				remember?.(value, text);
				return success({ value, meta });
			}
		} catch {
			// Settled below.
		}
		console.error(JSON.stringify({ message: "damaged document", meta }));
		const settled = await settle();
		return settled.ok ? success({ value: JSON.parse(settled.value.body) as T, meta: settled.value.meta }) : settled;
	};
	return { body, meta, parse };
}

/** A document as the ledger gave it: needs no looking into. */
const rendered = <Meta, T>(document: Result<Rendered<Meta>>): Result<Published<Meta, T>> =>
	document.ok
		? success({
				...document.value,
				parse: async () => success({ value: JSON.parse(document.value.body), meta: document.value.meta }),
			})
		: document;

/**
 * The read side: answers from Workers KV, and asks the ledger only when KV misses, fails, has a damaged document, or
 * has a page that doesn't cover the position (misses are cached at the edge for a minute, and pages split and merge).
 * @param as how a record's document is wanted: bytes to pass through, or text to parse
 */
export function createReader(kv: ReadKV, callLedger: CallLedger, as: As): Reader {
	const ledgerRescue = (id: number, isDamaged: boolean) => callLedger((stub) => stub.readRescue(id, isDamaged));
	const ledgerPage = (after: number, damaged: string | null) => callLedger((stub) => stub.readPage(after, damaged));
	return {
		async rescue(id) {
			const document = await read(kv, rescueKey(id), as, isRescueMeta);
			if (typeof document === "string") return rendered(await ledgerRescue(id, document === "damaged"));
			const isSound = (rescue: AnimalRescue) => rescue.id === id && rescue.version === document.meta.version;
			return success(published(document, isSound, () => ledgerRescue(id, true)));
		},

		async page({ after, lower }) {
			const key = pageKey(lower);
			// As bytes, whoever asks: a page that is known already is not read to its end.
			const document = await read(kv, key, "stream", isPageMeta(lower));
			if (typeof document === "string") {
				return rendered(await ledgerPage(after, document === "damaged" ? key : null));
			}
			if (!covers(document.meta, after)) {
				discard(document.body);
				return rendered(await ledgerPage(after, null));
			}
			const isSound = (rescues: AnimalRescue[]) => Array.isArray(rescues) && rescues.length === document.meta.count;
			if (lower === START.lower) firstPage = { total: document.meta.total, readAt: Date.now() };
			const { edition } = document.meta;
			const parsed = recallPage(key, edition) as AnimalRescue[] | undefined;
			const remember = (rescues: AnimalRescue[], text: string) => {
				if (edition !== undefined) rememberPage(key, edition, rescues, text.length);
			};
			return success(published(document, isSound, () => ledgerPage(after, key), parsed, remember));
		},

		async total(page) {
			// Only the first page's total is kept up to date when other pages change.
			if (page.lower === START.lower) return success(page.total);
			if (Date.now() - firstPage.readAt < TOTAL_KEPT_MS) return success(firstPage.total);
			const first = await this.page(START);
			if (!first.ok) return first;
			discard(first.value.body);
			return success(first.value.meta.total);
		},

		changes: (since, first) => callLedger((stub) => stub.readChanges(since, first)),

		snapshot: (at, after) => callLedger(async (stub) => success(await stub.readSnapshot(at, after))),

		history: (id, first, before) => callLedger((stub) => stub.readHistory(id, first, before)),

		get fresh() {
			return createFreshReader(callLedger, this);
		},
	};
}

/** Reads everything from the ledger: what has been written is there, at the cost of a call to the one ledger. */
const createFreshReader = (callLedger: CallLedger, { history, changes, snapshot }: Reader): Reader => ({
	rescue: async (id) => rendered(await callLedger((stub) => stub.readRescue(id, false))),
	page: async ({ after }) => rendered(await callLedger((stub) => stub.readPage(after, null))),
	total: async (page) => success(page.total),
	history,
	changes,
	snapshot,
	get fresh() {
		return this;
	},
});

/** The write side: passes each write to the ledger. */
export const createWriter = (callLedger: CallLedger): Ledger => ({
	create: (rescue, when, sender) =>
		callLedger(async (stub) => stub.create(rescue, when, await sign(sender, "create", rescue, when))),
	replace: (id, fields, when, sender) =>
		callLedger(async (stub) => stub.replace(id, fields, when, await sign(sender, "replace", id, fields, when))),
	update: (id, changes, when, sender) =>
		callLedger(async (stub) => stub.update(id, changes, when, await sign(sender, "update", id, changes, when))),
	delete: (id, when, sender) =>
		callLedger(async (stub) => stub.delete(id, when, await sign(sender, "delete", id, when))),
	import: (rows, options, sender) =>
		callLedger(async (stub) => stub.import(rows, options, await sign(sender, "import", rows, options))),
	restore: (id, sender) => callLedger(async (stub) => stub.restore(id, await sign(sender, "restore", id))),
	rebuild: (from, sender) => callLedger(async (stub) => stub.rebuild(from, await sign(sender, "rebuild", from))),
});

/** Adds the request's fingerprint, when there is a key to keep it under. */
async function sign(sender: Sender, operation: string, ...args: unknown[]): Promise<SignedSender> {
	return sender.idempotencyKey === undefined ? sender : { ...sender, fingerprint: await fingerprint(operation, args) };
}
