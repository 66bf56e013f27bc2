/** Signing in and out, on every page alike: what a page's header shows of it, and the one dialog. */
import { useLayoutEffect, useRef, useState } from "hono/jsx";
import { render } from "hono/jsx/dom";
import { isMeKnown, type Me, readMe, refreshMe, signIn, signOut, useMe } from "./session.ts";

/** For a page's header: who is signed in, and the button for it. On a service that is open to all there is nothing to sign in to. */
export function SignIn() {
	const me = useMe();
	useLayoutEffect(() => {
		if (!isMeKnown()) void refreshMe();
	}, []);
	const isOpen = me.name === null && me.role !== "public";
	return (
		<div class="session">
			<span role="status">{isOpen ? "Everyone may edit here" : signedInAs(me)}</span>
			{isMeKnown() && !isOpen && (
				<button type="button" onClick={() => void (me.name === null ? askToSignIn() : signOut())}>
					{me.name === null ? "Sign in" : "Sign out"}
				</button>
			)}
		</div>
	);
}

const signedInAs = ({ name, role }: Me) => (name === null ? "" : `Signed in as ${name} (${role})`);

let asking: Promise<boolean> | undefined;
/** Ends the asking, if it isn't over. */
let leave = () => {};

/**
 * Opens the dialog, in front of everything.
 * @param why what one wants to do that needs it, as a sentence
 * @returns whether one has signed in; false when it was left
 */
export function askToSignIn(why?: string): Promise<boolean> {
	// That it was closed is told a moment later, and by then it may be asked for again.
	if (!document.querySelector("dialog.sign-in[open]")) leave();
	asking ??= new Promise((resolve) => {
		const host = document.body.appendChild(document.createElement("div"));
		const done = (isSignedIn: boolean) => {
			if (!host.isConnected) return;
			asking = undefined;
			host.remove();
			resolve(isSignedIn);
		};
		leave = () => done(host.querySelector("dialog")?.returnValue === "signed in");
		render(<SignInDialog why={why ?? ""} done={done} />, host);
		host.querySelector("dialog")?.showModal();
	});
	return asking;
}

/** What is wrong with a key, or with asking for it. */
const TROUBLE = {
	empty: "Type your access key, or paste it.",
	"not known": "This key isn’t known here. Is it complete, with nothing before or behind it?",
	"no answer": "The service can’t be reached. Try again in a moment.",
};

function SignInDialog({ why, done }: { why: string; done: (isSignedIn: boolean) => void }) {
	const dialog = useRef<HTMLDialogElement>(null);
	const [trouble, setTrouble] = useState<keyof typeof TROUBLE | "">("");
	const [isBusy, setBusy] = useState(false);
	const field = () => dialog.current?.querySelector<HTMLInputElement>("#access-key");

	async function submit(event: Event) {
		event.preventDefault();
		if (isBusy) return;
		const key = field()?.value.trim() ?? "";
		const isKept = dialog.current?.querySelector<HTMLInputElement>("#access-kept")?.checked ?? false;
		setBusy(true);
		const outcome = key === "" ? "empty" : await signIn(key, isKept);
		setBusy(false);
		if (outcome === "signed in") return dialog.current?.close("signed in");
		setTrouble(outcome);
		field()?.focus();
	}

	return (
		<dialog
			ref={dialog}
			class="sign-in"
			aria-labelledby="sign-in-title"
			onClose={() => done(dialog.current?.returnValue === "signed in")}
		>
			<form onSubmit={submit} noValidate>
				<h2 id="sign-in-title">Sign in</h2>
				{why && <p>{why}</p>}
				{readMe().name !== null && <p>{signedInAs(readMe())}. Another key may do more.</p>}
				<label for="access-key">Your access key</label>
				<input
					id="access-key"
					type="password"
					autocomplete="current-password"
					spellcheck={false}
					autofocus
					aria-invalid={trouble === "" || trouble === "no answer" ? undefined : "true"}
					aria-describedby="access-trouble access-hint"
				/>
				<p id="access-trouble" class="trouble" role="alert">
					{trouble && TROUBLE[trouble]}
				</p>
				<p id="access-hint" class="hint">
					Whoever runs this service for your rescue gives you one.
				</p>
				<label class="kept">
					<input id="access-kept" type="checkbox" /> Stay signed in on this device
				</label>
				<p class="hint">
					Otherwise you are signed out when you close this tab: better where others use the device too.
				</p>
				<div class="buttons">
					<button type="button" onClick={() => dialog.current?.close()}>
						Cancel
					</button>
					<button type="submit" class="primary" disabled={isBusy}>
						Sign in
					</button>
				</div>
			</form>
		</dialog>
	);
}
