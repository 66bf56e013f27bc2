/** Who is signed in in this browser: one token for all pages, and what the service says of it. */
import { useSyncExternalStore } from "hono/jsx";
import { isEnough, type Role } from "../../src/core/access.ts";

/** Who asks, as `GET /me` answers. */
export interface Me {
	name: string | null;
	role: Role;
}

const KEY = "token";
/** Written to tell other tabs that somebody has signed out: what a tab keeps for itself they don't see. */
const SIGNED_OUT = "signed-out";
const PUBLIC: Me = { name: null, role: "public" };
/** Before the service has said it. */
const UNKNOWN: Me = { ...PUBLIC };
const listeners = new Set<() => void>();
let me = UNKNOWN;
/** How often it has been asked: of two answers the later question's counts. */
let asked = 0;

/** The token that everything is asked with; empty when nobody is signed in. Kept for the tab, or until one signs out. */
export function readToken(): string {
	try {
		return sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY) ?? "";
	} catch {
		// A browser may be told to let pages keep nothing.
		return "";
	}
}

/** Who one is, as far as the service has said. */
export const readMe = () => me;

/** Whether the service has said who one is. */
export const isMeKnown = () => me !== UNKNOWN;

/** Whether one may do what needs a role. */
export const may = (role: Role) => isEnough(me.role, role);

/** Who one is, for a component: it is rendered again when that changes. */
export const useMe = () => useSyncExternalStore(onSession, readMe);

/** Tells of every change of who one is, in other tabs too; gives what stops it. */
export function onSession(listener: () => void): () => void {
	listeners.add(listener);
	return () => listeners.delete(listener);
}

/** Asks the service who one is; without a token that is clear where it isn't open to all. What can't be asked, or isn't known, is the public. */
export async function refreshMe(): Promise<Me> {
	const question = ++asked;
	const token = readToken();
	const isPublic = token === "" && document.documentElement.dataset.writes === "token";
	const answer = isPublic ? PUBLIC : await ask(token);
	if (question === asked) become(answer ?? PUBLIC);
	return me;
}

/**
 * Signs in with a token, if the service knows it; otherwise everything stays as it was.
 * @param isKept for this browser until one signs out, instead of for this tab
 */
export async function signIn(token: string, isKept: boolean): Promise<"signed in" | "not known" | "no answer"> {
	// What a token can't be (RFC 6750, section 2.1) can't be sent either.
	if (!/^[\x21-\x7e]+$/.test(token)) return "not known";
	const answer = await ask(token);
	if (!answer) return "no answer";
	if (answer.name === null) return "not known";
	sessionStorage.removeItem(KEY);
	(isKept ? localStorage : sessionStorage).setItem(KEY, token);
	asked++;
	become(answer);
	return "signed in";
}

/** Forgets the token, in all tabs of this browser. */
export async function signOut(): Promise<void> {
	sessionStorage.removeItem(KEY);
	localStorage.removeItem(KEY);
	localStorage.setItem(SIGNED_OUT, new Date().toISOString());
	await refreshMe();
}

async function ask(token: string): Promise<Me | undefined> {
	const headers = new Headers(token ? { Authorization: `Bearer ${token}` } : {});
	const response = await fetch("/me", { headers }).catch(() => undefined);
	return response?.ok ? response.json() : undefined;
}

function become(answer: Me) {
	if (isMeKnown() && answer.name === me.name && answer.role === me.role) return;
	me = answer;
	for (const listener of listeners) listener();
}

addEventListener("storage", ({ key }) => {
	if (key === SIGNED_OUT) sessionStorage.removeItem(KEY);
	if (key === KEY || key === SIGNED_OUT || key === null) void refreshMe();
});
// A page that comes back as it was left (Back) has been told nothing meanwhile.
addEventListener("pageshow", ({ persisted }) => {
	if (persisted) void refreshMe();
});
