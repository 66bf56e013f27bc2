/** The list as cards. */
import { memo } from "hono/jsx";
import { Card } from "../../src/animals/card.tsx";
import { IN_CARE } from "../../src/animals/words.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { may, useMe } from "../shared/session.ts";
import { adopt, edit, remove } from "./acting.ts";
import type { Item, Listing } from "./listing.ts";

/** The animals of the list; what can be done to them is for who may. */
export function Cards({ listing: { items, phase } }: { listing: Listing }) {
	useMe();
	const mayWrite = may("write");
	return (
		<ul id="list" class="animals" aria-label="Animals" aria-busy={phase === "ready" ? "false" : "true"}>
			{items.map((item) => (
				<Entry key={item.rescue.id} item={item} mayWrite={mayWrite} />
			))}
		</ul>
	);
}

/** Rendered again when the animal, or what may be done to it, is another one: the list may have thousands. */
const Entry = memo(({ item, mayWrite }: { item: Item; mayWrite: boolean }) => {
	const { rescue, note } = item;
	return (
		<li class={`card animal ${note ? "gone" : ""} ${toldClass(item)}`} data-id={rescue.id}>
			<Card rescue={rescue} note={note}>
				{mayWrite && !note && <Buttons rescue={rescue} />}
			</Card>
		</li>
	);
});

/** The class of what somebody else has just changed: another one each time, so that it shows each time. */
export const toldClass = ({ isTold, rescue }: Item) => (isTold ? `told-${rescue.version % 2}` : "");

// With keys: a button that had the focus mustn't become another one.
function Buttons({ rescue }: { rescue: AnimalRescue }) {
	const { name, status } = rescue;
	return (
		<>
			<button key="edit" type="button" aria-label={`Edit ${name}`} onClick={() => edit(rescue)}>
				Edit
			</button>
			{IN_CARE.includes(status) && (
				<button key="adopt" type="button" aria-label={`Mark adopted: ${name}`} onClick={() => void adopt(rescue)}>
					Mark adopted
				</button>
			)}
			<button
				key="remove"
				type="button"
				class="danger"
				aria-label={`Delete ${name}`}
				onClick={() => void remove(rescue)}
			>
				Delete
			</button>
		</>
	);
}

/** How many animals fill a screen, whatever it is. */
const A_SCREEN = Array.from({ length: 12 }, (_, index) => index);

/** What stands in place of the cards before they come, as high as they are. */
export const Skeleton = () => (
	<div class="animals" aria-hidden="true">
		{A_SCREEN.map((index) => (
			<div key={index} class="card animal skeleton">
				<div class="picture" />
				<div class="about">
					<div class="line" />
					<div class="line short" />
					<div class="line" />
				</div>
			</div>
		))}
	</div>
);

/** The same for the table's lines. */
export const LineSkeleton = () => (
	<div class="card lines" aria-hidden="true">
		{A_SCREEN.map((index) => (
			<div key={index} class="skeleton-line">
				<div class="line" />
			</div>
		))}
	</div>
);
