/** What is known of an uploaded photo, and how its address is written: everything that a store or a transport needs of it. */

/** The media types that are taken, by the ending of a photo's name. */
export const PHOTO_TYPES = { jpg: "image/jpeg", png: "image/png", webp: "image/webp" } as const;
export type PhotoType = (typeof PHOTO_TYPES)[keyof typeof PHOTO_TYPES];

/** The most bytes of a picture that is sent: 5 MiB. */
export const MAX_PHOTO_BYTES = 5 * 1024 * 1024;

/** What a picture is, whoever sent it: beside its bytes in KV, too. */
export interface PhotoMeta {
	type: PhotoType;
	/** In pixels. */
	width: number;
	height: number;
	/** How many bytes are stored. */
	bytes: number;
}

/** A picture with its name: the SHA-256 of its bytes, as 64 hexadecimal digits. */
export interface NewPhoto extends PhotoMeta {
	sha256: string;
}

/** A photo as the ledger knows it. */
export interface Photo extends NewPhoto {
	/** Name of the token that uploaded it first; null when there was none. */
	by: string | null;
	/** When that was (RFC 3339). */
	at: string;
	/** Whether a record, as it is or as it was, refers to it. */
	used: boolean;
}

/** Photos in a row, the newest first. */
export interface PhotoList {
	/** Each with its number in the ledger: later ones have higher ones. */
	photos: (Photo & { number: number })[];
	/** Whether there are more behind them. */
	hasMore: boolean;
}

/** The KV key of a photo's bytes. */
export const photoKey = (sha256: string) => `photo:${sha256}`;

/** The hash in a photo's KV key; null for any other key. */
export const parsePhotoKey = (key: string) => /^photo:([0-9a-f]{64})$/.exec(key)?.[1] ?? null;

/** Whether metadata in KV can be a photo's. */
export const isPhotoMeta = ({ type, width, height, bytes }: Partial<PhotoMeta>) =>
	Object.values(PHOTO_TYPES).includes(type as PhotoType) &&
	[width, height, bytes].every((number) => Number.isSafeInteger(number) && (number as number) > 0);

/** A photo's name: its hash, and an ending that says its type. */
export function photoName({ sha256, type }: Pick<NewPhoto, "sha256" | "type">): string {
	const [extension] = Object.entries(PHOTO_TYPES).find(([, one]) => one === type) as [string, string];
	return `${sha256}.${extension}`;
}

/** The address of a photo. */
export const photoUrl = (origin: string, photo: Pick<NewPhoto, "sha256" | "type">) =>
	`${origin}${PHOTOS_PATH}${photoName(photo)}`;

const PHOTOS_PATH = "/photos/";
const NAME = "([0-9a-f]{64})\\.(jpg|png|webp)";
const WHOLE_NAME = new RegExp(`^${NAME}$`);

/** Reads a photo's name, `<sha256>.<ending>`; null for what can't be one. */
export function parsePhotoName(name: string): Pick<NewPhoto, "sha256" | "type"> | null {
	const [, sha256, extension] = WHOLE_NAME.exec(name) ?? [];
	return sha256 === undefined ? null : { sha256, type: PHOTO_TYPES[extension as keyof typeof PHOTO_TYPES] };
}

/**
 * Reads the address of a photo of one of these origins: `name` is null for what stands under `/photos/` there and can't be
 * one. Null for every other address.
 */
export function parsePhotoUrl(url: string, origins: readonly string[]): { name: string } | null {
	const origin = origins.find((one) => url.startsWith(`${one}${PHOTOS_PATH}`));
	return origin === undefined ? null : { name: url.slice(origin.length + PHOTOS_PATH.length) };
}

/**
 * How the address of a photo looks whose origin has no TLS: allowed where that origin is the service's own, as on one's own
 * machine. In what JavaScript, Python, Java and Go understand.
 */
export const PLAIN_PHOTO_URL = `[Hh][Tt][Tt][Pp]://[^/?#]+${PHOTOS_PATH}${NAME.replaceAll(/\(/g, "(?:")}`;
