import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import type { ImportReport } from "../../src/transfer/rows.ts";
import { fetchWorker, graphql, REST } from "../transports.ts";

beforeEach(() => {
	// Far ahead of the real clock: an alarm for a time that has passed the platform rings at once.
	vi.useFakeTimers({ toFake: ["Date"], now: new Date("2126-11-26T12:00:00Z") });
});
afterEach(async () => {
	vi.useRealTimers();
	await reset();
});

async function send(lines: string[] | object[], search = "") {
	const isCsv = typeof lines[0] === "string";
	const response = await fetchWorker(`/rescues/import${search}`, {
		method: "POST",
		headers: { "Content-Type": isCsv ? "text/csv" : "application/json" },
		body: isCsv ? lines.map((line) => `${line}\r\n`).join("") : JSON.stringify(lines),
	});
	return { status: response.status, ...(await response.json<ImportReport & { code: string; detail: string }>()) };
}
const all = async () =>
	(await fetchWorker("/rescues", { headers: { "Cache-Control": "no-cache" } })).json<AnimalRescue[]>();
/** What one column's cells become; null for a row that is refused. */
async function column(heading: string, cells: string[], field: keyof AnimalRescue) {
	const name = (index: number) => `Animal ${index}`;
	const age = field === "age" ? "" : ",age";
	const report = await send([
		`name,species${age},${heading}`,
		...cells.map((cell, index) => `${name(index)},dog${age && ",1"},${cell}`),
	]);
	expect(report.status).toBe(200);
	const found = await all();
	return cells.map((_, index) => found.find((rescue) => rescue.name === name(index))?.[field]);
}

test("a shelter's export comes in as it is", async () => {
	const report = await send([
		"Animal ID,Animal Name,Type,Date of Birth,Sex,Primary Breed,Color/Colour,Spayed/Neutered,Status,Intake Date,Intake Type,Microchip Number,Good with kids,Housebroken,Location,Comments",
		"A-1,Rex,Dog,04/17/2123,Neutered Male,Labrador,Black,,Available for adoption,11/22/2126 09:15:00 AM,Owner Surrender,985-112-001 234 567,Yes,y,Kennel 4,Pulls.",
		"A-2,Mia,Cat,12/01/2125,Spayed Female,DSH,Tabby,,Adoption Pending,1/5/2126,STRAY,,no,N,Foster home,",
		"A-3,Tom,Cat,2/29/2124,Male,DSH,Grey,Unaltered,On hold,3/3/2126,Born in shelter,abc123456,Unknown,FALSE,,",
	]);
	expect(report).toMatchObject({
		...{ status: 200, created: 3, failed: 0, errors: [], ignored: [] },
		readings: ["Date of Birth: MM/DD/YYYY", "Intake Date: MM/DD/YYYY"],
	});
	expect(await all()).toMatchObject([
		{
			...{
				externalId: "A-1",
				name: "Rex",
				species: "Dog",
				birthDate: "2123-04-17",
				age: 3,
				sex: "male",
				neutered: true,
			},
			...{ color: "Black", status: "available", intakeDate: "2126-11-22", intakeType: "owner_surrender" },
			...{ microchip: "985112001234567", goodWithChildren: true, houseTrained: true },
			...{ location: "Kennel 4", notes: "Pulls.", description: null },
		},
		{
			...{ birthDate: "2125-12-01", age: 0, sex: "female", neutered: true, status: "pending" },
			...{ intakeDate: "2126-01-05", intakeType: "stray", goodWithChildren: false, houseTrained: false },
		},
		{
			...{ birthDate: "2124-02-29", age: 2, sex: "male", neutered: false, status: "hold", intakeDate: "2126-03-03" },
			...{ intakeType: "born_in_care", microchip: "ABC123456", goodWithChildren: null },
		},
	]);
});

test("sex and neutered come from one column", async () => {
	const cells = [
		"Neutered Male",
		"spayed female",
		"Female (spayed)",
		"M/N",
		"F/S",
		"Intact Male",
		"male - altered",
		"F",
		"Unknown",
		"Neutered",
		"Male Female",
	];
	expect(await column("sex", cells, "sex")).toEqual([
		...["male", "female", "female", "male", "female", "male", "male", "female", "unknown"],
		...[undefined, undefined],
	]);
	expect((await all()).map(({ neutered }) => neutered)).toEqual([
		...[true, true, true, true, true, false, true, null, null],
	]);
});

test("a column of its own says better whether an animal is neutered", async () => {
	await send(["name,species,age,sex,neutered", "Rex,dog,1,Neutered Male,no", "Max,dog,1,Neutered Male,"]);
	expect((await all()).map(({ neutered }) => neutered)).toEqual([false, true]);
});

