/** The front page: the animals, through the API as any other client. */
import { render } from "hono/jsx/dom";
import { noteChange } from "../editor/editor.tsx";
import { watchChanges } from "../shared/live.ts";
import { onSession, readToken, refreshMe } from "../shared/session.ts";
import { SignIn } from "../shared/sign-in.tsx";
import { rememberList } from "../shared/way-back.ts";
import { focused, refocus } from "./acting.ts";
import { listOf, onAsked, onStep, readAsked } from "./address.ts";
import { refreshDeleted, tellDeleted } from "./deleted.tsx";
import { Front } from "./front.tsx";
import { lookAgain, refresh, setSight, start, tell } from "./listing.ts";
import { readOnByItself } from "./more.tsx";
import { isFurtherDown, keepNothing, keepPlace, keepPlaces, readPlace, returnTo } from "./place.ts";

function mount(id: string, node: Parameters<typeof render>[0]) {
	const host = document.getElementById(id);
	if (host) render(node, host);
}

/** Some changes may not have been told. */
function missed() {
	refresh();
	refreshDeleted();
}

/** Reads the list that the address asks for, as much of it as there was, and goes where one was. */
async function read() {
	const place = readPlace();
	readOnByItself();
	await start(place?.count || undefined);
	if (place) await returnTo(place);
}

// Somebody is signed in, or needn't be: what they see takes its place before the service has said who it is.
const { classList, dataset } = document.documentElement;
classList.toggle("has-session", readToken() !== "" || dataset.writes === "open");
mount("session", <SignIn />);
mount("app", <Front />);
setSight({ isFurtherDown, focused, refocus });
keepPlaces();
rememberList();
onStep(keepPlace);
let last = listOf(readAsked());
onAsked(() => {
	keepNothing();
	const list = listOf(readAsked());
	const place = readPlace();
	if (list === last) return void (place && returnTo(place));
	last = list;
	void read();
});
onSession(lookAgain);
watchChanges((change) => {
	tell(change);
	tellDeleted(change);
	noteChange(change);
}, missed);
void refreshMe();
await read();
