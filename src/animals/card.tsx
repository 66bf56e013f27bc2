/** How one animal is shown in a list of cards, on the Worker and in the browser. */
import type { Child } from "hono/jsx";
import { FIELDS } from "../rescues/fields.ts";
import type { RescueView } from "../rescues/view.ts";
import { Picture } from "./pictures.tsx";
import { ageInWords } from "./words.ts";

/** Where the page of an animal is. */
export const pageOf = ({ id }: Pick<RescueView, "id">) => `/animals/${id}`;

/**
 * A card's content: what an animal looks like, who it is and how it is with it. Its name leads to its page, and styles make
 * the whole card a part of that link, but for what can be done from it.
 * @param children what can be done, buttons
 * @param note in place of the status, for one that isn't what the list is about any more
 */
export function Card({ rescue, note, children }: { rescue: RescueView; note?: string | undefined; children?: Child }) {
	const { name, species, breed, status, description } = rescue;
	return (
		<>
			<Picture rescue={rescue} />
			<div class="about">
				<h3>
					<a href={pageOf(rescue)}>{name}</a>
				</h3>
				<p class="facts">{[species, ...(breed ? [breed] : []), ageInWords(rescue)].join(" · ")}</p>
				<Status status={status} note={note} />
				{description && <p class="text">{description}</p>}
			</div>
			{children && <div class="actions">{children}</div>}
		</>
	);
}

/** An animal's status in words. */
export function Status({ status, note }: { status: RescueView["status"]; note?: string | undefined }) {
	return (
		<span class={note ? "status" : `status status-${status}`}>{note ?? FIELDS.status.holds.values[status].label}</span>
	);
}
