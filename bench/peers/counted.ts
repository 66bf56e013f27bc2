/**
 * The service with a meter around it, for `npm run bench -- --scale`: the bundle that would be deployed, whose KV and SQL are
 * counted and, when `hard` is said, as slow and as strict as the platform's. What is asked under `/meter/` is the benchmark's own.
 */
// What `npm run deploy` would upload; running.ts puts it beside this.
import app, { RescueLedger as Ledger } from "./service.js";

/** What storage did since the last `/meter/reset`. */
const none = () => ({ reads: 0, lists: 0, puts: 0, tooSoon: 0, bytes: 0, rowsRead: 0, rowsWritten: 0, statements: 0 });
const counts = none();
/** The most bytes on their way to KV at a time, and when the last put landed. */
const way = { bytes: 0, most: 0, landedAt: 0 };
const mode = { isHard: false };

/** Workers KV as documented: how long operations take, in ms, and what they may be. */
const READ_MS: [number, number] = [20, 100];
const PUT_MS: [number, number] = [150, 500];
/** The way to the ledger, which is in one place, and back. */
const LEDGER_MS: [number, number] = [20, 100];
const PUT_EVERY_MS = 1000;
const CONNECTIONS = 6;
const OPERATIONS = 50;
const MAX_SQL_STRING = 2_000_000;

const lastPut = new Map<string, number>();

type Method = (...args: unknown[]) => Promise<unknown>;
type KV = Record<"get" | "getWithMetadata" | "list" | "put" | "delete", Method>;
type Namespace = { getByName(name: string): RescueLedger };
interface Env {
	RESCUES: KV;
	LEDGER: Namespace;
}
const pause = ([least, most]: [number, number]) =>
	new Promise<void>((go) => setTimeout(go, least + Math.random() * (most - least)));

/**
 * KV for one invocation.
 * @param most how many operations it may make
 */
function meter(kv: KV, most: number) {
	const waiting: (() => void)[] = [];
	let underWay = 0;
	let operations = 0;
	const act = async (ms: [number, number], run: () => Promise<unknown>) => {
		if (!mode.isHard) return run();
		if (++operations > most) throw new Error("Too many subrequests.");
		if (underWay >= CONNECTIONS) await new Promise<void>((go) => waiting.push(go));
		underWay++;
		try {
			await pause(ms);
			return await run();
		} finally {
			underWay--;
			waiting.shift()?.();
		}
	};
	const read = (what: "reads" | "lists", run: () => Promise<unknown>) =>
		act(READ_MS, () => {
			counts[what]++;
			return run();
		});
	const write = async (key: string, bytes: number, run: () => Promise<unknown>) => {
		counts.puts++;
		way.bytes += bytes;
		way.most = Math.max(way.most, way.bytes);
		try {
			await act(PUT_MS, () => {
				if (mode.isHard && Date.now() - (lastPut.get(key) ?? 0) < PUT_EVERY_MS) {
					counts.tooSoon++;
					throw new Error("KV PUT failed: 429 Too Many Requests");
				}
				lastPut.set(key, Date.now());
				counts.bytes += bytes;
				return run();
			});
			way.landedAt = Date.now();
		} finally {
			way.bytes -= bytes;
		}
	};
	return {
		get: (...args: unknown[]) => read("reads", () => kv.get(...args)),
		getWithMetadata: (...args: unknown[]) => read("reads", () => kv.getWithMetadata(...args)),
		list: (...args: unknown[]) => read("lists", () => kv.list(...args)),
		put: (key: string, value: string, options: unknown) => write(key, value.length, () => kv.put(key, value, options)),
		delete: (key: string) => write(key, 0, () => kv.delete(key)),
	};
}

/** The ledger as far away as it may be. */
const farAway = (ledgers: Namespace): Namespace => ({
	getByName: (name) => {
		const ledger = ledgers.getByName(name) as unknown as Record<string, Method>;
		const call =
			(method: string) =>
			async (...args: unknown[]) => {
				await pause(LEDGER_MS);
				return ledger[method]?.(...args);
			};
		return new Proxy({}, { get: (_, method) => call(String(method)) }) as RescueLedger;
	},
});

/** The statements whose rows have still to be counted: a cursor knows them once it has been read. */
let cursors: { rowsRead: number; rowsWritten: number }[] = [];
let isMetered = false;

/** Counts what every ledger's SQL does. */
function meterSql(sql: object) {
	if (isMetered) return;
	isMetered = true;
	const prototype = Object.getPrototypeOf(sql);
	const { exec } = prototype;
	prototype.exec = function (...args: unknown[]) {
		if (mode.isHard) for (const given of args) refuseLong(given);
		const cursor = exec.apply(this, args);
		cursors.push(cursor);
		if (cursors.length >= 1000) countRows();
		return cursor;
	};
}

