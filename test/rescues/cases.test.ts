import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { schema } from "../../src/graphql/schema.ts";
import repairTests from "../ledger/repair.test.ts?raw";
import importTests from "../transfer/import.test.ts?raw";
import { type Answer, MUTATIONS, REST, type Transport, transports } from "../transports.ts";

/** No day ends between what is sent and what is expected; and so far ahead of the real clock no alarm rings on its own. */
const NOON = Date.UTC(2126, 10, 26, 12);
beforeEach(() => {
	vi.useFakeTimers({ toFake: ["Date"], now: NOON });
});
afterEach(async () => {
	vi.useRealTimers();
	await reset();
});

const rex = { name: "Rex", age: 3, species: "dog" };
const bad = (...paths: (string | number)[][]) => ({ code: "INVALID_INPUT", paths });
const x = (length: number) => "x".repeat(length);
const photo = (length: number) => `https://example.org/${x(length - "https://example.org/".length)}`;

/** Without an age. */
const young = { name: "Mia", species: "cat" };
const TODAY = new Date(NOON).toISOString().slice(0, 10);
/** The day so many years ago, or so many days before that: not the 29th of February, which not every year has. */
function ago(years: number, days = 0): string {
	const now = new Date(NOON);
	const day = new Date(Date.UTC(now.getUTCFullYear() - years, now.getUTCMonth(), now.getUTCDate() - days));
	return day.toISOString().slice(0, 10);
}
const known = (value: unknown) =>
	Object.fromEntries(
		["neutered", "vaccinated", "houseTrained", "goodWithChildren", "goodWithDogs", "goodWithCats"].map((name) => [
			name,
			value,
		]),
	);

