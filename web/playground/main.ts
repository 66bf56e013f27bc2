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
	? `# This needs a token. In the Headers tab below: { "Authorization": "Bearer <token>" }\n`
	: "";
const defaultTabs = examples(await findNewest().catch(() => undefined), note).map(({ query, variables }) => ({
	query,
	variables: JSON.stringify(variables, null, 2),
}));

YogaGraphiQL.renderYogaGraphiQL(document.querySelector("#graphiql"), {
	title: '<a href="/">Animal Rescue</a>',
	logo: '<img src="/pages/icon.svg" alt="" width="28" height="28">',
	defaultTabs,
	// GraphiQL gives the first of the default tabs its query only.
	...(localStorage.getItem("graphiql:tabState") === null && { variables: defaultTabs[0]?.variables }),
	shouldPersistHeaders: true,
	// Left to itself it would put the query into the address, and open one more tab with each reload.
	onEditQuery: () => {},
});