test.each<[string, string[], keyof AnimalRescue, unknown[]]>([
	[
		"status",
		[
			"Available for adoption",
			"available",
			"AVAILABLE",
			"Adoption pending",
			"In foster care",
			"Foster",
			"Reclaimed",
			"Euthanized",
			"Back with its owner",
			"returned-to-owner",
			"sleeping",
		],
		"status",
		[
			"available",
			"available",
			"available",
			"pending",
			"fostered",
			"fostered",
			"returned_to_owner",
			"deceased",
			"returned_to_owner",
			"returned_to_owner",
			undefined,
		],
	],
	[
		"Age",
		[
			"3",
			"2 years 3 months",
			"4 mo",
			"1 year",
			"11 months",
			"12 months",
			"23 mos",
			"2y 11m",
			"10 weeks old",
			"3 yrs.",
			"2 years, 3 months and 5 days",
			"1.5 years",
			"5 days",
			"young",
			"3 4 years",
			"4 mo x",
		],
		"age",
		[3, 2, 0, 1, 0, 1, 1, 2, 0, 3, 2, 1, 0, undefined, undefined, undefined],
	],
	[
		"Vaccinated",
		["yes", "Y", "TRUE", "t", "1", "no", "N", "false", "0", "unknown", "?", "N/A", "", "maybe"],
		"vaccinated",
		[true, true, true, true, true, false, false, false, false, null, null, null, null, undefined],
	],
	["Altered", ["Spayed", "neutered", "Fixed", "Intact", "Unaltered"], "neutered", [true, true, true, false, false]],
	["Size", ["Extra large", "Large", "xlarge"], "size", ["xlarge", "large", "xlarge"]],
	["Intake reason", ["Transfer in", "confiscated", "Found"], "intakeType", ["transfer_in", "seized", "stray"]],
	[
		"Chip",
		["985 112 001 234 567", "985-112-001", "abc123456"],
		"microchip",
		["985112001234567", "985112001", "ABC123456"],
	],
])("what people write under %s is understood, and refused where it isn't", async (heading, cells, field, expected) => {
	const quoted = cells.map((cell) => (cell.includes(",") ? `"${cell}"` : cell));
	expect(await column(heading, quoted, field)).toEqual(expected);
});

describe("a column of days", () => {
	test.each<[string, string[], string[], string[]]>([
		["as the API writes them", ["2124-02-29", "2125-3-4"], ["2124-02-29", "2125-03-04"], []],
		[
			"with times",
			["2124-02-29T10:00:00Z", "2125-03-04 10:00", "2125/03/05"],
			["2124-02-29", "2125-03-04", "2125-03-05"],
			[],
		],
		["with the month first", ["03/04/2125", "12/31/2124"], ["2125-03-04", "2124-12-31"], ["DOB: MM/DD/YYYY"]],
		["with the day first", ["03/04/2125", "31/12/2124"], ["2125-04-03", "2124-12-31"], ["DOB: DD/MM/YYYY"]],
		["with points", ["03.04.2125", "4.5.2125"], ["2125-04-03", "2125-05-04"], ["DOB: DD/MM/YYYY"]],
		["with dashes", ["3-4-2125", "31-12-2124"], ["2125-04-03", "2124-12-31"], ["DOB: DD/MM/YYYY"]],
		["that are the same either way", ["03/03/2125", "12/12/2124"], ["2125-03-03", "2124-12-12"], []],
		[
			"with times of Americans",
			["3/4/2125 12:00:00 AM", "3/14/2125 1:05 PM"],
			["2125-03-04", "2125-03-14"],
			["DOB: MM/DD/YYYY"],
		],
		[
			"of two kinds that don't contradict",
			["2124-02-29", "14/02/2124"],
			["2124-02-29", "2124-02-14"],
			["DOB: DD/MM/YYYY"],
		],
	])("%s", async (_name, cells, expected, readings) => {
		const report = await send(["name,species,DOB", ...cells.map((cell, index) => `Animal ${index},dog,${cell}`)]);
		expect(report).toMatchObject({ status: 200, created: cells.length, readings });
		expect((await all()).map(({ birthDate }) => birthDate)).toEqual(expected);
	});

	test("is refused when nobody can know how it is meant, by its rows, and nothing lands", async () => {
		const refused = await send([
			"name,species,DOB",
			"A,dog,03/04/2125",
			"B,dog,",
			"C,dog,05/05/2125",
			"D,dog,1/2/2124",
		]);
		expect(refused).toMatchObject({ status: 400, code: "MALFORMED_REQUEST" });
		expect(refused.detail).toBe(
			"The days of the column DOB may be MM/DD/YYYY or DD/MM/YYYY: row 2 (03/04/2125), row 5 (1/2/2124). Write them as YYYY-MM-DD and send the file again.",
		);
		expect(await all()).toEqual([]);
	});

	test("is refused when its rows contradict one another; all such columns are named", async () => {
		const refused = await send([
			"name,species,DOB,Intake date",
			"A,dog,13/04/2125,1/2/2126",
			"B,dog,04/13/2125,2/1/2126",
		]);
		expect(refused.detail).toContain(
			"The column DOB has days of two kinds: row 3 (04/13/2125) has the month first, row 2 (13/04/2125) the day.",
		);
		expect(refused.detail).toContain("The days of the column Intake date may be");
	});

	test("is decided by all of the file, however long it is", async () => {
		const rows = Array.from({ length: 400 }, (_, index) => `Animal ${index},dog,03/04/2125,${"x".repeat(1000)}`);
		const report = await send(["name,species,DOB,description", ...rows, "Last,dog,25/12/2124,x"]);
		expect(report).toMatchObject({ created: 401, readings: ["DOB: DD/MM/YYYY"] });
		expect((await all())[0]?.birthDate).toBe("2125-04-03");
	});

	test("names cells that are no day by their rows; the others land", async () => {
		const report = await send([
			"name,species,DOB",
			"A,dog,14/02/2124",
			"B,dog,30/02/2124",
			"C,dog,spring",
			"D,dog,1/1/24",
		]);
		const message = "must be a day from 1900-01-01 on, written like 2026-11-22";
		expect(report).toMatchObject({ created: 1, failed: 3, readings: ["DOB: DD/MM/YYYY"] });
		expect(report.errors).toEqual([3, 4, 5].map((row) => ({ row, path: ["birthDate"], message })));
	});
});

