/** The photos in the form: choosing, dropping, ordering, taking out. */
import { useState } from "hono/jsx";
import { changePhotos, type Editing } from "./editing.ts";
import { describedBy, idOf } from "./field.ts";
import { Item, isDragging } from "./photo-item.tsx";
import { MOST, move, photoAt } from "./photo-list.ts";
import { addFiles } from "./upload.ts";

/** The whole field. */
export function PhotosField({ editing }: { editing: Editing }) {
	const { photos } = editing;
	const [said, say] = useState("");
	const [isOver, setOver] = useState(false);
	const room = MOST - photos.length;

	function add(files: FileList | null | undefined) {
		const pictures = [...(files ?? [])];
		if (pictures.length === 0) return;
		const left = addFiles(pictures);
		say(left > 0 ? `${left} had no room: an animal has ${MOST} photos at most.` : "");
	}
	function drop(event: DragEvent) {
		event.preventDefault();
		setOver(false);
		if (!isDragging()) add(event.dataTransfer?.files);
	}
	function put(key: number, to: number) {
		changePhotos((all) => move(all, key, to));
		say(`Photo ${to + 1} of ${photos.length}${to === 0 ? ", the cover" : ""}.`);
	}

	return (
		<fieldset
			id={idOf("photos")}
			class={isOver ? "photos over" : "photos"}
			aria-label="Photos"
			aria-describedby={describedBy("photos", editing)}
			tabIndex={-1}
			onDragOver={(event: DragEvent) => {
				event.preventDefault();
				if (!isDragging()) setOver(true);
			}}
			onDragLeave={() => setOver(false)}
			onDrop={drop}
		>
			{photos.length > 0 && (
				<ol class="photo-list">
					{photos.map((photo, index) => (
						<Item key={photo.key} photo={photo} index={index} count={photos.length} put={put} />
					))}
				</ol>
			)}
			{room > 0 && (
				<div class="photo-add">
					<Choose text="Choose pictures" add={add} />
					<Choose text="Take a photo" add={add} isCamera />
				</div>
			)}
			<p class="hint">{hint(room)}</p>
			<p class="hint" role="status">
				{said}
			</p>
			{room > 0 && <ByAddress />}
		</fieldset>
	);
}

function hint(room: number): string {
	if (room === 0) return `That is ${MOST} photos, as many as an animal can have.`;
	const how = room === MOST ? `Up to ${MOST} photos` : `${room} more ${room === 1 ? "has" : "have"} room`;
	return `${how}: JPEG, PNG or WebP. The first is the cover.`;
}

function Choose({
	text,
	add,
	isCamera = false,
}: {
	text: string;
	add: (files: FileList | null) => void;
	isCamera?: boolean;
}) {
	return (
		<label class={isCamera ? "choose camera" : "choose"}>
			{text}
			<input
				type="file"
				accept="image/*"
				multiple={!isCamera}
				capture={isCamera ? "environment" : undefined}
				onInput={({ target }: Event) => {
					const input = target as HTMLInputElement;
					add(input.files);
					// The same file may be chosen again.
					input.value = "";
				}}
			/>
		</label>
	);
}

/** For pictures that are on the web already. */
function ByAddress() {
	const [text, setText] = useState("");
	const [isWrong, setWrong] = useState(false);
	const add = () => {
		const url = text.trim();
		// Others the service refuses; pictures over plain http browsers don't show.
		const isGood = /^https:\/\/./i.test(url) || url.startsWith(`${location.origin}/photos/`);
		setWrong(!isGood && url !== "");
		if (!isGood) return;
		changePhotos((all) => [...all, photoAt(url)]);
		setText("");
	};
	return (
		<details class="by-address">
			<summary>Add one that is on the web</summary>
			<div class="address">
				<input
					type="url"
					aria-label="Address of a picture"
					aria-invalid={isWrong ? "true" : undefined}
					aria-describedby="editor-address-error"
					placeholder="https://"
					autocomplete="off"
					value={text}
					onInput={({ target }: Event) => setText((target as HTMLInputElement).value)}
					onKeyDown={(event: KeyboardEvent) => {
						if (event.key !== "Enter") return;
						event.preventDefault();
						add();
					}}
				/>
				<button type="button" onClick={add}>
					Add
				</button>
			</div>
			<p id="editor-address-error" class="error" role="alert">
				{isWrong && "An address begins with https://"}
			</p>
		</details>
	);
}
