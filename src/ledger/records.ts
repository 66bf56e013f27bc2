import type { Precondition, RescueMeta } from "../core/context.ts";
import { type Failure, failure, type Result, rescueNotFound, success } from "../core/errors.ts";
import type { AnimalRescue, RescueFields } from "../rescues/rescue.ts";
import type { Changes } from "./changes.ts";
import type { Rendered } from "./documents.ts";

/** The records as they are now: who has which id and which unique key, at which version. */
export class Records {
	#sql: SqlStorage;
	#changes: Changes;

	constructor(sql: SqlStorage, changes: Changes) {
		this.#sql = sql;
		this.#changes = changes;
		sql.exec(`
			CREATE TABLE IF NOT EXISTS rescues (
				id INTEGER PRIMARY KEY,
				version INTEGER NOT NULL,
				microchip TEXT UNIQUE,
				external_id TEXT UNIQUE,
				document TEXT NOT NULL
			);
			CREATE TABLE IF NOT EXISTS counter (next_id INTEGER NOT NULL);
			INSERT INTO counter SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM counter);
		`);
	}

	/** The record's document, exactly what `GET /rescues/:id` answers; null when there is no such record. */
	render(id: number): Rendered<RescueMeta> | null {
		const row = this.#sql
			.exec<{ version: number; document: string }>("SELECT version, document FROM rescues WHERE id = ?", id)
			.toArray()[0];
		return row ? { body: row.document, meta: { version: row.version } } : null;
	}

	/**
	 * The record to be changed, if it is there and its version is one that the writer wants to change.
	 * Answers NOT_FOUND, VERSION_MISMATCH.
	 */
	current(id: number, { ifVersion, unlessVersion }: Precondition): Result<AnimalRescue> {
		const document = this.render(id);
		if (!document) return rescueNotFound(id);
		const { version } = document.meta;
		if ((ifVersion && !ifVersion.includes(version)) || unlessVersion === "any" || unlessVersion?.includes(version)) {
			return mismatch(id, version);
		}
		return success(JSON.parse(document.body));
	}

	/** The record with this externalId, else the one with this id. */
	find(id: number | undefined, externalId: string | undefined): AnimalRescue | undefined {
		const [row] = this.#sql
			.exec<{ document: string }>(
				"SELECT document FROM rescues WHERE external_id = ?1 OR id = ?2 ORDER BY external_id IS ?1 DESC LIMIT 1",
				externalId ?? null,
				id ?? null,
			)
			.toArray();
		return row && JSON.parse(row.document);
	}

	/**
	 * VERSION_MISMATCH when what a create asks of the record that it would make doesn't hold, or nothing: there is no
	 * version yet that could match, and `any` refuses an id that has a record.
	 */
	unwanted(given: number | undefined, { ifVersion, unlessVersion }: Precondition): Failure | undefined {
		const current = given === undefined ? null : this.render(given);
		if (current && unlessVersion === "any") return mismatch(given, current.meta.version);
		if (!current && ifVersion) return failure("VERSION_MISMATCH", "There is no version yet of what isn't there.");
		return undefined;
	}

	/**
	 * ALREADY_EXISTS, naming every taken key, or nothing.
	 * @param given the id that a new record is to have
	 * @param self the record that the fields are for: what it holds itself is not taken
	 */
	taken({ microchip, externalId }: RescueFields, given?: number, self?: number): Failure | undefined {
		const has = (query: string, value: unknown) => this.#sql.exec(query, value, self ?? 0).toArray().length > 0;
		const errors = [];
		if (given !== undefined && this.#changes.has(given)) {
			const message = this.render(given) ? "is taken" : "belonged to a deleted rescue, and is never given again";
			errors.push({ path: ["id"], message });
		}
		if (microchip !== null && has("SELECT 1 FROM rescues WHERE microchip = ? AND id <> ?", microchip)) {
			errors.push({ path: ["microchip"], message: "is taken" });
		}
		if (externalId !== null && has("SELECT 1 FROM rescues WHERE external_id = ? AND id <> ?", externalId)) {
			errors.push({ path: ["externalId"], message: "is taken" });
		}
		if (errors.length === 0) return undefined;
		const names = errors.map(({ path: [name], message }) => `The ${name} ${message}.`);
		return failure("ALREADY_EXISTS", names.join(" "), { errors });
	}

	/** Takes the next id that no record has or had. */
	nextId(): number {
		let { id } = this.#sql.exec<{ id: number }>("SELECT next_id AS id FROM counter").one();
		while (this.#changes.has(id)) id++;
		this.#sql.exec("UPDATE counter SET next_id = ?", id + 1);
		return id;
	}

	/**
	 * Stores a record's new state.
	 * @param previous its state before; none when it wasn't there
	 */
	put(rescue: AnimalRescue, previous?: AnimalRescue) {
		const document = JSON.stringify(rescue);
		if (previous && previous.microchip === rescue.microchip && previous.externalId === rescue.externalId) {
			// Setting a unique column writes its index, changed or not.
			this.#sql.exec("UPDATE rescues SET version = ?, document = ? WHERE id = ?", rescue.version, document, rescue.id);
			return;
		}
		this.#sql.exec(
			`INSERT INTO rescues VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET version = excluded.version, microchip = excluded.microchip,
				external_id = excluded.external_id, document = excluded.document`,
			rescue.id,
			rescue.version,
			rescue.microchip,
			rescue.externalId,
			document,
		);
	}

	/** Takes a record out. */
	delete(id: number) {
		this.#sql.exec("DELETE FROM rescues WHERE id = ?", id);
	}
}

const mismatch = (id: number | undefined, currentVersion: number) =>
	failure("VERSION_MISMATCH", `Rescue ${id} is at version ${currentVersion}.`, { currentVersion });
