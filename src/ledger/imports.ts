import type { ImportOptions } from "../core/context.ts";
import { type AnimalRescue, toRescue } from "../rescues/rescue.ts";
import { complete, type ImportOutcome, type ImportRow } from "../transfer/rows.ts";
import type { Stale } from "./publisher.ts";
import type { Records } from "./records.ts";

/** Stores a record's new state in the caller's transaction and gives what has become stale. */
export type Store = (kind: "created" | "updated", rescue: AnimalRescue, previous?: AnimalRescue) => Stale;

/** Takes a transaction back whose outcome is nevertheless the answer. */
export class TakenBack extends Error {
	readonly outcome: ImportOutcome;
	constructor(outcome: ImportOutcome) {
		super("taken back");
		this.outcome = outcome;
	}
}

/**
 * Lands rows, one after the other, in the caller's transaction. A row that is refused has changed nothing.
 * @returns what became of the rows, and what has become stale
 * @throws TakenBack when nothing may stay: with `dryRun`, or with `atomic` when a row was refused
 */
export function landRows(rows: ImportRow[], { atomic, dryRun }: ImportOptions, records: Records, store: Store) {
	const outcome: ImportOutcome = { created: 0, updated: 0, unchanged: 0, failed: 0, errors: [] };
	const stale: Stale = new Map();
	const now = new Date().toISOString();
	for (const row of rows) {
		const landed = land(row, records, store, now);
		if (Array.isArray(landed)) {
			outcome.failed++;
			outcome.errors.push(...landed.map((issue) => ({ row: row.row, ...issue })));
		} else {
			outcome[landed.became]++;
			for (const [key, due] of landed.stale) stale.set(key, Math.min(due, stale.get(key) ?? due));
		}
	}
	if (dryRun || (atomic && outcome.failed > 0)) throw new TakenBack(outcome);
	// Lists first: a record that isn't published yet is asked of the ledger.
	const isPage = ([key]: [string, number]) => key.startsWith("rescues:");
	return { outcome, stale: new Map([...stale].sort((a, b) => Number(isPage(b)) - Number(isPage(a)))) };
}

function land({ id, changes }: ImportRow, records: Records, store: Store, now: string) {
	const current = records.find(id, changes.externalId ?? undefined);
	if (!current) {
		const whole = complete(changes);
		if ("issues" in whole) return whole.issues;
		const taken = records.taken(whole.fields, id);
		if (taken) return taken.errors ?? [];
		const stale = store("created", toRescue(id ?? records.nextId(), whole.fields, 1, now, now));
		return { became: "created" as const, stale };
	}
	if (id !== undefined && id !== current.id) {
		return [{ path: ["id"], message: `is not the id of the rescue with this externalId, which is ${current.id}` }];
	}
	const fields = { ...current, ...changes };
	const isSame = (name: string) => JSON.stringify(fields[name as "name"]) === JSON.stringify(current[name as "name"]);
	if (Object.keys(changes).every(isSame)) return { became: "unchanged" as const, stale: new Map<string, number>() };
	const taken = records.taken(fields, undefined, current.id);
	if (taken) return taken.errors ?? [];
	const rescue = toRescue(current.id, fields, current.version + 1, current.createdAt, now);
	return { became: "updated" as const, stale: store("updated", rescue, current) };
}
