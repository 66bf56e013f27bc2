/**
 * `npm run sample [-- --url https://your.worker.example --token …]` puts the sample animals into a service through its
 * API, the one on this machine if none is named. May be run again: animals that are there already stay as they are.
 * Exit codes: 0 done; 2 wrong usage; 3 the service refused or could not be reached.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { ask } from "./service.ts";

const USAGE = `Usage: npm run sample [-- --url <service> --token <token>]

  --url       http://localhost:8787 if left out
  --token     a token that may write; WRITE_TOKEN in the environment goes too`;

const { url: service, token } = readCommand();
const samples: { name: string }[] = JSON.parse(readFileSync(new URL("samples.json", import.meta.url), "utf8"));

let added = 0;
for (const sample of samples) {
	const answer = await ask(new URL("/rescues", service), {
		method: "POST",
		headers: { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) },
		body: JSON.stringify(sample),
	});
	if (typeof answer === "string") stop(3, answer);
	if (answer.status === 201) added++;
	else if (answer.status !== 409)
		stop(3, `${sample.name} was refused: ${((await answer.json()) as { detail: string }).detail}`);
}
console.log(`${added} animals added to ${service}, ${samples.length - added} were there already.`);

function readCommand() {
	const url = { type: "string", default: "http://localhost:8787" } as const;
	const token = { type: "string", default: process.env.WRITE_TOKEN ?? "" } as const;
	try {
		const { values } = parseArgs({ options: { url, token } });
		return URL.canParse(values.url) ? values : stop(2, USAGE);
	} catch (error) {
		return stop(2, `${(error as Error).message}\n\n${USAGE}`);
	}
}

function stop(code: number, why: string): never {
	console.error(why);
	process.exit(code);
}
