import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RescueFields } from "../../src/rescues/rescue.ts";
import { rescueSchemas } from "../../src/rescues/schemas.ts";
import { settle } from "../../src/rescues/settle.ts";
import { fetchWorker, GraphQL, type History, REST, transports } from "../transports.ts";

const mia = { name: "Mia", species: "cat" };
const at = (time: string) => vi.setSystemTime(new Date(time));

beforeEach(() => {
	// Far ahead of the real clock: an alarm for a time that has passed the platform rings at once.
	vi.useFakeTimers({ toFake: ["Date"], now: new Date("2126-11-26T23:59:58Z") });
});
afterEach(async () => {
	vi.useRealTimers();
	await reset();
});

describe.each(transports)("over $name a repeat after midnight is the same request", (t) => {
	test.each<[string, (key?: string) => Promise<unknown>]>([
		["a create", (key) => t.create({ ...mia, birthDate: "2124-11-27" }, key)],
		["a create that left already", (key) => t.create({ ...mia, age: 3, status: "adopted" }, key)],
		["a replace", (key) => t.replace(1, { ...mia, birthDate: "2124-11-27", status: "deceased" }, undefined, key)],
		["a patch", (key) => t.update(1, { birthDate: "2124-11-27", status: "adopted" }, undefined, key)],
	])("%s", async (_name, write) => {
		await t.create({ ...mia, age: 3 });
		const first = await write("k");
		expect(first).toHaveProperty("rescue");
		at("2126-11-27T00:00:02Z");
		expect(await write("k")).toEqual(first);
		const second = await write();
		expect(second).toHaveProperty("rescue");
		expect(second).not.toEqual(first);
	});

	test("the days are those of the create and of the change", async () => {
		await t.create({ ...mia, age: 3 });
		at("2126-11-27T00:00:02Z");
		const day = { intakeDate: "2126-11-26", outcomeDate: "2126-11-27" };
		expect(await t.update(1, { status: "transferred" })).toMatchObject({ rescue: day });
		expect(await t.replace(1, { ...mia, age: 3 })).toMatchObject({ rescue: { ...day, outcomeDate: null } });
		expect(await t.update(1, { intakeDate: "2120-02-02" })).toMatchObject({ rescue: { intakeDate: "2120-02-02" } });
		expect(await t.update(1, { intakeDate: null })).toMatchObject({ rescue: { intakeDate: "2126-11-26" } });
	});

	test("a birth date is in the future until its day begins in UTC", async () => {
		const born = { ...mia, birthDate: "2126-11-27" };
		expect(await t.create(born, "k")).toMatchObject({ code: "INVALID_INPUT", detail: "Not valid: birthDate." });
		at("2126-11-27T00:00:00Z");
		// What was refused has kept nothing.
		expect(await t.create(born, "k")).toMatchObject({ rescue: { age: 0 } });
	});
});

describe.each(transports)("over $name one answer names what is wrong of itself and what is wrong for the day", (t) => {
	const future = { birthDate: "2126-11-27" };
	test.each<[string, () => Promise<unknown>, string]>([
		["a create", () => t.create({ ...mia, name: "", ...future }), "name, birthDate"],
		[
			"a replace",
			() => t.replace(1, { ...mia, weight: 3, ...future, outcomeDate: "2126-11-01" }),
			"weight, birthDate, outcomeDate",
		],
		["a patch", () => t.update(1, { age: 3, species: 7, ...future }), "species, birthDate"],
		[
			"an age that doesn't go with the birth date",
			() => t.create({ ...mia, name: " ", age: 9, birthDate: "2124-01-01" }),
			"name, age",
		],
		[
			"nothing that follows from a mistake",
			() => t.create({ ...mia, birthDate: "yesterday", status: "gone", outcomeDate: "2126-11-01" }),
			"birthDate, status",
		],
		[
			"nothing of a patch that only the record tells",
			() => t.update(1, { name: "", outcomeDate: "2126-11-01" }),
			"name",
		],
	])("%s", async (_name, write, fields) => {
		await t.create({ ...mia, age: 3 });
		expect(await write()).toMatchObject({ code: "INVALID_INPUT", detail: `Not valid: ${fields}.` });
	});
});

test("a repeat of an import after midnight is the same request", async () => {
	const send = async () => {
		const response = await fetchWorker("/rescues/import", {
			method: "POST",
			headers: { "Content-Type": "application/json", "Idempotency-Key": "k" },
			body: JSON.stringify([{ ...mia, birthDate: "2124-11-27" }]),
		});
		return { replayed: response.headers.get("Idempotency-Replayed"), ...(await response.json<object>()) };
	};
	expect(await send()).toMatchObject({ created: 1, replayed: null });
	at("2126-11-27T00:00:02Z");
	expect(await send()).toMatchObject({ created: 1, replayed: "true" });
	expect(((await REST.history(1)) as History).changes).toHaveLength(1);
});

test("who may not be changed is refused before the day is looked at", async () => {
	await REST.create({ ...mia, age: 3 });
	expect(await GraphQL.update(1, { birthDate: "2130-01-01" }, 7)).toMatchObject({ code: "VERSION_MISMATCH" });
	expect(await GraphQL.update(9, { birthDate: "2130-01-01" })).toMatchObject({ code: "NOT_FOUND" });
});

test.each([
	["2024-02-29", "2025-02-28", 0],
	["2024-02-29", "2025-03-01", 1],
	["2024-02-29", "2028-02-28", 3],
	["2024-02-29", "2028-02-29", 4],
	["2025-03-01", "2028-02-29", 2],
	["2025-12-31", "2026-12-30", 0],
	["2025-12-31", "2026-12-31", 1],
	["1900-01-01", "2026-11-26", 126],
	["2026-11-26", "2026-11-26", 0],
])("who was born on %s is on %s aged %i", (birthDate, day, age) => {
	const given = rescueSchemas.replace.parse({ ...mia, birthDate });
	expect(settle({ given }, day)).toMatchObject({ age } satisfies Partial<RescueFields>);
});
