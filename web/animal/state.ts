/** What an animal's page shows, once there is more or something newer to show than the Worker has rendered. */
import { useSyncExternalStore } from "hono/jsx";
import { gone, type Shown } from "../../src/animals/content.tsx";
import { STEPS, toHistory } from "../../src/animals/steps.tsx";
import type { RescueChange } from "../../src/history/change.ts";
import { PRIVATE } from "../../src/rescues/fields.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { parseId } from "../../src/rescues/rescue.ts";
import { type RescueView, toPublic } from "../../src/rescues/view.ts";
import { getRescue, readHistory } from "../shared/api.ts";
import { byId } from "../shared/element.ts";
import { may } from "../shared/session.ts";

/** What is shown, and what became of an animal that isn't there any more. */
export interface State extends Shown {
	/** The record as somebody who sees all of it sees it; else undefined. */
	whole?: AnimalRescue | undefined;
	gone?: "deleted" | "purged" | undefined;
}

const { dataset } = byId("animal");
/** The animal's id; null on the page of one that never was, or that can't be shown now. */
export const id = parseId(dataset.id);
/** The path of its page. */
export const path = `/animals/${id}`;

const query = new URLSearchParams(location.search);
const asksHistory = query.has("history");
const before = parseId(query.get("before"));

/** The version that is shown; of a record that is gone, the one that the deletion made if that is known. */
let version = Number(dataset.version ?? 0);
let state: State = { gone: dataset.gone as State["gone"] };
/** Whether the content is the script's: what the Worker has rendered stays as long as it is right. */
let isOurs = false;
let takeOver = () => {};
const listeners = new Set<() => void>();

const subscribe = (listener: () => void) => {
	listeners.add(listener);
	return () => listeners.delete(listener);
};

/** What is shown, for a component. */
export const useShown = () => useSyncExternalStore(subscribe, () => state);

/** Says what renders the content from now on; called once, when there is something to render. */
export function onTakeOver(render: () => void) {
	takeOver = render;
}

function become(now: State) {
	state = now;
	for (const listener of listeners) listener();
	if (!isOurs) takeOver();
	isOurs = true;
	if (asksHistory) void loadHistory();
}

/** Shows a record as it is now, unless a newer one is shown. */
export function put(rescue: RescueView) {
	if (rescue.version < version) return;
	({ version } = rescue);
	const isWhole = PRIVATE.every((name) => rescue[name] !== undefined);
	become({ rescue, whole: isWhole ? (rescue as AnimalRescue) : undefined, history: state.history });
}

/** Shows that the animal is gone. */
export function putGone(last: RescueView | null, at: string, deletion: number) {
	version = Math.max(version, deletion);
	become({ absence: gone(last, at), gone: last ? "deleted" : "purged", history: state.history });
}

/** Reads what one may see besides what the Worker has rendered for everyone; after signing out, what one may still see. */
export async function load(): Promise<void> {
	if (id === null || !(may("read") || isOurs)) return;
	// Not before the answer: until then it would be shown to whoever is there now.
	if (!may("read") && state.rescue) put(toPublic(state.rescue));
	const found = await getRescue(id);
	if (found.ok) return put(found.value);
	const past = found.problem.code === "NOT_FOUND" ? await readHistory(id, 1, null) : undefined;
	const [last] = past?.ok ? past.value : [];
	if (last && last.version < version) return;
	if (last?.kind === "deleted" || last?.kind === "purged") putGone(last.rescue, last.at, last.version);
}

/** How often the history was asked for: of two answers the later question's counts. */
let asked = 0;

async function loadHistory() {
	if (id === null) return;
	const question = ++asked;
	const read = await readHistory(id, STEPS + 1, before);
	if (question !== asked) return;
	state = { ...state, history: read.ok ? toHistory(read.value, before) : "unavailable" };
	for (const listener of listeners) listener();
}

/** Shows a change that was made, here or elsewhere; gives whether it wasn't known. */
export function apply(change: RescueChange): boolean {
	if (change.rescueId !== id || change.version <= version) return false;
	const rescue = change.rescue as RescueView | null;
	if (change.kind === "deleted" || !rescue) putGone(rescue, change.at, change.version);
	// It was told to the public: there may be more of it.
	else if (may("read") && rescue.notes === undefined) void load();
	else put(rescue);
	return true;
}
