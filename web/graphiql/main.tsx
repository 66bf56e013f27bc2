/** GraphiQL, with examples that run as they are. */
import { render } from "hono/jsx/dom";
import { readToken, refreshMe } from "../shared/session.ts";
import { SignIn } from "../shared/sign-in.tsx";
import { examples } from "./examples.ts";
import { followAnswer, linkTo, prepareTabs, type Tabs } from "./tabs.ts";

declare const YogaGraphiQL: {
	renderYogaGraphiQL(root: Element | null, options: Record<string, unknown>): void;
};

/** What GraphiQL is about to send. */
interface Execution {
	extensions?: { headers?: Record<string, string> };
}

const workers: Record<string, string> = { json: "json", graphql: "graphql" };
Object.assign(globalThis, {
	MonacoEnvironment: {
		getWorkerUrl: (_module: string, label: string) => `/built/${workers[label] ?? "editor"}.worker.js`,
	},
});

/** The newest rescue's id; undefined when there is none. */
async function findNewest() {
	const response = await fetch("/graphql", {
		method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify({ query: "{ rescues(first: 1, sort: CREATED_AT_DESC) { nodes { id } } }" }),
	});
	const { data } = await response.json();
	return data?.rescues.nodes[0]?.id;
}

const needsToken = document.documentElement.dataset.writes === "token";
const note = needsToken ? "# Sign in first, at the top of the page.\n" : "";
let state = prepareTabs(examples(await findNewest().catch(() => undefined), note));

// A tab that is clicked must not begin to be dragged: see graphiql.css.
const isTab = ({ target }: Event) => target instanceof Element && target.closest(".graphiql-tab") !== null;
addEventListener("pointerdown", (event) => isTab(event) && event.stopPropagation(), { capture: true });

addEventListener("click", async ({ target }) => {
	if (!(target instanceof Element) || target.id !== "share") return;
	const link = linkTo(state);
	const said = document.querySelector("#shared");
	try {
		await navigator.clipboard.writeText(link);
		if (said) said.textContent = "Link copied";
	} catch {
		// Not allowed, or not a secure context.
		history.replaceState(null, "", link);
		if (said) said.textContent = "Copy it from the address bar";
	}
});

YogaGraphiQL.renderYogaGraphiQL(document.querySelector("#graphiql"), {
	title:
		'<a href="/">Animal Rescue</a> <button type="button" id="share">Share</button> <span id="shared" role="status"></span><div id="session"></div>',
	logo: '<img src="/shared/icon.svg" alt="" width="28" height="28">',
	// They are stored already; without them it would open with a welcome of its own.
	defaultTabs: state.tabs,
	shouldPersistHeaders: true,
	// What the Headers tab says goes before.
	additionalHeaders: ({ extensions }: Execution) => {
		const names = Object.keys(extensions?.headers ?? {}).map((name) => name.toLowerCase());
		return readToken() && !names.includes("authorization") ? { Authorization: `Bearer ${readToken()}` } : {};
	},
	// Left to itself it would put the query into the address, and open one more tab with each reload.
	onEditQuery: () => {},
	onTabChange(tabs: Tabs) {
		state = tabs;
		followAnswer(tabs);
	},
});

// GraphiQL is there when it has been drawn.
const drawn = setInterval(() => {
	const place = document.querySelector("#session");
	if (!place) return;
	clearInterval(drawn);
	render(<SignIn />, place as HTMLElement);
}, 50);
void refreshMe();
