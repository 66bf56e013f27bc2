/** Documents as Workers KV and the ledger give them: read, told from damage, parsed when somebody asks. */
import type { Costs } from "../core/context.ts";
import { type Result, success } from "../core/errors.ts";
import { log } from "../core/log.ts";
import type { Rendered, RescueMeta } from "../ledger/documents.ts";
import type { PageMeta } from "../rescues/page.ts";
import { SCHEMA } from "../rescues/upgrade.ts";

/** A document's body: still bytes, for passing through, or text, for parsing. */
export type Body = ReadableStream | string;

/** How a reader wants a document's body. */
export type As = "stream" | "text";

/** A document as it was read. */
export interface Published<Meta, T> {
	body: Body;
	meta: Meta;
	/**
	 * Parses the body, once, instead of reading it. One that can't be what was published is settled by the ledger, whose
	 * document may be newer. Answers UNAVAILABLE; NOT_FOUND when the ledger has no such document.
	 */
	parse: () => Promise<Result<{ value: T; meta: Meta }>>;
}

/** What KV gave for a key. */
export type Found<Meta> = { body: Body; meta: Meta } | "damaged" | "missing";

/**
 * Reads a document from KV; a KV that fails misses, and metadata that can't be what was published is damage.
 * @param costs counts the read and the time it took
 */
export async function readKV<Meta>(
	kv: KVNamespace,
	key: string,
	as: As,
	isSound: (meta: Partial<Meta>) => boolean,
	costs: Costs,
): Promise<Found<Meta>> {
	const start = Date.now();
	costs.kvReads++;
	try {
		const { value, metadata } =
			as === "stream" ? await kv.getWithMetadata<Meta>(key, "stream") : await kv.getWithMetadata<Meta>(key, "text");
		if (value === null) return "missing";
		if (metadata && isSound(metadata)) return { body: value, meta: metadata };
		log("error", "damaged document", { key });
		discard(value);
		return "damaged";
	} catch (error) {
		log("error", "KV read failed", { key, error: String(error) });
		return "missing";
	} finally {
		costs.kvMs += Date.now() - start;
	}
}

const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;

/** Whether metadata can be a record's. */
export const isRescueMeta = ({ version }: Partial<RescueMeta>) => isCount(version) && version !== 0;

/** Whether metadata can be that of the page that starts at `key`. */
export const isPageMeta =
	(key: number) =>
	({ revision, lower, upper, count, total, following = [] }: Partial<PageMeta>) =>
		lower === key &&
		Array.isArray(following) &&
		(upper === null || (isCount(upper) && (upper as number) > lower)) &&
		[revision, count, total].every(isCount) &&
		(count as number) <= (total as number);

/** Says that nobody will read this body. What comes of that is of no interest. */
export const discard = (body: Body) => {
	if (typeof body !== "string") body.cancel().catch(() => {});
};

/**
 * A document that KV gave, which is parsed when somebody asks. One of another schema, or of none, is parsed at once and
 * written anew: it isn't passed through. Answers what `parse` does.
 * @param isSound whether a parsed body can be what was published
 * @param update brings a parsed body to the present schema
 * @param settle gets the document from the ledger, which republishes it
 * @param parsed what came of this very document before, if that is known
 * @param remember is told what came of it
 */
export async function published<Meta extends { schema?: number }, T>(
	{ body, meta }: { body: Body; meta: Meta },
	isSound: (value: T) => boolean,
	update: (stored: T) => T,
	settle: () => Promise<Result<Rendered<Meta>>>,
	parsed?: T,
	remember?: (value: T, text: string) => void,
): Promise<Result<Published<Meta, T>>> {
	const isOfAnother = meta.schema !== SCHEMA;
	const parse = async () => {
		if (parsed !== undefined) {
			discard(body);
			return success({ value: parsed, meta });
		}
		try {
			const text = typeof body === "string" ? body : await new Response(body).text();
			const stored = JSON.parse(text) as T;
			if (isSound(stored)) {
				const value = isOfAnother ? update(stored) : stored;
				remember?.(value, text);
				return success({ value, meta });
			}
		} catch {
			// Settled below.
		}
		log("error", "damaged document", { meta });
		const settled = await settle();
		return settled.ok ? success({ value: JSON.parse(settled.value.body) as T, meta: settled.value.meta }) : settled;
	};
	if (!isOfAnother) return success({ body, meta, parse });
	const read = await parse();
	if (!read.ok) return read;
	return success({ body: JSON.stringify(read.value.value), meta: read.value.meta, parse: async () => read });
}

/** A document as the ledger gave it: needs no looking into. */
export const rendered = <Meta, T>(document: Result<Rendered<Meta>>): Result<Published<Meta, T>> =>
	document.ok
		? success({
				...document.value,
				parse: async () => success({ value: JSON.parse(document.value.body), meta: document.value.meta }),
			})
		: document;
