import { reset } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { INDEX } from "../../src/rescues/find.ts";
import { holdClock } from "../platform/clock.ts";
import { harden } from "../platform/platform.ts";
import { seed } from "../rescues/seed.ts";
import { buildIndex, findBy } from "../rescues/ways.ts";
import { fetchWorker, graphql } from "../transports.ts";

let platform: Awaited<ReturnType<typeof harden>> | undefined;
// The index is built by the alarm, which must not ring while rows are counted.
beforeEach(() => {
	holdClock();
});
afterEach(async () => {
	vi.useRealTimers();
	platform?.restore();
	platform = undefined;
	findBy("usual");
	await reset();
});

const SORTS = ["id", "-id", "name", "-name", "age", "-age", "createdAt", "-createdAt", "updatedAt", "-updatedAt"];
/** What half of all match, some, few and none. */
const FILTERS = [
	...["sex=female", "status=available", "species=axolotl", "species=hamster", "species=cat&status=adopted&size=small"],
	...["q=a", "q=labrador", "q=labrador+calm+car", "q=e-77+rex", "q=garden+lively+rex&status=available", "q=nowhere"],
	...["goodWithCats=true", "neutered=false&goodWithDogs=true", "neutered=true&status=available"],
	...[
		"location=kennel+7",
		"location=nowhere",
		"goodWithCats=false&q=garden+lively",
		"q=owner+called",
		"q=file+777+rex",
	],
	...["microchip=985+112-000+000+777", "externalId=E-77", "ids=7&ids=77&ids=777&ids=100001", "ids=70&status=intake"],
];

/** Asks for a part of a list: what it cost, and where the next part is. */
async function ask(path: string) {
	platform?.reset();
	const response = await fetchWorker(path);
	await response.text();
	expect(response.status, path).toBe(200);
	const timing = response.headers.get("Server-Timing") ?? "";
	const [reads = 0, calls = 0] = [...timing.matchAll(/desc="(\d+)/g)].map(([, count]) => Number(count));
	return {
		operations: reads + calls,
		rows: platform?.usage.rowsRead ?? 0,
		total: Number(response.headers.get("Total-Count")),
		isExact: response.headers.get("Total-Count-Is") === null,
		next: /^<([^>]+)>/.exec(response.headers.get("Link") ?? "")?.[1],
	};
}

/** The most rows that a part of ten records takes, and the most operations; in whatever order, and at first to count. */
async function costsAmong(count: number, perPage: number) {
	await seed(count, perPage);
	await buildIndex();
	INDEX.hasAnswered = false;
	platform = await harden({ readMs: [20, 20] });
	const most = { operations: 0, toCount: 0, rows: 0, ofWhat: "" };
	for (const filter of FILTERS) {
		// The matches of a search are counted once until the next change.
		const counted = await ask(`/rescues?${filter}&limit=10&sort=-age`);
		most.operations = Math.max(most.operations, counted.operations);
		expect(counted.rows, filter).toBeLessThan(counted.total + 800);
		for (const sort of SORTS) {
			let path: string | undefined = `/rescues?${filter}&limit=10&sort=${sort}`;
			for (let part = 0; part < 3 && path !== undefined; part++) {
				const { rows, operations, next } = await ask(path);
				most.operations = Math.max(most.operations, operations);
				if (rows > most.rows) Object.assign(most, { rows, ofWhat: path });
				path = next;
			}
		}
	}
	platform.restore();
	return most;
}

test("among 100,000 a part of a list takes as many operations as among 1,000, and rows in the order of what it gives", async () => {
	const few = await costsAmong(1000, 100);
	await reset();
	const many = await costsAmong(100_000, 1000);
	expect(few.operations).toBe(2);
	expect(many.operations).toBe(2);
	expect(few.rows, few.ofWhat).toBeLessThan(800);
	expect(many.rows, many.ofWhat).toBeLessThan(800);

	// Where one in a hundred matches, both ways are at their longest: to look for ten, or to sort all.
	platform = await harden({ readMs: [20, 20] });
	const between = await ask("/rescues?neutered=false&goodWithDogs=true&species=cat&size=small&sort=-age&limit=10");
	expect(between).toMatchObject({ operations: 1, isExact: true });
	expect(between.total).toBeGreaterThan(900);
	expect(between.rows).toBeLessThan(4000);
	platform.restore();

	// Ten thousand are counted at most, on both transports.
	const { total, isExact } = await ask("/rescues?q=labrador&limit=10");
	expect({ total, isExact }).toEqual({ total: 10_000, isExact: false });
	const { data } = await graphql('{ rescues(filter: { q: "labrador" }) { totalCount totalCountIsExact } }');
	expect(data.rescues).toEqual({ totalCount: 10_000, totalCountIsExact: false });
	// What only filters is counted as it is written.
	expect(await ask("/rescues?species=axolotl")).toMatchObject({ total: 100, isExact: true });
	expect(await ask("/rescues?sex=female")).toMatchObject({ total: 49_998, isExact: true });
}, 600_000);
