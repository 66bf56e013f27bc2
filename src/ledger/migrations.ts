/** The ledger's tables, as a numbered list of what has made them. */

/** Finds the given ids from the next one on; `taken` must be empty. */
export const FILL_TAKEN = `
	INSERT INTO taken SELECT min(id), max(id) FROM (
		SELECT id, id - row_number() OVER (ORDER BY id) AS island
		FROM (SELECT DISTINCT id FROM changes WHERE id >= (SELECT next_id FROM counter))
	) GROUP BY island;`;

/** Whether a row's document has a date of birth: in JSON this can't stand inside a text. */
const hasBirthDate = (row: string) => `instr(${row}.document, '"birthDate":"')`;
/**
 * The day on which a row's animal is a year older than its document says: SQLite takes a 29 February that there isn't for 1
 * March. Null for one without a date of birth, and for one that has left.
 */
const nextBirthday = (row: string) => `iif(
	${row}.document ->> 'birthDate' IS NULL
		OR ${row}.document ->> 'status' IN ('adopted', 'transferred', 'returned_to_owner', 'deceased'), NULL,
	date(format('%04d%s', substr(${row}.document ->> 'birthDate', 1, 4) + (${row}.document ->> 'age') + 1,
		substr(${row}.document ->> 'birthDate', 5))))`;

/** The hashes in the addresses of photos that a row's document has, whoever serves them; a purged one's is `null`. */
const photosIn = (row: string) => `SELECT sha256 FROM (
		SELECT substr(value, instr(value, '/photos/') + 8, 64) AS sha256 FROM json_each(${row}.document, '$.photos')
	) WHERE length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'`;

/**
 * What has been done to the database, oldest first; each once, and none is ever changed. Tables, indexes and rows of `meta`
 * are only added, and no column to a table that is there: the release before, which inserts by position, still runs on them
 * (docs/deploying.md). A migration's work is bounded by what fits into one transaction of some seconds.
 */
