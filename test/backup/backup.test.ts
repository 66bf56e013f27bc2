import {
	createExecutionContext,
	evictDurableObject,
	reset,
	runDurableObjectAlarm,
	runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createApp } from "../../src/app.ts";
import { isCheck, splitBlocks, writeCheck } from "../../src/backup/format.ts";
import type { Env } from "../../src/env.ts";
import { importRows, ledger } from "../ledger/faulty-kv.ts";
import { harden } from "../platform/platform.ts";
import { fetchWorker, GraphQL, graphql, REST } from "../transports.ts";

let platform: Awaited<ReturnType<typeof harden>>;
beforeEach(async () => {
	platform = await harden({ plan: "paid" });
});
afterEach(async () => {
	platform.restore();
	await reset();
});

const rex = { name: "Rex", age: 3, species: "dog" };

/** A service's life: 1,210 records over two pages and more, changed, deleted and restored. */
async function live() {
	await REST.create({ ...rex, microchip: "985112001234567", externalId: "A-1", description: "Ä 犬 \u2028" });
	await importRows(
		Array.from({ length: 1200 }, (_, row) => ({ row, patch: { ...rex, age: row % 20, breed: "x".repeat(80) } })),
	);
	await importRows([
		{ row: 1, id: 5000, patch: rex },
		{ row: 2, id: 5001, patch: rex },
	]);
	await REST.update(1, { age: 4, microchip: null }, 1);
	await GraphQL.replace(2, { ...rex, name: "Tom", microchip: "985112001234567" });
	await REST.remove(3);
	await REST.remove(4);
	await REST.restore(4);
	await REST.remove(5001);
}

/** Everything that a client can see of the service. */
async function everything() {
	const take = async (path: string, init?: RequestInit) => {
		const response = await fetchWorker(path, init);
		const { status, headers } = response;
		const [tag, link, total, cursor] = ["ETag", "Link", "Total-Count", "Changes-Cursor"].map((name) =>
			headers.get(name),
		);
		return { path, status, tag, link, total, cursor, body: await response.text() };
	};
	const fresh = { headers: { "Cache-Control": "no-cache" } };
	const lists = [await take("/rescues?limit=1000", fresh)];
	for (let next = lists[0]?.link; next; next = lists.at(-1)?.link) {
		lists.push(await take(/<(.*)>/.exec(next)?.[1] as string, fresh));
	}
	return [
		...lists,
		...(await Promise.all([1, 2, 3, 4, 700, 5000, 5001, 6000].map((id) => take(`/rescues/${id}`, fresh)))),
		...(await Promise.all([1, 2, 3, 4, 5001].map((id) => take(`/rescues/${id}/history`)))),
		await take("/rescues/changes?limit=1000"),
		await take("/rescues/changes?since=1000&limit=1000"),
		await take("/rescues/export?format=ndjson&full=true"),
		await take("/rescues/export?format=csv&full=true"),
	];
}

const backUp = async (after = 0) => {
	const response = await fetchWorker(`/backup?after=${after}`);
	expect(response.status).toBe(200);
	return new TextDecoder().decode(await response.arrayBuffer());
};
interface State {
	next: number | null;
	sha256: string | null;
	code: string;
	detail: string;
	errors: { path: number[] }[];
}
const send = async (body: string, search = "", type = "application/x-ndjson") => {
	const response = await fetchWorker(`/restore${search}`, { method: "POST", headers: { "Content-Type": type }, body });
	return { status: response.status, ...(await response.json<State>()) };
};
const lastHash = (text: string) => JSON.parse(text.trimEnd().split("\n").at(-1) as string).sha256;

test("a backup brings the very same service back", async () => {
	await live();
	const before = await everything();
	const text = await backUp();
	await reset();
	platform.restore();
	platform = await harden({ plan: "paid" });
	expect(await send(text)).toEqual({ status: 200, next: null, sha256: lastHash(text) });
	expect(await everything()).toEqual(before);
	// The same service, but another ledger: what it backs up differs in nothing else.
	const facts = (backup: string) => backup.replace(/"ledger":"\w+"|"createdAt":"[^"]+","after"|"sha256":"\w+"/g, "");
	expect(facts(await backUp())).toBe(facts(text));
	// No id is given twice.
	expect(await REST.create(rex)).toMatchObject({ rescue: { id: 1202, version: 1 } });
	expect(await REST.create({ ...rex, id: 5001 })).toMatchObject({ code: "ALREADY_EXISTS" });
	expect(await REST.create({ ...rex, microchip: "985112001234567" })).toMatchObject({ code: "ALREADY_EXISTS" });
});

