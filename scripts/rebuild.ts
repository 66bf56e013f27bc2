/**
 * `npm run rebuild -- --url https://your.worker.example --token …`: compares everything that is published in KV with the
 * ledger and republishes what differs. Exit codes: 0 done; 2 wrong usage; 3 the service refused or could not be reached.
 */
import { address, ask, drawProgress, readCommand, reasonOf, stop, writeToken } from "./command.ts";

/** What `POST /rebuild` answers: a batch of documents was compared, and where the next one begins. */
interface Rebuilt {
	checked: number;
	mended: number;
	next: string | null;
}

const { url, token } = readCommand("rebuild", { url: address(), token: writeToken });
let checked = 0;
let mended = 0;
for (let next: string | null = ""; next !== null; ) {
	const batch = new URL("/rebuild", url);
	if (next) batch.searchParams.set("cursor", next);
	const answer = await ask(batch, { method: "POST", token });
	if (typeof answer === "string") stop(3, answer);
	if (!answer.ok) stop(3, await reasonOf(answer));
	const rebuilt = (await answer.json()) as Rebuilt;
	checked += rebuilt.checked;
	mended += rebuilt.mended;
	next = rebuilt.next;
	drawProgress(checked, next === null ? checked : null, "documents");
}
console.log(`${checked} documents compared, ${mended} published again.`);
