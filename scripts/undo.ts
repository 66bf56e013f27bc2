/**
 * `npm run undo -- --since 2026-11-25T20:00:00Z --by importer --url https://your.worker.example --token …`: puts back what
 * was changed since a time, by everybody or by one token: a wrong import, a token that leaked (docs/recovery.md). Each record
 * goes back to how it was before; what was made is deleted, what was deleted is restored. Nothing is taken out of the history.
 * What somebody else has changed since is left, and named. Doing it again changes nothing.
 * Exit codes: 0 done; 1 some were left; 2 wrong usage; 3 the service refused or could not be reached.
 */
import type { RescueChange } from "../src/history/change.ts";
import type { RescueView } from "../src/rescues/view.ts";
import {
	address,
	ask,
	drawProgress,
	onOff,
	readCommand,
	reasonOf,
	say,
	stop,
	text,
	time,
	writeToken,
} from "./command.ts";

const {
	url: service,
	token,
	since,
	until,
	by,
	"dry-run": isDry,
} = readCommand("undo", {
	url: address(),
	token: writeToken,
	since: time("what was changed at or after this time", true),
	until: time("… and before this one"),
	by: text("name", "only what was changed with the token of this name"),
	"dry-run": onOff("only say what would happen"),
});

/** What happened to a record since then. */
interface Touched {
	/** The version that the first change to be undone made. */
	first: number;
	/** Who has changed it after that, besides. */
	others: (string | null)[];
	last: RescueChange;
}

const touched = new Map<number, Touched>();
for (let cursor = since, hasMore = true; hasMore; ) {
	const feed = await get<{ changes: RescueChange[]; cursor: string; hasMore: boolean }>("/rescues/changes", {
		since: cursor,
		limit: "1000",
	});
	for (const change of feed.changes) note(change);
	({ cursor, hasMore } = feed);
}

const done = { back: 0, deleted: 0, left: 0 };
// The latest first, so that a microchip or external id that was given on is free again.
const all = [...touched].reverse();
for (const [index, [id, record]] of all.entries()) {
	drawProgress(index, all.length, "records");
	await undo(id, record);
}
drawProgress(all.length, all.length, "records");
const would = isDry ? "Would be: " : "";
console.log(`${would}${done.back} put back as they were, ${done.deleted} deleted, ${done.left} left.`);
process.exitCode = done.left > 0 ? 1 : 0;

function note(change: RescueChange) {
	const { rescueId: id } = change;
	const isMeant = (by === undefined || change.by === by) && (until === undefined || change.at < until);
	const known = touched.get(id);
	if (!known && !isMeant) return;
	// Moved to the end: the order is that of the last changes.
	touched.delete(id);
	// A birthday: nothing that anybody wrote.
	if (
		known &&
		change.by === null &&
		JSON.stringify(fieldsOf(change.rescue)) === JSON.stringify(fieldsOf(known.last.rescue))
	) {
		touched.set(id, { ...known, last: change });
		return;
	}
	const others = [...(known?.others ?? []), ...(isMeant ? [] : [change.by])];
	touched.set(id, { first: known?.first ?? change.version, others, last: change });
}

async function undo(id: number, { first, others, last }: Touched) {
	const [before] = await get<RescueChange[]>(`/rescues/${id}/history`, { limit: "1", cursor: String(first) });
	const was = before && before.kind !== "deleted" ? fieldsOf(before.rescue) : null;
	const is = last.kind !== "deleted" ? fieldsOf(last.rescue) : null;
	if (JSON.stringify(was) === JSON.stringify(is)) return;
	if (others.length > 0) {
		const names = [...new Set(others)].map((name) => name ?? "no token").join(", ");
		return leave(id, `somebody else has changed it since (${names})`);
	}
	if (was === null) {
		if (await send("DELETE", `/rescues/${id}`, last.version)) done.deleted++;
		return;
	}
	let version = last.version;
	if (is === null) {
		if (!(await send("POST", `/rescues/${id}/restore`))) return;
		version++;
		if (JSON.stringify(was) === JSON.stringify(fieldsOf(last.rescue))) {
			done.back++;
			return;
		}
	}
	if (await send("PUT", `/rescues/${id}`, version, was)) done.back++;
}

/** What a client can write of a record; null for none, and for what was purged. An age that follows from the date of birth isn't. */
function fieldsOf(rescue: RescueView | null) {
	if (!rescue) return null;
	const { id: _id, version: _version, createdAt: _createdAt, updatedAt: _updatedAt, age, ...fields } = rescue;
	return fields.birthDate === null ? { ...fields, age } : fields;
}

function leave(id: number, why: string) {
	say(`Rescue ${id} is left: ${why}.`);
	done.left++;
}

async function get<T>(path: string, query: Record<string, string>): Promise<T> {
	const url = new URL(path, service);
	url.search = new URLSearchParams(query).toString();
	const answer = await ask(url, { token });
	if (typeof answer === "string") stop(3, answer);
	if (!answer.ok) stop(3, await reasonOf(answer));
	return (await answer.json()) as T;
}

/** Makes a write, unless nothing is to be made; whether it was. What is refused is left. */
async function send(method: string, path: string, version?: number, body?: object): Promise<boolean> {
	if (isDry) return true;
	const headers = {
		...(body && { "Content-Type": "application/json" }),
		...(version !== undefined && { "If-Match": `"${version}"` }),
	};
	const answer = await ask(new URL(path, service), {
		method,
		headers,
		token,
		...(body && { body: JSON.stringify(body) }),
	});
	if (typeof answer === "string") stop(3, answer);
	if (answer.ok) return true;
	if (answer.status === 401 || answer.status === 403) stop(3, await reasonOf(answer));
	leave(Number(path.split("/")[2]), (await reasonOf(answer)).replace(/\.$/, ""));
	return false;
}
