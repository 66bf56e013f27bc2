/** The real KV binding, made to fail on purpose: what it stores is stored by the real one. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, vi } from "vitest";
import type { Result } from "../../src/core/errors.ts";
import { asServed } from "../../src/rescues/upgrade.ts";
import type { ImportOutcome, ImportRow } from "../../src/transfer/rows.ts";
import { isHard, nextSecond } from "../platform/hard.ts";
import { fetchWorker } from "../transports.ts";

/** A page of these documents, and how many bytes of it the public sees: what stands before the first private field. */
export function writePage(documents: string[]): { body: string; publicEnd: number } {
	const parts = documents.map((document) => document.split(',"microchip":'));
	const shown = `[${parts.map(([text]) => `${text}}`).join()}]`;
	const hidden = `[${parts.map(([, ...text]) => `{"microchip":${text.join(',"microchip":')}`).join()}]`;
	return { body: `${shown}\n${hidden}`, publicEnd: new TextEncoder().encode(shown).length };
}

/**
 * What may happen to a write: it is refused (`throw`, `429`, `quota`), refused although it landed (`lie`), never settles
 * (`hang`), or lands when it is let go (`late`).
 */
export type Fault = "throw" | "429" | "quota" | "lie" | "hang" | "late";

/** A write that reached KV's door. */
export interface Attempt {
	operation: "put" | "delete";
	key: string;
	/** Milliseconds since the epoch. */
	at: number;
	/** The document's version or revision; null for a delete. */
	revision: number | null;
	fault: Fault | null;
	hasLanded: boolean;
}

/** What the platform says. */
const MESSAGES = {
	throw: "Network connection lost.",
	429: "KV PUT failed: 429 Too Many Requests",
	quota: "KV put() limit exceeded for the day.",
	lie: "KV PUT failed: 500 Internal Server Error",
};

interface Options {
	metadata?: { version?: number; revision?: number };
}

/** What has reached the door of the KV that was broken last. */
let allAttempts: Attempt[] = [];

/**
 * Puts itself between the ledger and the real KV.
 * @param choose says what happens to a write; null lets it through
 */
export function breakKV(choose: (key: string, attempt: number) => Fault | null) {
	const kv = env.RESCUES;
	const { put, delete: remove } = kv;
	const attempts: Attempt[] = [];
	allAttempts = attempts;
	let letGo = Promise.withResolvers<void>();
	let chooseNow = choose;
	let landing = 0;

	const attend = async (operation: Attempt["operation"], key: string, land: () => Promise<void>, options?: Options) => {
		const { version, revision } = options?.metadata ?? {};
		const fault = chooseNow(key, attempts.filter((attempt) => attempt.key === key).length);
		const attempt = { operation, key, at: Date.now(), revision: version ?? revision ?? null, fault, hasLanded: false };
		attempts.push(attempt);
		if (fault === "hang") await new Promise(() => {});
		if (fault === "late") await letGo.promise;
		if (fault === null || fault === "late" || fault === "lie") {
			landing++;
			await land().finally(() => landing--);
			attempt.hasLanded = true;
		}
		if (fault !== null && fault in MESSAGES) throw new Error(MESSAGES[fault as keyof typeof MESSAGES]);
	};
	kv.put = ((key: string, value: string, options?: Options) =>
		attend("put", key, () => put.call(kv, key, value, options as KVNamespacePutOptions), options)) as typeof put;
	kv.delete = ((key: string) => attend("delete", key, () => remove.call(kv, key))) as typeof remove;

	return {
		/** Everything that was tried, in order. */
		attempts,
		/** Whether a write is on its way that will land by itself. */
		get isLanding(): boolean {
			return landing > 0;
		},
		/** Changes what happens from now on. */
		choose(next: typeof choose) {
			chooseNow = next;
		},
		/** Lets every late write land. */
		letGo() {
			letGo.resolve();
			letGo = Promise.withResolvers();
		},
		/** From now on KV works; what hangs still hangs. */
		heal() {
			chooseNow = () => null;
		},
		/** Takes itself away. */
		restore() {
			letGo.resolve();
			kv.put = put;
			kv.delete = remove;
		},
	};
}

/** The one ledger. */
export const ledger = () => env.LEDGER.getByName("rescues");

/** Lands rows in the ledger in one transaction: all or, with `dryRun`, none. */
export async function importRows(rows: ImportRow[], dryRun = false): Promise<Result<ImportOutcome>> {
	const command = { do: "import", rows, atomic: true, dryRun } as const;
	return (await ledger().write(command, { by: null })) as Result<ImportOutcome>;
}

/** A row of the outbox. */
export interface Row {
	key: string;
	attempts: number;
	due: number;
	state: number;
	[column: string]: SqlStorageValue;
}

/** The outbox as it is stored: what has landed stays in it until it is cleared. */
export const rows = () =>
	runInDurableObject(ledger(), (_, state) =>
		state.storage.sql.exec<Row>("SELECT key, attempts, due, state FROM outbox ORDER BY key").toArray(),
	);

/** Whether the last that KV was asked for this key has landed, and said so. */
export function isInKV({ key, attempts }: Row): boolean {
	const last = allAttempts.findLast((attempt) => attempt.key === key);
	return attempts === 0 && last?.fault === null && last.hasLanded;
}

