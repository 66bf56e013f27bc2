/** A service as release 1.0 left it: its database and its namespace. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { ledger } from "./faulty-kv.ts";
import database from "./fixtures/release-1.0.sql?raw";
import kv from "./fixtures/release-1.0-kv.json" with { type: "json" };

/**
 * Puts the database and the namespace of release 1.0 in place, as a deployment would find them.
 * @param change what to do to every text that holds records, before it is put there
 */
export async function installRelease1(change = (text: string) => text) {
	await runInDurableObject(ledger(), (_, { storage: { sql } }) => {
		const tables = sql.exec<{ name: string }>(
			"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '[_s]*'",
		);
		for (const { name } of tables.toArray()) sql.exec(`DROP TABLE "${name}"`);
		for (const statement of database.split(/;\n/)) {
			if (!/^(CREATE|INSERT)/.test(statement) || /__miniflare|sqlite_sequence/.test(statement)) continue;
			sql.exec(change(statement));
		}
	});
	for (const [key, { value, metadata }] of Object.entries(kv)) await env.RESCUES.put(key, change(value), { metadata });
	await evictDurableObject(ledger());
}
