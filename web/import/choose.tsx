/** Choosing the file: by the file dialog, or by dropping it. */
import { useState } from "hono/jsx";
import { ACCEPT, type ImportFile, readFile } from "./file.ts";
import { downloadTemplate } from "./report.ts";

/** The area that takes a file, and what is wrong with one that can't be read. */
export function Choose({ chosen }: { chosen: (file: ImportFile) => void }) {
	const [trouble, setTrouble] = useState("");
	const [isOver, setOver] = useState(false);
	const [reading, setReading] = useState("");

	async function take(files: FileList | null | undefined) {
		const [file, ...more] = files ?? [];
		if (!file || reading) return;
		setTrouble("");
		setReading(file.name);
		const read = more.length > 0 ? "One file at a time, please." : await readFile(file);
		setReading("");
		if (typeof read === "string") setTrouble(read);
		else chosen(read);
	}
	const over = (event: DragEvent) => {
		event.preventDefault();
		setOver(true);
	};
	return (
		<>
			<label
				class={isOver ? "drop over" : "drop"}
				onDragEnter={over}
				onDragOver={over}
				onDragLeave={() => setOver(false)}
				onDrop={(event: DragEvent) => {
					event.preventDefault();
					setOver(false);
					void take(event.dataTransfer?.files);
				}}
			>
				<strong>{reading ? `Reading ${reading} …` : "Choose a file, or drop it here"}</strong>
				<span class="hint" id="kinds">
					CSV, as every spreadsheet program saves it. In Excel: Save as, “CSV UTF-8”.
				</span>
				<input
					type="file"
					accept={ACCEPT}
					aria-describedby="kinds"
					onChange={({ target }: Event) => {
						const input = target as HTMLInputElement;
						void take(input.files).then(() => {
							// So that the same file can be chosen again when it has been corrected.
							input.value = "";
						});
					}}
				/>
			</label>
			{trouble && (
				<p class="trouble" role="alert">
					{trouble}
				</p>
			)}
			<h2>What the file needs</h2>
			<ul class="needs">
				<li>
					Headings in the first row: as your spreadsheet has them, most are understood. You see how in the next step.
				</li>
				<li>Name, species, and an age or a date of birth in each row.</li>
				<li>
					A column “External id” (or the number the animal has here) if you mean to bring the file in again: then rows
					change the animals they are about, instead of adding them twice.
				</li>
			</ul>
			<button type="button" onClick={downloadTemplate}>
				Download an empty spreadsheet
			</button>
		</>
	);
}
