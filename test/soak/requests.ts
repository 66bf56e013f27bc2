/** A write as a client keeps it: sent under one key until it is answered, over whichever transport. */
import type { RescueChange } from "../../src/history/change.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";

/** One write and what became of it. */
export interface Write {
	kind: "created" | "updated" | "replaced" | "deleted" | "restored";
	/** The record; for a create, known when it is answered. */
	id: number | undefined;
	/** A name that no other write gives, by which the write is found in the history. */
	marker: string;
	ifVersion: number | undefined;
	key: string;
	/** The version that the answer gave; null when the answer has none. Undefined until it is acknowledged. */
	acknowledged?: number | null;
	/** The code of a refusal. */
	refused?: string;
	/** How often it was sent. */
	sent: number;
}

const MUTATIONS = {
	created:
		"mutation ($input: CreateRescueInput!, $key: String) { createRescue(input: $input, idempotencyKey: $key) { id version } }",
	updated:
		"mutation ($id: ID!, $input: UpdateRescueInput!, $ifVersion: Int, $key: String) { updateRescue(id: $id, input: $input, ifVersion: $ifVersion, idempotencyKey: $key) { id version } }",
	replaced:
		"mutation ($id: ID!, $input: ReplaceRescueInput!, $ifVersion: Int, $key: String) { replaceRescue(id: $id, input: $input, ifVersion: $ifVersion, idempotencyKey: $key) { id version } }",
	deleted: "mutation ($id: ID!, $key: String) { deleteRescue(id: $id, idempotencyKey: $key) { id } }",
	restored: "mutation ($id: ID!, $key: String) { restoreRescue(id: $id, idempotencyKey: $key) { id version } }",
};

/** A server that is killed hangs up at once: this is for one that hangs, not for one that is slow. */
const timeout = () => AbortSignal.timeout(60_000);

function inputOf({ kind, marker }: Write) {
	if (kind === "updated") return { name: marker };
	return { name: marker, age: 3, species: "dog" };
}

async function overREST(url: string, write: Write): Promise<void> {
	const { kind, id, ifVersion, key } = write;
	const [method, path] = {
		created: ["POST", "/rescues"],
		updated: ["PATCH", `/rescues/${id}`],
		replaced: ["PUT", `/rescues/${id}`],
		deleted: ["DELETE", `/rescues/${id}`],
		restored: ["POST", `/rescues/${id}/restore`],
	}[kind] as [string, string];
	const hasBody = kind !== "deleted" && kind !== "restored";
	const response = await fetch(url + path, {
		method,
		headers: {
			"Idempotency-Key": key,
			...(hasBody && { "Content-Type": "application/json" }),
			...(ifVersion !== undefined && { "If-Match": `"${ifVersion}"` }),
		},
		...(hasBody && { body: JSON.stringify(inputOf(write)) }),
		signal: timeout(),
	});
	if (response.status === 204) {
		write.acknowledged = null;
		return;
	}
	const answer = (await response.json()) as { id: number; version: number; code: string };
	settle(write, response.ok ? answer : answer.code);
}

async function overGraphQL(url: string, write: Write): Promise<void> {
	const { kind, id, ifVersion, key } = write;
	const variables = { id, input: inputOf(write), ifVersion, key };
	const response = await fetch(`${url}/graphql`, {
		method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify({ query: MUTATIONS[kind], variables }),
		signal: timeout(),
	});
	const { data, errors } = (await response.json()) as {
		data?: Record<string, { id: string; version?: number }>;
		errors?: { message: string; extensions: { code: string } }[];
	};
	const [answer] = Object.values(data ?? {});
	if (errors) return settle(write, errors[0]?.extensions.code as string);
	settle(write, { id: Number(answer?.id), version: answer?.version ?? null });
}

function settle(write: Write, answer: { id: number; version: number | null } | string) {
	if (typeof answer !== "string") {
		write.id = answer.id;
		write.acknowledged = answer.version;
	} else if (answer === "UNAVAILABLE" || answer === "INTERNAL") throw new Error(answer);
	else write.refused = answer;
}

/** Sends a write once; whatever is no answer is thrown. */
export async function send(url: string, write: Write): Promise<void> {
	write.sent++;
	await (Math.random() < 0.5 ? overREST : overGraphQL)(url, write);
}

async function getJSON<T>(url: string, fresh: boolean): Promise<{ status: number; body: T; link: string | null }> {
	const response = await fetch(url, { headers: fresh ? { "Cache-Control": "no-cache" } : {}, signal: timeout() });
	const link = /^<([^>]+)>; rel="next"$/.exec(response.headers.get("Link") ?? "")?.[1] ?? null;
	return { status: response.status, body: (await response.json()) as T, link };
}

/** Reads a record as everybody does, so that it is published. */
export async function read(url: string, id: number): Promise<void> {
	await getJSON(`${url}/rescues/${id}`, false);
}

/** A record's whole history, oldest first. */
export async function readHistory(url: string, id: number): Promise<RescueChange[]> {
	const changes: RescueChange[] = [];
	for (let path: string | null = `/rescues/${id}/history?limit=100`; path; ) {
		const { body, link }: { body: RescueChange[]; link: string | null } = await getJSON(url + path, false);
		changes.push(...body);
		path = link;
	}
	return changes.reverse();
}

/** How many documents in KV aren't what the ledger has: each record's, and the list's pages. */
export async function countDisagreements(url: string, ids: Iterable<number>): Promise<number> {
	let found = 0;
	for (const id of ids) {
		const [published, truth] = await Promise.all([false, true].map((fresh) => getJSON(`${url}/rescues/${id}`, fresh)));
		const parts = [published, truth].map((answer) =>
			JSON.stringify(answer?.status === 200 ? answer.body : answer?.status),
		);
		if (parts[0] !== parts[1]) found++;
	}
	const lists: string[] = [];
	for (const fresh of [false, true]) {
		const pages: AnimalRescue[][] = [];
		for (let path: string | null = "/rescues"; path; ) {
			const { body, link }: { body: AnimalRescue[]; link: string | null } = await getJSON(url + path, fresh);
			pages.push(body);
			path = link;
		}
		lists.push(JSON.stringify(pages));
	}
	return lists[0] === lists[1] ? found : found + 1;
}

/** Compares every published document with the ledger, byte by byte; gives how many differed. */
export async function rebuild(url: string): Promise<{ checked: number; mended: number }> {
	const sum = { checked: 0, mended: 0 };
	for (let next: string | null = ""; next !== null; ) {
		const path: string = next ? `/rebuild?cursor=${encodeURIComponent(next)}` : "/rebuild";
		const response = await fetch(url + path, { method: "POST", signal: timeout() });
		const step = (await response.json()) as { checked: number; mended: number; next: string | null };
		if (!response.ok) throw new Error(JSON.stringify(step));
		sum.checked += step.checked;
		sum.mended += step.mended;
		next = step.next;
	}
	return sum;
}
