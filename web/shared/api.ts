/** The API as the pages call it: each call answers a value or why not, never throws for a refusal. */
import type { RescueChange } from "../../src/history/change.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import type { ImportReport } from "../../src/transfer/rows.ts";
import { readToken } from "./session.ts";

/** Why the API refused (RFC 9457), or that it can't be reached. */
export interface Problem {
	code: string;
	detail: string;
	errors?: { path: (string | number)[]; message: string }[];
	currentVersion?: number;
}

/** What a call answered. */
export type Answer<T> = { ok: true; value: T } | { ok: false; problem: Problem };

/** A part of the list. */
export interface Page {
	rescues: AnimalRescue[];
	/** Where the list goes on; null at its end. */
	next: string | null;
	/** How many there are in all, and whether exactly so many or more. */
	total: number;
	isTotalExact: boolean;
}

async function call<T>(path: string, init: RequestInit, read: (response: Response) => Promise<T>): Promise<Answer<T>> {
	try {
		const headers = new Headers(init.headers);
		if (readToken()) headers.set("Authorization", `Bearer ${readToken()}`);
		const response = await fetch(path, { ...init, headers });
		if (response.ok) return { ok: true, value: await read(response) };
		return { ok: false, problem: await response.json() };
	} catch (error) {
		if (error instanceof DOMException && error.name === "AbortError") throw error;
		return {
			ok: false,
			problem: { code: "UNREACHABLE", detail: "The service can’t be reached. Try again in a moment." },
		};
	}
}

/** How long a write may take, in milliseconds: on a phone a network may be gone without anybody saying so. */
const PATIENCE = 30_000;

/** What a write is sent with. */
interface Sending {
	/** The version that it changes; null for whatever there is. */
	version?: number | null;
	/** The same for a repeat of the same write: it is made once (`newKey`). */
	key?: string | undefined;
}

function write<T>(
	method: string,
	path: string,
	body: unknown,
	{ version = null, key }: Sending,
	read: (response: Response) => Promise<T>,
) {
	const headers = new Headers();
	if (body !== undefined) headers.set("Content-Type", "application/json");
	if (version !== null) headers.set("If-Match", `"${version}"`);
	if (key !== undefined) headers.set("Idempotency-Key", key);
	const signal = AbortSignal.timeout(PATIENCE);
	return call(path, { method, headers, signal, ...(body !== undefined && { body: JSON.stringify(body) }) }, read);
}

/** A key for a write that may have to be sent again. Not `randomUUID`, which a page over plain http doesn't have. */
export const newKey = () =>
	[...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const asRescue = (response: Response): Promise<AnimalRescue> => response.json();

/** A part of the list. Throws an AbortError when the signal says so. */
export const listRescues = (path: string, signal: AbortSignal): Promise<Answer<Page>> =>
	call(path, { signal }, async (response) => ({
		rescues: await response.json(),
		next: nextOf(response),
		total: Number(response.headers.get("Total-Count")),
		isTotalExact: response.headers.get("Total-Count-Is") === null,
	}));

const nextOf = (response: Response) => /<([^>]+)>; rel="next"/.exec(response.headers.get("Link") ?? "")?.[1] ?? null;

/** A part of what is deleted. */
export interface Deletions {
	changes: RescueChange[];
	/** Where the list goes on; null at its end. */
	next: string | null;
}

/** A part of what is deleted, as the changes that deleted it. */
export const listDeleted = (path: string): Promise<Answer<Deletions>> =>
	call(path, {}, async (response) => ({ changes: await response.json(), next: nextOf(response) }));

/** One rescue as it is now, not as it was when KV last heard of it. */
export const getRescue = (id: number): Promise<Answer<AnimalRescue>> =>
	call(`/rescues/${id}`, { headers: { "Cache-Control": "no-cache" } }, asRescue);

/**
 * Adds a rescue.
 * @param key the same for a repeat, so that there are no twins
 */
export const createRescue = (input: object, key?: string): Promise<Answer<AnimalRescue>> =>
	write("POST", "/rescues", input, { key }, asRescue);

/** Changes some fields of a rescue, if nobody else has changed it. */
export const updateRescue = (
	{ id, version }: Pick<AnimalRescue, "id" | "version">,
	changes: object,
	key?: string,
): Promise<Answer<AnimalRescue>> => write("PATCH", `/rescues/${id}`, changes, { version, key }, asRescue);

/** Deletes a rescue, if nobody else has changed it. */
export const deleteRescue = (
	{ id, version }: Pick<AnimalRescue, "id" | "version">,
	key?: string,
): Promise<Answer<null>> => write("DELETE", `/rescues/${id}`, undefined, { version, key }, async () => null);

/**
 * Brings a deleted rescue back.
 * @param version the one that the deletion made; null for whichever
 */
export const restoreRescue = (id: number, version: number | null, key?: string): Promise<Answer<AnimalRescue>> =>
	write("POST", `/rescues/${id}/restore`, undefined, { version, key }, asRescue);

/**
 * Changes of a rescue, newest first.
 * @param limit how many at most, up to 100
 * @param before the version from which on they are older; null for the newest
 */
export function readHistory(id: number, limit: number, before: number | null): Promise<Answer<RescueChange[]>> {
	const query = new URLSearchParams({ limit: String(limit), ...(before !== null && { cursor: String(before) }) });
	return call(`/rescues/${id}/history?${query}`, {}, (response) => response.json());
}

/**
 * Brings rows in; how long that takes depends on how many they are, so it is waited for.
 * @param rows a JSON value a line
 * @param isDry whether only to say what would happen
 */
export function importRows(rows: string, isDry: boolean, key: string): Promise<Answer<ImportReport>> {
	const headers = { "Content-Type": "application/x-ndjson", "Idempotency-Key": key };
	return call(`/rescues/import?dryRun=${isDry}`, { method: "POST", headers, body: rows }, (response) =>
		response.json(),
	);
}