/** An empty service, behind the platform's limits again. */
async function empty() {
	platform.restore();
	await reset();
	platform = await harden({ plan: "paid" });
}

/** A backup of a service that has lived, in two blocks, in front of an empty one. */
async function madeOfTwo() {
	await live();
	const text = await backUp();
	await empty();
	const blocks = splitBlocks(text);
	expect(blocks.length).toBe(2);
	return text;
}

/** Writes a backup's checks anew, as somebody who edits it might. */
async function seal(lines: string[]): Promise<string> {
	let [text, block, before, count] = ["", "", "", 0];
	for (const line of lines) {
		if (line.startsWith('{"format":')) [before, count] = ["", 0];
		else if (!isCheck(line)) count++;
		if (!isCheck(line)) block += `${line}\n`;
		else {
			before = await writeCheck(before, block, count, line.includes('"end":true'));
			text += `${block}${before}\n`;
			block = "";
		}
	}
	return text + block;
}
const linesOf = (text: string) => text.trimEnd().split("\n");

describe("a restore", () => {
	test("goes on where it broke off; until its last line has come everything else is 503 and nothing is published", async () => {
		await live();
		const before = await everything();
		const blocks = splitBlocks(await backUp());
		expect(blocks).toHaveLength(2);
		await empty();
		expect((await fetchWorker("/rescues")).status).toBe(200);
		const [first, second] = blocks as [string, string];
		const begun = await send(first);
		expect(begun).toEqual({ status: 200, next: 1001, sha256: lastHash(first) });
		platform.reset();
		const refused = async () => {
			for (const [method, path] of [
				["GET", "/rescues"],
				["GET", "/rescues/1"],
				["GET", "/rescues?species=dog"],
				["GET", "/rescues/1/history"],
				["GET", "/rescues/changes"],
				["GET", "/rescues/export"],
				["GET", "/backup"],
				["POST", "/rebuild"],
				["DELETE", "/rescues/1"],
				["POST", "/rescues/1/restore"],
			] as const) {
				const response = await fetchWorker(path, { method });
				expect([path, response.status]).toEqual([path, 503]);
				expect((await response.json<State>()).detail).toContain("being restored");
			}
			expect(await REST.create(rex)).toMatchObject({ code: "UNAVAILABLE" });
			expect(await GraphQL.update(1, { age: 1 })).toMatchObject({ code: "UNAVAILABLE" });
			const { errors } = await graphql("{ rescue(id: 1) { id } rescues(first: 1) { nodes { id } } }");
			expect(errors.length).toBeGreaterThan(0);
			expect((await fetchWorker("/health")).status).toBe(200);
		};
		await refused();
		await runDurableObjectAlarm(ledger());
		await evictDurableObject(ledger());
		await refused();
		expect((await env.RESCUES.list()).keys).toEqual([]);
		expect(platform.usage.puts).toBe(0);
		expect(await (await fetchWorker("/restore")).json()).toEqual({ next: 1001, sha256: lastHash(first) });
		for (const from of ["0", "1", "1000", "1002"]) {
			expect(await send(second, `?from=${from}`)).toMatchObject({
				status: 400,
				detail: expect.stringContaining("1001"),
			});
		}
		const done = { status: 200, next: null, sha256: lastHash(second) };
		expect(await send(second, "?from=1001")).toEqual(done);
		// Its answer got lost: it is sent again.
		expect(await send(second, "?from=1001")).toEqual(done);
		expect(await everything()).toEqual(before);
		// A key takes one write a second, and the first page has just been taken away.
		const published = async () => {
			await runDurableObjectAlarm(ledger());
			return (await env.RESCUES.list()).keys.map(({ name }) => name);
		};
		await expect.poll(published, { interval: 500 }).toEqual(["rescues:0", "rescues:1001"]);
		expect((await fetchWorker("/rescues")).headers.get("ETag")).toBe(before[0]?.tag);
	});

	test("can be begun anew, with another backup", async () => {
		await live();
		const long = splitBlocks(await backUp());
		await empty();
		await REST.create(rex);
		const short = await backUp();
		await empty();
		await send(long[0] as string);
		expect(await send(short)).toMatchObject({ status: 200, next: null });
		expect(await REST.create(rex)).toMatchObject({ rescue: { id: 2 } });
		const feed = await (await fetchWorker("/rescues/changes")).json<{ cursor: string; changes: unknown[] }>();
		expect([feed.cursor, feed.changes.length]).toEqual(["2", 2]);
		expect((await fetchWorker("/rescues?limit=1")).headers.get("Total-Count")).toBe("2");
	});

	test("is refused by a service that isn't empty, which stays as it is", async () => {
		await REST.create(rex);
		const text = await backUp();
		const before = await everything();
		expect(await send(text)).toMatchObject({ status: 409, code: "ALREADY_EXISTS" });
		expect(await send(text, "?from=1&replace=true")).toMatchObject({ status: 409, code: "ALREADY_EXISTS" });
		expect(await (await fetchWorker("/restore")).json()).toEqual({ next: null, sha256: null });
		expect(await everything()).toEqual(before);
	});

	test("takes `replace` over what another ledger has published", async () => {
		await live();
		const before = await everything();
		const text = await backUp();
		// The ledger is lost, the namespace isn't.
		const kept = new Map<string, [string, object]>();
		for (const { name } of (await env.RESCUES.list()).keys) {
			const { value, metadata } = await env.RESCUES.getWithMetadata<object>(name, "text");
			kept.set(name, [value as string, metadata as object]);
		}
		await empty();
		for (const [key, [value, metadata]] of kept) await env.RESCUES.put(key, value, { metadata });
		await runInDurableObject(ledger(), (_, { storage: { sql } }) => sql.exec("DELETE FROM outbox"));
		expect(await send(text)).toMatchObject({ status: 409, detail: expect.stringContaining("replace=true") });
		expect(await send(text, "?replace=true")).toMatchObject({ status: 200, next: null });
		expect(await everything()).toEqual(before);
	});

	test.each<[string, number, (lines: string[]) => string[] | Promise<string>]>([
		["a line that is no JSON", 3, (lines) => lines.with(2, "{")],
		["a line that was changed", 1002, (lines) => lines.with(2, (lines[2] as string).replace("dog", "cat"))],
		["a line that is missing", 1001, (lines) => lines.toSpliced(2, 1)],
		["a line too many", 1003, (lines) => lines.toSpliced(2, 0, lines[2] as string)],
		["lines in another order", 1002, (lines) => lines.with(2, lines[3] as string).with(3, lines[2] as string)],
		["another header", 1002, (lines) => lines.with(0, (lines[0] as string).replace('"nextId":1202', '"nextId":7'))],
		["no header", 1, (lines) => lines.slice(1)],
		["another file", 1, () => ["id,name,species", "1,Rex,dog"]],
		["nothing", 1, () => []],
		["a later format", 1, (lines) => lines.with(0, (lines[0] as string).replace('"version":1', '"version":2'))],
		["a later schema", 1, (lines) => lines.with(0, (lines[0] as string).replace('"schema":2', '"schema":3'))],
		["a record edited", 3, (lines) => seal(lines.with(2, (lines[2] as string).replace('"age":0', '"age":300')))],
		["a line that is null", 3, (lines) => seal(lines.with(2, "null"))],
		["an id edited", 3, (lines) => seal(lines.with(2, (lines[2] as string).replace('"id":2', '"id":3')))],
		["a number given twice", 4, (lines) => seal(lines.with(3, lines[2] as string))],
		[
			"a version given twice",
			4,
			(lines) => seal(lines.with(3, (lines[2] as string).replace('"number":2', '"number":3'))),
		],
		["a field that no record has", 3, (lines) => seal(lines.with(2, (lines[2] as string).replace('"by"', '"buy"')))],
	])("refuses %s, names line %i, and serves nothing of it", async (_what, line, damage) => {
		const text = await madeOfTwo();
		const made = await damage(linesOf(text));
		const damaged = typeof made === "string" ? made : made.map((line) => `${line}\n`).join("");
		const answer = await send(damaged);
		expect([answer.status, answer.detail], answer.detail).toEqual([422, expect.stringContaining(`Line ${line} `)]);
		expect(answer.errors[0]?.path).toEqual([line]);
		// Nothing has begun: the service is empty, and open.
		expect(await (await fetchWorker("/restore")).json()).toEqual({ next: 1, sha256: null });
		expect(await (await fetchWorker("/rescues")).json()).toEqual([]);
		expect(await send(text)).toMatchObject({ status: 200, next: null });
	});

	test("refuses a damaged later block with the line's number in the file, and goes on with a sound one", async () => {
		const text = await madeOfTwo();
		const [first, second] = splitBlocks(text) as [string, string];
		await send(first);
		const lines = linesOf(second);
		const cut = lines.slice(0, -1).join("\n");
		expect(await send(`${lines.with(1, "{").join("\n")}\n`, "?from=1001")).toMatchObject({
			status: 422,
			errors: [{ path: [1004] }],
		});
		expect(await send(cut, "?from=1001")).toMatchObject({
			status: 422,
			detail: expect.stringContaining("is not a check"),
		});
		const early = (lines.at(-1) as string).replace(/"count":\d+/, '"count":1001');
		expect(await send(`${lines[0]}\n${early}\n`, "?from=1001")).toMatchObject({
			status: 422,
			errors: [{ path: [1004] }],
		});
		expect((await fetchWorker("/rescues")).status).toBe(503);
		expect(await send(second, "?from=1001")).toMatchObject({ status: 200, next: null });
	});

	test("refuses a header that announces other records than there are", async () => {
		const lines = linesOf(await madeOfTwo());
		const other = (lines[0] as string).replace(/"records":\d+/, '"records":9');
		const answer = await send(await seal(lines.with(0, other)));
		expect(answer).toMatchObject({ status: 422, errors: [{ path: [lines.length] }] });
	});

	test("takes UTF-8 NDJSON up to 8 MiB", async () => {
		expect(await send("{}", "", "application/json")).toMatchObject({ status: 415 });
		expect(await send("x".repeat(8 * 1024 * 1024 + 1))).toMatchObject({ status: 413 });
		const body = new Uint8Array([0xff]);
		const headers = { "Content-Type": "application/x-ndjson" };
		expect((await fetchWorker("/restore", { method: "POST", headers, body })).status).toBe(400);
		expect(await send("{}", "?from=x&replace=1&to=2")).toMatchObject({ status: 422 });
	});

	test("brings the records of an earlier schema up to date", async () => {
		await REST.create({ ...rex, externalId: "A-1" });
		await REST.update(1, { age: 4, externalId: null });
		const old = linesOf(await backUp()).map((line) =>
			line.replace(/"externalId":(null|"A-1"),/, "").replace('"schema":2', '"schema":0'),
		);
		await empty();
		expect(await send(await seal(old))).toMatchObject({ status: 200, next: null });
		expect(await REST.get(1)).toMatchObject({ rescue: { age: 4, version: 2, externalId: null } });
		const history = await REST.history(1);
		expect(history).toMatchObject({ changes: [{ rescue: { externalId: null } }, { rescue: { externalId: null } }] });
		expect(linesOf(await backUp())[1]).toContain('"externalId":null,"neutered":null,');
	});
});

