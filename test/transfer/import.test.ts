import { reset, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import type { ImportReport } from "../../src/transfer/rows.ts";
import { caughtUp } from "../ledger/faulty-kv.ts";
import { holdClock } from "../platform/clock.ts";
import { fetchWorker, graphql, REST } from "../transports.ts";

afterEach(async () => {
	vi.useRealTimers();
	await reset();
});

type Answer = ImportReport & { code: string; detail: string };

async function send(body: BodyInit, type = "text/csv", search = "", headers: Record<string, string> = {}) {
	const response = await fetchWorker(`/rescues/import${search}`, {
		method: "POST",
		headers: { "Content-Type": type, ...headers },
		body,
	});
	return {
		status: response.status,
		replayed: response.headers.get("Idempotency-Replayed"),
		...(await response.json<Answer>()),
	};
}
const csv = (lines: string[], end = "\r\n") => lines.map((line) => line + end).join("");
const get = async (id: number) => (await fetchWorker(`/rescues/${id}`)).json<AnimalRescue>();
const list = async () => (await fetchWorker("/rescues?sort=id&q=")).json<AnimalRescue[]>();
const counts = ({ created, updated, unchanged, failed }: ImportReport) => [created, updated, unchanged, failed];
const rex = { name: "Rex", age: 3, species: "dog" };

const sheet = ["Animal ID;Name;Species;Age", "A-1;Rex;dog;3", "A-2;Tom;cat;2"];
const utf16 = (text: string, isLittle: boolean) => {
	const bytes = new DataView(new ArrayBuffer(text.length * 2));
	for (const [index, unit] of [...text].entries()) bytes.setUint16(index * 2, unit.charCodeAt(0), isLittle);
	return bytes.buffer;
};

describe("what spreadsheets write comes in:", () => {
	test.each<[string, BodyInit, string]>([
		["a heading of Windows over rows of Unix", `${sheet[0]}\r\n${csv(sheet.slice(1), "\n")}`, "text/csv"],
		["a heading of Unix over rows of Windows", `${sheet[0]}\n${csv(sheet.slice(1))}`, "text/csv"],
		["Excel's sep=;", csv(["sep=;", ...sheet]), "text/csv"],
		["the same behind a byte order mark, its ends mixed", `\ufeffsep=;\n${csv(sheet)}`, "text/csv"],
		["UTF-16, little-endian", utf16(`\ufeff${csv(sheet)}`, true), "text/csv"],
		["UTF-16, big-endian", utf16(`\ufeff${csv(sheet)}`, false), "text/csv"],
		["tabs, by their own type", csv(sheet).replaceAll(";", "\t"), "text/tab-separated-values"],
	])("%s", async (_what, body, type) => {
		const report = await send(body, type);
		expect([report.status, ...counts(report)]).toEqual([200, 2, 0, 0, 0]);
		expect(await get(2)).toMatchObject({ externalId: "A-2", name: "Tom", species: "cat", age: 2 });
	});

	test("what is wrong with UTF-16 without a byte order mark is said", async () => {
		const report = await send(utf16(csv(sheet), true));
		expect(report).toMatchObject({ status: 400, code: "MALFORMED_REQUEST" });
		expect(report.detail).toContain("UTF-16 without a byte order mark");
	});

	test("a row's number is the spreadsheet's, sep= included", async () => {
		const report = await send(csv(["sep=;", ...sheet, "A-3;Bad;dog;x"]));
		expect(report.errors).toMatchObject([{ row: 5, path: ["age"] }]);
	});

	test("an externalId is trimmed, here and everywhere", async () => {
		await send(csv(["externalId,name,species,age", '"  A-9 ",Rex,dog,3']));
		expect((await get(1)).externalId).toBe("A-9");
		expect(await REST.create({ ...rex, externalId: "A-9  " })).toMatchObject({ code: "ALREADY_EXISTS" });
	});
});

test.each(["application/x-ndjson", "application/ndjson", "application/jsonl"])(
	"%s is a line a rescue",
	async (type) => {
		const report = await send(`${JSON.stringify(rex)}\n${JSON.stringify(rex)}\n`, type);
		expect([report.status, report.created]).toEqual([200, 2]);
	},
);

test.each([
	["/rescues/import.csv", "text/plain", csv(["name,species,age", "Rex,dog,3"])],
	["/rescues/import.csv", "text/csv", csv(["name,species,age", "Rex,dog,3"])],
	["/rescues/import.ndjson", "text/plain", `${JSON.stringify(rex)}\n`],
	["/rescues/import.ndjson", "application/x-ndjson", `${JSON.stringify(rex)}\n`],
])("%s takes what it is called after, and nothing else", async (path, type, body) => {
	const post = (type: string, search = "") =>
		fetchWorker(path + search, { method: "POST", headers: { "Content-Type": type }, body });
	expect(await (await post(type, "?dryRun=true")).json()).toMatchObject({ created: 1 });
	expect(await list()).toEqual([]);
	expect(await (await post(type)).json()).toMatchObject({ created: 1 });
	expect((await post("application/json")).status).toBe(415);
	expect((await fetchWorker(path)).status).toBe(405);
});

describe("CSV", () => {
	test("comes in with headings as people have them, in any order and case", async () => {
		const report = await send(
			csv([
				"Weight,SPECIES,Animal ID,name,Age,Sex,Breed,Microchip,Status,",
				'30 kg,Dog,A-1,"Rex, ""the"" dog",3,M,Labrador mix,985 112 001 234 567,Returned to owner,',
				"4 kg,Cat,A-2,Tom,0,female,,,AVAILABLE,",
			]),
		);
		expect(report).toEqual({
			status: 200,
			replayed: null,
			created: 2,
			updated: 0,
			unchanged: 0,
			failed: 0,
			errors: [],
			ignored: ["Weight"],
			readings: [],
		});
		expect(await get(1)).toMatchObject({
			id: 1,
			name: 'Rex, "the" dog',
			age: 3,
			species: "Dog",
			sex: "male",
			status: "returned_to_owner",
			breed: "Labrador mix",
			microchip: "985112001234567",
			externalId: "A-1",
			version: 1,
		});
		expect(await get(2)).toMatchObject({ name: "Tom", age: 0, sex: "female", breed: null, microchip: null });
	});

	test.each<[string, BodyInit]>([
		["semicolons", csv(["name;age;species", "Rex;3;dog, mostly"])],
		["tabs", csv(["name\tage\tspecies", "Rex\t3\tdog, mostly"])],
		["a byte order mark", csv(["\ufeffname,age,species", 'Rex,3,"dog, mostly"'])],
		["bare line feeds and none at the end", 'name,age,species\nRex,3,"dog, mostly"'],
		["blank lines", csv(["", "name,age,species", "", 'Rex,3,"dog, mostly"', ",,", ""])],
	])("comes in with %s", async (_name, body) => {
		expect(counts(await send(body))).toEqual([1, 0, 0, 0]);
		expect(await get(1)).toMatchObject({ name: "Rex", species: "dog, mostly" });
	});

	test("keeps line breaks in quoted cells, photos, and what an export has made safe", async () => {
		await send(
			csv([
				"name,age,species,description,photos",
				`Rex,3,dog,"'=1+1\r\nsecond","https://a.example/1 https://a.example/2"`,
			]),
		);
		expect(await get(1)).toMatchObject({
			description: "=1+1\r\nsecond",
			photos: ["https://a.example/1", "https://a.example/2"],
		});
	});

	test("lands the good rows and names what is wrong with the others by the spreadsheet's row", async () => {
		const report = await send(
			csv(["name,age,species", "Rex,300,dog", "Tom,2,cat", ",two,", "Zoë,1,dog,more", 'Bo,1,"dog']),
		);
		expect(counts(report)).toEqual([1, 0, 0, 4]);
		expect(report.errors).toEqual([
			{ row: 2, path: ["age"], message: "must be a whole number from 0 to 255" },
			{ row: 4, path: ["age"], message: "must be a whole number from 0 to 255" },
			{ row: 4, path: ["name"], message: "is required" },
			{ row: 4, path: ["species"], message: "is required" },
			{ row: 5, path: [], message: "has more cells than the 3 headings" },
			{ row: 6, path: [], message: "has a quoted cell that doesn't end well" },
		]);
		expect(await list()).toMatchObject([{ name: "Tom" }]);
	});

	test.each<[string, BodyInit, string]>([
		[
			"Windows-1252",
			new Uint8Array([
				...new TextEncoder().encode("name,age,species\nZo"),
				0xeb,
				...new TextEncoder().encode(",1,dog\n"),
			]),
			"Windows-1252",
		],
		["no known heading", csv(["a,b", "1,2"]), "headings"],
		["nothing in it", "", "headings"],
		["two columns for one field", csv(["Animal ID,externalId", "1,2"]), "externalId"],
	])("with %s is refused as a whole", async (_name, body, word) => {
		const answer = await send(body);
		expect(answer).toMatchObject({ status: 400, code: "MALFORMED_REQUEST", detail: expect.stringContaining(word) });
		expect(await list()).toEqual([]);
	});

	test("of thousands of rows comes in, in transactions, and reaches KV by the alarm", async () => {
		// No alarm but those that are run here: each publishes forty.
		holdClock();
		const rows = Array.from(
			{ length: 1300 },
			(_, index) => `Animal ${index},${index % 20},dog,E-${index},"${"x".repeat(300)}"`,
		);
		const body = csv(["name,age,species,externalId,description", ...rows]);
		expect(counts(await send(body))).toEqual([1300, 0, 0, 0]);
		expect(counts(await send(body))).toEqual([0, 0, 1300, 0]);
		const stub = env.LEDGER.getByName("rescues");
		const sql = <T>(run: (sql: SqlStorage) => T) => runInDurableObject(stub, (_, { storage }) => run(storage.sql));
		const waiting = () =>
			sql((sql) => {
				sql.exec("UPDATE outbox SET due = 0");
				return sql.exec<{ n: number }>("SELECT count(*) AS n FROM outbox").one().n;
			});
		// The list is in KV when the import is answered.
		for (const key of ["rescues:0", "rescues:1001"]) expect(await env.RESCUES.get(key)).not.toBeNull();
		// Clears what the import itself has published.
		await runDurableObjectAlarm(stub);
		expect(await waiting()).toBeLessThanOrEqual(1);
		// Had all been read, each would have a document of its own.
		await sql((sql) => sql.exec("INSERT INTO documents SELECT id, 0 FROM rescues").rowsWritten);
		const older = csv(["externalId,age", ...rows.map((_, index) => `E-${index},${(index % 20) + 1}`)]);
		expect(counts(await send(older))).toEqual([0, 1300, 0, 0]);
		await runDurableObjectAlarm(stub);
		expect(await waiting()).toBeGreaterThan(1000);
		const before = await waiting();
		await runDurableObjectAlarm(stub);
		expect(before - (await waiting())).toBe(40);
		const names = (await list()).map(({ name }) => name);
		expect(names).toEqual(Array.from({ length: 1000 }, (_, index) => `Animal ${index}`));
	});
});

describe("a row", () => {
	test("matches by externalId, else by id, else creates; what is absent stays", async () => {
		await REST.create({ ...rex, externalId: "A-1", breed: "Lab" });
		await REST.create({ ...rex, name: "Tom" });
		const rows = [
			{ externalId: "A-1", age: 4 },
			{ id: 2, name: "Tomcat", externalId: "A-2" },
			{ id: 9, ...rex, name: "Nine" },
			{ ...rex, name: "New" },
			{ id: 1, externalId: "A-1", age: 4 },
		];
		const report = await send(JSON.stringify(rows), "application/json");
		expect(counts(report)).toEqual([2, 2, 1, 0]);
		await caughtUp();
		expect(await list()).toMatchObject([
			{ id: 1, age: 4, breed: "Lab", version: 2 },
			{ id: 2, name: "Tomcat", externalId: "A-2", version: 2 },
			{ id: 3, name: "New" },
			{ id: 9, name: "Nine" },
		]);
	});

	test("clears with null and an empty cell", async () => {
		await REST.create({ ...rex, breed: "Lab", status: "adopted", externalId: "A-1" });
		await send(csv(["Animal ID,breed,status,name", "A-1,,,"]));
		expect(await get(1)).toMatchObject({ name: "Rex", breed: null, status: "intake" });
	});

	test("is refused for what only the ledger knows, and the others land", async () => {
		await REST.create({ ...rex, microchip: "985112001234567", externalId: "A-1" });
		await REST.create({ ...rex, id: 2 });
		await REST.remove(2);
		const rows = [
			{ ...rex, microchip: "985112001234567" },
			{ id: 2, ...rex },
			{ id: 7, externalId: "A-1", age: 5 },
			{ externalId: "A-9" },
			{ ...rex, name: "New", colour: "red", version: 4 },
		];
		const report = await send(JSON.stringify(rows), "application/json");
		expect(counts(report)).toEqual([1, 0, 0, 4]);
		expect(report.errors).toEqual([
			{ row: 1, path: ["microchip"], message: "is taken" },
			{ row: 2, path: ["id"], message: "belonged to a deleted rescue, and is never given again" },
			{ row: 3, path: ["id"], message: "is not the id of the rescue with this externalId, which is 1" },
			{ row: 4, path: ["name"], message: "is required" },
			{ row: 4, path: ["age"], message: "is required" },
			{ row: 4, path: ["species"], message: "is required" },
		]);
		expect(report.ignored).toEqual(["colour", "version"]);
	});
});

describe("an import", () => {
	const good = [
		{ ...rex, externalId: "A-1" },
		{ ...rex, name: "Tom", externalId: "A-2" },
	];
	const bad = [...good, { ...rex, age: 300 }, { ...rex, externalId: "A-3", microchip: "x" }];

	test("comes as NDJSON, bad lines named by their number", async () => {
		const body = `${JSON.stringify(good[0])}\n\n{"name":\n${JSON.stringify(good[1])}`;
		const report = await send(body, "application/x-ndjson");
		expect(counts(report)).toEqual([2, 0, 0, 1]);
		expect(report.errors).toEqual([{ row: 3, path: [], message: "is not well-formed JSON" }]);
	});

	test("changes nothing as a dry run, and says what it would do", async () => {
		const same = [...good, { externalId: "A-1", age: 9 }];
		expect(counts(await send(JSON.stringify(same), "application/json", "?dryRun=true"))).toEqual([2, 1, 0, 0]);
		expect(await list()).toEqual([]);
		expect((await REST.create(rex)) as object).toMatchObject({ rescue: { id: 1 } });
	});

	test("lands as a whole or not at all when it is atomic", async () => {
		const refused = await send(JSON.stringify(bad), "application/json", "?atomic=true");
		expect(counts(refused)).toEqual([0, 0, 0, 2]);
		expect(refused.errors.map(({ row }) => row)).toEqual([3, 4]);
		expect(await list()).toEqual([]);
		const taken = [
			...good,
			{ ...rex, externalId: "A-4", microchip: "985112001234567" },
			{ ...rex, microchip: "985112001234567" },
		];
		expect(counts(await send(JSON.stringify(taken), "application/json", "?atomic=true"))).toEqual([0, 0, 0, 1]);
		expect(await list()).toEqual([]);
		expect(counts(await send(JSON.stringify(good), "application/json", "?atomic=true"))).toEqual([2, 0, 0, 0]);
	});

	test("without keys in its rows is repeated safely under an idempotency key", async () => {
		const body = JSON.stringify([rex, { ...rex, name: "Tom" }]);
		const key = { "Idempotency-Key": "monday" };
		expect(counts(await send(body, "application/json", "", key))).toEqual([2, 0, 0, 0]);
		expect(await send(body, "application/json", "", key)).toMatchObject({ created: 2, replayed: "true" });
		expect(await list()).toHaveLength(2);
		expect(await send("[]", "application/json", "?dryRun=maybe", key)).toMatchObject({
			status: 422,
			code: "INVALID_INPUT",
		});
	});

	test.each<[string, string, string, number, string]>([
		["a type it doesn't take", "x", "text/plain", 415, "UNSUPPORTED_MEDIA_TYPE"],
		["another charset", "name\n", "text/csv; charset=windows-1252", 415, "UNSUPPORTED_MEDIA_TYPE"],
		["broken JSON", "[{", "application/json", 400, "MALFORMED_REQUEST"],
		["JSON that is no list", "{}", "application/json", 422, "INVALID_INPUT"],
	])("with %s is refused", async (_name, body, type, status, code) => {
		expect(await send(body, type)).toMatchObject({ status, code });
	});

	test("may hold 8 MiB and no more, whether or not it says how much it holds", async () => {
		const line = `{"name":"${"x".repeat(1000)}","age":1,"species":"d"}\n`;
		const body = line.repeat(Math.floor((8 * 1024 * 1024) / line.length));
		expect(body.length).toBeGreaterThan(8_000_000);
		expect((await send(body, "application/x-ndjson")).failed).toBeGreaterThan(8000);
		expect(await send(body + line, "application/x-ndjson")).toMatchObject({ status: 413, code: "PAYLOAD_TOO_LARGE" });
		const stream = new Blob([body, line]).stream();
		expect(await send(stream, "application/x-ndjson")).toMatchObject({ status: 413, code: "PAYLOAD_TOO_LARGE" });
	});

	const whole = "must be false for more than 5,000 rows, which don't go into one transaction";
	test.each([
		["atomic", "?atomic=true", { atomic: true }, ["atomic"]],
		["a dry run", "?dryRun=true", { dryRun: true }, ["dryRun"]],
		["both", "?atomic=true&dryRun=true", { atomic: true, dryRun: true }, ["atomic", "dryRun"]],
	])(
		"of more than 5,000 rows is refused when it is %s, in the same words, before the ledger has seen any",
		async (_name, search, flags, names) => {
			const errors = names.map((name) => ({ path: [name], message: whole }));
			const tooMany = Array.from({ length: 5001 }, () => ({}));
			const response = await fetchWorker(`/rescues/import${search}`, {
				method: "POST",
				headers: { "Content-Type": "application/json" },
				body: JSON.stringify(tooMany),
			});
			expect(response.headers.get("Server-Timing")).toContain('ledger;desc="0 calls"');
			expect(await response.json()).toMatchObject({ status: 422, code: "INVALID_INPUT", errors });
			const { errors: refused } = await graphql(
				`mutation ($input: [ImportRescueInput!]!, $atomic: Boolean, $dryRun: Boolean) {
				importRescues(input: $input, atomic: $atomic, dryRun: $dryRun) { created }
			}`,
				{ input: tooMany, ...flags },
			);
			expect(refused[0].extensions).toMatchObject({ code: "INVALID_INPUT", errors });
			expect(counts(await send(JSON.stringify(tooMany.slice(1)), "application/json", search))).toEqual([0, 0, 0, 5000]);
		},
	);

	test("of 8 MiB of tiny rows is refused as a dry run before it keeps anybody waiting", async () => {
		await REST.create(rex);
		const line = '{"name":"x","age":1,"species":"d"}\n';
		const body = line.repeat(Math.floor((8 * 1024 * 1024) / line.length));
		const headers = { "Content-Type": "application/x-ndjson" };
		const [refused, changed] = await Promise.all([
			fetchWorker("/rescues/import?dryRun=true", { method: "POST", headers, body }),
			REST.update(1, { age: 4 }),
		]);
		// It is the ledger that would.
		expect(refused.headers.get("Server-Timing")).toContain('ledger;desc="0 calls"');
		expect(await refused.json()).toMatchObject({ status: 422, code: "INVALID_INPUT" });
		expect(changed).toMatchObject({ rescue: { age: 4 } });
	});

	test("does the same over GraphQL", async () => {
		const run = (input: unknown, more = {}) =>
			graphql(
				`mutation ($input: [ImportRescueInput!]!, $atomic: Boolean, $dryRun: Boolean, $key: String) {
					importRescues(input: $input, atomic: $atomic, dryRun: $dryRun, idempotencyKey: $key) {
						created updated unchanged failed ignored errors { row path message }
					}
				}`,
				{ input, ...more },
			);
		const { data } = await run([...good, { id: "7", ...rex, sex: "FEMALE" }, { ...rex, age: 300, photos: ["x"] }]);
		expect(data.importRescues).toEqual({
			created: 3,
			updated: 0,
			unchanged: 0,
			failed: 1,
			ignored: [],
			errors: [
				{ row: 4, path: ["age"], message: "must be a whole number from 0 to 255" },
				{ row: 4, path: ["photos", "0"], message: "must be an https URL of at most 2,048 characters" },
			],
		});
		expect(await get(7)).toMatchObject({ sex: "female" });
		expect((await run(good)).data.importRescues).toMatchObject({ unchanged: 2 });
		expect((await run([rex], { dryRun: true })).data.importRescues).toMatchObject({ created: 1 });
		expect((await run([rex, {}], { atomic: true })).data.importRescues).toMatchObject({ created: 0, failed: 1 });
		expect(await list()).toHaveLength(3);
		const refused = await run([{ age: "x" }]);
		expect(refused.errors[0].extensions).toMatchObject({
			code: "INVALID_INPUT",
			errors: [{ path: ["input", 0, "age"] }],
		});
	});
});

test.each(["GET", "PUT", "PATCH", "DELETE"])(
	"%s /rescues/import is no read of or write to a record",
	async (method) => {
		const response = await fetchWorker("/rescues/import", { method });
		expect(response.status).toBe(405);
		expect(response.headers.get("Allow")).toBe("POST");
	},
);
