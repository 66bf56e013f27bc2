/** GraphiQL, with examples that run as they are. */
import { examples } from "./examples.ts";

declare const YogaGraphiQL: {
	renderYogaGraphiQL(root: Element | null, options: Record<string, unknown>): void;
};

const workers: Record<string, string> = { json: "json", graphql: "graphql" };
Object.assign(globalThis, {
	MonacoEnvironment: {
		getWorkerUrl: (_module: string, label: string) => `/built/${workers[label] ?? "editor"}.worker.js`,
	},
});

/** The newest rescue; undefined when there is none. */
async function findNewest() {
	const response = await fetch("/graphql", {
		method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify({ query: "{ rescues(first: 1, sort: CREATED_AT_DESC) { nodes { id version } } }" }),
	});
	const { data } = await response.json();
	return data?.rescues.nodes[0];
}

const needsToken = document.documentElement.dataset.writes === "token";
const note = needsToken
	? `# Needs a token. In the Headers tab below:
# { "Authorization": "Bearer <token>" }
`
	: "";
const defaultTabs = examples(await findNewest().catch(() => undefined), note).map(({ query, variables }) => ({
	query,
	variables: JSON.stringify(variables, null, 2),
}));

// GraphiQL opens one tab more when the last contents of its editors, which it keeps one by one as they are edited, are not
// together one of its tabs; and it fills only the query of a first tab that nobody has edited.
const kept = JSON.parse(localStorage.getItem("graphiql:tabState") ?? "null");
const active = kept?.tabs?.[kept.activeTabIndex] ?? defaultTabs[0];
for (const editor of ["query", "variables", "headers"])
	localStorage.setItem(`graphiql:${editor}`, active[editor] ?? "");

// A tab that is clicked must not begin to be dragged: see graphiql.css.
const isTab = ({ target }: Event) => target instanceof Element && target.closest(".graphiql-tab") !== null;
addEventListener("pointerdown", (event) => isTab(event) && event.stopPropagation(), { capture: true });

YogaGraphiQL.renderYogaGraphiQL(document.querySelector("#graphiql"), {
	title: '<a href="/">Animal Rescue</a>',
	logo: '<img src="/shared/icon.svg" alt="" width="28" height="28">',
	defaultTabs,
	shouldPersistHeaders: true,
	// Left to itself it would put the query into the address, and open one more tab with each reload.
	onEditQuery: () => {},
});
