/** What another ledger has left in KV, read a step at a time for `adoption.ts` to take in. */
import { isPageMeta, type PageMeta } from "../../rescues/page.ts";
import { type AnimalRescue, MAX_ID } from "../../rescues/rescue.ts";
import { readPage } from "../../rescues/view.ts";
import { pageKey, type RescueMeta, rescueKey } from "../documents.ts";

/** Pages read in one step: this many fit into memory, and their records into one transaction. */
const PAGE_STEP = 4;
/** Records' own documents read in one step. */
const DOCUMENT_STEP = 40;

/** Ids from the first on and below the second. */
type Range = [number, number];

/** How far an adoption has come. */
export interface Place {
	/** Lower bound of the last page that was read; null when all have been. */
	page: number | null;
	/** KV's cursor in the list of the records' own documents, null to begin; how many of what it lists have been looked at. */
	list: string | null;
	offset: number;
	/** Ids that no page tells of. */
	gaps: Range[];
	/** The highest number of a change that a page tells of. */
	revision: number;
}

/** A document that was read. */
interface Read {
	key: string;
	/** The first id that it tells of. */
	lower: number;
	/** Its sound records, but those of which another page tells that was altered later. */
	rescues: AnimalRescue[];
	/** Whether that is all that it holds. */
	isWhole: boolean;
}

/** What a step has read. */
export interface Step {
	documents: Read[];
	/** The pages that make up the list: where two overlap, the one that was altered last. None when no pages were read. */
	bounds: { lower: number; revision: number }[];
	/** The records of which this step has found an own document listed. */
	listed: number[];
	/** Where to go on; null at the end. */
	next: Place | null;
}

/** Where an adoption begins. */
export const BEGIN: Place = { page: -1, list: null, offset: 0, gaps: [], revision: 0 };

/**
 * Reads a step: up to four pages; when there are no more, up to forty records' own documents, those which are newer than in
 * their page because that wasn't published any more, and those of which no page tells.
 * @param versionOf gives the version that a record has in the ledger by now
 */
export const readStep = (
	kv: KVNamespace,
	place: Place,
	versionOf: (id: number) => number | undefined,
): Promise<Step> => (place.page === null ? readDocuments(kv, place, versionOf) : readPages(kv, place, place.page));

async function readPages(kv: KVNamespace, place: Place, after: number): Promise<Step> {
	const pages = await listPages(kv);
	const isBound = ({ lower, revision }: Page) =>
		!pages.some((page) => page.revision > revision && isIn(page.range, lower));
	const now = pages.filter(({ lower }) => lower > after).slice(0, PAGE_STEP);
	const texts = await read(
		kv,
		now.map(({ lower }) => pageKey(lower)),
	);
	const gaps = after < 0 ? gapsBetween(pages) : [...place.gaps];
	const documents = now.map(({ lower, range, revision }, index): Read => {
		const held = parse(texts[index], readPage);
		if (!Array.isArray(held)) {
			gaps.push(range);
			return { key: pageKey(lower), lower, rescues: [], isWhole: false };
		}
		const isSettled = (id: number) =>
			isIn(range, id) && !pages.some((page) => page.revision > revision && isIn(page.range, id));
		const rescues = held.filter((value): value is AnimalRescue => isRescue(value) && isSettled(value.id));
		return { key: pageKey(lower), lower, rescues, isWhole: rescues.length === held.length };
	});
	const revision = Math.max(...pages.map(({ revision }) => revision), 0);
	const page = now.length < PAGE_STEP ? null : (now.at(-1)?.lower ?? null);
	const bounds = pages.filter(isBound);
	if (bounds[0]?.lower !== 0) bounds.unshift({ lower: 0, range: [0, 0], revision: 0 });
	return { documents, bounds, listed: [], next: { ...place, page, gaps, revision } };
}

