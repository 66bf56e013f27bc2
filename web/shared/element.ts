/** Finding, making and showing elements, without ever making markup of a text. */

/** The element with this id: the page's HTML has it. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
	const found = document.getElementById(id);
	if (!found) throw new Error(`the page has no #${id}`);
	return found as T;
}

/**
 * Makes an element. Children that are strings become text, never markup: they may come from anyone.
 * @param properties set on the element; `on…` handlers too
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
	tag: Tag,
	properties: Partial<Omit<HTMLElementTagNameMap[Tag], "style">> = {},
	...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
	const made = Object.assign(document.createElement(tag), properties);
	made.append(...children);
	return made;
}

/** Shows an element with new content, or hides it when there is none. */
export function show(target: HTMLElement, ...children: (Node | string)[]) {
	target.replaceChildren(...children);
	target.hidden = children.length === 0;
}
