/** Reading an animal's page as a browser without scripts does: elements by selector, and what stands in them. */

/** An element of a page: its attributes, and the text in it. */
export interface Found {
	attributes: Record<string, string>;
	text: string;
}

/** Elements that have no end tag. */
const VOID = ["img", "link", "meta"];

/** The elements that a selector finds in a page, in its order. */
export async function select(html: string, selector: string): Promise<Found[]> {
	const found: Found[] = [];
	const open: Found[] = [];
	await new HTMLRewriter()
		.on(selector, {
			element(element) {
				const one: Found = { attributes: Object.fromEntries([...element.attributes] as never), text: "" };
				found.push(one);
				if (VOID.includes(element.tagName)) return;
				open.push(one);
				element.onEndTag(() => void open.pop());
			},
			text({ text }) {
				for (const one of open) one.text += text;
			},
		})
		.transform(new Response(html))
		.arrayBuffer();
	return found.map(({ attributes, text }) => ({
		attributes: Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, decode(value)])),
		text: decode(text),
	}));
}

/** The texts of what a selector finds. */
export const texts = async (html: string, selector: string) =>
	(await select(html, selector)).map(({ text }) => text.trim());

const CHARACTERS: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
const decode = (text: string) => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => CHARACTERS[name] ?? "");
