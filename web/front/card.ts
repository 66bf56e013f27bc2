/** How one animal is shown in the list. */
import { FIELDS } from "../../src/rescues/fields.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { element } from "./element.ts";
import { ageInWords, artFor, IN_CARE } from "./words.ts";

/** What can be done to an animal from its card. */
export interface Actions {
	edit(rescue: AnimalRescue): void;
	adopt(rescue: AnimalRescue): void;
	remove(rescue: AnimalRescue): void;
}

/** An animal as an item of the list. */
export function card(rescue: AnimalRescue, actions: Actions): HTMLLIElement {
	const { id, name, species, breed, status, description } = rescue;
	const button = (text: string, action: keyof Actions, className = "") => {
		const made = element("button", { type: "button", className, onclick: () => actions[action](rescue) }, text);
		made.dataset.action = action;
		made.setAttribute("aria-label", `${text}${action === "adopt" ? ":" : ""} ${name}`);
		return made;
	};
	const item = element(
		"li",
		{ className: "card animal", tabIndex: -1 },
		picture(rescue),
		element(
			"div",
			{ className: "about" },
			element("h3", {}, name),
			element("p", { className: "facts" }, [species, ...(breed ? [breed] : []), ageInWords(rescue)].join(" · ")),
			element("span", { className: `status status-${status}` }, FIELDS.status.holds.values[status].label),
			...(description ? [element("p", { className: "text" }, description)] : []),
		),
		element(
			"div",
			{ className: "actions" },
			button("Edit", "edit"),
			...(IN_CARE.includes(status) ? [button("Mark adopted", "adopt")] : []),
			button("Delete", "remove", "danger"),
		),
	);
	item.dataset.id = String(id);
	return item;
}

/** The first photo, or a drawing where there is none or it can't be loaded. */
function picture({ name, species, photos }: AnimalRescue): HTMLElement {
	const frame = element("div", { className: `picture art art-${artFor(species)}` });
	const [photo] = photos;
	if (photo === undefined) frame.append(drawing(species));
	else {
		const onerror = () => frame.replaceChildren(drawing(species));
		frame.append(
			element("img", { loading: "lazy", referrerPolicy: "no-referrer", alt: `${name}`, onerror, src: photo }),
		);
	}
	return frame;
}

/** A drawing for a species; it says nothing that the text doesn't. */
export function drawing(species: string): SVGElement {
	const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
	const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
	use.setAttribute("href", `/front/species.svg#${artFor(species)}`);
	svg.setAttribute("aria-hidden", "true");
	svg.append(use);
	return svg;
}
