/** Finding by keys: in the records' own table, which needs no index, however many records there are. */
import type { AnimalRescue } from "../../rescues/rescue.ts";
import { compareRanks, matches, type Rank, type RescueFilter, rankOf, type Search } from "../../rescues/search.ts";
import { readStored } from "../../rescues/upgrade.ts";
import { type RescueView, toPublic } from "../../rescues/view.ts";

/** The records that have a key that the filter names, whatever else it asks: a hundred at most. */
function lookUp(sql: SqlStorage, { ids, externalId, microchip }: RescueFilter): AnimalRescue[] {
	const by = (condition: string, key: string) =>
		sql
			.exec<{ document: string }>(`SELECT document FROM rescues WHERE ${condition}`, key)
			.toArray()
			.map(({ document }) => readStored(document));
	if (microchip != null) return by("microchip = ?", microchip);
	if (externalId != null) return by("external_id = ?", externalId);
	return by("id IN (SELECT value FROM json_each(?))", JSON.stringify(ids));
}

/**
 * Where the records stand that pass a filter that names keys: all of them, in order.
 * @param seesAll whether words are looked for in private text too
 */
export function findByKeys(
	sql: SqlStorage,
	{ filter, sort }: Pick<Search, "filter" | "sort">,
	seesAll: boolean,
): Rank[] {
	return lookUp(sql, filter)
		.map((rescue): RescueView => (seesAll ? rescue : toPublic(rescue)))
		.filter((rescue) => matches(filter, rescue))
		.map((rescue) => rankOf(sort, rescue))
		.sort((a, b) => compareRanks(sort, a, b));
}