/** Inputs for a create, and what must come of them on all transports. */
const creates: [string, unknown, Record<string, unknown> | ReturnType<typeof bad>][] = [
	["the tutorial's body", { id: 1, ...rex }, { id: 1, ...rex, version: 1 }],
	[
		"the least there is, with its defaults",
		rex,
		{
			...rex,
			id: 1,
			status: "intake",
			sex: "unknown",
			size: null,
			birthDate: null,
			color: null,
			breed: null,
			description: null,
			photos: [],
			externalId: null,
			neutered: null,
			vaccinated: null,
			houseTrained: null,
			goodWithChildren: null,
			goodWithDogs: null,
			goodWithCats: null,
			specialNeeds: null,
			intakeDate: TODAY,
			intakeType: null,
			outcomeDate: null,
			microchip: null,
			location: null,
			notes: null,
			version: 1,
		},
	],
	[
		"every field",
		{
			id: 7,
			...rex,
			status: "returned_to_owner",
			sex: "female",
			size: "xlarge",
			breed: "Mix",
			description: "Calm.",
			photos: ["https://example.org/a.jpg"],
			microchip: "985112001234567",
			externalId: "A-1",
			birthDate: "2020-02-29",
			age: null,
			color: "Brindle",
			...known(true),
			specialNeeds: "A ramp.",
			intakeDate: "2026-01-02",
			intakeType: "born_in_care",
			outcomeDate: "2026-03-04",
			location: "Kennel 1",
			notes: "Bites.",
		},
		{
			...known(true),
			...{ birthDate: "2020-02-29", age: 6, color: "Brindle", specialNeeds: "A ramp.", intakeDate: "2026-01-02" },
			...{ intakeType: "born_in_care", outcomeDate: "2026-03-04", location: "Kennel 1", notes: "Bites." },
		},
	],
	[
		"every field that there was before",
		{
			id: 7,
			...rex,
			status: "returned_to_owner",
			sex: "female",
			size: "xlarge",
			breed: "Mix",
			description: "Calm.",
			photos: ["https://example.org/a.jpg"],
			microchip: "985112001234567",
			externalId: "A-1",
		},
		{ id: 7, status: "returned_to_owner", sex: "female", size: "xlarge", photos: ["https://example.org/a.jpg"] },
	],
	["an id of 2^53-1", { id: Number.MAX_SAFE_INTEGER, ...rex }, { id: Number.MAX_SAFE_INTEGER }],
	["an id of 0", { id: 0, ...rex }, bad(["id"])],
	["a negative id", { id: -1, ...rex }, bad(["id"])],
	["an id of 2^53", { id: 2 ** 53, ...rex }, bad(["id"])],
	["a name with blanks around it", { ...rex, name: "  Rex\n" }, { name: "Rex" }],
	["a name of 100 characters", { ...rex, name: x(100) }, { name: x(100) }],
	["a name of 100 characters outside the BMP", { ...rex, name: "🐕".repeat(100) }, { name: "🐕".repeat(100) }],
	["a name in several scripts", { ...rex, name: "Ålesund 犬 كلب 👩‍👩‍👧" }, { name: "Ålesund 犬 كلب 👩‍👩‍👧" }],
	["a name of 101 characters", { ...rex, name: x(101) }, bad(["name"])],
	["a name of 101 characters outside the BMP", { ...rex, name: "🐕".repeat(101) }, bad(["name"])],
	["a blank name", { ...rex, name: " \t" }, bad(["name"])],
	["an empty name", { ...rex, name: "" }, bad(["name"])],
	["a name that is a number", { ...rex, name: 5 }, bad(["name"])],
	["a name that is null", { ...rex, name: null }, bad(["name"])],
	["a name with NUL", { ...rex, name: "R\0x" }, bad(["name"])],
	["a name with a lone surrogate", { ...rex, name: "R\ud800x" }, bad(["name"])],
	["no name", { age: 3, species: "dog" }, bad(["name"])],
	["age 0", { ...rex, age: 0 }, { age: 0 }],
	["age 255", { ...rex, age: 255 }, { age: 255 }],
	["age 256", { ...rex, age: 256 }, bad(["age"])],
	["age 300", { ...rex, age: 300 }, bad(["age"])],
	["a negative age", { ...rex, age: -1 }, bad(["age"])],
	["an age with a fraction", { ...rex, age: 3.5 }, bad(["age"])],
	["an age in words", { ...rex, age: "three" }, bad(["age"])],
	["an age as text", { ...rex, age: "3" }, bad(["age"])],
	["an age beyond 32 bits", { ...rex, age: 2 ** 40 }, bad(["age"])],
	["a species of 50 characters", { ...rex, species: x(50) }, { species: x(50) }],
	["a species of 51 characters", { ...rex, species: x(51) }, bad(["species"])],
	["a species nobody thought of", { ...rex, species: "bearded dragon" }, { species: "bearded dragon" }],
	["an unknown status", { ...rex, status: "sleeping" }, bad(["status"])],
	["a status of null", { ...rex, status: null }, { status: "intake" }],
	["a sex of null", { ...rex, sex: null }, { sex: "unknown" }],
	["an unknown sex", { ...rex, sex: "yes" }, bad(["sex"])],
	["an unknown size", { ...rex, size: "huge" }, bad(["size"])],
	["a size of null", { ...rex, size: null }, { size: null }],
	["a breed of 100 characters", { ...rex, breed: x(100) }, { breed: x(100) }],
	["a breed of 101 characters", { ...rex, breed: x(101) }, bad(["breed"])],
	["an empty breed", { ...rex, breed: "" }, bad(["breed"])],
	["a description of 5,000 characters", { ...rex, description: x(5000) }, { description: x(5000) }],
	["a description of 5,001 characters", { ...rex, description: x(5001) }, bad(["description"])],
	["10 photos", { ...rex, photos: Array(10).fill(photo(30)) }, { photos: Array(10).fill(photo(30)) }],
	["11 photos", { ...rex, photos: Array(11).fill(photo(30)) }, bad(["photos"])],
	["a photo of 2,048 characters", { ...rex, photos: [photo(2048)] }, { photos: [photo(2048)] }],
	["a photo of 2,049 characters", { ...rex, photos: [photo(2049)] }, bad(["photos", 0])],
	["a photo over http", { ...rex, photos: [photo(30), "http://example.org/a.jpg"] }, bad(["photos", 1])],
	["a photo that is a script", { ...rex, photos: ["javascript:alert(1)"] }, bad(["photos", 0])],
	["photos of null", { ...rex, photos: null }, { photos: [] }],
	["a microchip of 9 characters", { ...rex, microchip: "ABC123456" }, { microchip: "ABC123456" }],
	["a microchip of 8 characters", { ...rex, microchip: "ABC12345" }, bad(["microchip"])],
	["a microchip of 16 characters", { ...rex, microchip: "ABC1234567890123" }, bad(["microchip"])],
	["a microchip in small letters", { ...rex, microchip: "abc123456" }, { microchip: "ABC123456" }],
	["a microchip as it is printed", { ...rex, microchip: " 985-112 001-234\t567 " }, { microchip: "985112001234567" }],
	["a microchip of blanks and dashes", { ...rex, microchip: "- - - - - - - - -" }, bad(["microchip"])],
	["a microchip with a point", { ...rex, microchip: "985.112.001" }, bad(["microchip"])],
	["a microchip of 8 characters and a blank", { ...rex, microchip: "ABC1 2345" }, bad(["microchip"])],
	[
		"a microchip of 15 characters and blanks",
		{ ...rex, microchip: "985 112 001 234 567" },
		{ microchip: "985112001234567" },
	],
	["a birth date", { ...young, birthDate: ago(4, -1) }, { birthDate: ago(4, -1), age: 3 }],
	["a birthday", { ...young, birthDate: ago(4) }, { age: 4 }],
	["a birth date today", { ...young, birthDate: TODAY }, { birthDate: TODAY, age: 0 }],
	["a birth date tomorrow", { ...young, birthDate: ago(0, -1) }, bad(["birthDate"])],
	["the earliest birth date", { ...young, birthDate: "1900-01-01" }, { birthDate: "1900-01-01" }],
	["a birth date before 1900", { ...young, birthDate: "1899-12-31" }, bad(["birthDate"])],
	["a birth date that no calendar has", { ...young, birthDate: "2023-02-29" }, bad(["birthDate"])],
	["a birth date with a time", { ...young, birthDate: "2023-02-28T00:00:00Z" }, bad(["birthDate"])],
	["a birth date as Americans write it", { ...young, birthDate: "02/28/2023" }, bad(["birthDate"])],
	["a birth date that is a number", { ...young, birthDate: 2023 }, bad(["birthDate"])],
	["an empty birth date", { ...young, birthDate: "" }, bad(["birthDate"])],
	["a birth date of null and an age", { ...rex, birthDate: null }, { birthDate: null, age: 3 }],
	["neither age nor birth date", young, bad(["age"])],
	["an age and a birth date of null", { ...young, age: null, birthDate: null }, bad(["age"])],
	["an age of null and a birth date", { ...young, age: null, birthDate: ago(4) }, { age: 4 }],
	["an age beside the birth date that is right", { ...young, age: 4, birthDate: ago(4) }, { age: 4 }],
	["an age beside the birth date that is one too few", { ...young, age: 3, birthDate: ago(4) }, { age: 4 }],
	["an age beside the birth date that is one too many", { ...young, age: 5, birthDate: ago(4) }, { age: 4 }],
	["an age beside the birth date that is two too few", { ...young, age: 2, birthDate: ago(4) }, bad(["age"])],
	["an age beside the birth date that is two too many", { ...young, age: 6, birthDate: ago(4) }, bad(["age"])],
	["a bad age beside the birth date", { ...young, age: 256, birthDate: ago(4) }, bad(["age"])],
	["no age beside a bad birth date", { ...young, birthDate: "x" }, bad(["birthDate"])],
	["no age and a bad name", { name: "", species: "cat" }, bad(["name"], ["age"])],
	["a color of 50 characters, with blanks around it", { ...rex, color: ` ${x(50)} ` }, { color: x(50) }],
	["a color of 51 characters", { ...rex, color: x(51) }, bad(["color"])],
	["a blank color", { ...rex, color: " " }, bad(["color"])],
	["a color of null", { ...rex, color: null }, { color: null }],
	["what is known to be so", { ...rex, ...known(true) }, known(true)],
	["what is known not to be so", { ...rex, ...known(false) }, known(false)],
	["what isn't known", { ...rex, ...known(null) }, known(null)],
	["what is so as text", { ...rex, ...known("yes") }, bad(...Object.keys(known(0)).map((name) => [name]))],
	["what is so as a number", { ...rex, ...known(1) }, bad(...Object.keys(known(0)).map((name) => [name]))],
	[
		"special needs of 500 characters, with blanks around them",
		{ ...rex, specialNeeds: ` ${x(500)} ` },
		{ specialNeeds: x(500) },
	],
	["special needs of 501 characters", { ...rex, specialNeeds: x(501) }, bad(["specialNeeds"])],
	["blank special needs", { ...rex, specialNeeds: " " }, bad(["specialNeeds"])],
	["an intake date", { ...rex, intakeDate: "2024-02-29" }, { intakeDate: "2024-02-29" }],
	["an intake date to come", { ...rex, intakeDate: "2999-12-31" }, { intakeDate: "2999-12-31" }],
	["the earliest intake date", { ...rex, intakeDate: "1900-01-01" }, { intakeDate: "1900-01-01" }],
	["an intake date before 1900", { ...rex, intakeDate: "1899-12-31" }, bad(["intakeDate"])],
	["an intake date of five-digit years", { ...rex, intakeDate: "10000-01-01" }, bad(["intakeDate"])],
	["an intake date that no calendar has", { ...rex, intakeDate: "2026-13-01" }, bad(["intakeDate"])],
	["an intake date of null", { ...rex, intakeDate: null }, { intakeDate: TODAY }],
	["an intake type", { ...rex, intakeType: "owner_surrender" }, { intakeType: "owner_surrender" }],
	["an intake type of null", { ...rex, intakeType: null }, { intakeType: null }],
	["an unknown intake type", { ...rex, intakeType: "bought" }, bad(["intakeType"])],
	["an outcome", { ...rex, status: "adopted" }, { outcomeDate: TODAY }],
	["an outcome and its date", { ...rex, status: "deceased", outcomeDate: "2025-05-05" }, { outcomeDate: "2025-05-05" }],
	["an outcome and a date of null", { ...rex, status: "transferred", outcomeDate: null }, { outcomeDate: TODAY }],
	["an outcome's date without an outcome", { ...rex, outcomeDate: "2025-05-05" }, bad(["outcomeDate"])],
	["an outcome date before 1900", { ...rex, status: "adopted", outcomeDate: "1899-12-31" }, bad(["outcomeDate"])],
	[
		"the age that an animal had when it left",
		{ ...young, birthDate: "2010-06-01", status: "adopted", outcomeDate: "2013-05-31" },
		{ age: 2 },
	],
	["a location of 100 characters, with blanks around it", { ...rex, location: ` ${x(100)} ` }, { location: x(100) }],
	["a location of 101 characters", { ...rex, location: x(101) }, bad(["location"])],
	["a blank location", { ...rex, location: " " }, bad(["location"])],
	["notes of 5,000 characters", { ...rex, notes: x(5000) }, { notes: x(5000) }],
	["notes of 5,001 characters", { ...rex, notes: x(5001) }, bad(["notes"])],
	["empty notes", { ...rex, notes: "" }, bad(["notes"])],
	["notes with blanks around them", { ...rex, notes: " Bites.\n" }, { notes: " Bites.\n" }],
	[
		"two things wrong that depend on the day",
		{ ...young, birthDate: ago(0, -1), outcomeDate: "2025-05-05" },
		bad(["birthDate"], ["outcomeDate"]),
	],
	["an externalId of 64 characters", { ...rex, externalId: x(64) }, { externalId: x(64) }],
	["an externalId of 65 characters", { ...rex, externalId: x(65) }, bad(["externalId"])],
	["an unknown field", { ...rex, colour: "brown" }, bad(["colour"])],
	[
		"read-only fields",
		{ ...rex, version: 3, createdAt: "now", updatedAt: "now" },
		bad(["version"], ["createdAt"], ["updatedAt"]),
	],
	[
		"a field named __proto__",
		JSON.parse('{"name":"Rex","age":3,"species":"dog","__proto__":{"age":1}}'),
		bad(["__proto__"]),
	],
	["many bad fields at once", { name: "", age: 300, colour: "brown" }, bad(["name"], ["age"], ["species"], ["colour"])],
	[
		"bad types and bad values at once",
		{ name: 5, age: 300, species: "dog", status: "x" },
		bad(["name"], ["age"], ["status"]),
	],
	["a list", [rex], bad([])],
	["a text", "Rex", bad([])],
];

