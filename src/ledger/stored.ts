/** A record that is there, read with what a write of it has to know. */
import type { AnimalRescue } from "../rescues/rescue.ts";
import { readStored } from "../rescues/upgrade.ts";

/** A record that is there. */
export interface Stored {
	rescue: AnimalRescue;
	/** How many bytes its document takes as it is stored, which may be in an earlier release's form. */
	bytes: number;
	/** Whether it has a document of its own in KV. */
	hasOwn: boolean;
}

const QUERY = `SELECT document, octet_length(document) AS bytes,
	EXISTS (SELECT 1 FROM documents WHERE documents.id = rescues.id) AS own FROM rescues WHERE`;

/** The record with this id or externalId, if there is one. */
export function findStored(
	sql: SqlStorage,
	column: "id" | "external_id",
	key: number | string | undefined,
): Stored | undefined {
	if (key === undefined) return undefined;
	const query = `${QUERY} ${column} = ?`;
	const [row] = sql.exec<{ document: string; bytes: number; own: 0 | 1 }>(query, key).toArray();
	return row && { rescue: readStored(row.document), bytes: row.bytes, hasOwn: row.own === 1 };
}