describe("a backup", () => {
	test("goes on behind a change; its parts and what is put behind them later make one", async () => {
		await live();
		const [first = "", second = ""] = splitBlocks(await backUp());
		// It broke off, and goes on behind the last block that is whole.
		const rest = await backUp(1000);
		expect(linesOf(rest).slice(1, -1)).toEqual(linesOf(second).slice(0, -1));
		await REST.update(10, { age: 19 });
		await REST.create(rex);
		const later = await backUp(JSON.parse(linesOf(rest)[0] as string).last);
		expect(linesOf(later)).toHaveLength(4);
		const nothing = await backUp(JSON.parse(linesOf(later)[0] as string).last);
		expect(linesOf(nothing)).toHaveLength(2);
		const before = await everything();
		await empty();
		expect(await send(first)).toMatchObject({ next: 1001 });
		expect(await send(rest + later + nothing, "?from=1001")).toMatchObject({ status: 200, next: null });
		expect(await everything()).toEqual(before);
	});

	test("that goes on elsewhere, or is of another service, is refused", async () => {
		await live();
		const [first = ""] = splitBlocks(await backUp());
		const rest = await backUp(999);
		await empty();
		await send(first);
		expect(await send(rest, "?from=1001")).toMatchObject({
			status: 422,
			detail: expect.stringContaining("behind change 999"),
		});
		const other = await seal(
			linesOf(rest).map((line) =>
				line.replace(/"ledger":"\w+"/, '"ledger":"other"').replace('"after":999', '"after":1000'),
			),
		);
		expect(await send(other, "?from=1001")).toMatchObject({
			status: 422,
			detail: expect.stringContaining("another service"),
		});
	});

	test("is of one moment, whatever is written while it is read", async () => {
		await live();
		const whole = await backUp();
		const response = await fetchWorker("/backup");
		const reader = (response.body as ReadableStream<Uint8Array>).getReader();
		const decoder = new TextDecoder();
		let text = decoder.decode((await reader.read()).value, { stream: true });
		await REST.update(7, { name: "Changed" });
		await REST.create(rex);
		for (let read = await reader.read(); !read.done; read = await reader.read())
			text += decoder.decode(read.value, { stream: true });
		expect(
			linesOf(text)
				.slice(1)
				.filter((line) => !isCheck(line)),
		).toEqual(
			linesOf(whole)
				.slice(1)
				.filter((line) => !isCheck(line)),
		);
		expect(JSON.parse(linesOf(text)[0] as string)).toMatchObject({ last: 1209, records: 1201, nextId: 1202, after: 0 });
	});

	test("breaks off when the ledger can't be reached any more", async () => {
		await live();
		const { getByName } = env.LEDGER;
		let calls = 0;
		env.LEDGER.getByName = ((name: string) => {
			if (++calls > 1) throw new Error("the ledger is gone");
			return getByName.call(env.LEDGER, name);
		}) as typeof getByName;
		try {
			const response = await fetchWorker("/backup");
			expect(response.status).toBe(200);
			await expect(response.arrayBuffer()).rejects.toThrow();
		} finally {
			env.LEDGER.getByName = getByName;
		}
	});

	test("of an empty service is one, and brings it back", async () => {
		const text = await backUp();
		expect(linesOf(text)).toHaveLength(2);
		expect(await send(text)).toEqual({ status: 200, next: 1, sha256: lastHash(text) });
		expect(await REST.create(rex)).toMatchObject({ rescue: { id: 1 } });
	});

	test("behind a change that nobody has made is refused", async () => {
		await REST.create(rex);
		expect((await fetchWorker("/backup?after=2")).status).toBe(400);
		expect((await fetchWorker("/backup?after=-1")).status).toBe(422);
		expect((await fetchWorker("/backup?after=x&since=1")).status).toBe(422);
	});

	test("and a restore are for admins", async () => {
		const app = createApp();
		const { OPEN_WRITES: _, ...closed } = env as Env;
		const bindings: Env = { ...closed, WRITE_TOKENS: "bob:second-token", ADMIN_TOKENS: "ann:first-token" };
		const status = async (bindings: Env, path: string, init: RequestInit) =>
			(await app.fetch(new Request(new URL(path, "http://localhost:8787"), init), bindings, createExecutionContext()))
				.status;
		const token = { Authorization: "Bearer first-token" };
		const foreign = { Origin: "https://evil.example" };
		for (const [method, path, good] of [
			["GET", "/backup", 200],
			["GET", "/restore", 200],
			["POST", "/restore", 415],
		] as const) {
			expect([method, path, await status(closed, path, { method, headers: token })]).toEqual([method, path, 401]);
			expect([method, path, await status(bindings, path, { method })]).toEqual([method, path, 401]);
			const writes = { Authorization: "Bearer second-token" };
			expect([method, path, await status(bindings, path, { method, headers: writes })]).toEqual([method, path, 403]);
			expect([method, path, await status(bindings, path, { method, headers: token })]).toEqual([method, path, good]);
			expect([
				method,
				path,
				await status({ ...bindings, OPEN_WRITES: "true" }, path, { method, headers: foreign }),
			]).toEqual([method, path, 403]);
		}
	});

	test("reads a row a change, and its restore writes four", async () => {
		const write = (age: number) =>
			importRows(Array.from({ length: 300 }, (_, row) => ({ row, patch: { ...rex, age, externalId: `E-${row}` } })));
		for (let age = 0; age < 10; age++) await write(age);
		platform.reset();
		const text = await backUp();
		expect(platform.usage.rowsRead).toBeLessThan(3050);
		expect(platform.usage.reads + platform.usage.puts).toBe(0);
		await empty();
		platform.reset();
		expect(await send(text)).toMatchObject({ status: 200, next: null });
		expect(platform.usage.rowsWritten).toBeLessThan(3000 * 4 + 300 * 3 + 100);
	});

	test("holds at most 1 MiB or a thousand changes and a record a block", async () => {
		const rows = Array.from({ length: 400 }, (_, row) => ({ row, patch: { ...rex, description: "犬".repeat(2000) } }));
		await importRows(rows);
		const text = await backUp();
		const sizes = splitBlocks(text).map((block) => block.length);
		expect(sizes.length).toBeGreaterThan(0);
		expect(Math.max(...sizes)).toBeLessThan(1024 * 1024 + 8192);
		await empty();
		expect(await send(text)).toMatchObject({ status: 200, next: null });
		const list = await fetchWorker("/rescues", { headers: { "Cache-Control": "no-cache" } });
		expect(list.headers.get("Total-Count")).toBe("400");
	});
});