describe("a row", () => {
	test("is told everything that is wrong with it at once, whoever finds it", async () => {
		await REST.create({ name: "Rex", species: "dog", age: 3, microchip: "985112001" });
		const report = await send([
			{ name: "", birthDate: "2126-11-27", microchip: "985 112 001", outcomeDate: "2126-01-01", color: "x".repeat(51) },
			{ externalId: "A-9", size: "huge" },
			{ name: "Mia", species: "cat", birthDate: "x" },
			{ id: "x", species: "" },
		]);
		expect(report).toMatchObject({ created: 0, failed: 4 });
		expect(report.errors.map(({ row, path }) => `${row} ${path.join(".")}`)).toEqual([
			...["1 name", "1 color", "1 species", "1 birthDate", "1 outcomeDate", "1 microchip"],
			...["2 size", "2 name", "2 age", "2 species"],
			...["3 birthDate"],
			...["4 id", "4 species"],
		]);
	});

	test("may have any age beside a birth date", async () => {
		const report = await send([
			{ name: "Mia", species: "cat", birthDate: "2120-01-01", age: 99, externalId: "A" },
			{ externalId: "A", age: 50 },
		]);
		expect(report).toMatchObject({ created: 1, unchanged: 1, failed: 0 });
		expect(await all()).toMatchObject([{ age: 6, version: 1 }]);
	});

	test("changes what depends on the day as a write does", async () => {
		await send([{ name: "Mia", species: "cat", age: 2, externalId: "A", intakeDate: "2126-01-01" }]);
		expect(await send([{ externalId: "A", status: "adopted" }])).toMatchObject({ updated: 1 });
		expect(await all()).toMatchObject([{ outcomeDate: "2126-11-26", intakeDate: "2126-01-01" }]);
		expect(await send([{ externalId: "A", status: "adopted" }])).toMatchObject({ unchanged: 1 });
		expect(await send(["externalId,intakeDate,birthDate", "A,,2125-11-26"])).toMatchObject({ updated: 1 });
		expect(await all()).toMatchObject([{ intakeDate: "2126-11-26", age: 1 }]);
	});
});

test("an export of everything comes in again and changes nothing, here and in an empty service", async () => {
	const known = { neutered: true, vaccinated: false, houseTrained: null, goodWithCats: true };
	await REST.create({
		...{ name: "Mia", species: "cat", birthDate: "2124-02-29", color: "black, white", specialNeeds: "=1+1", ...known },
		...{ intakeDate: "2125-01-01", intakeType: "seized", status: "adopted", outcomeDate: "2125-12-24" },
		...{ microchip: "985112001", location: "Kennel 1", notes: "Line 1\nLine 2", externalId: "A" },
	});
	await REST.create({ name: "Rex", species: "dog", age: 3 });
	for (const format of ["csv", "json"]) {
		const csv = await (await fetchWorker(`/rescues/export?format=${format}`)).text();
		const back = async () => {
			const headers = { "Content-Type": format === "csv" ? "text/csv" : "application/json" };
			return (await fetchWorker("/rescues/import", { method: "POST", headers, body: csv })).json();
		};
		expect(await back()).toMatchObject({ unchanged: 2, failed: 0, errors: [] });
		const before = await all();
		await reset();
		expect(await back()).toMatchObject({ created: 2, failed: 0, errors: [] });
		expect(await all()).toEqual(before);
	}
});

test("the same is imported over GraphQL, with its own types", async () => {
	const { data } = await graphql(
		`mutation ($input: [ImportRescueInput!]!) { importRescues(input: $input) { created readings errors { row path message } } }`,
		{
			input: [
				{
					name: "Mia",
					species: "cat",
					birthDate: "2120-02-29",
					intakeType: "SEIZED",
					microchip: "985-112-001",
					neutered: true,
				},
				{ name: "Tom", species: "cat", birthDate: "2126-11-27" },
			],
		},
	);
	expect(data.importRescues).toEqual({
		created: 1,
		readings: [],
		errors: [{ row: 2, path: ["birthDate"], message: "must not be in the future" }],
	});
	expect(await all()).toMatchObject([{ age: 6, intakeType: "seized", microchip: "985112001", neutered: true }]);
});
