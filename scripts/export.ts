/**
 * `npm run export -- animals.csv --url https://your.worker.example`: takes all rescues out, as they are at one moment.
 * With a token that may read, private fields too. The file is there when it is whole. Exit codes: 0 done; 2 wrong usage; 3 the service refused, could not be reached, or
 * broke off.
 */
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { extname } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
	address,
	ask,
	drawProgress,
	onOff,
	path,
	readCommand,
	readToken,
	reasonOf,
	stop,
	text,
	texts,
} from "./command.ts";

const trueOrFalse = (what: string) => text("true|false", `only animals that ${what}`);

const command = readCommand("export", {
	file: path(".csv, .ndjson or .json"),
	url: address(),
	token: readToken,
	full: onOff("add the fields that only the service writes"),
	species: text("species", "only animals of this species"),
	status: texts("status", "only animals with this status"),
	sex: text("sex", "only animals of this sex"),
	size: text("size", "only animals of this size"),
	neutered: trueOrFalse("are neutered, or aren't"),
	"good-with-children": trueOrFalse("get along with children, or don't"),
	"good-with-dogs": trueOrFalse("get along with dogs, or don't"),
	"good-with-cats": trueOrFalse("get along with cats, or don't"),
	id: texts("id", "only the animal with this id"),
	"external-id": text("key", "only the animal with this externalId"),
	microchip: text("number", "only the animal with this microchip"),
	location: text("place", "only animals that are here"),
	q: text("text", "only animals that have each of these words in name, breed, color, description, species, externalId"),
});
const { file, url: service, token, full, status, id, ...filters } = command;
const format = extname(file).slice(1);
if (!["csv", "ndjson", "json"].includes(format)) stop(2, `${file}: the name must end in .csv, .ndjson, .json.`);

const url = new URL("/rescues/export", service);
url.search = new URLSearchParams({ format, full: String(full) }).toString();
const camelCase = (name: string) => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
for (const [name, value] of Object.entries(filters))
	if (value !== undefined) url.searchParams.set(camelCase(name), value);
for (const value of status) url.searchParams.append("status", value);
for (const value of id) url.searchParams.append("ids", value);

const answer = await ask(url, { token });
if (typeof answer === "string") stop(3, answer);
if (!answer.ok || !answer.body) stop(3, await reasonOf(answer));

const part = `${file}.part`;
let bytes = 0;
const kibibytes = () => Math.round(bytes / 1024);
const count = new Transform({
	transform(chunk, _encoding, done) {
		bytes += chunk.length;
		drawProgress(kibibytes(), null, "KiB");
		done(null, chunk);
	},
});
try {
	await pipeline(Readable.fromWeb(answer.body as never), count, createWriteStream(part));
	await rename(part, file);
} catch (error) {
	await rm(part, { force: true });
	stop(3, `The export broke off, nothing was kept: ${(error as Error).message}`);
}
drawProgress(kibibytes(), kibibytes(), "KiB");
console.log(
	`${file}: ${bytes} bytes. What changes from here on: GET /rescues/changes?since=${answer.headers.get("Changes-Cursor")}`,
);
