/** The dialog that asks before an animal is deleted. */
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { deleteRescue, getRescue } from "./api.ts";
import { byId, element, show } from "./element.ts";
import { showProblem } from "./problem-box.ts";

const dialog = byId<HTMLDialogElement>("remover");
const form = byId<HTMLFormElement>("remover-form");
const box = byId("remover-problem");

let target: AnimalRescue;
let onRemoved: (rescue: AnimalRescue) => void = () => {};
let onChanged: (rescue: AnimalRescue) => void = () => {};

/**
 * Asks before an animal is deleted.
 * @param removed is told when it is gone
 * @param changed is told the current record, if somebody else has changed it meanwhile
 */
export function openRemover(rescue: AnimalRescue, removed: typeof onRemoved, changed: typeof onChanged) {
	target = rescue;
	onRemoved = removed;
	onChanged = changed;
	byId("remover-title").textContent = `Delete ${rescue.name}?`;
	show(box);
	dialog.showModal();
	form.querySelector<HTMLButtonElement>('[value="cancel"]')?.focus();
}

async function remove() {
	show(box);
	const answer = await deleteRescue(target);
	if (answer.ok || answer.problem.code === "NOT_FOUND") {
		dialog.close();
		onRemoved(target);
	} else if (answer.problem.code === "VERSION_MISMATCH") {
		const found = await getRescue(target.id);
		if (!found.ok) return showProblem(box, found.problem);
		target = found.value;
		onChanged(target);
		show(
			box,
			element("p", {}, `Somebody else changed ${target.name} meanwhile. It is not deleted; delete it all the same?`),
		);
	} else showProblem(box, answer.problem);
}

form.addEventListener("submit", (event) => {
	event.preventDefault();
	void remove();
});
form.querySelector('[value="cancel"]')?.addEventListener("click", () => dialog.close());
