/**
 * `npm run rebuild -- --url https://your.worker.example --token …`: compares everything that is published in KV with the
 * ledger and republishes what differs. Exit codes: 0 done; 2 wrong usage; 3 the service refused or could not be reached.
 */
import { parseArgs } from "node:util";
import { ask } from "./service.ts";

const USAGE = `Usage: npm run rebuild -- --url <service> [--token <token>]

  --token     a token that may write; WRITE_TOKEN in the environment goes too`;

function stop(code: number, message: string): never {
	console.error(message);
	process.exit(code);
}

function readCommand() {
	try {
		const token = { type: "string", default: process.env.WRITE_TOKEN ?? "" } as const;
		const { values } = parseArgs({ options: { url: { type: "string" }, token } });
		return URL.canParse(values.url ?? "") ? { url: values.url as string, token: values.token } : stop(2, USAGE);
	} catch (error) {
		return stop(2, `${(error as Error).message}\n\n${USAGE}`);
	}
}

interface Stretch {
	checked: number;
	mended: number;
	next: string | null;
}

const { url, token } = readCommand();
let checked = 0;
let mended = 0;
for (let next: string | null = ""; next !== null; ) {
	const stretch: URL = new URL("/rebuild", url);
	if (next) stretch.searchParams.set("cursor", next);
	const headers: HeadersInit = token ? { Authorization: `Bearer ${token}` } : {};
	const response = await ask(stretch, { method: "POST", headers });
	if (typeof response === "string") stop(3, response);
	const answer = (await response.json()) as Stretch & { detail?: string };
	if (!response.ok) stop(3, `${response.status} ${answer.detail}`);
	checked += answer.checked;
	mended += answer.mended;
	next = answer.next;
}
console.log(`${checked} documents compared, ${mended} published again.`);
