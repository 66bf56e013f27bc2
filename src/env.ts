import type { RescueLedger } from "./ledger/ledger.ts";

/** The Worker's bindings (`wrangler.toml`). */
export interface Env {
	/** The published documents: what every query is answered from. */
	RESCUES: KVNamespace;
	/** The bytes of uploaded photos. */
	PHOTOS: KVNamespace;
	/** The static assets (`dist`, built from `web`). */
	ASSETS: Fetcher;
	/** The ledger: where writes meet. One object, named `rescues`. */
	LEDGER: DurableObjectNamespace<RescueLedger>;
	/** Secret: who may read everything, `name:token`, comma-separated. */
	READ_TOKENS?: string;
	/** Secret: who may write as well. Without it, and without the next, nobody may. */
	WRITE_TOKENS?: string;
	/** Secret: who may rebuild, purge, back up and restore as well. */
	ADMIN_TOKENS?: string;
	/** `true` opens the server to all, but to pages of elsewhere; `npm start` sets it. */
	OPEN_WRITES?: string;
	/** `all` logs every request; else reads that went well have no line of their own. */
	LOG?: string;
	/** Counts reads, by client address. */
	READ_LIMITER?: RateLimit;
	/** Counts writes, by token. */
	WRITE_LIMITER?: RateLimit;
	/** Counts the reads that reach the ledger, by client address. */
	LEDGER_READ_LIMITER?: RateLimit;
	/** The three budgets as the header `RateLimit-Policy` says them. */
	RATE_LIMIT_POLICY?: string;
	/** How many KV puts reads may cause in a day (UTC): a record's own document is put by the first read that misses it. */
	READ_PUTS_PER_DAY: number;
	/** How many rows the search index may write in a day (UTC). */
	SEARCH_ROWS_PER_DAY: number;
	/** How many bytes all photos may take. */
	PHOTOS_MAX_BYTES: number;
	/** The origin under which the service is reached, for the addresses of photos; without it, the one that is asked. */
	PUBLIC_URL?: string;
	/** After how many seconds, and how many changes, a stream of changes ends, so that its client comes again. */
	STREAM_SECONDS: number;
	STREAM_EVENTS: number;
	/** What one GraphQL request may ask for (`graphql/limits.ts`). */
	GRAPHQL_MAX_TOKENS: number;
	GRAPHQL_MAX_DEPTH: number;
	GRAPHQL_MAX_ALIASES: number;
	GRAPHQL_MAX_DIRECTIVES: number;
	GRAPHQL_MAX_COST: number;
}