/** What still has to be published: all that hasn't landed, or is to be published again later. */
export const outbox = async () => (await rows()).filter((row) => row.due > Date.now() || !isInKV(row));

/** Runs the alarm as if all that is waiting were due, and KV to be tried again; false when there was no alarm. */
export async function alarmNow(): Promise<boolean> {
	nextSecond();
	await runInDurableObject(ledger(), (_, { storage: { sql } }) => {
		sql.exec("UPDATE outbox SET due = 0");
		sql.exec("UPDATE meta SET value = json_set(value, '$.at', 0) WHERE name = 'breaker' AND value <> 'null'");
	});
	return runDurableObjectAlarm(ledger());
}

/** When the alarm is set for (ms since the epoch). */
export const alarmAt = () => runInDurableObject(ledger(), (_, { storage }) => storage.getAlarm());

/** Lets the clock that `holdClock` has stopped go on for so many ms, and runs the alarm whenever it is set for. */
export async function goOn(ms: number) {
	const end = Date.now() + ms;
	let rung = 0;
	for (let at = await alarmAt(); at !== null && at <= end; at = await alarmAt()) {
		expect(rung++, "the alarm doesn't spin").toBeLessThan(50);
		vi.setSystemTime(Math.max(at, Date.now()));
		await runDurableObjectAlarm(ledger());
	}
	vi.setSystemTime(end);
}

/** Behind the platform's limits has the alarm publish what a key didn't take at once; else it is in KV when a write is answered. */
export async function caughtUp() {
	if (!isHard()) return;
	for (let i = 0; i < 10; i++) {
		await alarmNow();
		// What stays although it has landed may be overwritten by a put of an earlier life.
		if ((await rows()).every(({ attempts, due }) => attempts === 0 && due > Date.now())) return;
		// What is under way takes real time.
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	throw new Error(`not in KV yet: ${JSON.stringify(await rows())}`);
}

/** Whether a record's own document is in KV, or on its way there, as far as the ledger knows. */
export const isPublished = (id: number) =>
	runInDurableObject(ledger(), (_, { storage: { sql } }) => {
		return sql.exec("SELECT 1 FROM documents WHERE id = ?", id).toArray().length > 0;
	});

/** Reads records, whose own documents are published for that, and waits until they are in KV. */
export async function publish(...ids: number[]) {
	for (const id of ids) {
		const response = await fetchWorker(`/rescues/${id}`);
		await response.body?.cancel();
		await expect.poll(() => env.RESCUES.get(`rescue:${id}`), { interval: 5 }).not.toBeNull();
	}
	// The ledger has heard of it as well.
	await rows();
}

/** Makes it as if a minute had passed since a read has had anything published. */
export async function forgetReads() {
	nextSecond();
	// Otherwise what has landed would be published again after the eviction.
	await runDurableObjectAlarm(ledger());
	await runInDurableObject(
		ledger(),
		(_, { storage: { sql } }) => sql.exec("UPDATE documents SET put_at = 0").rowsWritten,
	);
	// What isn't a record's it remembers in memory.
	await evictDurableObject(ledger());
}

/**
 * Where KV and the ledger disagree: keys that are missing, too many, or not what the ledger would publish. Of the records,
 * those that were read have a document of their own.
 */
export async function disagreements(): Promise<string[]> {
	const found: string[] = [];
	const expected = await runInDurableObject(ledger(), (_, state) => {
		const { sql } = state.storage;
		const total = sql.exec<{ n: number }>("SELECT count(*) AS n FROM rescues").one().n;
		const rescues = sql.exec<{ id: number; version: number; document: string }>("SELECT * FROM rescues ORDER BY id");
		const documents = rescues.toArray().map(({ id, version, document }) => ({
			id,
			key: `rescue:${id}`,
			body: asServed(document),
			meta: { version } as object,
		}));
		const read = new Set(
			sql
				.exec<{ id: number }>("SELECT id FROM documents")
				.toArray()
				.map(({ id }) => id),
		);
		const pages = sql.exec<{ lower: number; upper: number | null; revision: number }>("SELECT * FROM pages");
		for (const { lower, upper, revision } of pages.toArray()) {
			const inPage = documents.filter(
				({ id }) => id >= Math.max(lower, 1) && id < (upper ?? Number.MAX_SAFE_INTEGER + 1),
			);
			const meta = { revision, lower, upper, count: inPage.length, ...(lower === 0 && { total }) };
			documents.push({ id: 0, key: `rescues:${lower}`, body: writePage(inPage.map(({ body }) => body)).body, meta });
		}
		const published = documents.filter(({ id }) => id === 0 || read.has(id));
		return new Map(published.map(({ key, body, meta }) => [key, { body, meta }]));
	});
	const { keys } = await env.RESCUES.list();
	for (const { name } of keys) if (!expected.has(name)) found.push(`${name} is too many`);
	for (const [key, { body, meta }] of expected) {
		const { value, metadata } = await env.RESCUES.getWithMetadata<Record<string, unknown>>(key, "text");
		if (value !== body) found.push(`${key} is ${value === null ? "missing" : "another"}`);
		for (const [name, should] of Object.entries(meta)) {
			if (metadata?.[name] !== should) found.push(`${key} has ${name} ${metadata?.[name]}, not ${should}`);
		}
	}
	return found;
}
