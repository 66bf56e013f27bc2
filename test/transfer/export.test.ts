import { reset } from "cloudflare:test";
import fc from "fast-check";
import Papa from "papaparse";
import { afterEach, describe, expect, test } from "vitest";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { IMPORT_FIELDS } from "../../src/transfer/rows.ts";
import { importRows } from "../ledger/faulty-kv.ts";
import { harden } from "../platform/platform.ts";
import { fetchWorker, REST } from "../transports.ts";

afterEach(reset);

const rex = { name: "Rex", age: 3, species: "dog" };
const TYPES = { csv: "text/csv", ndjson: "application/x-ndjson", json: "application/json" };
const formats = ["csv", "ndjson", "json"] as const;

const take = async (search: string) => {
	const response = await fetchWorker(`/rescues/export${search}`);
	expect(response.status).toBe(200);
	return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await response.arrayBuffer());
};
const bring = async (body: string, type: string) => {
	const response = await fetchWorker("/rescues/import", { method: "POST", headers: { "Content-Type": type }, body });
	return response.json<{ created: number; unchanged: number; failed: number; errors: unknown[] }>();
};

const nasty = [
	{
		...rex,
		name: '=HYPERLINK("http://x")',
		breed: "'+1",
		description: ' @SUM(1+1)*cmd\r\n\'=2\t; "quoted"\n\n',
		species: "-dog",
		photos: ["https://a.example/1", "https://a.example/b%20c"],
		externalId: "''=x",
		status: "returned_to_owner",
		sex: "female",
		size: "xlarge",
		microchip: "985112001234567",
	},
	{
		...rex,
		name: "Zoë 犬",
		description: "'quoted'",
		breed: "\t=1",
		externalId: "＝1",
		photos: ["https://a.example/1,2;3"],
	},
	{ ...rex, id: 90, name: "'", species: "null", externalId: "007" },
];

describe.each(formats)("an export as %s", (format) => {
	test("comes back byte for byte through an import into an empty service", async () => {
		for (const animal of nasty) expect(await REST.create(animal)).toHaveProperty("rescue");
		await REST.create({ ...rex, name: "Gone" });
		await REST.remove(3);
		const exported = await take(`?format=${format}`);
		expect(await bring(exported, TYPES[format])).toMatchObject({ created: 0, unchanged: 3, failed: 0 });
		await reset();
		expect(await bring(exported, TYPES[format])).toMatchObject({ created: 3, failed: 0 });
		expect(await take(`?format=${format}`)).toBe(exported);
		const restored = await (await fetchWorker("/rescues")).json<AnimalRescue[]>();
		expect(restored).toMatchObject(nasty.map((animal, index) => ({ id: index + 1, ...animal })));
	});

	test("of what can be imported, or with the read-only fields too", async () => {
		await REST.create(rex);
		expect(await take(`?format=${format}`)).not.toContain("createdAt");
		const full = await take(`?format=${format}&full=true`);
		expect(full).toContain("createdAt");
		expect(await bring(full, TYPES[format])).toMatchObject({
			unchanged: 1,
			failed: 0,
			ignored: ["version", "createdAt", "updatedAt"],
		});
	});

	test("of an empty service is well-formed", async () => {
		const exported = await take(`?format=${format}`);
		const empty = { csv: `\ufeff${IMPORT_FIELDS.join(",")}\r\n`, ndjson: "", json: "[\n]\n" };
		expect(exported).toBe(empty[format]);
	});
});

test("whatever text a record holds, CSV brings it back", async () => {
	const text = fc
		.string({ unit: fc.constantFrom(..."=+-@'\"\t\r\n,; aÄ\u2028＝犬"), minLength: 1, maxLength: 12 })
		.filter((value) => value.trim() !== "");
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.record({ breed: text, description: text, name: text }), { minLength: 1, maxLength: 20 }),
			async (rows) => {
				await reset();
				const body = JSON.stringify(rows.map((row) => ({ ...rex, ...row })));
				expect(await bring(body, TYPES.json)).toMatchObject({ created: rows.length, failed: 0 });
				const exported = await take("?format=csv");
				const cells = Papa.parse<string[]>(exported, { delimiter: "," }).data.flat();
				expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
				await reset();
				await bring(exported, TYPES.csv);
				expect(await take("?format=csv")).toBe(exported);
				const found = await (await fetchWorker("/rescues")).json<AnimalRescue[]>();
				expect(found.map(({ breed, description }) => ({ breed, description }))).toEqual(
					rows.map(({ breed, description }) => ({ breed, description })),
				);
			},
		),
		{ numRuns: 15 },
	);
});

