/** The index that finds what is filtered, sorted and searched when there are many records: its tables, how they come and go. */
import { log } from "../../core/log.ts";
import { type AnimalRescue, MAX_ID } from "../../rescues/rescue.ts";
import { SEARCH_LIMITS, searchedText, wordsOf } from "../../rescues/search.ts";
import { Meta } from "../migrations.ts";
import type { Records } from "../records.ts";
import { ANY_SPECIES, COLUMNS, type Column, type Entry, FACETS, NO_TABLES, TABLES, TRAITS, toEntry } from "./tables.ts";
import { facetsOf, tokensOf } from "./words.ts";

/** What the index holds is made anew when this number changes: with what is indexed, or with how texts are folded. */
const VERSION = 3;

/** How many records one step of the alarm takes into the index, and how many changed ones a search brings up to date first. */
const STEP = 250;
const CATCH_UP = 1000;
/** After how many characters of text either stops, however few records they are: some 100 ms in which no write gets in. */
export const CHARACTERS = 200_000;
/** How many rows SQLite writes for a new record's entry. */
export const ROWS_A_RECORD = 9;
/** The same for a change that was noted and is taken in, at most. */
const ROWS_A_CHANGE = 13;
/** When a step is tried again that has failed. */
const PAUSE_MS = 60_000;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Keeps the index. It is there only while the list has more than four pages, so that a small rescue's writes cost nothing
 * more. It is built by id in steps, by the alarm; from then on the records that writes have changed are noted by triggers, and
 * are brought up to date by the next search, or by the alarm.
 */
export class SearchIndex {
	#storage: DurableObjectStorage;
	#sql: SqlStorage;
	#meta: Meta;
	#records: Pick<Records, "render">;
	#rowsPerDay: number;
	/** The index's number; null when there is none. */
	#version: number | null;
	/** Up to which id records are in it. */
	#builtUntil: number;
	#pausedUntil = 0;

	/** @param rowsPerDay how many rows the index may write in a day (UTC); the others are for writes */
	constructor(storage: DurableObjectStorage, records: Pick<Records, "render">, rowsPerDay: number) {
		this.#storage = storage;
		this.#sql = storage.sql;
		this.#meta = new Meta(storage.sql);
		this.#records = records;
		this.#rowsPerDay = rowsPerDay;
		this.#version = (this.#meta.get("search_version") as number | undefined) ?? null;
		this.#builtUntil = this.#version === null ? 0 : (this.#meta.get("search_built_until") as number);
	}

	/** Whether all records are in the index, although some may have changed since. */
	get isBuilt(): boolean {
		return this.#version === VERSION && this.#builtUntil === MAX_ID;
	}

	/** Whether it goes on today: the day's rows aren't used up. */
	get goesOn(): boolean {
		return this.#rowsToday() < this.#rowsPerDay;
	}

