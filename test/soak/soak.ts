/**
 * `npm run soak [-- --kills 20 --clients 8]`: clients write over both transports to a running server, which is killed
 * (SIGKILL) at random moments and started again on the same data. Each client repeats a write under its key until it is
 * answered, and reads now and then, so that records have a document of their own. At the end the histories say which writes
 * were made, and every published document is compared with the ledger. Exit code 1 when a write was lost or made twice, or a document disagrees; 2 for wrong usage.
 */
import { count, readCommand } from "../../scripts/command.ts";
import { newStateFolder, type Server, startServer } from "../server.ts";
import { countDisagreements, read, readHistory, rebuild, send, type Write } from "./requests.ts";

const { kills, clients } = readCommand("soak", {
	kills: count("times", 20, "how often the server is killed, the last time with nothing under way"),
	clients: count("clients", 8, "how many clients write at the same time"),
});
/** How long the server lives under load before it is killed: up to this, in ms. */
const LIFE_MS = 2_500;
/** How long KV may take to agree after the last kill: a put of a killed server is looked after for a minute. */
const REST_MS = 120_000;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(Math.random() * list.length)];

const state = newStateFolder();
// As many documents as there are reads.
const flags = ["--var", "READ_PUTS_PER_DAY:1000000"];
let server: Server = await startServer(state, flags);
let isOver = false;
const writes: Write[] = [];
/** The last version that some client saw, by id: what `ifVersion` is taken from. */
const seen = new Map<number, number>();
let serial = 0;

/** Repeats a write until the server has answered it, over however many kills. */
async function deliver(write: Write): Promise<void> {
	while (write.acknowledged === undefined && write.refused === undefined) {
		try {
			await send(server.url, write);
		} catch {
			await sleep(50);
		}
	}
	if (write.id !== undefined && typeof write.acknowledged === "number") seen.set(write.id, write.acknowledged);
}

async function client(): Promise<void> {
	/** Records that this client alone deletes and restores, once each. */
	const own: number[] = [];
	const gone: number[] = [];
	while (!isOver) {
		const dice = Math.random();
		const marker = `w${++serial}`;
		const base = { marker, key: `soak-${marker}`, sent: 0, ifVersion: undefined };
		const id = pick([...seen.keys()]);
		if (id !== undefined && Math.random() < 0.3) await read(server.url, id).catch(() => undefined);
		let write: Write;
		if (dice < 0.15 || id === undefined) write = { ...base, kind: "created", id: undefined };
		else if (dice < 0.2 && own.length > 0) write = { ...base, kind: "deleted", id: own.shift() };
		else if (dice < 0.24 && gone.length > 0) write = { ...base, kind: "restored", id: gone.shift() };
		else {
			const ifVersion = Math.random() < 0.3 ? seen.get(id) : undefined;
			write = { ...base, kind: dice < 0.7 ? "updated" : "replaced", id, ifVersion };
		}
		writes.push(write);
		await deliver(write);
		if (write.acknowledged === undefined) continue;
		if (write.kind === "created" && Math.random() < 0.5) own.push(write.id as number);
		if (write.kind === "deleted") gone.push(write.id as number);
	}
}

const start = Date.now();
const running = Array.from({ length: clients }, client);
for (let kill = 1; kill <= kills; kill++) {
	await sleep(200 + Math.random() * LIFE_MS);
	if (kill === kills) {
		// With nothing under way: what is acknowledged is on disk, not in memory.
		isOver = true;
		await Promise.all(running);
	}
	await server.stop("SIGKILL");
	server = await startServer(state, flags);
	const answered = writes.filter(({ acknowledged }) => acknowledged !== undefined).length;
	console.log(`kill ${kill} of ${kills}: ${answered} writes acknowledged so far`);
}

const acknowledged = writes.filter((write) => write.acknowledged !== undefined);
const ids = new Set(acknowledged.map(({ id }) => id as number));
/** How often each write is in the histories, by its marker; a deletion and a restoration by their record. */
const made = new Map<string, number>();
const nameOf = (kind: string, id: number | undefined, marker: string) =>
	kind === "deleted" || kind === "restored" ? `${kind} ${id}` : `${kind} ${marker}`;
let gaps = 0;
for (const id of ids) {
	const history = await readHistory(server.url, id);
	for (const [index, { version, kind, rescue }] of history.entries()) {
		if (version !== index + 1) gaps++;
		const name = nameOf(kind, id, rescue?.name ?? "");
		made.set(name, (made.get(name) ?? 0) + 1);
	}
}
const times = (write: Write) => made.get(nameOf(write.kind, write.id, write.marker)) ?? 0;
const lost = acknowledged.filter((write) => times(write) === 0);
const twice = writes.filter((write) => times(write) > 1);
const refusedButMade = writes.filter((write) => write.refused !== undefined && times(write) > 0);

let disagreeing = await countDisagreements(server.url, ids);
for (const since = Date.now(); disagreeing > 0 && Date.now() - since < REST_MS; ) {
	await sleep(1000);
	disagreeing = await countDisagreements(server.url, ids);
}
const { checked, mended } = await rebuild(server.url);
await server.stop();

const repeated = writes.filter(({ sent }) => sent > 1).length;
console.log(`
${kills} kills in ${Math.round((Date.now() - start) / 1000)} s, ${clients} clients, ${ids.size} records
writes acknowledged          ${acknowledged.length}
  sent more than once        ${repeated}
writes refused               ${writes.length - acknowledged.length}
lost                         ${lost.length}
applied twice                ${twice.length}
refused, but applied         ${refusedButMade.length}
gaps in versions             ${gaps}
documents compared           ${checked}
documents that disagree      ${disagreeing + mended}`);
for (const write of [...lost, ...twice, ...refusedButMade].slice(0, 10)) console.log(JSON.stringify(write));
process.exit(lost.length + twice.length + refusedButMade.length + gaps + disagreeing + mended === 0 ? 0 : 1);
