import { createExecutionContext, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test } from "vitest";
import { createApp } from "../../src/app.ts";
import type { Env } from "../../src/env.ts";
import { fetchWorker, REST } from "../transports.ts";
import { select, texts } from "./reading.ts";

afterEach(reset);

const app = createApp();
const { OPEN_WRITES: _, ...rest } = env as Env;
const closed = { ...rest, WRITE_TOKENS: "anna:first-token,ben:second-token" };
const send = (path: string, init: RequestInit = {}) =>
	app.fetch(new Request(`https://rescue.test${path}`, init), closed, createExecutionContext());
const write = (token: string, method: string, path: string, body?: object) =>
	send(path, {
		method,
		headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
		...(body && { body: JSON.stringify(body) }),
	});
/** The history on a page, a list of steps with what each changed. */
async function read(path: string, headers: Record<string, string> = {}) {
	const response = await send(path, { headers });
	const html = await response.text();
	const titles = await texts(html, ".steps ol > li > h3");
	const links = Object.fromEntries(
		(await select(html, ".steps nav a")).map(({ text, attributes }) => [text, attributes.href]),
	);
	return { response, html, titles, lines: await texts(html, ".steps ol li li"), links };
}

const rex = { name: "Rex", age: 3, species: "dog" };

test("says what changed in each step, newest first, in words; to a visitor without names and what is private", async () => {
	await write("first-token", "POST", "/rescues", { ...rex, microchip: "985112001234567" });
	await write("second-token", "PATCH", "/rescues/1", { status: "available", breed: "Collie", goodWithDogs: true });
	await write("second-token", "PATCH", "/rescues/1", { location: "Kennel 4" });
	await write("first-token", "PATCH", "/rescues/1", { status: "adopted", outcomeDate: "2026-11-20", breed: null });
	await write("first-token", "PUT", "/rescues/1", { ...rex, name: "Rexi", photos: ["https://photos.example/a.jpg"] });
	await write("first-token", "DELETE", "/rescues/1");
	await write("second-token", "POST", "/rescues/1/restore");

	const visitor = await read("/animals/1?history=1");
	expect(visitor.response.status).toBe(200);
	expect(visitor.titles).toEqual(["Brought back", "Deleted", "Changed", "Changed", "Changed", "Changed", "Added"]);
	expect(visitor.lines).toEqual([
		"Name from “Rex” to “Rexi”",
		"Status from Adopted to Just arrived",
		"Photos changed",
		"Good with dogs taken out: it was Yes",
		"Left on taken out: it was 20 November 2026",
		"Status from Available to Adopted",
		"Breed taken out: it was “Collie”",
		"Left on is 20 November 2026",
		"Status from Just arrived to Available",
		"Breed is “Collie”",
		"Good with dogs is Yes",
	]);
	expect(await texts(visitor.html, ".steps ol > li > p:not(.when)")).toEqual(["Something that only the rescue sees."]);
	expect(visitor.html).not.toMatch(/anna|ben\b|Kennel|985112/);
	expect(await texts(visitor.html, ".when time")).toEqual(
		Array(7).fill(expect.stringMatching(/^\d+ \w+ \d{4} at \d\d:\d\d UTC$/)),
	);
	expect(visitor.response.headers.get("Server-Timing")).toMatch(/ledger;desc="[12] calls?"/);

	const staff = await read("/animals/1?history=1", { Authorization: "Bearer first-token" });
	expect(staff.titles).toEqual([
		"Brought back by ben",
		"Deleted by anna",
		"Changed by anna",
		"Changed by anna",
		"Changed by ben",
		"Changed by ben",
		"Added by anna",
	]);
	expect(staff.lines).toContain("Location is “Kennel 4”");
	expect(staff.lines).toContain("Location taken out: it was “Kennel 4”");
	expect(staff.response.headers.get("Vary")).toBe("Authorization");
});

test("a long text is there to open, before and after", async () => {
	await REST.create({ ...rex, description: "Long before. ".repeat(20) });
	await REST.update(1, { description: "Long after. ".repeat(20) });
	const html = await (await fetchWorker("/animals/1?history=1")).text();
	expect(await texts(html, ".steps summary")).toEqual(["Description changed"]);
	const [before, after] = await texts(html, ".steps details p");
	expect(before).toMatch(/^Before: “Long before\. /);
	expect(after).toMatch(/^Now: “Long after\. /);
});

test("a long history has links to what is older, each step told once and with what was before it", async () => {
	await REST.create({ ...rex, age: 0 });
	for (let age = 1; age <= 45; age++) await REST.update(1, { age });
	const told: string[] = [];
	let path: string | undefined = "/animals/1?history=1";
	for (const parts of [3, 2, 1]) {
		const { lines, titles, links }: Awaited<ReturnType<typeof read>> = await read(path ?? "");
		told.push(...lines);
		expect(titles.length).toBe(parts === 1 ? 6 : 20);
		expect(links["Newest changes"]).toBe(parts === 3 ? undefined : "/animals/1?history=1#history");
		expect(links["Hide what changed"]).toBe("/animals/1");
		path = links["Older changes"];
		expect(path === undefined).toBe(parts === 1);
	}
	expect(told).toEqual(Array.from({ length: 45 }, (_, index) => `Age from ${44 - index} to ${45 - index}`));
	const odd = await read("/animals/1?history=1&before=rex");
	expect(odd.titles.length).toBe(20);
});

test("a deleted animal's page has it too, any part of it", async () => {
	await REST.create({ ...rex, age: 0 });
	for (let age = 1; age <= 25; age++) await REST.update(1, { age });
	await REST.remove(1);
	const newest = await read("/animals/1?history=1");
	expect([newest.response.status, newest.titles[0]]).toEqual([410, "Deleted"]);
	const older = await read("/animals/1?history=1&before=8");
	expect([older.response.status, older.titles.at(-1)]).toEqual([410, "Added"]);
	expect(await texts(older.html, "h1")).toEqual(["Rex is no longer listed"]);
	expect((await read("/animals/2?history=1")).response.status).toBe(404);
});
