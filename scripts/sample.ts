/**
 * `npm run sample [-- --url https://your.worker.example --token …]` puts the sample animals into a service through its
 * API, the one on this machine if none is named. May be run again: animals that are there already stay as they are.
 * Exit codes: 0 done; 2 wrong usage; 3 the service refused or could not be reached.
 */
import { readFileSync } from "node:fs";
import { address, ask, drawProgress, readCommand, reasonOf, stop, writeToken } from "./command.ts";

const { url, token } = readCommand("sample", { url: address("http://localhost:8787"), token: writeToken });
const samples: { name: string }[] = JSON.parse(readFileSync(new URL("samples.json", import.meta.url), "utf8"));

let added = 0;
for (const [index, sample] of samples.entries()) {
	drawProgress(index, samples.length, "animals");
	const answer = await ask(new URL("/rescues", url), {
		method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify(sample),
		token,
	});
	if (typeof answer === "string") stop(3, answer);
	if (answer.status === 201) added++;
	else if (answer.status !== 409) stop(3, `${sample.name} was refused: ${await reasonOf(answer)}`);
}
drawProgress(samples.length, samples.length, "animals");
console.log(`${added} animals added to ${url.origin}, ${samples.length - added} were there already.`);
