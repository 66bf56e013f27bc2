/** What can be done to an animal from the list, and where the person is then. */

import { pageOf } from "../../src/animals/card.tsx";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import * as actions from "../editor/actions.ts";
import { openEditor } from "../editor/editor.tsx";
import { notify } from "../shared/notices.tsx";
import { drop, put, readListing } from "./listing.ts";

type Status = AnimalRescue["status"];

/** Opens the form for a new animal. */
export const add = () => openEditor(null, saved);

/** Opens the form for one that there is. */
export const edit = (rescue: AnimalRescue) => openEditor(rescue, saved);

const told = (rescue: AnimalRescue) => put(rescue, false);

/** Gives an animal another status; done when that is settled, either way. */
export const setStatus = (rescue: AnimalRescue, status: Status) => actions.setStatus(rescue, status, told);

/** Marks an animal adopted. */
export const adopt = (rescue: AnimalRescue) => actions.adopt(rescue, told);

/** Deletes an animal. */
export const remove = (rescue: AnimalRescue) => actions.remove(rescue, drop, told);

function saved(rescue: AnimalRescue, isNew: boolean) {
	put(rescue, isNew);
	const { id, name } = rescue;
	if (!readListing().items.some((item) => item.rescue.id === id)) {
		const text = `${name} is ${isNew ? "added" : "saved"}, but isn’t among the animals that are shown here.`;
		notify(text, { link: { text: `Open ${name}`, href: pageOf(rescue) } });
	} else if (isNew) focusOn(id);
}

const elementOf = (id: number) => document.querySelector<HTMLElement>(`#list [data-id="${id}"]`);

/** The animal of the list that has the focus; undefined when none has. */
export function focused(): number | undefined {
	const id = document.activeElement?.closest<HTMLElement>("#list [data-id]")?.dataset.id;
	return id === undefined ? undefined : Number(id);
}

/** Puts the focus on an animal's name if what had it is gone. */
export function refocus(id: number | null) {
	setTimeout(() => {
		const at = document.activeElement;
		if (at === null || at === document.body) focusNow(id);
	});
}

/** Brings an animal of the list into view, with the focus on its name, when it has been put there. */
export function focusOn(id: number) {
	setTimeout(() => focusNow(id));
}

function focusNow(id: number | null) {
	const found = id === null ? null : elementOf(id);
	found?.scrollIntoView({ block: "nearest" });
	(found?.querySelector("a") ?? document.getElementById("animals"))?.focus({ preventScroll: true });
}
