/**
 * The way from an animal's page back to the list as one left it. Where one came from a page can't see (pages send no referrer,
 * and so the browser's history tells no addresses): the list leaves a note in the tab.
 */

const KEY = "list";

/** Which entry of the browser's history the list is, where the browser says that, and its address. */
interface Note {
	key?: string | undefined;
	path: string;
}

/** For the list: notes, whenever it is left, where it is. */
export function rememberList() {
	addEventListener("pagehide", () => {
		const note: Note = { key: window.navigation?.currentEntry?.key, path: location.pathname + location.search };
		sessionStorage.setItem(KEY, JSON.stringify(note));
	});
}

/** Makes a link to the list lead to where one left it: by going back, if one came from there, or to its address. */
export function leadBack(link: HTMLAnchorElement) {
	const note: Note | null = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
	if (!note) return;
	link.href = note.path;
	link.addEventListener("click", (event) => {
		const { navigation } = window;
		const entries = navigation?.entries().slice(0, navigation.currentEntry?.index) ?? [];
		const list = entries.find(({ key }) => key === note.key);
		if (!list || !isPlain(event)) return;
		event.preventDefault();
		navigation.traverseTo(list.key);
	});
}

/** Whether a click is for this tab, not for another one or a download. */
export const isPlain = ({ button, metaKey, ctrlKey, shiftKey, altKey }: MouseEvent) =>
	button === 0 && !metaKey && !ctrlKey && !shiftKey && !altKey;
