/**
 * `npm run sample [-- URL]` puts the sample animals into a service through its API: the one on this machine, or the one
 * at the URL. Where writes need a token it is taken from the environment: WRITE_TOKEN. May be run again: animals that
 * are there already stay as they are.
 */
import { readFileSync } from "node:fs";

const service = process.argv[2] ?? "http://localhost:8787";
const token = process.env.WRITE_TOKEN;
const samples: { name: string }[] = JSON.parse(readFileSync(new URL("samples.json", import.meta.url), "utf8"));

let added = 0;
for (const sample of samples) {
	const status = await add(sample);
	if (status === 201) added++;
}
console.log(`${added} animals added to ${service}, ${samples.length - added} were there already.`);

/** Adds one, waiting where the service asks for it; ends the program where it refuses. */
async function add(sample: { name: string }): Promise<number> {
	const response = await fetch(new URL("/rescues", service), {
		method: "POST",
		headers: { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) },
		body: JSON.stringify(sample),
	}).catch((error) => fail(`${service} can't be reached: is it running (npm start)? ${error.cause ?? error}`));
	if (response.status === 201 || response.status === 409) return response.status;
	if (response.status === 429) {
		await new Promise((resolve) => setTimeout(resolve, 1000 * Number(response.headers.get("Retry-After") ?? 1)));
		return add(sample);
	}
	return fail(`${sample.name} was refused with ${response.status}: ${await response.text()}`);
}

function fail(why: string): never {
	console.error(why);
	process.exit(1);
}
