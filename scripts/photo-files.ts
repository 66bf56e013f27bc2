/** The photos that go with a backup: a folder of files, each called by the hash of what is in it and an ending. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { counted } from "../src/core/issues.ts";
import { parsePhotoName } from "../src/photos/photo.ts";
import { readFileBlocks } from "./backup-file.ts";
import { ask, drawProgress, reasonOf, say, stop } from "./command.ts";

/** The most names that are listed. */
const SHOWN = 10;

/** The names of the photos that a backup refers to, whoever serves them. */
async function photosIn(backup: string): Promise<Set<string>> {
	const names = new Set<string>();
	for await (const { changes } of readFileBlocks(backup)) {
		for (const url of changes.flatMap(({ rescue }) => rescue?.photos ?? [])) {
			const name = url.slice(url.lastIndexOf("/") + 1);
			if (url.endsWith(`/photos/${name}`) && parsePhotoName(name)) names.add(name);
		}
	}
	return names;
}

/** Fetches the photos that a backup refers to into a folder, but for those that are there; says how many. */
export async function fetchPhotos(backup: string, folder: string, service: URL) {
	mkdirSync(folder, { recursive: true });
	const names = [...(await photosIn(backup))];
	const wanted = names.filter((name) => !existsSync(join(folder, name)));
	const missing: string[] = [];
	for (const [index, name] of wanted.entries()) {
		const answer = await ask(new URL(`/photos/${name}`, service));
		if (typeof answer === "string") stop(3, answer);
		if (answer.status === 404) missing.push(name);
		else if (!answer.ok) stop(3, await reasonOf(answer));
		else await keep(folder, name, new Uint8Array(await answer.arrayBuffer()));
		drawProgress(index + 1, wanted.length, "photos");
	}
	const fetched = wanted.length - missing.length;
	console.log(`${folder}: ${counted(names.length - missing.length, "photo")}, ${fetched} new.`);
	if (missing.length > 0) {
		say(`Not on this service, but purged since or another's: ${missing.length}\n  ${shown(missing)}`);
	}
}

/** Writes a photo to its file; what breaks off leaves none under its name. */
async function keep(folder: string, name: string, bytes: Uint8Array) {
	const hash = createHash("sha256").update(bytes).digest("hex");
	if (!name.startsWith(hash)) stop(3, `${name} is not what came under that name.`);
	const part = join(folder, `${name}.part`);
	await writeFile(part, bytes);
	await rename(part, join(folder, name));
}

/** Uploads a picture; gives its address and hash, and whether it is new to the service, or why it was not taken. */
export async function sendPhoto(body: Uint8Array<ArrayBuffer>, service: URL, token: string) {
	const headers = { "Content-Type": "application/octet-stream" };
	const answer = await ask(new URL("/photos", service), { method: "POST", token, headers, body });
	if (typeof answer === "string") return answer;
	if (!answer.ok) return reasonOf(answer);
	const { url, sha256 } = (await answer.json()) as { url: string; sha256: string };
	return { url, sha256, isNew: answer.status === 201 };
}

/** Uploads the photos of a folder; says how many. */
export async function uploadPhotos(folder: string, service: URL, token: string) {
	const names = readdirSync(folder).filter((name) => parsePhotoName(name));
	let isNew = 0;
	for (const [index, name] of names.entries()) {
		const body = await readFile(join(folder, name));
		const sent = await sendPhoto(body, service, token);
		if (typeof sent === "string") stop(3, `${name}: ${sent}`);
		if (!name.startsWith(sent.sha256)) say(`${name} is stored as ${sent.sha256}: nothing refers to it by that.`);
		if (sent.isNew) isNew++;
		drawProgress(index + 1, names.length, "photos");
	}
	console.log(`${counted(names.length, "photo")} there, ${isNew} new.`);
}

const shown = (names: string[]) =>
	[...names.slice(0, SHOWN), ...(names.length > SHOWN ? [`and ${names.length - SHOWN} more`] : [])].join("\n  ");
