/** Fills a ledger with many records at once, by SQL: over the API a hundred thousand take minutes. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { ledger } from "../ledger/faulty-kv.ts";

/**
 * Records as a rescue has them after some years: one in twenty is still there, three species are nearly all, names and texts
 * repeat; those that are there have a kennel, and all have a chip. Their first page is published.
 * @param perPage how many are in a page
 */
export async function seed(count: number, perPage: number) {
	const first = await runInDurableObject(ledger(), async (instance, { storage: { sql } }) => {
		sql.exec(`INSERT INTO rescues SELECT id, 1, ${CHIP}, 'E-' || id, ${DOCUMENT}`, count);
		sql.exec("DELETE FROM pages");
		const pages = `SELECT id / ${perPage} * ${perPage} AS lower, count(*) AS count FROM rescues GROUP BY lower`;
		sql.exec(`INSERT INTO pages SELECT lower, lead(lower) OVER (ORDER BY lower), count, 0, 1 FROM (${pages})`);
		return instance.readPage(0, null);
	});
	if (!first.ok) throw new Error("no first page");
	await env.RESCUES.put("rescues:0", first.value.body, { metadata: first.value.meta });
}

const oneOf = (choices: (string | null)[], by: string) =>
	`CASE ${by} ${choices.map((choice, index) => `WHEN ${index} THEN ${choice === null ? "NULL" : `'${choice}'`}`).join(" ")} END`;
const time = "strftime('%Y-%m-%dT%H:%M:%fZ', 1500000000 + id / 50 * 3600, 'unixepoch')";
const yesOrNo = (by: string) => oneOf(["true", "false", null], by).replace(/'\w+'/g, "json($&)");
// What a rescue of this release has besides. (A function of SQL has 32 arguments at most.)
const LATER = `json_object(
	'neutered', ${yesOrNo("spread / 64 % 3")}, 'goodWithDogs', ${yesOrNo("spread / 4194304 % 3")},
	'goodWithCats', ${yesOrNo("spread / 1024 % 3")},
	'location', iif(spread / 8192 % 20 = 0, 'Kennel ' || (id % 40), NULL),
	'notes', iif(spread / 128 % 3 = 0, 'Owner called, hopes to visit. File ' || id, NULL))`;
// The numbers spread, so that what a record has in one field says nothing about the others.
const CHIP = "printf('985112%09d', id)";
const DOCUMENT = `json_patch(json_object(
	'id', id, 'name', ${oneOf(["Rex", "Luna", "Bella", "Zoë", "Milo"], "spread / 8 % 5")} || ' ' || (spread / 64 % 997),
	'age', spread / 512 % 16, 'species', iif(id % 1000 = 7, 'axolotl', ${oneOf(["dog", "cat", "rabbit"], "spread / 4096 % 3")}),
	'status', iif(spread / 8192 % 20 = 0, 'available', 'adopted'), 'sex', ${oneOf(["female", "male"], "spread / 65536 % 2")},
	'size', ${oneOf(["small", "medium", "large", null], "spread / 131072 % 4")},
	'breed', iif(spread / 262144 % 3 = 0, 'Labrador', NULL), 'description',
	${oneOf(["Calm and quiet, likes people.", "Lively, walks well on the lead."], "spread / 1048576 % 2")} || ' ' ||
		${oneOf(["Travels by car.", "Sleeps through the night.", "Wants a garden."], "spread / 2097152 % 3")},
	'photos', json('[]'), 'microchip', ${CHIP}, 'externalId', 'E-' || id, 'version', 1, 'createdAt', ${time}, 'updatedAt', ${time}), ${LATER})
	FROM (WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n LIMIT CAST(? AS INTEGER))
		SELECT id, id * 2654435761 & 4294967295 AS spread FROM n)`;
