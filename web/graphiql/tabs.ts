/**
 * GraphiQL's tabs: what they are when it starts, which operation a link brings, and how the examples that write come to know
 * the rescue that was made for them.
 */
import { type Example, NO_ID } from "./examples.ts";

/** A tab, as GraphiQL stores it; variables and headers are JSON. */
interface Tab {
	id: string;
	title: string;
	query: string | null;
	variables: string | null;
	headers: string | null;
	operationName: string | null;
	response: string | null;
}

/** What GraphiQL stores of its tabs. */
export interface Tabs {
	tabs: Tab[];
	activeTabIndex: number;
}

/** The ids of the rescues that were made here since the page was opened; kept for the next start to forget them. */
const made: string[] = [];
const MADE = "graphiql:made";

const read = (key: string) => JSON.parse(localStorage.getItem(key) ?? "null");
const activeOf = ({ tabs, activeTabIndex }: Tabs) => tabs[activeTabIndex] ?? tabs[0];

function newTab(query: string, variables: string): Tab {
	const operationName = /^(?!#).*(?:query|mutation|subscription)\s+(\w+)/m.exec(query)?.[1] ?? null;
	const title = operationName ?? "<untitled>";
	return { id: crypto.randomUUID(), title, query, variables, headers: null, operationName, response: null };
}

/** Stores the tabs that GraphiQL opens with: those of the last visit, or the examples; in front what a link brings, if any. */
export function prepareTabs(examples: Example[]): Tabs {
	const state: Tabs = read("graphiql:tabState") ?? {
		tabs: examples.map(({ query, variables }) => newTab(query, JSON.stringify(variables, null, 2))),
		activeTabIndex: 0,
	};
	// Other data may be behind this address by now, with other rescues under those ids.
	pointTabs(state, read(MADE) ?? [], { id: NO_ID, version: 1 });
	const link = new URLSearchParams(location.search);
	const [query, variables] = [link.get("query"), link.get("variables") ?? ""];
	if (query !== null) {
		const isIt = (tab: Tab) => tab.query === query && (tab.variables ?? "") === variables;
		if (!state.tabs.some(isIt)) state.tabs.unshift(newTab(query, variables));
		state.activeTabIndex = state.tabs.findIndex(isIt);
		// Or it would come back with each reload, however it was changed.
		history.replaceState(null, "", location.pathname);
	}
	localStorage.setItem("graphiql:tabState", JSON.stringify(state));
	// GraphiQL keeps the contents of its editors too, and opens one more tab when together they are none of its tabs.
	const active = activeOf(state);
	for (const editor of ["query", "variables", "headers"] as const)
		localStorage.setItem(`graphiql:${editor}`, active?.[editor] ?? "");
	return state;
}

/** The address that opens the active tab's operation with its variables. Headers stay here: they may hold a token. */
export function linkTo(state: Tabs): string {
	const { query, variables } = activeOf(state) ?? {};
	const link = new URLSearchParams({ query: query ?? "", ...(variables && { variables }) });
	return `${location.origin}${location.pathname}?${link}`;
}

/** The answers that were followed, by their tab. */
const followed = new Map<string, string>();

/**
 * When an operation has made or changed a rescue, puts its id and version into the variables of the other tabs that are about
 * a rescue made here, or about none yet. GraphiQL shows a tab's variables when it is opened.
 */
export function followAnswer(state: Tabs): void {
	const active = activeOf(state);
	if (!active?.response || followed.get(active.id) === active.response) return;
	followed.set(active.id, active.response);
	const { createRescue, updateRescue } = parse(active.response)?.data ?? {};
	if (createRescue) {
		made.push(createRescue.id);
		localStorage.setItem(MADE, JSON.stringify(made));
	}
	const rescue = createRescue ?? updateRescue;
	if (made.includes(rescue?.id)) pointTabs(state, [NO_ID, ...made], rescue, active);
}

/** Makes the tabs that are about one of these rescues, but for one tab, be about another. */
function pointTabs({ tabs }: Tabs, ids: string[], { id, version }: { id: string; version: number }, but?: Tab) {
	for (const tab of tabs) {
		const variables = parse(tab.variables);
		if (tab === but || !ids.includes(String(variables?.id))) continue;
		Object.assign(variables, { id }, "ifVersion" in variables && { ifVersion: version });
		tab.variables = JSON.stringify(variables, null, 2);
	}
}

function parse(json: string | null) {
	try {
		return JSON.parse(json ?? "null");
	} catch {
		return null;
	}
}
