/** Documents as one reader may see them: what is passed on as it is, and what has to be parsed first. */
import { type Failure, type Result, rescueNotFound, success } from "../core/errors.ts";
import { log } from "../core/log.ts";
import type { RescueMeta } from "../ledger/documents.ts";
import type { PageMeta } from "../rescues/page.ts";
import type { AnimalRescue } from "../rescues/rescue.ts";
import { SCHEMA, upgrade } from "../rescues/upgrade.ts";
import { publicPage, publicText, type RescueView, readPage, toPublic } from "../rescues/view.ts";
import { mayRecall, recallPage, rememberPage } from "./parsed-pages.ts";
import { type Body, discard, firstBytes, type Passed, type Published } from "./published.ts";

/** A record's document, which is passed on in any case. */
export type PublishedRescue = Published<RescueMeta, RescueView> & { body: string };
/** A page, whose body is passed on to the public. */
export type PublishedPage = Published<PageMeta, RescueView[]>;

/**
 * A record's document. One of another schema is parsed and written anew.
 * @param settle gets it from the ledger when it turns out to be damaged
 * @returns undefined when it can't be what was published
 */
export function openRescue(
	id: number,
	{ body: document, meta }: { body: string; meta: RescueMeta },
	seesAll: boolean,
	settle: () => Promise<Result<PublishedRescue>>,
): PublishedRescue | undefined {
	const isSound = (rescue: RescueView) => rescue.id === id && rescue.version === meta.version;
	const parse = async () => {
		try {
			const value: RescueView = JSON.parse(body);
			if (isSound(value)) return success({ value, meta });
		} catch {
			// Settled below.
		}
		log("error", "damaged document", { meta });
		const settled = await settle();
		return settled.ok ? settled.value.parse() : settled;
	};
	let body: string;
	try {
		const rescue = meta.schema === SCHEMA ? undefined : upgrade(JSON.parse(document));
		if (rescue && !isSound(rescue)) return undefined;
		const whole = rescue ? JSON.stringify(rescue) : document;
		body = seesAll ? whole : publicText(whole);
	} catch {
		return undefined;
	}
	return { body, meta, parse, discard() {} };
}

/** A record that the client has: without its body. */
export function knownRescue(meta: RescueMeta, settle: () => Promise<Result<PublishedRescue>>): PublishedRescue {
	const parse = async () => {
		const settled = await settle();
		return settled.ok ? settled.value.parse() : settled;
	};
	return { body: "", meta, parse, discard() {} };
}

/**
 * A page. One of another schema, or whole, has to be parsed; so has one that is damaged, before that is found out.
 * @param key what the isolate may remember it by, when it was published
 * @param settle gets it from the ledger when it turns out to be damaged
 */
export function openPage(
	{ body: document, meta }: { body: Body; meta: PageMeta },
	seesAll: boolean,
	key: string | null,
	settle: () => Promise<Result<PublishedPage>>,
): PublishedPage {
	// What the isolate remembers it does for one view: another one is another page.
	const view = key === null || meta.edition === undefined ? null : { key: `${key} ${seesAll}`, edition: meta.edition };
	const isPassedOn = !seesAll && meta.schema === SCHEMA;
	const body = isPassedOn ? publicBody(document, meta, key) : undefined;
	const drop = () => discard(document);
	const parse = async () => {
		const known = view && (recallPage(view.key, view.edition) as RescueView[] | undefined);
		if (known) {
			drop();
			return success({ value: known, meta });
		}
		try {
			const text = body === undefined ? await readText(document) : await readText(body);
			const value = isPassedOn ? (JSON.parse(text) as RescueView[]) : readAll(text, meta, seesAll);
			if (Array.isArray(value) && value.length === meta.count) {
				if (view) rememberPage(view.key, view.edition, value, text.length);
				return success({ value, meta });
			}
		} catch {
			// Settled below.
		}
		log("error", "damaged document", { meta });
		const settled = await settle();
		return settled.ok ? settled.value.parse() : settled;
	};
	return { ...(body !== undefined && { body }), meta, parse, discard: drop };
}

/**
 * A record out of its page. When it isn't in it: NOT_FOUND if the ledger can't answer; that it mustn't be asked says nothing.
 * When there is no page: why the ledger didn't settle it.
 */
export async function rescueInPage(
	id: number,
	page: PublishedPage | undefined,
	unsettled: Failure,
): Promise<Result<PublishedRescue>> {
	const parsed = page ? await page.parse() : unsettled;
	if (!parsed.ok) return parsed;
	const value = parsed.value.value.find((one) => one.id === id);
	if (!value) return unsettled.code === "UNAVAILABLE" ? rescueNotFound(id) : unsettled;
	const meta = { version: value.version };
	return success({ body: JSON.stringify(value), meta, parse: async () => success({ value, meta }), discard() {} });
}

/** What the isolate remembers the bytes by that the public sees of a page. */
const bytesKey = (key: string) => `${key} bytes`;

/** Whether a page's bytes will probably be remembered, and so not be read. */
export const mayKnowBytes = (key: string): boolean => mayRecall(bytesKey(key));

function publicBody(document: Body, { publicEnd = 0, edition }: PageMeta, key: string | null): Passed {
	if (typeof document === "string") return publicPage(document);
	const known = key !== null && edition !== undefined && recallPage(bytesKey(key), edition);
	if (known instanceof Uint8Array) return known;
	const bytes = firstBytes(document, publicEnd);
	const isSound = bytes instanceof Uint8Array && bytes.length === publicEnd;
	if (isSound && key !== null && edition !== undefined) rememberPage(bytesKey(key), edition, bytes, bytes.length);
	return bytes;
}

const decoder = new TextDecoder();

/** A body as text. */
export async function readText(body: Body | Passed): Promise<string> {
	if (typeof body === "string") return body;
	if (body instanceof ReadableStream) return new Response(body).text();
	return decoder.decode(typeof body === "function" ? await body() : body);
}

function readAll(text: string, { schema }: PageMeta, seesAll: boolean): RescueView[] {
	const whole = readPage(text);
	const present: AnimalRescue[] = schema === SCHEMA ? whole : whole.map(upgrade);
	return seesAll ? present : present.map(toPublic);
}