test("the format is what the query says, else what the client likes, else CSV", async () => {
	const type = async (search: string, accept?: string) => {
		const response = await fetchWorker(`/rescues/export${search}`, accept ? { headers: { Accept: accept } } : {});
		await response.body?.cancel();
		return response.headers.get("Content-Type");
	};
	expect(await type("")).toBe("text/csv; charset=utf-8");
	expect(await type("", "*/*")).toBe("text/csv; charset=utf-8");
	expect(await type("", "text/html;q=0.9, application/x-ndjson;q=0.8")).toBe("application/x-ndjson");
	expect(await type("", "application/json")).toBe("application/json");
	expect(await type("?format=ndjson", "application/json")).toBe("application/x-ndjson");
});

test("it holds what passes the filters, and refuses what it doesn't know", async () => {
	await REST.create({ ...rex, species: "Dog" });
	await REST.create({ ...rex, species: "cat", status: "available" });
	const ids = async (search: string) =>
		JSON.parse(await take(`?format=json${search}`)).map(({ id }: AnimalRescue) => id);
	expect(await ids("&species=DOG")).toEqual([1]);
	expect(await ids("&status=available&status=hold")).toEqual([2]);
	await REST.create({ ...rex, microchip: "985112001234567", location: "Kennel 1", neutered: true, notes: "Barks" });
	expect(await ids("&microchip=985+112+001+234+567")).toEqual([3]);
	expect(await ids("&location=kennel+1&neutered=true&ids=3&ids=1")).toEqual([3]);
	expect(await ids("&q=barks")).toEqual([3]);
	expect((await take("?format=csv&location=kennel+1")).trim().split("\r\n")).toHaveLength(2);
	const refused = await fetchWorker("/rescues/export?format=xml&full=1&sex=x");
	expect(refused.status).toBe(422);
	const { errors } = await refused.json<{ errors: { path: string[] }[] }>();
	expect(errors.map(({ path }) => path.join())).toEqual(["sex", "format", "full"]);
});

test("it is as of one moment, whatever is written while it is read, and the feed goes on from there", async () => {
	const rows = Array.from({ length: 2500 }, (_, index) =>
		JSON.stringify({ ...rex, id: index + 1, breed: "x".repeat(90) }),
	);
	await bring(rows.join("\n"), TYPES.ndjson);
	await REST.remove(2000);
	const response = await fetchWorker("/rescues/export?format=ndjson");
	const reader = (response.body as ReadableStream<Uint8Array>).getReader();
	const decoder = new TextDecoder();
	let text = decoder.decode((await reader.read()).value, { stream: true });
	await REST.update(2400, { name: "Changed" });
	await REST.remove(2401);
	await REST.create({ ...rex, name: "Later" });
	for (let read = await reader.read(); !read.done; read = await reader.read())
		text += decoder.decode(read.value, { stream: true });
	const records = text
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line) as AnimalRescue);
	expect(records).toHaveLength(2499);
	expect(records.every(({ name }) => name === "Rex")).toBe(true);
	const cursor = response.headers.get("Changes-Cursor");
	const { changes } = await (await fetchWorker(`/rescues/changes?since=${cursor}`)).json<{
		changes: { kind: string }[];
	}>();
	expect(changes.map(({ kind }) => kind)).toEqual(["updated", "deleted", "created"]);
});

test("it reads as much for a record with a long history as for one without", async () => {
	const platform = await harden({ plan: "paid" });
	try {
		await importRows(Array.from({ length: 1500 }, (_, row) => ({ row, patch: rex })));
		for (let age = 0; age < 40; age++) {
			await importRows(Array.from({ length: 30 }, (_, row) => ({ row, id: row + 1, patch: { age } })));
		}
		platform.reset();
		const response = await fetchWorker("/rescues/export?format=ndjson");
		const reader = (response.body as ReadableStream<Uint8Array>).getReader();
		for (let read = await reader.read(); !read.done; read = await reader.read());
		expect(platform.usage.rowsRead).toBeLessThan(3100);
	} finally {
		platform.restore();
	}
});

test.each(["POST", "PUT", "PATCH", "DELETE"])("%s /rescues/export is no write to a record", async (method) => {
	const response = await fetchWorker("/rescues/export", { method });
	expect(response.status).toBe(405);
	expect(response.headers.get("Allow")).toBe("GET, HEAD");
});
