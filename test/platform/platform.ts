/**
 * Makes the real bindings as hard as the platform, which Miniflare doesn't: KV takes one put a second to a key, answers
 * after a while, serves stale and missing values from its cache for a minute, has a day's quota and six connections; an
 * invocation has so many operations and subrequests; the object's SQLite takes no string beyond 2 MB, and counts the rows
 * that it reads and writes. What they store is stored by the real ones.
 * Limits: Workers KV limits, Workers limits, SQLite in Durable Objects limits (Cloudflare's documentation, 2026).
 */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { countInvocations } from "./invocations.ts";

/** What a day has on a plan; the paid plan has no end. */
export const QUOTAS = {
	free: { reads: 100_000, puts: 1000, lists: 1000 },
	paid: { reads: Number.POSITIVE_INFINITY, puts: Number.POSITIVE_INFINITY, lists: Number.POSITIVE_INFINITY },
};
/** A string in the object's SQLite, in UTF-8 bytes. */
const MAX_SQL_STRING = 2_000_000;
/** For how long KV serves what it has cached, a miss as well. */
const CACHED_MS = 60_000;
/** Operations under way at a time; the others wait. */
const CONNECTIONS = 6;
/** Between two puts to a key. */
const PUT_EVERY_MS = 1000;
/** What an invocation may ask of KV and of other objects: subrequests on the free plan, KV's operations on the paid one. */
const SUBREQUESTS = { free: 50, paid: 1000 };

interface Options {
	plan?: keyof typeof QUOTAS;
	/** How long a put takes at least and at most, in ms. */
	putMs?: [number, number];
	/** How long a read takes, in ms. */
	readMs?: [number, number];
	/** Whether reads are served from a cache that is up to a minute old. */
	isStale?: boolean;
	/** Whether only what the service does meets the limits, not what a test does to KV itself. */
	sparesTests?: boolean;
}

/** What was asked of the platform since it was made hard, or since `reset`. */
export interface Usage {
	reads: number;
	puts: number;
	lists: number;
	/** Puts that were refused because the key had one less than a second ago. */
	tooSoon: number;
	/** Bytes that were put. */
	bytes: number;
	/** The most bytes that were on their way to KV at a time. */
	bytesUnderWay: number;
	rowsRead: number;
	rowsWritten: number;
	/** SQL statements. */
	statements: number;
	/** The most subrequests that an invocation has made. */
	subrequests: number;
}

/** What KV's cache has of a key: null when there was nothing. */
interface Cached {
	value: unknown;
	metadata: unknown;
}

type Method = (...args: never[]) => Promise<unknown>;