export const MIGRATIONS: readonly string[] = [
	// 1: release 1.0, which kept no number.
	`
	CREATE TABLE IF NOT EXISTS changes (
		sequence INTEGER PRIMARY KEY AUTOINCREMENT,
		id INTEGER NOT NULL,
		version INTEGER NOT NULL,
		kind TEXT NOT NULL,
		at TEXT NOT NULL,
		by TEXT,
		document TEXT NOT NULL,
		UNIQUE (id, version)
	);
	CREATE TABLE IF NOT EXISTS rescues (
		id INTEGER PRIMARY KEY,
		version INTEGER NOT NULL,
		microchip TEXT UNIQUE,
		external_id TEXT UNIQUE,
		document TEXT NOT NULL
	);
	CREATE TABLE IF NOT EXISTS counter (next_id INTEGER NOT NULL);
	INSERT INTO counter SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM counter);
	CREATE TABLE IF NOT EXISTS pages (
		lower INTEGER PRIMARY KEY,
		upper INTEGER,
		count INTEGER NOT NULL,
		bytes INTEGER NOT NULL,
		revision INTEGER NOT NULL
	);
	INSERT OR IGNORE INTO pages VALUES (0, NULL, 0, 0, 0);
	CREATE TABLE IF NOT EXISTS idempotency (
		by TEXT NOT NULL,
		key TEXT NOT NULL,
		fingerprint TEXT NOT NULL,
		result TEXT NOT NULL,
		expires INTEGER NOT NULL,
		PRIMARY KEY (by, key)
	) WITHOUT ROWID;
	CREATE INDEX IF NOT EXISTS idempotency_expires ON idempotency (expires);
	CREATE TABLE IF NOT EXISTS outbox (
		key TEXT PRIMARY KEY,
		revision INTEGER NOT NULL,
		attempts INTEGER NOT NULL,
		due INTEGER NOT NULL,
		state INTEGER NOT NULL
	);
	`,
	// 2: the ledger's own id and the number of records; which records' own documents are in KV (release 1.0 published all);
	// given ids from the next one on, as intervals; what is due first. Triggers keep the facts true while release 1.0 runs.
	`
	INSERT INTO meta SELECT 'ledger', lower(hex(randomblob(16)));
	INSERT INTO meta SELECT 'total', count(*) FROM rescues;
	CREATE TABLE documents (id INTEGER PRIMARY KEY, put_at INTEGER NOT NULL);
	INSERT INTO documents SELECT id, 0 FROM rescues;
	CREATE TABLE taken (first INTEGER PRIMARY KEY, last INTEGER NOT NULL);
	${FILL_TAKEN}
	CREATE INDEX outbox_due ON outbox (due, revision);
	CREATE TRIGGER rescues_added AFTER INSERT ON rescues BEGIN
		UPDATE meta SET value = value + 1 WHERE name = 'total';
	END;
	CREATE TRIGGER rescues_removed AFTER DELETE ON rescues BEGIN
		UPDATE meta SET value = value - 1 WHERE name = 'total';
	END;
	CREATE TRIGGER outbox_added AFTER INSERT ON outbox WHEN NEW.key GLOB 'rescue:*' BEGIN
		INSERT OR IGNORE INTO documents VALUES (CAST(substr(NEW.key, 8) AS INTEGER), 0);
	END;
	`,
	// 3: only a record that is there has a document of its own, whether it or its row in the outbox came first. A trigger's
	// OR IGNORE doesn't hold when the statement that fires it has an ON CONFLICT of its own.
	`
	DELETE FROM documents WHERE id NOT IN (SELECT id FROM rescues);
	DROP TRIGGER outbox_added;
	CREATE TRIGGER outbox_added AFTER INSERT ON outbox WHEN NEW.key GLOB 'rescue:*' BEGIN
		INSERT INTO documents SELECT id, 0 FROM rescues
			WHERE id = CAST(substr(NEW.key, 8) AS INTEGER) AND id NOT IN (SELECT id FROM documents);
	END;
	CREATE TRIGGER outbox_changed AFTER UPDATE OF revision ON outbox WHEN NEW.key GLOB 'rescue:*' BEGIN
		INSERT INTO documents SELECT id, 0 FROM rescues
			WHERE id = CAST(substr(NEW.key, 8) AS INTEGER) AND id NOT IN (SELECT id FROM documents);
	END;
	CREATE TRIGGER document_removed AFTER DELETE ON rescues BEGIN
		DELETE FROM documents WHERE id = OLD.id;
	END;
	`,
	// 4: when an animal whose date of birth is known is a year older than its document says. Who has none costs a look at the text.
	`
	CREATE TABLE birthdays (id INTEGER PRIMARY KEY, next TEXT NOT NULL);
	CREATE INDEX birthdays_next ON birthdays (next, id);
	CREATE TRIGGER birthday_added AFTER INSERT ON rescues WHEN ${hasBirthDate("NEW")} BEGIN
		INSERT INTO birthdays SELECT NEW.id, next FROM (SELECT ${nextBirthday("NEW")} AS next) WHERE next IS NOT NULL;
	END;
	CREATE TRIGGER birthday_changed AFTER UPDATE OF document ON rescues
		WHEN ${hasBirthDate("NEW")} OR ${hasBirthDate("OLD")} BEGIN
		DELETE FROM birthdays WHERE id = NEW.id AND next IS NOT ${nextBirthday("NEW")};
		INSERT INTO birthdays SELECT NEW.id, next FROM (SELECT ${nextBirthday("NEW")} AS next)
			WHERE next IS NOT NULL AND NEW.id NOT IN (SELECT id FROM birthdays);
	END;
	CREATE TRIGGER birthday_removed AFTER DELETE ON rescues WHEN ${hasBirthDate("OLD")} BEGIN
		DELETE FROM birthdays WHERE id = OLD.id;
	END;
	`,
	// 5: the photos that were uploaded, and which records refer to them or did (`photos/photos.ts`). Whatever puts a state into
	// the log makes a use of its photos, and the photos of a purged record that no other one has are due at once. No record
	// refers to a photo yet. The bytes of all are kept as a sum.
	`
	CREATE TABLE photos (
		number INTEGER PRIMARY KEY,
		sha256 TEXT NOT NULL UNIQUE,
		type TEXT NOT NULL,
		width INTEGER NOT NULL,
		height INTEGER NOT NULL,
		bytes INTEGER NOT NULL,
		by TEXT,
		at TEXT NOT NULL,
		state TEXT NOT NULL,
		due INTEGER
	);
	CREATE INDEX photos_due ON photos (due) WHERE due IS NOT NULL;
	CREATE TABLE photo_uses (sha256 TEXT NOT NULL, rescue INTEGER NOT NULL, PRIMARY KEY (sha256, rescue)) WITHOUT ROWID;
	CREATE INDEX photo_uses_rescue ON photo_uses (rescue);
	INSERT INTO meta VALUES ('photo_bytes', 0);
	CREATE TRIGGER photo_added AFTER INSERT ON photos BEGIN
		UPDATE meta SET value = value + NEW.bytes WHERE name = 'photo_bytes';
	END;
	CREATE TRIGGER photo_removed AFTER DELETE ON photos BEGIN
		UPDATE meta SET value = value - OLD.bytes WHERE name = 'photo_bytes';
	END;
	CREATE TRIGGER photo_used AFTER INSERT ON changes WHEN instr(NEW.document, '/photos/') BEGIN
		INSERT INTO photo_uses SELECT DISTINCT sha256, NEW.id FROM (${photosIn("NEW")}) AS found
			WHERE NOT EXISTS (SELECT 1 FROM photo_uses WHERE sha256 = found.sha256 AND rescue = NEW.id);
		UPDATE photos SET due = NULL WHERE sha256 IN (${photosIn("NEW")}) AND due IS NOT NULL AND state = 'stored';
	END;
	CREATE TRIGGER photos_purged AFTER INSERT ON changes WHEN NEW.kind = 'purged' BEGIN
		UPDATE photos SET due = 0 WHERE state = 'stored'
			AND sha256 IN (SELECT sha256 FROM photo_uses WHERE rescue = NEW.id)
			AND NOT EXISTS (SELECT 1 FROM photo_uses WHERE sha256 = photos.sha256 AND rescue <> NEW.id);
		DELETE FROM photo_uses WHERE rescue = NEW.id;
	END;
	`,
	// 6: deletions, for the list of what is deleted; their own columns tell whether something came after them.
	"CREATE INDEX changes_deleted ON changes (sequence, id, version) WHERE kind = 'deleted';",
];

