/** The question before what is typed is given up. */
import { useLayoutEffect, useRef } from "hono/jsx";

interface LeavingProps {
	/** Whom it is about; null for a new animal. */
	name: string | null;
	stay: () => void;
	leave: () => void;
}

/** A small dialog in front of the form. */
export function Leaving({ name, stay, leave }: LeavingProps) {
	const dialog = useRef<HTMLDialogElement>(null);
	useLayoutEffect(() => dialog.current?.showModal(), []);
	const giveUp = () => {
		// First this one: otherwise the focus wouldn't find back through two.
		dialog.current?.close();
		leave();
	};
	return (
		<dialog
			ref={dialog}
			class="leaving"
			role="alertdialog"
			aria-labelledby="leaving-title"
			aria-describedby="leaving-text"
			onClose={stay}
		>
			<h2 id="leaving-title">Not saved yet</h2>
			<p id="leaving-text">
				{name === null ? "The new animal is not saved." : `What you have changed of ${name} is not saved.`} Give it up?
			</p>
			<div class="buttons">
				<button type="button" class="danger" onClick={giveUp}>
					Give it up
				</button>
				<button type="button" class="primary" autofocus onClick={() => dialog.current?.close()}>
					Keep editing
				</button>
			</div>
		</dialog>
	);
}
