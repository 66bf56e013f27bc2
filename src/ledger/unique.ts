/** What no two records share: the fields, their columns in `rescues`, and which are taken. */
import type { RescuePatch } from "../rescues/rescue.ts";

/** The fields that no two records share, and their columns. */
export const UNIQUE = [
	{ field: "microchip", column: "microchip" },
	{ field: "externalId", column: "external_id" },
] as const;

/** The values of these fields that a record has or would have. */
export type Keys = Pick<RescuePatch, (typeof UNIQUE)[number]["field"]>;

/**
 * Which of these another record has.
 * @param id whose own don't count
 */
export const takenBy = (sql: SqlStorage, keys: Keys, id = 0) =>
	UNIQUE.flatMap(({ field, column }) => {
		const key = keys[field] ?? null;
		const query = `SELECT 1 FROM rescues WHERE ${column} = ? AND id <> ?`;
		return key !== null && sql.exec(query, key, id).toArray().length > 0 ? [field] : [];
	});
