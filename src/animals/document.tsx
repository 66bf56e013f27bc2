/** The HTML document around an animal: whole on the Worker, to be read without scripts. */
import type { RescueView } from "../rescues/view.ts";
import { inShort, SITE, titleOf } from "./facts.ts";
import { photoUrls } from "./pictures.tsx";

/** What a document has besides its content. */
export interface Page {
	/** Its absolute address, without what is only for this visit. */
	url: string;
	title: string;
	description: string;
	/** Whether the page's script asks for a key before something is changed. */
	writes: "open" | "token";
	/** Of whom it is, for its script; undefined when there never was such an animal. */
	id?: number | undefined;
	/** What became of an animal that isn't shown any more, for the script. */
	gone?: "deleted" | "purged" | undefined;
	/** The animal, for what others make of a link to it; undefined when it isn't shown. */
	rescue?: RescueView | undefined;
	/** What it shows. */
	children?: unknown;
}

const STYLES = [
	"shared/colors",
	"shared/base",
	"shared/controls",
	"shared/sign-in",
	"shared/notices",
	"editor/editor",
	"editor/photos",
	"shared/animals",
	"animal/animal",
	"animal/steps",
];

/** The document as text. */
export async function renderPage(page: Page): Promise<string> {
	return `<!doctype html>\n${await (<Whole {...page} />).toString()}`;
}

function Whole({ url, title, description, writes, id, gone, rescue, children }: Page) {
	return (
		<html lang="en" data-writes={writes}>
			<head>
				<meta charset="utf-8" />
				<meta name="viewport" content="width=device-width, initial-scale=1" />
				<meta name="color-scheme" content="light dark" />
				<title>{`${title} · ${SITE}`}</title>
				<meta name="description" content={description} />
				{rescue ? <LinkPreview {...{ url, title, description, rescue }} /> : <meta name="robots" content="noindex" />}
				<link rel="icon" href="/shared/icon.svg" type="image/svg+xml" />
				{STYLES.map((name) => (
					<link key={name} rel="stylesheet" href={`/${name}.css`} />
				))}
				<link rel="stylesheet" href="/animal/print.css" media="print" />
				<script type="module" src="/animal/main.js" />
			</head>
			<body>
				<a class="skip" href="#animal">
					Skip to the animal
				</a>
				<header class="top">
					<nav aria-label="Pages">
						<a id="back" href="/">
							All animals
						</a>
					</nav>
					<div id="session" />
				</header>
				<main id="animal" tabindex={-1} data-id={id} data-version={rescue?.version} data-gone={gone}>
					<p id="news" class="news" role="status" />
					<div id="tools" class="tools" hidden={!rescue && gone !== "deleted"} />
					<div id="content">{children}</div>
				</main>
			</body>
		</html>
	);
}

/** What a shared link shows (https://ogp.me, X's cards), and what search engines read (https://schema.org). */
function LinkPreview({
	url,
	title,
	description,
	rescue,
}: Required<Pick<Page, "url" | "title" | "description">> & { rescue: RescueView }) {
	const [photo] = photoUrls(rescue);
	const properties = {
		"og:type": "website",
		"og:site_name": SITE,
		"og:title": title,
		"og:description": description,
		"og:url": url,
		...(photo && { "og:image": photo, "og:image:alt": rescue.name }),
	};
	// As text in a script `<` could end it; a data block isn't executed, so no policy stands against it.
	const json = JSON.stringify(linkedData(url, title, rescue)).replaceAll("<", "\\u003c");
	return (
		<>
			<link rel="canonical" href={url} />
			{Object.entries(properties).map(([property, content]) => (
				<meta key={property} property={property} content={content} />
			))}
			<meta name="twitter:card" content={photo ? "summary_large_image" : "summary"} />
			<script type="application/ld+json" dangerouslySetInnerHTML={{ __html: json }} />
		</>
	);
}

/** An animal is no product and has no type of its own at schema.org: a page about a thing says nothing that isn't so. */
const linkedData = (url: string, title: string, rescue: RescueView) => ({
	"@context": "https://schema.org",
	"@type": "WebPage",
	name: title,
	url,
	dateModified: rescue.updatedAt,
	mainEntity: {
		"@type": "Thing",
		name: rescue.name,
		disambiguatingDescription: inShort(rescue),
		...(rescue.description !== null && { description: rescue.description }),
		image: photoUrls(rescue),
		identifier: String(rescue.id),
		url,
	},
});

/** How much of a description a preview has; what is beyond is cut there anyway. */
const PREVIEW = 200;

/** A page's title and description for an animal. */
export function describe(rescue: RescueView): { title: string; description: string } {
	const title = titleOf(rescue);
	const text = rescue.description?.replace(/\s+/g, " ").trim() || `${title}.`;
	const cut = text.length > PREVIEW ? `${text.slice(0, PREVIEW).replace(/\s+\S*$/, "")} …` : text;
	return { title, description: cut };
}
