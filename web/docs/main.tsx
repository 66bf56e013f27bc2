/** Swagger UI on our own OpenAPI document. What it offers to try out changes only what was made here. */
import { render } from "hono/jsx/dom";
import { byId } from "../shared/element.ts";
import { onSession, readMe, readToken, refreshMe } from "../shared/session.ts";
import { askToSignIn, SignIn } from "../shared/sign-in.tsx";

/** What we use of Swagger UI: its store (https://swagger.io/docs/open-source-tools/swagger-ui/customization/). */
interface SwaggerUI {
	specActions: { changeParam(operation: [string, string], name: string, place: string, value: string): void };
	specSelectors: { specJson(): { toJS(): { paths: Record<string, Record<string, unknown>> } } };
	authActions: { logout(schemes: string[]): void };
	preauthorizeApiKey(scheme: string, token: string): void;
}

interface Plugging {
	React: { createElement(component: unknown, props: object): unknown };
	getComponent(name: string): unknown;
}

interface Request {
	url: string;
	headers: Record<string, string>;
}

interface Answer {
	status: number;
	headers: Record<string, string>;
	obj?: { id?: number };
}

declare const SwaggerUIBundle: {
	(options: Record<string, unknown>): SwaggerUI;
	presets: { apis: unknown };
};

const dark = matchMedia("(prefers-color-scheme: dark)");
const followScheme = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", followScheme);
followScheme();

const WRITES = ["put", "patch", "delete", "post"];
/** The id of the rescue that was last made here. */
let made: number | undefined;

const ui = SwaggerUIBundle({
	url: "/openapi.json",
	domNode: document.querySelector("#docs"),
	presets: [SwaggerUIBundle.presets.apis],
	plugins: [
		// There is one server, this one: nothing to choose.
		{ components: { ServersContainer: () => null } },
		// What it would show for items of a list of whole numbers anyway, without a warning that it has no component for them.
		({ React, getComponent }: Plugging) => ({
			components: {
				JsonSchema_integer_int64: (props: object) => React.createElement(getComponent("JsonSchema_string"), props),
			},
			// An operation's lock opens the one dialog that all pages have.
			wrapComponents: {
				authorizeOperationBtn: (button: unknown) => (props: object) =>
					React.createElement(button, { ...props, onClick: () => void askToSignIn() }),
			},
		}),
	],
	layout: "BaseLayout",
	deepLinking: true,
	tryItOutEnabled: true,
	displayRequestDuration: true,
	// Each answer's example, not its schema, is what one wants to see first; the models are in the examples' second tab.
	defaultModelsExpandDepth: 0,
	onComplete() {
		// The document's example id is somebody's rescue: a write asks for an id until one was made here.
		fill("id", "path", "", WRITES);
		// The example rows may be somebody's too.
		ui.specActions.changeParam(["/rescues/import", "post"], "dryRun", "query", "true");
		lock();
	},
	// What everyone may read shows more to whoever has signed in.
	requestInterceptor(request: Request) {
		const isOwn = new URL(request.url, location.href).origin === location.origin;
		if (isOwn && readToken() && !request.headers.Authorization) request.headers.Authorization = `Bearer ${readToken()}`;
		return request;
	},
	responseInterceptor(answer: Answer) {
		if (answer.status === 201 && answer.obj?.id) {
			made = answer.obj.id;
			fill("id", "path", String(made), ["get", ...WRITES]);
		}
		if (made !== undefined && answer.obj?.id === made)
			fill("If-Match", "header", answer.headers.etag ?? "", ["put", "patch", "delete"]);
		return answer;
	},
});

/** Gives a parameter a value wherever it is asked for one animal. */
function fill(name: string, place: string, value: string, methods: string[]) {
	for (const [path, operations] of Object.entries(ui.specSelectors.specJson().toJS().paths)) {
		if (!path.includes("{id}")) continue;
		for (const method of methods.filter((method) => method in operations))
			ui.specActions.changeParam([path, method], name, place, value);
	}
}

let isUnlocked = false;

/** Shows the operations' locks open or closed. */
function lock() {
	const wasUnlocked = isUnlocked;
	isUnlocked = readMe().name !== null;
	if (isUnlocked) ui.preauthorizeApiKey("token", readToken());
	else if (wasUnlocked) ui.authActions.logout(["token"]);
}

// What Swagger UI itself kept of a token, before there was one place for it.
localStorage.removeItem("authorized");
onSession(lock);
render(<SignIn />, byId("session"));
void refreshMe();
