/** The pages that were rendered last, in memory: a write changes one record of a page, and need not read the other 999. */
import { asServed } from "../rescues/upgrade.ts";
import { joinPage, split } from "../rescues/view.ts";
import { sizeOf } from "./documents.ts";

/** How many characters of documents are kept in all: two pages of 2 MiB at least, at most 8 MiB of memory. */
const MOST_CHARACTERS = 4 * 1024 * 1024;
/** How many changes are looked through for those of one page, before reading it anew costs no more. */
const MOST_CHANGES = 200;

/** A page's records in the order of their ids, as they were when a change had just been made. */
interface Kept {
	upper: number;
	/** The change's number. */
	at: number;
	ids: number[];
	/** Of each record the part that the public sees, and the other one (`rescues/view.ts`). */
	shown: string[];
	hidden: string[];
	/** How many bytes of UTF-8 the public parts are. */
	bytes: number;
	characters: number;
}

/**
 * What stands in a page is what the records in it are: read from their table, and from then on amended by what the change log
 * has of them since. The log has every change of a record, in the transaction that makes it, so a page that is kept can be
 * behind but never wrong, whatever has split, merged or undone it meanwhile.
 */
export class KeptPages {
	#sql: SqlStorage;
	/** By lower bound, the one used last at the end. */
	#kept = new Map<number, Kept>();

	constructor(sql: SqlStorage) {
		this.#sql = sql;
	}

	/** Forgets all: what is rendered next is read from the records' table. */
	forget() {
		this.#kept.clear();
	}

	/**
	 * The records with an id from `lower` on and below `upper`, as a page has them. Not to be called in a transaction.
	 * @param at number of the last change
	 * @returns the page, and how many bytes of it (UTF-8) the public sees
	 */
	render(lower: number, upper: number, at: number): { body: string; publicEnd: number } {
		const last = this.#kept.get(lower);
		const isNear = last !== undefined && last.upper === upper && at >= last.at && at - last.at <= MOST_CHANGES;
		// What throws on the way isn't kept.
		this.#kept.delete(lower);
		const page = isNear ? last : this.#read(lower, upper);
		if (isNear && at > page.at) this.#amend(page, lower);
		page.at = at;
		this.#kept.set(lower, page);
		this.#makeRoom();
		return joinPage(page.shown, page.hidden, page.bytes);
	}

	#read(lower: number, upper: number): Kept {
		const page: Kept = { upper, at: 0, ids: [], shown: [], hidden: [], bytes: 0, characters: 0 };
		const query = "SELECT id, document FROM rescues WHERE id >= ? AND id < ? ORDER BY id";
		const rows = this.#sql.exec<{ id: number; document: string }>(query, lower, upper);
		for (const [id, document] of rows.raw<[number, string]>()) put(page, page.ids.length, 0, id, document);
		page.bytes = sizeOf(page.shown.join(""));
		return page;
	}

	/** Takes in what has changed since the page was rendered last. */
	#amend(page: Kept, lower: number) {
		// By number, though there is an index by id.
		const query =
			"SELECT id, kind, document FROM changes WHERE sequence > ? AND +id >= ? AND +id < ? ORDER BY sequence";
		const rows = this.#sql.exec<{ id: number; kind: string; document: string }>(query, page.at, lower, page.upper);
		for (const { id, kind, document } of rows) {
			const index = placeOf(page.ids, id);
			const had = page.ids[index] === id ? 1 : 0;
			if (had) page.bytes -= sizeOf(page.shown[index] as string);
			const isGone = kind === "deleted" || kind === "purged";
			put(page, index, had, id, isGone ? undefined : document);
			if (!isGone) page.bytes += sizeOf(page.shown[index] as string);
		}
	}

	/** Forgets what wasn't used for longest, but never the page used last. */
	#makeRoom() {
		let characters = 0;
		for (const [lower, page] of [...this.#kept].reverse()) {
			const isFirst = characters === 0;
			characters += page.characters;
			if (!isFirst && characters > MOST_CHARACTERS) this.#kept.delete(lower);
		}
	}
}

/** Puts a record in at a place, in place of the `had` that stand there (0 or 1); without a document that is all. */
function put(page: Kept, index: number, had: 0 | 1, id: number, document: string | undefined) {
	if (had) page.characters -= lengthAt(page, index);
	if (document === undefined) {
		for (const list of [page.ids, page.shown, page.hidden]) list.splice(index, had);
		return;
	}
	const [shown, hidden] = split(asServed(document));
	page.ids.splice(index, had, id);
	page.shown.splice(index, had, shown);
	page.hidden.splice(index, had, hidden);
	page.characters += lengthAt(page, index);
}

const lengthAt = ({ shown, hidden }: Kept, index: number) =>
	(shown[index] as string).length + (hidden[index] as string).length;

/** Where an id stands among rising ones, or would. */
function placeOf(ids: readonly number[], id: number): number {
	let [low, high] = [0, ids.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((ids[middle] as number) < id) low = middle + 1;
		else high = middle;
	}
	return low;
}
