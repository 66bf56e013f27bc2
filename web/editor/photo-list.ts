/** The photos in the form: what is known of each, and their order. No DOM here. */

import { FIELDS } from "../../src/rescues/fields.ts";

/** The most photos that an animal has. */
export const MOST = FIELDS.photos.holds.max;

/** A photo of the form. */
export interface Photo {
	key: number;
	/** Where it is; null as long as it isn't anywhere. */
	url: string | null;
	/** The picture itself, for as long as the page is open. */
	file: Blob | null;
	/** Where the browser has it (`blob:`); null for one that was there before. */
	preview: string | null;
	/** What the file is called. */
	name: string;
	/** `ready` for one that has an address. */
	state: "waiting" | "sending" | "ready" | "failed";
	/** How much of it is sent, 0 to 1. */
	sent: number;
	/** Why it failed. */
	trouble: string | null;
	/** Whether trying again may help. */
	mayRetry: boolean;
}

let made = 0;

/** A photo that is at an address. */
export const photoAt = (url: string): Photo => ({ ...blank(), url, name: url, state: "ready" });

/** A photo that was chosen. */
export const photoOf = (file: File): Photo => ({
	...blank(),
	file,
	preview: URL.createObjectURL(file),
	name: file.name,
	state: "waiting",
});

const blank = () => ({
	key: ++made,
	url: null,
	file: null,
	preview: null,
	sent: 0,
	trouble: null,
	mayRetry: false,
});

/** The photos of a field's text; those that are shown already stay the same. */
export const toPhotos = (text: string, shown: readonly Photo[]): Photo[] =>
	text
		.split("\n")
		.filter(Boolean)
		.map((url) => shown.find((photo) => photo.url === url) ?? photoAt(url));

/** The addresses of those that have one, in order. */
export const toUrls = (photos: readonly Photo[]): string[] => photos.flatMap(({ url }) => url ?? []);

/** Whether a photo isn't where it should be, yet. */
export const isBusy = ({ state }: Photo) => state !== "ready";

/** The photos with one of them at another place. */
export function move(photos: readonly Photo[], key: number, to: number): Photo[] {
	const moved = photos.find((photo) => photo.key === key);
	const rest = photos.filter((photo) => photo.key !== key);
	return moved ? [...rest.slice(0, to), moved, ...rest.slice(to)] : rest;
}

/** The photos with something else known of one of them. */
export const learn = (photos: readonly Photo[], key: number, what: Partial<Photo>): Photo[] =>
	photos.map((photo) => (photo.key === key ? { ...photo, ...what } : photo));
