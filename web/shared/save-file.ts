/** Gives the person a file, as if they had followed a link to it. */
export function saveFile(name: string, content: Blob) {
	const url = URL.createObjectURL(content);
	Object.assign(document.createElement("a"), { href: url, download: name }).click();
	// The browser has taken it by then.
	setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
