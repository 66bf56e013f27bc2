/** The front page: the animals, through the API as any other client. */
import type { RescueChange } from "../../src/history/change.ts";
import { FIELDS } from "../../src/rescues/fields.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { getRescue, token, updateRescue } from "./api.ts";
import { type Actions, drawing } from "./card.ts";
import { noteChange, openEditor } from "./editor.ts";
import { byId, element, show } from "./element.ts";
import { options } from "./form.ts";
import { apply, drop, put, reload, say, setUpList } from "./list.ts";
import { watchChanges } from "./live.ts";
import { showProblem } from "./problem-box.ts";
import { openRemover } from "./remover.ts";
import { loadSamples } from "./samples.ts";
import { clearSearch, isFiltered, onSearch } from "./search.ts";

const trouble = byId("trouble");

const actions: Actions = {
	edit: (rescue) => openEditor(rescue, saved),
	remove: (rescue) => openRemover(rescue, removed, put),
	async adopt(rescue) {
		show(trouble);
		const answer = await updateRescue(rescue, { status: "adopted" });
		if (answer.ok) return saved(answer.value, false);
		if (answer.problem.code !== "VERSION_MISMATCH") return showProblem(trouble, answer.problem);
		const again = element("button", { type: "button" }, "Load the current record");
		again.onclick = async () => {
			const found = await getRescue(rescue.id);
			if (!found.ok) return showProblem(trouble, found.problem);
			show(trouble);
			put(found.value).focus();
		};
		const detail = `Somebody else changed ${rescue.name} meanwhile: it is not marked adopted.`;
		showProblem(trouble, { ...answer.problem, detail }, again);
		again.focus();
	},
};

function saved(rescue: AnimalRescue, isNew: boolean) {
	put(rescue, isNew).focus();
	say(`${rescue.name} is ${isNew ? "added" : "saved"}.`);
}

function removed(rescue: AnimalRescue) {
	(drop(rescue) ?? byId("animals")).focus();
	say(`${rescue.name} is deleted.`);
}

const add = () => openEditor(null, saved);

/** What stands in place of an empty list. */
function invite(isEmpty: boolean) {
	if (!isEmpty) return show(byId("empty"));
	const button = (text: string, className: string, onclick: () => void) =>
		element("button", { type: "button", className, onclick }, text);
	if (isFiltered()) {
		const all = () => {
			clearSearch();
			void reload();
			byId("q").focus();
		};
		return show(byId("empty"), element("p", {}, "No animal is like that."), button("Show all", "", all));
	}
	const art = element("div", { className: "art" }, drawing(""));
	const text = element("p", {}, "No animals yet. Add the first one, or look around with some made-up ones.");
	const samples = button("Load sample animals", "", async () => {
		samples.disabled = true;
		const problem = await loadSamples((done, all) => say(`Adding ${done + 1} of ${all} …`));
		await reload();
		if (problem) showProblem(trouble, problem);
	});
	show(byId("empty"), art, text, button("Add the first animal", "primary", add), samples);
}

byId("status-filter").append(...options(FIELDS.status));

if (document.documentElement.dataset.writes === "token") {
	const field = byId<HTMLInputElement>("token-value");
	field.value = token.get();
	field.addEventListener("input", () => token.set(field.value.trim()));
	byId("token").addEventListener("submit", (event) => event.preventDefault());
	byId("token").hidden = false;
}

setUpList({ actions, empty: invite });
onSearch(() => void reload());
byId("add").addEventListener("click", add);
byId("app").hidden = false;
const changed = (change: RescueChange) => {
	apply(change);
	noteChange(change);
};
watchChanges(changed, () => void reload());
await reload();
