/** The API as the front page calls it: each call answers a value or why not, never throws for a refusal. */
import type { AnimalRescue } from "../../src/rescues/rescue.ts";

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
	/** How many there are in all. */
	total: number;
	/** Number of the last change that is in it; 0 when the answer doesn't say. */
	revision: number;
}

const tokenKey = "write-token";

/** The token that everything is asked with; kept until the tab is closed. */
export const token = {
	get: () => sessionStorage.getItem(tokenKey) ?? "",
	set: (value: string) => sessionStorage.setItem(tokenKey, value),
};

async function call<T>(path: string, init: RequestInit, read: (response: Response) => Promise<T>): Promise<Answer<T>> {
	try {
		const headers = new Headers(init.headers);
		if (token.get()) headers.set("Authorization", `Bearer ${token.get()}`);
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

function write<T>(
	method: string,
	path: string,
	body: unknown,
	version: number | null,
	read: (response: Response) => Promise<T>,
) {
	const headers = new Headers();
	if (body !== undefined) headers.set("Content-Type", "application/json");
	if (version !== null) headers.set("If-Match", `"${version}"`);
	return call(path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }, read);
}

const asRescue = (response: Response): Promise<AnimalRescue> => response.json();

/** A part of the list. Throws an AbortError when the signal says so. */
export const listRescues = (path: string, signal: AbortSignal): Promise<Answer<Page>> =>
	call(path, { signal }, async (response) => ({
		rescues: await response.json(),
		next: /<([^>]+)>; rel="next"/.exec(response.headers.get("Link") ?? "")?.[1] ?? null,
		total: Number(response.headers.get("Total-Count")),
		// A page's ETag: where it begins, and its last change.
		revision: Number(/^(?:W\/)?"\d+-(\d+)p?"$/.exec(response.headers.get("ETag") ?? "")?.[1] ?? 0),
	}));

/** One rescue as it is now, not as it was when KV last heard of it. */
export const getRescue = (id: number): Promise<Answer<AnimalRescue>> =>
	call(`/rescues/${id}`, { headers: { "Cache-Control": "no-cache" } }, asRescue);

/** Adds a rescue. */
export const createRescue = (input: object): Promise<Answer<AnimalRescue>> =>
	write("POST", "/rescues", input, null, asRescue);

/** Changes some fields of a rescue, if nobody else has changed it. */
export const updateRescue = ({ id, version }: AnimalRescue, changes: object): Promise<Answer<AnimalRescue>> =>
	write("PATCH", `/rescues/${id}`, changes, version, asRescue);

/** Deletes a rescue, if nobody else has changed it. */
export const deleteRescue = ({ id, version }: AnimalRescue): Promise<Answer<null>> =>
	write("DELETE", `/rescues/${id}`, undefined, version, async () => null);