async function readDocuments(
	kv: KVNamespace,
	place: Place,
	versionOf: (id: number) => number | undefined,
): Promise<Step> {
	const list = await kv.list<RescueMeta>({ prefix: "rescue:", cursor: place.list });
	const listed = list.keys.slice(place.offset).map(({ name, metadata }) => ({
		id: /^rescue:[1-9]\d{0,15}$/.test(name) ? idOf(name) : 0,
		version: metadata?.version ?? 0,
	}));
	const isWanted = ({ id, version }: { id: number; version: number }) => {
		const known = versionOf(id);
		return known === undefined ? place.gaps.some((gap) => id > 0 && isIn(gap, id)) : version > known;
	};
	const wanted = listed.flatMap((document, index) => (isWanted(document) ? [{ id: document.id, index }] : []));
	const now = wanted.slice(0, DOCUMENT_STEP);
	const looked = wanted.length > now.length ? (now.at(-1)?.index ?? 0) + 1 : listed.length;
	const texts = await read(
		kv,
		now.map(({ id }) => rescueKey(id)),
	);
	const documents = now.map(({ id }, index): Read => {
		const rescues = [parse(texts[index])].filter((value): value is AnimalRescue => isRescue(value) && value.id === id);
		return { key: rescueKey(id), lower: id, rescues, isWhole: rescues.length === 1 };
	});
	const isListDone = looked === listed.length;
	const cursor = list.list_complete ? null : list.cursor;
	const next = isListDone ? { ...place, list: cursor, offset: 0 } : { ...place, offset: place.offset + looked };
	const isEnd = isListDone && list.list_complete;
	return { documents, bounds: [], listed: listed.slice(0, looked).map(({ id }) => id), next: isEnd ? null : next };
}

interface Page {
	lower: number;
	range: Range;
	revision: number;
}

/** Every page in KV, by lower bound. One whose metadata is damaged ends where the next begins. */
async function listPages(kv: KVNamespace): Promise<Page[]> {
	const listed: { lower: number; meta: Partial<PageMeta> }[] = [];
	for (let cursor: string | null | undefined = null; cursor !== undefined; ) {
		const list: KVNamespaceListResult<Partial<PageMeta>> = await kv.list({ prefix: "rescues:", cursor });
		for (const { name, metadata } of list.keys) {
			const isOurs = /^rescues:(0|[1-9]\d{0,15})$/.test(name) && idOf(name) <= MAX_ID;
			if (isOurs) listed.push({ lower: idOf(name), meta: metadata ?? {} });
		}
		cursor = list.list_complete ? undefined : list.cursor;
	}
	listed.sort((a, b) => a.lower - b.lower);
	return listed.map(({ lower, meta }, index) => {
		if (!isPageMeta(lower)(meta)) return { lower, range: [lower, listed[index + 1]?.lower ?? MAX_ID + 1], revision: 0 };
		return { lower, range: [lower, meta.upper ?? MAX_ID + 1], revision: meta.revision as number };
	});
}

function gapsBetween(pages: Page[]): Range[] {
	const gaps: Range[] = [];
	let reached = 0;
	for (const { range } of [...pages, { range: [MAX_ID + 1, MAX_ID + 1] }]) {
		const [from = 0, to = 0] = range;
		if (from > reached) gaps.push([reached, from]);
		reached = Math.max(reached, to);
	}
	return gaps;
}

async function read(kv: KVNamespace, keys: string[]): Promise<(string | null)[]> {
	if (keys.length === 0) return [];
	const found = await kv.getWithMetadata(keys, "text");
	return keys.map((key) => found.get(key)?.value ?? null);
}

const idOf = (key: string) => Number(key.split(":")[1]);
const isIn = ([from, to]: Range, id: number) => from <= id && id < to;

function parse(text: string | null | undefined, read: (text: string) => unknown = JSON.parse): unknown {
	try {
		return read(text ?? "");
	} catch {
		return undefined;
	}
}

const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0;

/** Whether a value can be a record of this or an earlier release. */
function isRescue(value: unknown): value is AnimalRescue {
	const { id, name, version, createdAt, updatedAt } = (value ?? {}) as Partial<AnimalRescue>;
	return isCount(id) && isCount(version) && [name, createdAt, updatedAt].every((text) => typeof text === "string");
}