/** The real bindings behind the platform's limits, until `restore` is called. */
export async function harden(options: Options = {}) {
	const { plan = "free", putMs = [0, 0], readMs = [0, 0], isStale = false, sparesTests = false } = options;
	const kv = env.RESCUES as unknown as Record<"put" | "delete" | "get" | "getWithMetadata" | "list", Method>;
	const real = { put: kv.put, delete: kv.delete, get: kv.get, getWithMetadata: kv.getWithMetadata, list: kv.list };
	const usage = noUsage();
	const quota = QUOTAS[plan];
	const lastPut = new Map<string, number>();
	const cache = new Map<string, { at: number; found: Cached }>();
	const waiting: (() => void)[] = [];
	let underWay = 0;
	let bytesUnderWay = 0;
	let isDown = false;
	let quotaUsed = { reads: 0, puts: 0, lists: 0 };

	const connect = async <T>([least, most]: [number, number], act: () => Promise<T>): Promise<T> => {
		if (underWay >= CONNECTIONS) await new Promise<void>((go) => waiting.push(go));
		underWay++;
		try {
			const ms = least + Math.random() * (most - least);
			if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
			if (isDown) throw new Error("Network connection lost.");
			return await act();
		} finally {
			underWay--;
			waiting.shift()?.();
		}
	};
	const spend = (what: keyof typeof quotaUsed) => {
		usage[what]++;
		if (++quotaUsed[what] > quota[what])
			throw new Error(`KV ${what === "puts" ? "put" : what.slice(0, -1)}() limit exceeded for the day.`);
	};
	const write = (operation: "put" | "delete", key: string, bytes: number, land: () => Promise<unknown>) => {
		bytesUnderWay += bytes;
		usage.bytesUnderWay = Math.max(usage.bytesUnderWay, bytesUnderWay);
		return connect(putMs, async () => {
			spend("puts");
			// Compared both ways: a test may have moved the clock.
			if (Math.abs(Date.now() - (lastPut.get(key) ?? 0)) < PUT_EVERY_MS) {
				usage.tooSoon++;
				throw new Error(`KV ${operation.toUpperCase()} failed: 429 Too Many Requests`);
			}
			lastPut.set(key, Date.now());
			usage.bytes += bytes;
			return land();
		}).finally(() => {
			bytesUnderWay -= bytes;
		});
	};
	const size = (value: unknown) => (typeof value === "string" ? new TextEncoder().encode(value).length : 0);
	const cached = async (key: string): Promise<Cached> => {
		const known = cache.get(key);
		if (known && Date.now() - known.at < CACHED_MS) return known.found;
		const found = (await call(real.getWithMetadata, key, "text")) as Cached;
		cache.set(key, { at: Date.now(), found });
		return found;
	};
	const call = (method: Method, ...args: unknown[]) => method.apply(kv, args as never[]);
	const invocations = await countInvocations((count) => {
		usage.subrequests = Math.max(usage.subrequests, count);
		if (count > SUBREQUESTS[plan]) throw new Error("Too many subrequests by single Worker invocation.");
	});

	kv.put = ((key: string, value: unknown, options: unknown) =>
		write("put", key, size(value), () => call(real.put, key, value, options))) as Method;
	kv.delete = ((key: string) => write("delete", key, 0, () => call(real.delete, key))) as Method;
	kv.list = ((options: unknown) =>
		connect(readMs, () => {
			spend("lists");
			return call(real.list, options);
		})) as Method;
	kv.getWithMetadata = (async (key: string | string[], type?: unknown) =>
		connect(readMs, async () => {
			spend("reads");
			if (!isStale) return call(real.getWithMetadata, key, type);
			if (Array.isArray(key))
				return new Map(await Promise.all(key.map(async (one) => [one, await cached(one)] as const)));
			const { value, metadata } = await cached(key);
			const isStream = type === "stream" || (type as { type?: string } | undefined)?.type === "stream";
			return { metadata, value: isStream && value !== null ? new Response(value as string).body : value };
		})) as Method;

	for (const name of ["put", "delete", "getWithMetadata", "list"] as const) {
		const limited = kv[name];
		kv[name] = (async (...args: never[]) => {
			if (sparesTests && !invocations.isInside) return call(real[name], ...args);
			invocations.count();
			return limited(...args);
		}) as Method;
	}
	const sql = await hardenSql(usage);
	return {
		usage,
		/** Begins to count anew. */
		reset() {
			Object.assign(usage, noUsage());
		},
		/** KV can't be reached, or can be again. */
		cut(down: boolean) {
			isDown = down;
		},
		/** A new day: the quota is whole again. */
		nextDay() {
			quotaUsed = { reads: 0, puts: 0, lists: 0 };
		},
		/** Takes all limits away. */
		restore() {
			Object.assign(kv, real);
			invocations.restore();
			sql.restore();
		},
	};
}

const noUsage = (): Usage => ({
	reads: 0,
	puts: 0,
	lists: 0,
	tooSoon: 0,
	bytes: 0,
	bytesUnderWay: 0,
	rowsRead: 0,
	rowsWritten: 0,
	statements: 0,
	subrequests: 0,
});

interface Cursor {
	rowsRead: number;
	rowsWritten: number;
	toArray(): Record<string, unknown>[];
	one(): Record<string, unknown>;
	raw(): Iterable<unknown[]>;
	[Symbol.iterator](): Iterator<Record<string, unknown>>;
}

/** Counts rows and refuses long strings, in every ledger of this isolate: those that are made later too. */
async function hardenSql(usage: Usage) {
	const prototype = await runInDurableObject(
		env.LEDGER.getByName("rescues"),
		(_, { storage }) => Object.getPrototypeOf(storage.sql) as { exec: (...args: unknown[]) => Cursor },
	);
	const { exec } = prototype;
	prototype.exec = function (this: unknown, ...args: unknown[]) {
		for (const given of args) refuseLong(given);
		const cursor = exec.apply(this, args);
		usage.statements++;
		let [read, written] = [0, 0];
		const count = () => {
			usage.rowsRead += cursor.rowsRead - read;
			usage.rowsWritten += cursor.rowsWritten - written;
			[read, written] = [cursor.rowsRead, cursor.rowsWritten];
		};
		count();
		const checked = <T extends object>(row: T) => {
			count();
			for (const value of Object.values(row)) refuseLong(value);
			return row;
		};
		return new Proxy(cursor, {
			get(target, name) {
				if (name === "toArray") return () => target.toArray().map(checked);
				if (name === "one") return () => checked(target.one());
				const each = function* <T extends object>(rows: Iterable<T>) {
					for (const row of rows) yield checked(row);
				};
				if (name === Symbol.iterator) return () => each(target);
				if (name === "raw") return () => each(target.raw());
				const value = target[name as keyof Cursor];
				return typeof value === "function" ? value.bind(target) : value;
			},
		});
	};
	return {
		restore() {
			prototype.exec = exec;
		},
	};
}

const encoder = new TextEncoder();
function refuseLong(value: unknown) {
	if (typeof value !== "string" || value.length * 3 <= MAX_SQL_STRING) return;
	if (encoder.encode(value).length > MAX_SQL_STRING) throw new Error("string or blob too big: SQLITE_TOOBIG");
}
