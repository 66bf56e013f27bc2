import type { Store } from "../store/store.ts";
import type { Access } from "./access.ts";

/** What a resolver is given besides its arguments; made for each request. */
export interface Context {
	/** What it reads and writes through. */
	store: Store;
	access: Access;
	sharedData: SharedData;
	/** When a stream of changes ends, so that its client comes again. */
	streams: StreamBounds;
	/** The origins that are the service's own: the one under which addresses are written, and the one that was asked. */
	origins: () => readonly string[];
}

/** After how many seconds, and after how many changes, whichever comes first. */
export interface StreamBounds {
	seconds: number;
	events: number;
}

/** Who writes, and how a repeat of the write is known. */
export interface Sender {
	/** Name of the token, null when there is none. */
	by: string | null;
	/** The sender's own name for this request: a repeat under it is answered as the first one was, and does nothing. */
	idempotencyKey?: string | undefined;
	/** The origins whose photos are the service's own. */
	origins?: readonly string[];
}

/** What storage did for one request, for the log and `Server-Timing`. Times are in milliseconds, calls side by side add up. */
export interface Costs {
	kvReads: number;
	kvMs: number;
	ledgerCalls: number;
	ledgerMs: number;
}

/** One value made at start-up and handed to every request. */
export interface SharedData {
	name: string;
}
