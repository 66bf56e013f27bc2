/**
 * `npm run restore -- animals.ndjson --url https://your.worker.example --token …`: brings a backup back into an empty service,
 * which is then the very service that was backed up. The file is checked to its end before anything is sent. If it stops, the
 * same command goes on. Photos are uploaded before. Exit codes: 0 done; 2 wrong usage, or a file that is no whole backup;
 * 3 the service refused or could not be reached.
 */
import { hashIn } from "../src/backup/format.ts";
import { counted } from "../src/core/issues.ts";
import { type BlockText, readFileBlocks } from "./backup-file.ts";
import {
	address,
	adminToken,
	ask,
	drawProgress,
	onOff,
	path,
	readCommand,
	reasonOf,
	say,
	stop,
	text,
} from "./command.ts";
import { uploadPhotos } from "./photo-files.ts";

/** What `GET` and `POST /restore` answer. */
interface State {
	next: number | null;
	sha256: string | null;
}

const { file, url, token, replace, photos } = readCommand("restore", {
	file: path("what `npm run backup` has written"),
	url: address(),
	token: adminToken,
	photos: text("folder", "upload the photos that `npm run backup` has kept there"),
	replace: onOff("also over what another service has published in this one's namespace"),
});

/** The hashes of all checks in the file. */
const hashes = new Set<string>();
let last: BlockText | undefined;
try {
	for await (const block of readFileBlocks(file)) {
		hashes.add(hashIn(block.progress.check));
		last = block;
	}
} catch (error) {
	stop(2, `${file}: ${(error as Error).message}`);
}
if (!last?.isEnd) stop(2, `${file} is not whole: it was not written to its end.`);
const { lines, number, header, check } = last.progress;

const endpoint = new URL("/restore", url);
let state = await exchange("GET", endpoint);
/** Nothing can be uploaded between the first block and the last. */
const isUnderWay = state.next !== null && state.next > 1;
if (photos !== undefined && !isUnderWay) await uploadPhotos(photos, url, token);
if (state.next === null && state.sha256 === hashIn(check)) {
	console.log(`${file} is restored already.`);
	process.exit(0);
}
hashes.delete(hashIn(check));
/** Up to where it is in; nowhere when another file has been begun, which is begun anew. */
const isIn = hashes.has(state.sha256 ?? "") ? state.sha256 : null;
let from = isIn && state.next;
let isSkipping = isIn !== null;
if (isIn) say(`Going on with change ${from}.`);
for await (const { text, progress } of readFileBlocks(file)) {
	if (isSkipping) {
		isSkipping = hashIn(progress.check) !== isIn;
		continue;
	}
	const batch = new URL(endpoint);
	if (from !== null) batch.searchParams.set("from", String(from));
	if (replace) batch.searchParams.set("replace", "true");
	if (progress.lines < lines) batch.searchParams.set("more", "true");
	state = await exchange("POST", batch, text);
	from = state.next;
	drawProgress(progress.number, number, "changes");
}
const taken = `${counted(number, "change")} and ${counted(header.records, "record")}`;
console.log(`${taken} are back, as of ${header.createdAt}.`);
if (photos !== undefined && isUnderWay) await uploadPhotos(photos, url, token);
if (replace) console.log("To take away what else is published there: npm run rebuild");

async function exchange(method: "GET" | "POST", url: URL, body?: string): Promise<State> {
	const headers = { "Content-Type": "application/x-ndjson" };
	const answer = await ask(url, { method, token, ...(body !== undefined && { headers, body }) });
	if (typeof answer === "string") stop(3, answer);
	if (!answer.ok) stop(3, await reasonOf(answer));
	return (await answer.json()) as State;
}
