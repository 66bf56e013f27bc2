/** What an import does to the records. */
import type { InputIssue } from "../core/errors.ts";
import { complete, type ImportOutcome, type ImportRow } from "../transfer/rows.ts";
import type { Command } from "./command.ts";
import { isPageKey } from "./documents.ts";
import type { Stale } from "./outbox.ts";
import type { Records, Stamp, Written } from "./records.ts";

/** How long the documents of rows that more rows follow are left to be changed by those, in ms. */
export const MORE_MS = 5_000;

/** Takes a transaction back whose outcome is nevertheless the answer. */
export class TakenBack extends Error {
	readonly outcome: ImportOutcome;
	constructor(outcome: ImportOutcome) {
		super("taken back");
		this.outcome = outcome;
	}
}

/**
 * Lands an import's rows, one after the other, in the caller's transaction. A row that is refused has changed nothing.
 * @returns what became of the rows, and what has become stale
 * @throws TakenBack when nothing may stay: with `dryRun`, or with `atomic` when a row was refused
 */
export function landRows(
	{ rows, atomic, dryRun, more }: Extract<Command, { do: "import" }>,
	records: Records,
	stamp: Stamp,
): { answer: ImportOutcome; stale: Stale } {
	const outcome: ImportOutcome = { created: 0, updated: 0, unchanged: 0, failed: 0, errors: [] };
	const stale: Stale = new Map();
	for (const row of rows) {
		const landed = land(row, records, stamp);
		if (Array.isArray(landed)) {
			outcome.failed++;
			outcome.errors.push(...landed.map((issue) => ({ row: row.row, ...issue })));
		} else {
			outcome[landed.became]++;
			for (const [key, due] of landed.stale) stale.set(key, Math.min(due, stale.get(key) ?? due));
		}
	}
	if (dryRun || (atomic && outcome.failed > 0)) throw new TakenBack(outcome);
	const earliest = more ? Date.now() + MORE_MS : 0;
	// Pages first: they are what a list is, and more is read of them.
	const pagesFirst = [...stale].sort(([a], [b]) => Number(isPageKey(b)) - Number(isPageKey(a)));
	return { answer: outcome, stale: new Map(pagesFirst.map(([key, due]) => [key, Math.max(due, earliest)])) };
}

/** What became of a row: the documents that it made stale, or what is wrong with it. */
type Landed = { became: "created" | "updated" | "unchanged"; stale: Stale } | InputIssue[];

function land({ id, patch }: ImportRow, records: Records, stamp: Stamp): Landed {
	const stored = (became: "created" | "updated", written: Written<unknown>): Landed =>
		written.ok ? { became, stale: written.value.stale } : (written.errors ?? []);
	const current = records.find(id, patch.externalId ?? undefined);
	if (!current) {
		const whole = complete(patch);
		return "issues" in whole ? whole.issues : stored("created", records.put("created", id, whole.fields, stamp));
	}
	if (id !== undefined && id !== current.id) {
		return [{ path: ["id"], message: `is not the id of the rescue with this externalId, which is ${current.id}` }];
	}
	const fields = { ...current, ...patch };
	const isSame = (name: string) => JSON.stringify(fields[name as "name"]) === JSON.stringify(current[name as "name"]);
	if (Object.keys(patch).every(isSame)) return { became: "unchanged", stale: new Map() };
	return stored("updated", records.put("updated", current.id, fields, stamp, current));
}
