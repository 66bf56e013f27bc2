/** What the peers share: the bindings and the record. */

export interface Env {
	/** The documents that the service has published, what the public doesn't see included. */
	RESCUES: KVNamespace;
	/** What the public sees of the same documents, under the same keys: for floors and for those who read what we publish. */
	PUBLIC: KVNamespace;
	/** A D1 database of the peer's own. */
	DB: D1Database;
	/** A namespace of the peer's own, for those that store in another way. */
	OWN: KVNamespace;
}

/** A record as the service gives it; the peers only look at its id. */
export interface Rescue {
	id: number;
	[field: string]: unknown;
}

/** JSON with its type. */
export const json = (body: unknown, status = 200) =>
	new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
