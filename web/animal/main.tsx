/** An animal's page in the browser: what the script adds to what the Worker has rendered. */
import { render } from "hono/jsx/dom";
import { Content } from "../../src/animals/content.tsx";
import { momentInWords, SITE, titleOf } from "../../src/animals/facts.ts";
import type { RescueChange } from "../../src/history/change.ts";
import { noteChange } from "../editor/editor.tsx";
import { byId } from "../shared/element.ts";
import { watchChanges } from "../shared/live.ts";
import { onSession, readToken, refreshMe } from "../shared/session.ts";
import { SignIn } from "../shared/sign-in.tsx";
import { isPlain, leadBack } from "../shared/way-back.ts";
import { apply, id, load, onTakeOver, path, useShown } from "./state.ts";
import { StepTools, Tools } from "./tools.tsx";

const content = byId("content");

function Page() {
	const shown = useShown();
	const title = shown.rescue ? titleOf(shown.rescue) : shown.absence?.title;
	if (title) document.title = `${title} · ${SITE}`;
	return <Content shown={shown} path={path} extra={(step) => <StepTools step={step} />} />;
}

/** Says that something was changed, with a frame for a moment and to screen readers. */
function tell(change: RescueChange) {
	noteChange(change);
	if (!apply(change)) return;
	byId("news").textContent = "This page has just been brought up to date.";
	content.classList.remove("told");
	requestAnimationFrame(() => content.classList.add("told"));
}

// A photo that can't be loaded, perhaps before this script was.
const hide = (photo: EventTarget | null) => {
	if (photo instanceof HTMLImageElement) photo.hidden = true;
};
for (const photo of content.querySelectorAll("img")) if (photo.complete && photo.naturalWidth === 0) hide(photo);
content.addEventListener("error", ({ target }) => hide(target), { capture: true });

// A small photo is shown large in its place; without this script it is a link.
content.addEventListener("click", (event) => {
	const link = (event.target as Element).closest<HTMLAnchorElement>(".thumbs a");
	const large = content.querySelector<HTMLAnchorElement>(".large");
	const photo = large?.querySelector("img");
	if (!link || !large || !photo || !isPlain(event)) return;
	event.preventDefault();
	large.href = link.href;
	photo.hidden = false;
	photo.src = link.href;
	for (const other of content.querySelectorAll(".thumbs a")) other.removeAttribute("aria-current");
	link.setAttribute("aria-current", "true");
});

// Where the reader is it is another time than where the Worker is.
for (const time of content.querySelectorAll("time")) time.textContent = momentInWords(time.dateTime);

// Room for the buttons that are to come.
byId("tools").classList.toggle("staff", readToken() !== "");
onTakeOver(() => render(<Page />, content));
leadBack(byId<HTMLAnchorElement>("back"));
render(<SignIn />, byId("session"));
render(<Tools />, byId("tools"));
if (id !== null) {
	onSession(() => void load());
	watchChanges(tell, () => void load(), id);
}
void refreshMe();
