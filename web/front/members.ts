/**
 * Which animals the list has, as far as it has been read: what was read, and what has been written or told since. The service
 * may give the state of a while ago, so the higher version of a record counts, wherever it is from.
 */
import type { ChangeKind } from "../../src/history/change.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { compareRanks, matches, type Rank, type RescueFilter, rankOf, type Sort } from "../../src/rescues/search.ts";
import type { Page } from "../shared/api.ts";

/** What has become of a record. */
export interface Happened {
	kind: ChangeKind;
	/** The version that it made. */
	version: number;
	/** The record; of a deleted one as it was last. */
	rescue: AnimalRescue;
}

/** What was written or told, by id: the list may be read as it was before. */
const known = new Map<number, Happened>();
/** Those of the list, by id. */
const members = new Map<number, AnimalRescue>();
let ranks = new WeakMap<AnimalRescue, Rank>();
let filter: RescueFilter = {};
let sort: Sort = "id";
/** Behind which nothing has been read; null when all has. */
let end: Rank | null = null;
let total = 0;

/** Begins another list, without anything in it. */
export function begin(of: { filter: RescueFilter; sort: Sort }) {
	({ filter, sort } = of);
	ranks = new WeakMap();
	members.clear();
	end = null;
	total = 0;
}

/** Forgets what was written and told: what is read from now on is newer, or is seen by somebody else. */
export const forget = () => known.clear();

/** Takes a part of the list in, the first one or what comes behind all before. */
export function take({ rescues, next, total: counted }: Page, isFirst: boolean) {
	const from = isFirst ? null : end;
	const last = rescues.at(-1);
	end = next === null ? null : last ? rank(last) : end;
	if (isFirst) total = counted;
	for (const rescue of rescues) {
		const happened = known.get(rescue.id);
		if (!happened || happened.version <= rescue.version) members.set(rescue.id, rescue);
		// It was counted as it is read.
		else if (belongs(happened)) members.set(rescue.id, happened.rescue);
		else if (isFirst) total--;
	}
	for (const happened of known.values()) {
		const { id } = happened.rescue;
		const isHere = from === null || compareRanks(sort, rank(happened.rescue), from) > 0;
		if (members.has(id) || !belongs(happened) || !isHere || !isRead(happened.rescue)) continue;
		members.set(id, happened.rescue);
		if (isFirst) total++;
	}
	if (end === null) total = members.size;
}

/** Notes what has become of a record. Gives whether that is news: it may have been told already. */
export function note(happened: Happened): boolean {
	const { kind, version, rescue } = happened;
	const before = members.get(rescue.id);
	if (version <= Math.max(known.get(rescue.id)?.version ?? 0, before?.version ?? 0)) return false;
	known.set(rescue.id, happened);
	if (before && belongs(happened)) members.set(rescue.id, rescue);
	else if (before) {
		members.delete(rescue.id);
		total--;
	} else if (belongs(happened)) {
		if (isRead(rescue)) members.set(rescue.id, rescue);
		// What was there already, further down, has been counted.
		if (kind === "created" || kind === "restored" || (isRead(rescue) && isNarrowed())) total++;
	} else if (kind === "deleted" && matches(filter, rescue)) total--;
	if (end === null) total = members.size;
	return true;
}

const isNarrowed = () => Object.keys(filter).length > 0 && !sort.endsWith("updatedAt");
const belongs = ({ kind, rescue }: Happened) => kind !== "deleted" && kind !== "purged" && matches(filter, rescue);
/** Whether a record's place in the list is in what has been read. */
const isRead = (rescue: AnimalRescue) => end === null || compareRanks(sort, rank(rescue), end) <= 0;

function rank(rescue: AnimalRescue): Rank {
	const found = ranks.get(rescue);
	if (found) return found;
	const made = rankOf(sort, rescue);
	ranks.set(rescue, made);
	return made;
}

/** Whether a record is in the list, and has been read. */
export const isMember = (id: number) => members.has(id);

/** A record as it is now, as far as that is known; undefined for one that nobody has spoken of. */
export const lastOf = (id: number): AnimalRescue | undefined => members.get(id) ?? known.get(id)?.rescue;

/** What became of a record last, as far as it was written or told here. */
export const happenedTo = (id: number) => known.get(id);

/** How many animals the list has in all, read or not. */
export const countAll = () => total;

/** How many have been read. */
export const countRead = () => members.size;

/** Those that have been read, in order. */
export const inOrder = (): AnimalRescue[] => [...members.values()].sort((a, b) => compareRanks(sort, rank(a), rank(b)));