function countRows() {
	for (const { rowsRead, rowsWritten } of cursors) {
		counts.rowsRead += rowsRead;
		counts.rowsWritten += rowsWritten;
	}
	counts.statements += cursors.length;
	cursors = [];
}

function refuseLong(value: unknown) {
	if (typeof value === "string" && value.length > MAX_SQL_STRING)
		throw new Error("string or blob too big: SQLITE_TOOBIG");
}

/** The ledger, with the benchmark's own methods. */
export class RescueLedger extends Ledger {
	constructor(ctx: DurableObjectState, env: Env) {
		meterSql(ctx.storage.sql);
		super(ctx, { ...env, RESCUES: meter(env.RESCUES, Number.POSITIVE_INFINITY) });
	}

	/** Takes records in, each with `changes` changes, without publishing anything. */
	seed(records: { id: number; externalId: string; states: string[] }[], changes: number) {
		const { sql } = this.ctx.storage;
		this.ctx.storage.transactionSync(() => {
			for (const { id, states, externalId } of records) {
				for (const [index, state] of states.entries()) {
					const kind = index === 0 ? "created" : "updated";
					const query = "INSERT INTO changes (id, version, kind, at, by, document) VALUES (?, ?, ?, ?, 'bench', ?)";
					sql.exec(query, id, index + 1, kind, "2026-11-01T00:00:00.000Z", state);
				}
				sql.exec("INSERT INTO rescues VALUES (?, ?, NULL, ?, ?)", id, changes, externalId, states.at(-1));
			}
			sql.exec("UPDATE counter SET next_id = (SELECT max(id) + 1 FROM rescues)");
		});
		return sql.databaseSize;
	}

	/** Puts what was taken in into pages of 1,000. */
	paginate() {
		const { sql } = this.ctx.storage;
		const pages = `SELECT (id - 1) / 1000 * 1000 + (id > 1000) AS lower, count(*) AS count,
			sum(octet_length(document)) AS bytes, max(id) AS revision FROM rescues GROUP BY lower`;
		sql.exec("DELETE FROM pages");
		sql.exec(
			`INSERT INTO pages SELECT lower, lead(lower) OVER (ORDER BY lower), count, bytes, revision FROM (${pages})`,
		);
	}

	/** Has every page published. */
	publishAll() {
		const query = "INSERT OR REPLACE INTO outbox SELECT 'rescues:' || lower, revision, 0, 0, 0 FROM pages";
		this.ctx.storage.sql.exec(query);
		return this.ring();
	}

	/** Has the alarm look what is due. */
	ring() {
		return this.ctx.storage.setAlarm(Date.now());
	}

	/** What the ledger has still to do, and how large it is. */
	look() {
		countRows();
		const { sql } = this.ctx.storage;
		const count = (query: string) => sql.exec(query).one().count;
		const hasIndex = count("SELECT count(*) AS count FROM meta WHERE name = 'search_version'") > 0;
		const builtUntil = hasIndex ? count("SELECT value AS count FROM meta WHERE name = 'search_built_until'") : 0;
		const found = {
			waiting: count("SELECT count(*) AS count FROM outbox"),
			unindexed: hasIndex ? count("SELECT count(*) AS count FROM (SELECT 1 FROM search_due LIMIT 1)") : 0,
			pages: count("SELECT count(*) AS count FROM pages"),
			isIndexed: builtUntil === Number.MAX_SAFE_INTEGER,
			bytes: sql.databaseSize,
		};
		// Looking doesn't count.
		cursors = [];
		return found;
	}
}

/** What the benchmark asks. */
async function answer(request: Request, env: Env): Promise<unknown> {
	const { pathname, searchParams } = new URL(request.url);
	const ledger = env.LEDGER.getByName(searchParams.get("ledger") ?? "rescues");
	const what = pathname.slice("/meter/".length);
	if (what === "hard") mode.isHard = searchParams.get("is") === "true";
	if (what === "reset") {
		countRows();
		Object.assign(counts, none());
		way.most = way.bytes;
	}
	if (what === "counts") {
		countRows();
		return { ...counts, mostOnTheWay: way.most, landedAt: way.landedAt };
	}
	if (what === "seed") return ledger.seed(await request.json(), Number(searchParams.get("changes")));
	if (what === "paginate" || what === "publishAll" || what === "ring" || what === "look") return ledger[what]();
	return null;
}

export default {
	async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
		if (new URL(request.url).pathname.startsWith("/meter/")) return Response.json((await answer(request, env)) ?? null);
		const LEDGER = mode.isHard ? farAway(env.LEDGER) : env.LEDGER;
		return app.fetch(request, { ...env, LEDGER, RESCUES: meter(env.RESCUES, OPERATIONS) }, ctx);
	},
};
