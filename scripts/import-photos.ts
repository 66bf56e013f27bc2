/** The pictures that an import's rows name as files: finds, judges and uploads them, and puts their addresses in. */
import { readFile } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { MAX_PHOTO_BYTES } from "../src/photos/photo.ts";
import { readPicture } from "../src/photos/picture.ts";
import type { RawRow, RowIssue } from "../src/transfer/rows.ts";
import { drawProgress } from "./command.ts";
import { sendPhoto } from "./photo-files.ts";

/** A file that rows name; each is there once, however often and in whatever spelling it is named. */
interface PhotoFile {
	/** Its path, and how the first row writes it. */
	path: string;
	name: string;
	/** The rows that name it. */
	rows: number[];
}

/** How many are uploaded at a time. */
const AT_ONCE = 3;

/** Whether a row's photo is a file and no address; `C:` is none. */
const isFile = (photo: unknown): photo is string => typeof photo === "string" && !/^[a-z][a-z0-9+.-]+:/i.test(photo);

/** Windows writes its paths with backslashes, into the files that others import as well. */
const pathOf = (folder: string, name: string) => resolve(folder, name.replaceAll("\\", "/"));

const photosOf = (row: RawRow): unknown[] => {
	const photos = "value" in row ? (row.value as { photos?: unknown } | null)?.photos : undefined;
	return Array.isArray(photos) ? photos : [];
};

/**
 * Finds the files that rows name, and reads each of them as the service will.
 * @param folder where they are; what a row names outside of it is refused
 * @returns the files, and what is wrong with which row's
 */
export async function findPhotos(rows: RawRow[], folder: string): Promise<{ files: PhotoFile[]; errors: RowIssue[] }> {
	const files = new Map<string, PhotoFile>();
	for (const row of rows) {
		for (const name of photosOf(row).filter(isFile)) {
			const path = pathOf(folder, name);
			const file = files.get(path) ?? { path, name, rows: [] };
			files.set(path, file);
			if (!file.rows.includes(row.row)) file.rows.push(row.row);
		}
	}
	const errors: RowIssue[] = [];
	for (const { path, name, rows } of files.values()) {
		const read = path.startsWith(resolve(folder) + sep) ? await readPhoto(path) : `is outside of ${folder}`;
		if (typeof read === "string") errors.push(...rows.map((row) => ({ row, path: [], message: `${name} ${read}` })));
	}
	return { files: [...files.values()], errors };
}

/** A picture as the service will store it, or what is wrong: where it was taken doesn't even leave the machine. */
async function readPhoto(path: string): Promise<Uint8Array<ArrayBuffer> | string> {
	try {
		const read = readPicture(await readFile(path));
		if (!read.ok) return read.errors?.[0]?.message ?? read.detail;
		const { bytes } = read.value;
		return bytes.length <= MAX_PHOTO_BYTES ? bytes : `must have ${MAX_PHOTO_BYTES / 2 ** 20} MiB at most`;
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		return code === "ENOENT" ? "is missing" : `can't be read: ${message}`;
	}
}

/**
 * Uploads files, some at a time.
 * @param url the service's address
 * @returns the addresses by path, and how many files were new to the service; or why one was not taken
 */
export async function uploadPhotos(
	files: PhotoFile[],
	url: URL,
	token: string,
): Promise<{ urls: Map<string, string>; uploaded: number } | string> {
	const urls = new Map<string, string>();
	const left = [...files];
	let uploaded = 0;
	let refusal: string | undefined;
	const upload = async () => {
		for (let file = left.shift(); file; file = left.shift()) {
			drawProgress(urls.size, files.length, "pictures");
			const body = await readPhoto(file.path);
			const sent = typeof body === "string" ? body : await sendPhoto(body, url, token);
			if (typeof sent === "string") {
				refusal ??= `${file.name}, row ${file.rows.join(", ")}: ${sent}`;
				left.length = 0;
				return;
			}
			urls.set(file.path, sent.url);
			if (sent.isNew) uploaded++;
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, upload));
	if (refusal !== undefined) return refusal;
	if (files.length > 0) drawProgress(files.length, files.length, "pictures");
	return { urls, uploaded };
}

/**
 * Rows with addresses in place of files.
 * @param addressOf the address of a file, by its path
 */
export function withAddresses(rows: RawRow[], folder: string, addressOf: (path: string) => string): RawRow[] {
	return rows.map((row) => {
		const photos = photosOf(row);
		if (!("value" in row) || !photos.some(isFile)) return row;
		const addresses = photos.map((photo) => (isFile(photo) ? addressOf(pathOf(folder, photo)) : photo));
		return { ...row, value: { ...(row.value as object), photos: addresses } };
	});
}
