/** What an import does to the records. */
import type { InputIssue } from "../core/errors.ts";
import { WRITABLE, type Writable } from "../rescues/fields.ts";
import { addIssues } from "../rescues/judge.ts";
import { settle } from "../rescues/settle.ts";
import { dayOf } from "../rescues/upgrade.ts";
import { complete, type ImportOutcome, type ImportRow } from "../transfer/rows.ts";
import type { Command } from "./command.ts";
import { isPageKey } from "./documents.ts";
import type { Photos } from "./photos/photos.ts";
import type { Stale } from "./publishing/outbox.ts";
import type { Records, Stamp } from "./records.ts";

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
	photos: Photos,
	stamp: Stamp,
): { answer: ImportOutcome; stale: Stale; revision?: number } {
	const outcome: ImportOutcome = { created: 0, updated: 0, unchanged: 0, failed: 0, errors: [] };
	const stale: Stale = new Map();
	let revision: number | undefined;
	for (const row of rows) {
		const landed = land(row, records, photos, stamp);
		if (Array.isArray(landed)) {
			outcome.failed++;
			outcome.errors.push(...landed.map((issue) => ({ row: row.row, ...issue })));
		} else {
			outcome[landed.became]++;
			revision = landed.revision ?? revision;
			for (const [key, due] of landed.stale) stale.set(key, Math.min(due, stale.get(key) ?? due));
		}
	}
	if (dryRun || (atomic && outcome.failed > 0)) throw new TakenBack(outcome);
	const earliest = more ? Date.now() + MORE_MS : 0;
	// Pages first: they are what a list is, and more is read of them.
	const pagesFirst = [...stale].sort(([a], [b]) => Number(isPageKey(b)) - Number(isPageKey(a)));
	return {
		answer: outcome,
		stale: new Map(pagesFirst.map(([key, due]) => [key, Math.max(due, earliest)])),
		...(revision !== undefined && { revision }),
	};
}

/** What became of a row: the documents that it made stale, or what is wrong with it. */
type Landed =
	| { became: "created" | "updated" | "unchanged"; stale: Stale; revision?: number | undefined }
	| InputIssue[];

function land({ id, patch, issues: known = [] }: ImportRow, records: Records, photos: Photos, stamp: Stamp): Landed {
	// Which record is meant isn't known.
	if (known.some(({ path: [name] }) => name === "id" || name === "externalId")) return known;
	const stored = records.find(id, patch.externalId ?? undefined);
	const last = stored?.rescue;
	if (last && id !== undefined && id !== last.id) {
		const message = `is not the id of the rescue with this externalId, which is ${last.id}`;
		return addIssues(known, [{ path: ["id"], message }]);
	}
	const whole = last ? { fields: patch } : complete(patch);
	const missing = "issues" in whole ? whole.issues : [];
	const given = "fields" in whole ? whole.fields : patch;
	const settled = settle({ given, last, isPatch: last !== undefined, isImport: true }, dayOf(stamp.at));
	const issues = [...known, ...photos.issues(patch.photos, last?.photos, stamp.origins)];
	if (issues.length > 0 || missing.length > 0 || Array.isArray(settled)) {
		const taken = records.taken(patch, last?.id ?? id, last)?.errors ?? [];
		return addIssues(issues, [...missing, ...(Array.isArray(settled) ? settled : []), ...taken]);
	}
	const isSame = (name: Writable) => JSON.stringify(settled[name]) === JSON.stringify(last?.[name]);
	if (last && WRITABLE.every(isSame)) return { became: "unchanged", stale: new Map() };
	const written = records.put(last ? "updated" : "created", last?.id ?? id, settled, stamp, stored);
	if (!written.ok) return written.errors ?? [];
	const { stale, revision } = written.value;
	return { became: last ? "updated" : "created", stale, revision };
}
