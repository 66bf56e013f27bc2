/**
 * `npm run rebuild -- --url https://your.worker.example --token …`: compares everything that is published in KV with the
 * ledger and republishes what differs. Documents of another ledger it leaves alone; `--adopt` takes them into this one,
 * `--replace` puts this one's in their place (docs/recovery.md). What broke off is gone on with by running it again.
 * Exit codes: 0 done; 2 wrong usage; 3 the service refused or could not be reached.
 */
import { counted } from "../src/core/issues.ts";
import { address, adminToken, ask, drawProgress, onOff, readCommand, reasonOf, stop } from "./command.ts";

/** What `POST /rebuild` answers: a batch of documents was compared or taken in, and where the next one begins. */
interface Rebuilt {
	checked: number;
	mended: number;
	adopted: number;
	photosMissing?: string[];
	photosAdopted?: number;
	next: string | null;
}

/** What `GET /health` answers to a token that may write. */
interface Health {
	ledger?: { id: string; records: number; namespace: "own" | "foreign" | "unknown" } | null;
}

const { url, token, adopt, replace } = readCommand("rebuild", {
	url: address(),
	token: adminToken,
	adopt: onOff("take another ledger's documents into this one, which must be new"),
	replace: onOff("put this ledger's documents in another's place, and remove the rest"),
});
if (adopt && replace) stop(2, "--adopt and --replace: one or the other.");
const claim = adopt ? "adopt" : replace ? "replace" : null;
if (claim) await announce();

let checked = 0;
let mended = 0;
let adopted = 0;
let photosAdopted = 0;
const photosMissing: string[] = [];
for (let next: string | null = ""; next !== null; ) {
	const batch = new URL("/rebuild", url);
	if (next) batch.searchParams.set("cursor", next);
	else if (claim) batch.searchParams.set("claim", claim);
	const answer = await ask(batch, { method: "POST", token });
	if (typeof answer === "string") stop(3, answer);
	if (!answer.ok) stop(3, await reasonOf(answer));
	const rebuilt = (await answer.json()) as Rebuilt;
	checked += rebuilt.checked;
	mended += rebuilt.mended;
	adopted += rebuilt.adopted;
	photosAdopted += rebuilt.photosAdopted ?? 0;
	photosMissing.push(...(rebuilt.photosMissing ?? []));
	next = rebuilt.next;
	drawProgress(checked, next === null ? checked : null, "documents");
}
if (adopt) console.log(`${adopted} records taken in.`);
console.log(`${checked} documents compared, ${mended} published again.`);
if (photosAdopted > 0) {
	console.log(
		`Photos taken in that the ledger didn't know; those that nothing refers to go in a week: ${photosAdopted}`,
	);
}
if (photosMissing.length > 0) {
	console.log(`Photos that KV has lost, and what to do about it is in docs/recovery.md: ${photosMissing.length}`);
	for (const name of photosMissing) console.log(`  ${name}`);
}

/** Says what is about to be done. */
async function announce() {
	// Any token will be asked about where writes are open.
	const answer = await ask(new URL("/health", url), { token: token || "none" });
	if (typeof answer === "string") stop(3, answer);
	const { ledger } = (await answer.json().catch(() => ({}))) as Health;
	if (!ledger) return;
	const own = `${counted(ledger.records, "record")} of the ledger ${ledger.id}`;
	console.log(
		adopt
			? `Takes what is published in KV into the ledger ${ledger.id}. Whoever published it can't publish there any more.`
			: `Publishes the ${own}, and removes everything else that is published in KV.`,
	);
}