const sorted = (paths: unknown[]) => paths.map((path) => JSON.stringify(path)).sort();

/** The same answer on all transports, times and ids aside. */
const comparable = (answer: Answer) => {
	if (!("rescue" in answer)) return { ...answer, errors: answer.errors && sorted(answer.errors) };
	return answer.rescue && { ...answer.rescue, createdAt: "", updatedAt: "" };
};

async function onAll(act: (transport: Transport) => Promise<Answer>): Promise<Answer> {
	const overREST = await act(REST);
	for (const other of transports.filter((transport) => transport !== REST)) {
		await reset();
		expect(comparable(await act(other)), other.name).toEqual(comparable(overREST));
	}
	return overREST;
}

describe("a create gives the same on all transports with", () => {
	test.each(creates)("%s", async (_name, input, expected) => {
		const answer = await onAll((transport) => transport.create(input));
		if ("code" in expected) {
			if (!("code" in answer)) throw new Error(`accepted: ${JSON.stringify(answer)}`);
			expect(answer.code).toBe(expected.code);
			const issues = answer.errors ?? [];
			expect(sorted(issues.map(({ path }) => path))).toEqual(sorted(expected.paths as unknown[]));
		} else {
			expect(answer).toMatchObject({ rescue: expected });
		}
	});
});