	/** Brings changed records up to date, a thousand at most, while it goes on today. Gives whether all are. */
	catchUp(limit = CATCH_UP): boolean {
		const due = this.#due(limit + 1);
		if (due.length === 0) return true;
		if (!this.goesOn) return false;
		const entered = this.#storage.transactionSync(() => {
			const ids = this.#enterAll(due.slice(0, limit));
			for (const id of ids) this.#sql.exec("DELETE FROM search_due WHERE id = ?", id);
			this.#spend(ids.length * ROWS_A_CHANGE);
			return ids;
		});
		return entered.length === due.length;
	}

	/** Takes out what there is of a record that isn't there any more. Must be called in the transaction that purges it. */
	forget(id: number) {
		if (this.#version !== VERSION) return;
		this.#enter(id);
		this.#sql.exec("DELETE FROM search_due WHERE id = ?", id);
		this.#sql.exec("DELETE FROM search_counts WHERE count = 0");
	}

	/** What the alarm does; when it fails, nothing else does, and it is tried again in a minute. */
	step() {
		try {
			this.#step();
		} catch (error) {
			log("error", "search index failed", { error: String(error) });
			this.#pausedUntil = Date.now() + PAUSE_MS;
		}
	}

	/** When `step` has something to do next (ms since the epoch); null when nothing is to be done. */
	nextDue(): number | null {
		const due = this.#nextDue();
		// Never longer than a minute, wherever the clock has been.
		return due === null ? null : Math.max(due, Math.min(this.#pausedUntil, Date.now() + PAUSE_MS));
	}

	/** Makes the index or drops it, brings it up to date, builds it a step further. */
	#step() {
		const isOld = this.#version !== null && this.#version !== VERSION;
		if (isOld || (this.#version !== null && !this.#areMoreThan(SEARCH_LIMITS.pages / 2))) this.#drop();
		if (this.#version === null) {
			if (this.#areMoreThan(SEARCH_LIMITS.pages)) this.#create();
			return;
		}
		this.catchUp(STEP);
		if (this.#builtUntil < MAX_ID && this.goesOn) this.#build();
		if (!this.goesOn) log("warn", "search index goes on tomorrow", { rowsPerDay: this.#rowsPerDay });
	}

	#nextDue(): number | null {
		if (this.#version === null) return this.#areMoreThan(SEARCH_LIMITS.pages) ? Date.now() : null;
		if (this.#version !== VERSION || !this.#areMoreThan(SEARCH_LIMITS.pages / 2)) return Date.now();
		if (this.#builtUntil === MAX_ID && this.#due(1).length === 0) return null;
		return this.goesOn ? Date.now() : (today() + 1) * DAY_MS;
	}

	/** Whether the list has more pages than this. */
	#areMoreThan(pages: number): boolean {
		return this.#sql.exec("SELECT 1 FROM pages LIMIT 1 OFFSET ?", Math.floor(pages)).toArray().length > 0;
	}

	#create() {
		this.#storage.transactionSync(() => {
			this.#sql.exec(TABLES);
			this.#meta.set("search_version", VERSION);
			this.#meta.set("search_built_until", 0);
		});
		[this.#version, this.#builtUntil] = [VERSION, 0];
	}

	#drop() {
		this.#storage.transactionSync(() => this.#sql.exec(NO_TABLES));
		[this.#version, this.#builtUntil] = [null, 0];
	}

	/** Takes the next records in. */
	#build() {
		const query = "SELECT id FROM rescues WHERE id > ? ORDER BY id LIMIT ?";
		const rows = this.#sql.exec<{ id: number }>(query, this.#builtUntil, STEP).toArray();
		this.#builtUntil = this.#storage.transactionSync(() => {
			const ids = this.#enterAll(rows.map(({ id }) => id));
			const isLast = rows.length < STEP && ids.length === rows.length;
			const until = isLast ? MAX_ID : (ids.at(-1) as number);
			this.#meta.set("search_built_until", until);
			this.#spend(ids.length * ROWS_A_RECORD);
			return until;
		});
		if (this.#builtUntil === MAX_ID) log("log", "search index built", {});
	}

	#spend(rows: number) {
		this.#meta.set("search_day", `${today()} ${this.#rowsToday() + rows}`);
	}

	/** How many rows the index has written today. */
	#rowsToday(): number {
		const [day, rows] = String(this.#meta.get("search_day") ?? "").split(" ");
		return Number(day) === today() ? Number(rows) : 0;
	}

	#due(limit: number): number[] {
		const rows = this.#sql.exec<{ id: number }>("SELECT id FROM search_due LIMIT ?", limit);
		return rows.toArray().map(({ id }) => id);
	}

	/** Brings entries up to date until their texts are many characters. Gives the ids of those that it did, at least one. */
	#enterAll(ids: number[]): number[] {
		let characters = 0;
		const enough = ids.findIndex((id) => {
			characters += this.#enter(id);
			return characters >= CHARACTERS;
		});
		return enough < 0 ? ids : ids.slice(0, enough + 1);
	}

	/** Brings a record's entry up to date: makes it, changes what differs, or takes it out. Gives its text's length. */
	#enter(id: number): number {
		const document = this.#records.render(id);
		const rescue = document && (JSON.parse(document.body) as AnimalRescue);
		const [last] = this.#sql.exec<Entry>(`SELECT ${COLUMNS} FROM search WHERE id = ?`, id).toArray();
		const entry = rescue && toEntry(rescue);
		const changed = COLUMNS.filter((column) => last?.[column] !== entry?.[column]);
		if (FACETS.some((facet) => changed.includes(facet))) {
			if (last) this.#count(last, -1);
			if (entry) this.#count(entry, 1);
		}
		if (!entry) this.#sql.exec("DELETE FROM search WHERE id = ?", id);
		else if (!last) this.#sql.exec(`INSERT INTO search VALUES (?, ${COLUMNS.map(() => "?")})`, id, ...values(entry));
		else if (changed.length > 0) {
			// Setting a column writes its indexes, changed or not.
			const assignments = changed.map((column) => `${column} = ?`);
			this.#sql.exec(`UPDATE search SET ${assignments} WHERE id = ?`, ...values(entry, changed), id);
		}
		const texts = rescue && ([searchedText(rescue, "public"), searchedText(rescue, "private")] as const);
		this.#enterTexts(id, texts, entry, changed);
		return texts ? texts.join().length : 0;
	}

	#enterTexts(id: number, texts: readonly [string, string] | null, entry: Entry | null, changed: readonly Column[]) {
		const query = "SELECT public, private FROM search_texts WHERE id = ?";
		const [last] = this.#sql.exec<{ public: string; private: string }>(query, id).toArray();
		const [shown, hidden] = texts?.map((text) => wordsOf(text).join(" ")) ?? [];
		const isSame = shown === last?.public && hidden === last?.private;
		if (isSame && !FILTERED.some((name) => changed.includes(name))) return;
		if (last) this.#sql.exec("DELETE FROM search_words WHERE rowid = ?", id);
		if (shown === undefined || hidden === undefined || entry === null) {
			this.#sql.exec("DELETE FROM search_texts WHERE id = ?", id);
			return;
		}
		const tokens = [tokensOf(shown), tokensOf(hidden), facetsOf(FILTERED.map((name) => [name, entry[name]]))];
		this.#sql.exec("INSERT INTO search_words (rowid, public, private, facets) VALUES (?, ?, ?, ?)", id, ...tokens);
		if (!isSame) this.#sql.exec("INSERT OR REPLACE INTO search_texts VALUES (?, ?, ?)", id, shown, hidden);
	}

	/** Counts a record in or out, with its species and with all species. */
	#count({ species, status, sex, size }: Entry, by: 1 | -1) {
		for (const of of [species, ANY_SPECIES]) {
			this.#sql.exec(
				"INSERT INTO search_counts VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET count = count + ?5",
				of,
				status,
				sex,
				size,
				by,
			);
		}
	}
}

/** The columns that can be filtered by. */
const FILTERED = [...FACETS, ...TRAITS];

/** The day (UTC) as a number. */
const today = () => Math.floor(Date.now() / DAY_MS);

const values = (entry: Entry, columns = COLUMNS) => columns.map((column) => entry[column]);
