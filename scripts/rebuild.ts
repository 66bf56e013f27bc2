/**
 * `npm run rebuild -- https://your.worker.example`: compares everything that is published in KV with the ledger and
 * republishes what differs. `WRITE_TOKEN` in the environment holds a token that may write, where one is needed.
 */
const [url] = process.argv.slice(2);
if (!url || !URL.canParse(url)) {
	console.error("Usage: [WRITE_TOKEN=…] npm run rebuild -- <the service's URL>");
	process.exit(2);
}
const token = process.env.WRITE_TOKEN;

let checked = 0;
let mended = 0;
for (let next: string | null = ""; next !== null; ) {
	const step: URL = new URL("/rebuild", url);
	if (next) step.searchParams.set("cursor", next);
	const response = await fetch(step, { method: "POST", headers: token ? { Authorization: `Bearer ${token}` } : {} });
	const answer = (await response.json()) as { checked: number; mended: number; next: string | null; detail?: string };
	if (!response.ok) {
		console.error(`${response.status}: ${answer.detail}`);
		process.exit(1);
	}
	checked += answer.checked;
	mended += answer.mended;
	next = answer.next;
}
console.log(`${checked} documents compared, ${mended} republished.`);