const full = {
	...rex,
	status: "available",
	sex: "male",
	size: "large",
	breed: "Lab",
	description: "Kind.",
	photos: ["https://example.org/a.jpg"],
	microchip: "985112001234567",
	externalId: "A-1",
};

/** What is done to a service that holds `full` as 1 and `rex` as 2, and what must come of it on all transports. */
const changes: [string, (transport: Transport) => Promise<Answer>, unknown][] = [
	["get what is there", (t) => t.get(1), { rescue: { id: 1, ...full, version: 1 } }],
	["get what isn't there", (t) => t.get(99), { code: "NOT_FOUND" }],
	["get an id that can't exist", (t) => t.get("rex"), { code: "NOT_FOUND" }],
	["get id 0", (t) => t.get(0), { code: "NOT_FOUND" }],
	["get an id with a leading zero", (t) => t.get("01"), { code: "NOT_FOUND" }],
	["get an id beyond 2^53", (t) => t.get("9007199254740993"), { code: "NOT_FOUND" }],
	[
		"replace, with defaults for what is left out",
		(t) => t.replace(1, { name: "Max", age: 4, species: "cat" }),
		{ rescue: { id: 1, name: "Max", status: "intake", breed: null, photos: [], microchip: null, version: 2 } },
	],
	[
		"replace, with defaults for what is null",
		(t) => t.replace(1, { name: "Max", age: 4, species: "cat", status: null, sex: null, photos: null, breed: null }),
		{ rescue: { id: 1, name: "Max", status: "intake", sex: "unknown", breed: null, photos: [], version: 2 } },
	],
	["replace what isn't there", (t) => t.replace(99, rex), { code: "NOT_FOUND" }],
	[
		"replace with an id",
		(t) => t.replace(1, { ...rex, id: 1 }),
		{ code: "INVALID_INPUT", errors: [{ path: ["id"], message: "is read-only" }] },
	],
	[
		"replace without an age",
		(t) => t.replace(1, { name: "Max", species: "cat" }),
		{ code: "INVALID_INPUT", errors: [{ path: ["age"], message: "is required" }] },
	],
	["replace at its version", (t) => t.replace(1, rex, 1), { rescue: { version: 2 } }],
	["replace at a stale version", (t) => t.replace(1, rex, 7), { code: "VERSION_MISMATCH", currentVersion: 1 }],
	[
		"replace with a microchip that is taken",
		(t) => t.replace(2, { ...rex, microchip: full.microchip }),
		{ code: "ALREADY_EXISTS", errors: [{ path: ["microchip"] }] },
	],
	["update one field", (t) => t.update(1, { age: 9 }), { rescue: { ...full, age: 9, version: 2 } }],
	["update nothing", (t) => t.update(1, {}), { rescue: { ...full, version: 2 } }],
	["update to its own microchip", (t) => t.update(1, { microchip: full.microchip }), { rescue: { version: 2 } }],
	[
		"clear with null",
		(t) =>
			t.update(1, {
				status: null,
				sex: null,
				size: null,
				breed: null,
				description: null,
				photos: null,
				microchip: null,
				externalId: null,
			}),
		{
			rescue: {
				...rex,
				status: "intake",
				sex: "unknown",
				size: null,
				breed: null,
				description: null,
				photos: [],
				microchip: null,
				externalId: null,
			},
		},
	],
	[
		"clear what is required",
		(t) => t.update(1, { name: null, age: null, species: null }),
		{ code: "INVALID_INPUT", errors: [{ path: ["name"] }, { path: ["age"] }, { path: ["species"] }] },
	],
	[
		"clear what shelters know with null",
		(t) =>
			t
				.update(1, { ...known(true), color: "red", location: "K", notes: "N", specialNeeds: "S", intakeType: "other" })
				.then(() =>
					t.update(1, {
						...known(null),
						...{ color: null, location: null, notes: null, specialNeeds: null, intakeType: null, intakeDate: null },
					}),
				),
		{ rescue: { ...full, ...known(null), color: null, location: null, notes: null, intakeDate: TODAY, version: 3 } },
	],
	["replace keeps when it came in: the day of its create", (t) => t.replace(1, rex), { rescue: { intakeDate: TODAY } }],
	[
		"replace with another day of intake",
		(t) => t.replace(1, { ...rex, intakeDate: "2025-01-01" }),
		{ rescue: { intakeDate: "2025-01-01" } },
	],
	[
		"update the birth date",
		(t) => t.update(1, { birthDate: ago(6, 1) }),
		{ rescue: { age: 6, birthDate: ago(6, 1), version: 2 } },
	],
	[
		"update the birth date and the age",
		(t) => t.update(1, { birthDate: ago(6, 1), age: 9 }),
		{ code: "INVALID_INPUT", errors: [{ path: ["age"], message: "doesn't go with birthDate: it is 6" }] },
	],
	[
		"update the age of who has a birth date",
		(t) => t.update(1, { birthDate: ago(6, 1) }).then(() => t.update(1, { age: 6 })),
		{ code: "INVALID_INPUT", errors: [{ path: ["age"] }] },
	],
	[
		"forget the birth date",
		(t) => t.update(1, { birthDate: ago(6, 1) }).then(() => t.update(1, { birthDate: null })),
		{ rescue: { age: 6, birthDate: null } },
	],
	[
		"forget the birth date, and say another age",
		(t) => t.update(1, { birthDate: ago(6, 1) }).then(() => t.update(1, { birthDate: null, age: 2 })),
		{ rescue: { age: 2, birthDate: null } },
	],
	[
		"replace by a birth date that is to come",
		(t) => t.replace(1, { ...young, birthDate: ago(0, -1) }),
		{ code: "INVALID_INPUT", detail: "Not valid: birthDate.", errors: [{ path: ["birthDate"] }] },
	],
	["update to an outcome", (t) => t.update(1, { status: "adopted" }), { rescue: { outcomeDate: TODAY } }],
	[
		"update to an outcome on a day",
		(t) => t.update(1, { status: "adopted", outcomeDate: "2026-01-01" }),
		{ rescue: { outcomeDate: "2026-01-01" } },
	],
	[
		"update what has an outcome already",
		(t) => t.update(1, { status: "adopted", outcomeDate: "2026-01-01" }).then(() => t.update(1, { breed: "Pug" })),
		{ rescue: { outcomeDate: "2026-01-01" } },
	],
	[
		"update from one outcome to another",
		(t) =>
			t.update(1, { status: "adopted", outcomeDate: "2026-01-01" }).then(() => t.update(1, { status: "deceased" })),
		{ rescue: { outcomeDate: TODAY } },
	],
	[
		"replace what has an outcome already",
		(t) =>
			t
				.update(1, { status: "adopted", outcomeDate: "2026-01-01" })
				.then(() => t.replace(1, { ...rex, status: "adopted" })),
		{ rescue: { outcomeDate: "2026-01-01" } },
	],
	[
		"take an outcome's date away",
		(t) => t.update(1, { status: "adopted" }).then(() => t.update(1, { outcomeDate: null })),
		{ rescue: { status: "adopted", outcomeDate: null } },
	],
	[
		"update away from an outcome",
		(t) => t.update(1, { status: "adopted" }).then(() => t.update(1, { status: "available" })),
		{ rescue: { outcomeDate: null } },
	],
	[
		"date an outcome that there isn't",
		(t) => t.update(1, { outcomeDate: "2026-01-01" }),
		{ code: "INVALID_INPUT", errors: [{ path: ["outcomeDate"] }] },
	],
	[
		"create with a microchip that is taken, written in another way",
		(t) => t.create({ ...rex, microchip: "985 112 001 234-567" }),
		{ code: "ALREADY_EXISTS", errors: [{ path: ["microchip"] }] },
	],
	[
		"update with an unknown field",
		(t) => t.update(1, { colour: "red" }),
		{ code: "INVALID_INPUT", errors: [{ path: ["colour"] }] },
	],
	["update at a stale version", (t) => t.update(1, { age: 9 }, 2), { code: "VERSION_MISMATCH", currentVersion: 1 }],
	["update what isn't there", (t) => t.update(99, { age: 9 }), { code: "NOT_FOUND" }],
	[
		"create with an id that is taken",
		(t) => t.create({ id: 1, ...rex }),
		{ code: "ALREADY_EXISTS", errors: [{ path: ["id"], message: "is taken" }] },
	],
	[
		"create with every unique field taken",
		(t) => t.create({ id: 1, ...rex, microchip: full.microchip, externalId: full.externalId }),
		{ code: "ALREADY_EXISTS", errors: [{ path: ["id"] }, { path: ["microchip"] }, { path: ["externalId"] }] },
	],
	["restore what was deleted", (t) => t.remove(1).then(() => t.restore(1)), { rescue: { ...full, version: 3 } }],
	["restore what wasn't deleted", (t) => t.restore(1), { code: "ALREADY_EXISTS" }],
	["restore what never was", (t) => t.restore(99), { code: "NOT_FOUND" }],
	["purge what was deleted", (t) => t.remove(1).then(() => t.purge(1)), { rescue: null }],
	["purge what wasn't deleted", (t) => t.purge(1), { code: "ALREADY_EXISTS" }],
	["purge what never was", (t) => t.purge(99), { code: "NOT_FOUND" }],
	["purge twice", (t) => purge(t).then(() => t.purge(1)), { code: "NOT_FOUND" }],
	["restore what was purged", (t) => purge(t).then(() => t.restore(1)), { code: "NOT_FOUND" }],
	[
		"create with a purged id",
		(t) => purge(t).then(() => t.create({ id: 1, ...rex })),
		{
			code: "ALREADY_EXISTS",
			errors: [{ path: ["id"], message: "belonged to a deleted rescue, and is never given again" }],
		},
	],
	[
		"add a photo, in the form of a URI",
		(t) => t.addPhoto(1, "HTTPS://example.org/a b.jpg"),
		{ rescue: { ...full, photos: [...full.photos, "https://example.org/a%20b.jpg"], version: 2 } },
	],
	["add a photo that is among them", (t) => t.addPhoto(1, full.photos[0]), { rescue: { ...full, version: 1 } }],
	[
		"add a photo that is no URL",
		(t) => t.addPhoto(1, "rex.jpg"),
		{ code: "INVALID_INPUT", errors: [{ path: ["url"], message: "must be an https URL of at most 2,048 characters" }] },
	],
	[
		"add one photo more than a rescue may have",
		async (t) => {
			await t.update(1, { photos: Array.from({ length: 10 }, (_, index) => `https://example.org/${index}.jpg`) });
			return t.addPhoto(1, "https://example.org/rex.jpg");
		},
		{
			code: "INVALID_INPUT",
			errors: [{ path: ["url"], message: "would be one more than the 10 that a rescue may have" }],
		},
	],
	[
		"add a photo that one of ours should be and isn't",
		(t) => t.addPhoto(1, `http://localhost/photos/${"0".repeat(64)}.jpg`),
		{ code: "INVALID_INPUT", errors: [{ path: ["url"], message: "is not a photo that this service has" }] },
	],
	["add a photo to what isn't there", (t) => t.addPhoto(99, "https://example.org/rex.jpg"), { code: "NOT_FOUND" }],
	[
		"add a photo to an id that can't exist",
		(t) => t.addPhoto("rex", "https://example.org/rex.jpg"),
		{ code: "NOT_FOUND" },
	],
	[
		"add a photo at a stale version",
		(t) => t.addPhoto(1, "https://example.org/rex.jpg", 7),
		{ code: "VERSION_MISMATCH", currentVersion: 1 },
	],
	[
		"remove a photo",
		(t) => t.removePhoto(1, "https://example.org/a.jpg", 1),
		{ rescue: { ...full, photos: [], version: 2 } },
	],
	["remove a photo that it hasn't", (t) => t.removePhoto(1, "https://example.org/no.jpg"), { code: "NOT_FOUND" }],
	["remove a photo of what isn't there", (t) => t.removePhoto(99, "https://example.org/a.jpg"), { code: "NOT_FOUND" }],
	[
		"remove a photo at a stale version",
		(t) => t.removePhoto(1, "https://example.org/a.jpg", 7),
		{ code: "VERSION_MISMATCH", currentVersion: 1 },
	],
	[
		"create with photos of ours that aren't there, and with others without TLS",
		(t) =>
			t.create({
				...rex,
				photos: [
					`http://localhost/photos/${"0".repeat(64)}.jpg`,
					`http://example.org/photos/${"0".repeat(64)}.jpg`,
					"https://example.org/rex.jpg",
					"http://localhost/photos/rex.jpg",
				],
			}),
		{ code: "INVALID_INPUT", errors: [{ path: ["photos", 3] }] },
	],
	[
		"update to photos of ours that aren't there, and to others without TLS",
		(t) =>
			t.update(1, {
				photos: [
					`http://localhost/photos/${"0".repeat(64)}.jpg`,
					`http://example.org/photos/${"0".repeat(64)}.jpg`,
					...full.photos,
				],
			}),
		{
			code: "INVALID_INPUT",
			errors: [
				{ path: ["photos", 0], message: "is not a photo that this service has" },
				{ path: ["photos", 1], message: "must be an https URL of at most 2,048 characters" },
			],
		},
	],
	["delete at a stale version", (t) => t.remove(1, 5), { code: "VERSION_MISMATCH", currentVersion: 1 }],
	["delete what isn't there", (t) => t.remove(99), { code: "NOT_FOUND" }],
	["get what was deleted", (t) => t.remove(1).then(() => t.get(1)), { code: "NOT_FOUND" }],
	["change what was deleted", (t) => t.remove(1).then(() => t.update(1, { age: 9 })), { code: "NOT_FOUND" }],
	[
		"create with a deleted id",
		(t) => t.remove(1).then(() => t.create({ id: 1, ...rex })),
		{ code: "ALREADY_EXISTS", errors: [{ path: ["id"] }] },
	],
	[
		"create with a deleted record's microchip",
		(t) => t.remove(1).then(() => t.create({ ...rex, microchip: full.microchip })),
		{ rescue: { id: 3, microchip: full.microchip } },
	],
	["create after the last one was deleted", (t) => t.remove(2).then(() => t.create(rex)), { rescue: { id: 3 } }],
	[
		"create after a huge id",
		(t) => t.create({ id: 1_000_000, ...rex }).then(() => t.create(rex)),
		{ rescue: { id: 3 } },
	],
	["create around a given id", (t) => t.create({ id: 3, ...rex }).then(() => t.create(rex)), { rescue: { id: 4 } }],
];

