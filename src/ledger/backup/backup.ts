/** Writing backups: the change log, block by block (`backup/format.ts` has the format). */

import { type Header, writeCheck } from "../../backup/format.ts";
import { failure, type Result, success } from "../../core/errors.ts";
import { asServed, SCHEMA } from "../../rescues/upgrade.ts";
import { MAX_BYTES, type Row } from "../changes.ts";
import type { BackupBlock, BackupPlace } from "../command.ts";
import { Meta } from "../migrations.ts";
import { PURGED } from "../records.ts";

/** The most changes in a block. */
const BLOCK_CHANGES = 1000;
const encoder = new TextEncoder();

/**
 * The next block of a backup: at most 1,000 changes or 1 MiB. What is written meanwhile isn't in it.
 * @param from a change's number begins a backup of what is behind it: 0 of everything
 * @returns MALFORMED_REQUEST for a number that no change has had yet; UNAVAILABLE when something was purged meanwhile
 */
export async function writeBlock(sql: SqlStorage, from: number | BackupPlace): Promise<Result<BackupBlock>> {
	let text = "";
	let place: BackupPlace;
	if (typeof from === "number") {
		const header = readHeader(sql, from);
		if (from > header.last) return failure("MALFORMED_REQUEST", `The last change has the number ${header.last}.`);
		text = `${JSON.stringify(header)}\n`;
		place = { number: from, last: header.last, count: 0, check: "" };
	} else place = { ...from };
	// What has been read of it may be what was purged: from where it has come on, it is to be begun anew.
	const purged = "SELECT 1 FROM changes WHERE sequence > ? AND kind = 'purged' LIMIT 1";
	if (sql.exec(purged, place.last).toArray().length > 0) return failure("UNAVAILABLE", PURGED_MEANWHILE);
	const query = "SELECT * FROM changes WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?";
	for (const row of sql.exec<Row>(query, place.number, place.last, BLOCK_CHANGES)) {
		const { sequence, document, ...change } = row;
		// A document is JSON already.
		text += `${JSON.stringify({ number: sequence, ...change }).slice(0, -1)},"rescue":${document === PURGED ? document : asServed(document)}}\n`;
		place.number = sequence;
		place.count++;
		if (text.length > MAX_BYTES) break;
	}
	const isEnd = place.number === place.last;
	const check = await writeCheck(place.check, text, place.count, isEnd);
	return success({ bytes: encoder.encode(`${text}${check}\n`), next: isEnd ? null : { ...place, check } });
}

const PURGED_MEANWHILE = "A rescue was purged while the backup was made. Go on with a new one behind its last block.";

/** What there is at this moment. */
function readHeader(sql: SqlStorage, after: number): Header {
	const meta = new Meta(sql);
	const { last, next_id: nextId } = sql
		.exec<{ last: number; next_id: number }>(
			"SELECT next_id, (SELECT coalesce(max(sequence), 0) FROM changes) AS last FROM counter",
		)
		.one();
	const pages = sql.exec<{ lower: number; revision: number }>("SELECT lower, revision FROM pages ORDER BY lower");
	return {
		format: "animal-rescue-backup",
		version: 1,
		ledger: meta.get("ledger") as string,
		schema: SCHEMA,
		createdAt: new Date().toISOString(),
		after,
		last,
		records: meta.get("total") as number,
		nextId,
		pages: pages.toArray().map(({ lower, revision }) => [lower, revision]),
	};
}
