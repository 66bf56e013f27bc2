/**
 * `npm run sample [-- URL]` puts the sample animals into a service through its API: the one on this machine, or the one
 * at the URL. `WRITE_TOKEN` in the environment holds a token that may write, where one is needed. May be run again:
 * animals that are there already stay as they are.
 */
import { readFileSync } from "node:fs";
import { ask } from "./service.ts";

const service = process.argv[2] ?? "http://localhost:8787";
const token = process.env.WRITE_TOKEN;
const samples: { name: string }[] = JSON.parse(readFileSync(new URL("samples.json", import.meta.url), "utf8"));

let added = 0;
for (const sample of samples) {
	const answer = await ask(new URL("/rescues", service), {
		method: "POST",
		headers: { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) },
		body: JSON.stringify(sample),
	});
	if (typeof answer === "string") stop(answer);
	if (answer.status === 201) added++;
	else if (answer.status !== 409)
		stop(`${sample.name} was refused: ${((await answer.json()) as { detail: string }).detail}`);
}
console.log(`${added} animals added to ${service}, ${samples.length - added} were there already.`);

function stop(why: string): never {
	console.error(why);
	process.exit(1);
}