async function purge(transport: Transport) {
	await transport.remove(1);
	return transport.purge(1);
}

describe("all transports give the same when clients", () => {
	test.each(changes)("%s", async (_name, act, expected) => {
		const answer = await onAll(async (transport) => {
			await transport.create(full);
			await transport.create(rex);
			return act(transport);
		});
		expect(answer).toMatchObject(expected as object);
	});
});

/** Mutations that these tables can't hold, the file that runs them over the transports, and their path over REST. */
const ELSEWHERE = {
	// It answers a report, and takes files.
	importRescues: [importTests, "/rescues/import"],
	// It answers how far it got, and is run after damage.
	rebuildDocuments: [repairTests, "/rebuild"],
};

test("no mutation is left out of these tables, or of the file that is named instead", async () => {
	const called = new Set<string | null>([MUTATIONS.create]);
	const recorder = new Proxy({} as Transport, {
		get: (_target, method: keyof typeof MUTATIONS) => async () => void called.add(MUTATIONS[method]),
	});
	for (const [, act] of changes) await act(recorder);
	called.delete(null);
	const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {});
	expect(mutations.sort()).toEqual([...called, ...Object.keys(ELSEWHERE)].sort());
	for (const [mutation, [tests, path]] of Object.entries(ELSEWHERE)) {
		expect(tests).toContain(`${mutation}(`);
		expect(tests).toContain(path);
	}
});
