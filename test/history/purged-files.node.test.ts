/** Looks into the files in which a running service keeps its data: nothing of what was purged is in them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { newStateFolder, type Server, startServer } from "../server.ts";

const MARKS = ["Zzyzx-spaniel", "Qwxyz-was-here", "ZQXJKV123456789"];
const marked = {
	name: "Rex",
	age: 3,
	species: "dog",
	breed: MARKS[0],
	description: MARKS[1]?.repeat(200),
	microchip: MARKS[2],
};

const filesIn = (folder: string) =>
	readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name));
/** A file's bytes; nothing when the service, which is running, has removed it since it was listed. */
const readIfThere = (file: string) => {
	try {
		return readFileSync(file, "latin1");
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
		throw error;
	}
};
/** The files that hold one of the marks. */
const holding = (folder: string) =>
	filesIn(folder).filter((file) => {
		const text = readIfThere(file);
		return MARKS.some((mark) => text.includes(mark));
	});

async function send(server: Server, method: string, path: string, body?: object, headers: Record<string, string> = {}) {
	const response = await fetch(server.url + path, {
		method,
		headers: { ...(body && { "Content-Type": "application/json" }), ...headers },
		...(body && { body: JSON.stringify(body) }),
	});
	expect(response.status, await response.text()).toBeLessThan(300);
}

test("a record that was purged is in no file of the ledger or of KV", async () => {
	const folder = newStateFolder();
	let server = await startServer(folder);
	try {
		await send(server, "POST", "/rescues", marked, { "Idempotency-Key": "k" });
		for (let age = 4; age < 40; age++) await send(server, "PATCH", "/rescues/1", { age });
		await send(server, "GET", "/rescues/1");
		await send(server, "POST", "/rescues", { name: "Max", age: 1, species: "cat" });
		await send(server, "DELETE", "/rescues/1");
		expect(holding(folder).length).toBeGreaterThan(0);
		await send(server, "DELETE", "/rescues/1/history");
		// The local KV removes the bytes of what was replaced or deleted some time after it has answered.
		await expect.poll(() => holding(join(folder, "v3/kv/RESCUES/blobs"))).toEqual([]);
	} finally {
		await server.stop();
	}
	// What is free in a database's file is overwritten in time; a vacuum, and the end of the log, do it at once.
	const before = holding(folder);
	console.log("before the vacuum", before);
	for (const file of filesIn(folder).filter((file) => file.endsWith(".sqlite"))) {
		const database = new DatabaseSync(file);
		database.exec("PRAGMA wal_checkpoint(TRUNCATE); VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
		database.close();
	}
	expect(holding(folder)).toEqual([]);
	server = await startServer(folder);
	try {
		const history = await fetch(`${server.url}/rescues/1/history`);
		expect(await history.json()).toMatchObject([{ rescueId: 1, kind: "purged", rescue: null }]);
	} finally {
		await server.stop();
	}
});
