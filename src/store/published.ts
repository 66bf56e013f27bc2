/** Documents as Workers KV and the ledger give them: read, told from damage, parsed when somebody asks. */
import type { Costs } from "../core/context.ts";
import type { Result } from "../core/errors.ts";
import { log } from "../core/log.ts";
import type { Miss, RescueMeta } from "../ledger/documents.ts";
import { isPageMeta, type PageMeta } from "../rescues/page.ts";
import { SCHEMA } from "../rescues/upgrade.ts";

/**
 * What a document's body can be read as: `text`, for parsing; `arrayBuffer`, to be passed on, which is the cheapest for much of it;
 * `stream`, when it may not be read at all.
 */
interface Bodies {
	text: string;
	arrayBuffer: ArrayBuffer;
	stream: ReadableStream;
}
/** How a reader wants a document's body. */
export type As = keyof Bodies;
/** A document's body. */
export type Body = Bodies[As];

/** A body that is passed on as it is: text, bytes, or bytes that are read when somebody asks for them. */
export type Passed = string | Uint8Array<ArrayBuffer> | (() => Promise<Uint8Array<ArrayBuffer>>);

/** A document as it was read, as far as the reader may see it. */
export interface Published<Meta, T> {
	/** The body, if it can be passed on as it is; else `parse` has what it holds. */
	body?: Passed;
	meta: Meta;
	/**
	 * Parses the body, once, instead of reading it. One that can't be what was published is settled by the ledger, whose
	 * document may be newer. Answers UNAVAILABLE; NOT_FOUND when the ledger has no such document.
	 */
	parse: () => Promise<Result<{ value: T; meta: Meta }>>;
	/** Says that nobody will read it. */
	discard: () => void;
}

/** What KV gave for a key. */
export type Found<Meta, B extends Body> = { body: B; meta: Meta } | Miss;

/**
 * Reads a document from KV; metadata that can't be what was published is damage.
 * @param costs counts the read and the time it took
 */
export async function readKV<Meta, A extends As>(
	kv: KVNamespace,
	key: string,
	as: A,
	isSound: (meta: Partial<Meta>) => boolean,
	costs: Costs,
): Promise<Found<Meta, Bodies[A]>> {
	const start = Date.now();
	costs.kvReads++;
	try {
		// Its types have an overload for each.
		const found = await kv.getWithMetadata<Meta>(key, as as "text");
		const { metadata } = found;
		const value = found.value as Bodies[A] | null;
		if (value === null) return "missing";
		if (metadata && isSound(metadata)) return { body: value, meta: metadata };
		log("error", "damaged document", { key });
		discard(value);
		return "damaged";
	} catch (error) {
		log("error", "KV read failed", { key, error: String(error) });
		return "unread";
	} finally {
		costs.kvMs += Date.now() - start;
	}
}

/** Whether metadata can be a record's. */
export const isRescueMeta = ({ version }: Partial<RescueMeta>) =>
	Number.isSafeInteger(version) && (version as number) > 0;

/** Whether metadata can be that of the page that starts at a bound: of the present schema, it says what the public sees. */
export const isPublishedPage = (lower: number) => (meta: Partial<PageMeta>) =>
	isPageMeta(lower)(meta) && (meta.schema !== SCHEMA || (meta.publicEnd as number) >= 2);

/** Says that nobody will read this body. What comes of that is of no interest. */
export const discard = (body: Body) => {
	if (body instanceof ReadableStream) body.cancel().catch(() => {});
};

/** The first bytes of a body, in one piece: at once, or when somebody asks for them. */
export const firstBytes = (body: Exclude<Body, string>, count: number): Passed =>
	body instanceof ReadableStream
		? () => readFirst(body, count)
		: new Uint8Array(body, 0, Math.min(count, body.byteLength));

async function readFirst(stream: ReadableStream, count: number): Promise<Uint8Array<ArrayBuffer>> {
	// Node's types, which the tests need, hide what Workers add.
	const reader = stream.getReader({ mode: "byob" }) as unknown as BYOBReader;
	const { value } = await reader.readAtLeast(count, new Uint8Array(count));
	reader.cancel().catch(() => {});
	return value ?? new Uint8Array();
}

interface BYOBReader {
	readAtLeast(least: number, view: Uint8Array<ArrayBuffer>): Promise<{ value?: Uint8Array<ArrayBuffer> }>;
	cancel(): Promise<void>;
}
