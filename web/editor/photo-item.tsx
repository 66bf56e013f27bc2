/** One photo in the form: how far it is, its place, taking it out. */
import { useState } from "hono/jsx";
import { changePhotos } from "./editing.ts";
import { learn, type Photo } from "./photo-list.ts";
import { removePhoto, retry } from "./upload.ts";

/** What is dragged within the list, by key. */
let dragged: number | null = null;

/** Whether a photo of the list is dragged, and not files from elsewhere. */
export const isDragging = () => dragged !== null;

/** What an item is made of. */
interface ItemProps {
	photo: Photo;
	index: number;
	count: number;
	/** Puts a photo at another place. */
	put: (key: number, to: number) => void;
}

/** A photo as an item of the list, which can be dragged. */
export function Item({ photo, index, count, put }: ItemProps) {
	const { key, state, sent, trouble } = photo;
	const what = `photo ${index + 1}`;
	return (
		<li
			class={`photo ${state}`}
			draggable="true"
			data-key={String(key)}
			onDragStart={(event: DragEvent) => {
				dragged = key;
				event.dataTransfer?.setData("text/plain", "");
			}}
			onDragEnd={() => {
				dragged = null;
			}}
			onDragEnter={() => {
				if (dragged !== null && dragged !== key) put(dragged, index);
			}}
		>
			<div class="thumb">
				<Thumb photo={photo} alt={`Photo ${index + 1}`} />
				{index === 0 && <span class="cover">Cover</span>}
			</div>
			{(state === "waiting" || state === "sending") && (
				<progress aria-label={`Sending ${what}`} max={1} value={state === "waiting" ? 0 : sent} />
			)}
			{trouble && <p class="error">{trouble}</p>}
			{state === "failed" && photo.mayRetry && (
				<button type="button" class="again" aria-label={`Send again: ${what}`} onClick={() => retry(key)}>
					Send again
				</button>
			)}
			<div class="photo-buttons">
				<Button text="←" label={`Move ${what} left`} isOff={index === 0} act={(at) => step(at, key, index - 1, put)} />
				<Button
					text="→"
					label={`Move ${what} right`}
					isOff={index === count - 1}
					act={(at) => step(at, key, index + 1, put)}
				/>
				<Button text="×" label={`Remove ${what}`} act={(at) => takeOut(at, key)} />
			</div>
		</li>
	);
}

function Button(props: { text: string; label: string; isOff?: boolean; act: (button: HTMLElement) => void }) {
	return (
		<button
			type="button"
			aria-label={props.label}
			title={props.label}
			disabled={props.isOff ?? false}
			onClick={({ currentTarget }: Event) => props.act(currentTarget as HTMLElement)}
		>
			<span aria-hidden="true">{props.text}</span>
		</button>
	);
}

/** Moves a photo by one place; the focus stays on its button, or goes to the other one where there is no further. */
function step(button: HTMLElement, key: number, to: number, put: ItemProps["put"]) {
	put(key, to);
	setTimeout(() => {
		const buttons = button.parentElement?.querySelectorAll<HTMLButtonElement>("button:enabled");
		if ([...(buttons ?? [])].includes(button as HTMLButtonElement)) button.focus();
		else buttons?.[0]?.focus();
	});
}

/** Takes a photo out; the focus goes to the one that is in its place. */
function takeOut(button: HTMLElement, key: number) {
	const field = button.closest<HTMLElement>(".photos");
	const item = button.closest("li");
	const next = (item?.nextElementSibling ?? item?.previousElementSibling)?.querySelector<HTMLElement>(
		"button:last-child",
	);
	removePhoto(key);
	setTimeout(() => (next ?? field?.querySelector("input"))?.focus());
}

function Thumb({ photo: { key, url, preview, name, state }, alt }: { photo: Photo; alt: string }) {
	const [isBroken, setBroken] = useState(false);
	const source = preview ?? url;
	if (isBroken || source === null) return <p class="broken">{state === "ready" ? `Can’t be shown: ${name}` : name}</p>;
	return (
		<img
			src={source}
			alt={alt}
			decoding="async"
			draggable="false"
			referrerpolicy="no-referrer"
			onError={() => {
				setBroken(true);
				if (state !== "ready") return;
				// What the service has said of it says more.
				const isTold = (all: readonly Photo[]) => all.some((photo) => photo.key === key && photo.trouble !== null);
				changePhotos((all) => (isTold(all) ? all : learn(all, key, { trouble: "This picture doesn’t load." })));
			}}
		/>
	);
}
