/**
 * `npm run backup -- animals.ndjson --url https://your.worker.example --token …`: backs the whole service up. If the file is
 * there already, only what has changed since is fetched and put behind it. What came before a stop is kept beside it, and
 * the same command goes on there. With `--photos` the photos that it refers to are kept in a folder. Exit codes: 0 done;
 * 2 wrong usage, or a file that is no backup; 3 the service refused, could not be reached, or broke off.
 */
import { existsSync, rmSync } from "node:fs";
import { copyFile, open, rename } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import type { Progress } from "../src/backup/format.ts";
import { counted } from "../src/core/issues.ts";
import { readBlocks, readFileBlocks } from "./backup-file.ts";
import { address, adminToken, ask, drawProgress, path, readCommand, reasonOf, say, stop, text } from "./command.ts";
import { fetchPhotos } from "./photo-files.ts";

/** How often it is gone on in vain before the command gives up. */
const TRIES = 3;

const { file, url, token, photos } = readCommand("backup", {
	file: path("what to write, for instance animals.ndjson; if it is there, what is new is put behind it"),
	url: address(),
	token: adminToken,
	photos: text(
		"folder",
		"also keep the photos that it refers to there; those that are there already aren't fetched again",
	),
});
const part = `${file}.part`;
const wasStopped = existsSync(part);
let progress: Progress | null = null;
let bytes = 0;
try {
	for await (const block of wasStopped ? readFileBlocks(part) : existsSync(file) ? readFileBlocks(file) : []) {
		({ progress } = block);
		bytes += Buffer.byteLength(block.text);
	}
} catch (error) {
	// The block that was being written at a stop comes again.
	if (!wasStopped) stop(2, `${file} is not a backup that can be gone on with: ${(error as Error).message}`);
}
if (!wasStopped && progress) await copyFile(file, part);
const out = await open(part, "a");
await out.truncate(bytes);

let isWhole = false;
for (let failures = 0; !isWhole; ) {
	const backup = new URL("/backup", url);
	if (progress) backup.searchParams.set("after", String(progress.number));
	const answer = await ask(backup, { token });
	if (typeof answer === "string") fail(answer);
	if (!answer.ok || !answer.body) fail(await reasonOf(answer));
	try {
		for await (const { text, isEnd, progress: now } of readBlocks(answer.body, progress)) {
			await out.write(text);
			[progress, isWhole, failures] = [now, isEnd, 0];
			drawProgress(now.number, now.header.last, "changes");
		}
		if (!isWhole) throw new Error("the end is missing");
	} catch (error) {
		const reason = `The backup broke off behind change ${progress?.number ?? 0} (${(error as Error).message})`;
		if (++failures === TRIES) fail(reason);
		say(`${reason}, going on`);
		await setTimeout(failures * 1000);
	}
}
await out.close();
await rename(part, file);
const { number, header } = progress as Progress;
const kept = `${counted(number, "change")}, ${counted(header.records, "record")}`;
console.log(`${file}: ${kept}, as of ${header.createdAt}.`);
if (photos !== undefined) await fetchPhotos(file, photos, url);

function fail(reason: string): never {
	if (progress) stop(3, `${reason}\nWhat came is in ${part}: the same command goes on there.`);
	rmSync(part);
	stop(3, reason);
}