/** Brings the database up to date, in one transaction; does nothing when it is. Called before anything else reads it. */
export function migrate(storage: DurableObjectStorage): Meta {
	const { sql } = storage;
	return storage.transactionSync(() => {
		sql.exec("CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID");
		const meta = new Meta(sql);
		const done = (meta.get("schema") as number | undefined) ?? 0;
		for (const statements of MIGRATIONS.slice(done)) sql.exec(statements);
		if (done < MIGRATIONS.length) meta.set("schema", MIGRATIONS.length);
		return meta;
	});
}

/**
 * Notes in which schema records are published from now on (`rescues/upgrade.ts`); gives whether that is another one than
 * an earlier release published them in, or nothing is published yet.
 */
export function setSchema(meta: Meta, schema: number): boolean {
	if (meta.get("published") === schema) return false;
	meta.set("published", schema);
	return true;
}

/** The few single facts that a ledger keeps: its schema's number, its id, how many records there are … */
export class Meta {
	#sql: SqlStorage;

	constructor(sql: SqlStorage) {
		this.#sql = sql;
	}

	/** A fact; undefined when it isn't known. */
	get(name: string): SqlStorageValue | undefined {
		return this.#sql.exec<{ value: SqlStorageValue }>("SELECT value FROM meta WHERE name = ?", name).toArray()[0]
			?.value;
	}

	/** Keeps a fact. */
	set(name: string, value: SqlStorageValue) {
		this.#sql.exec("INSERT OR REPLACE INTO meta VALUES (?, ?)", name, value);
	}
}
