import { reset } from "cloudflare:test";
import { print } from "graphql";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FindRescuesDocument } from "../clients/operations.ts";
import { fetchWorker, graphql, REST } from "../transports.ts";

const animals = [
	{
		...{ name: "Rex", age: 3, species: "dog", status: "available", sex: "male", size: "large", breed: "Labrador mix" },
		...{ neutered: true, goodWithCats: false, microchip: "985112001234567", location: "Kennel 12" },
	},
	{
		...{ name: "Ämy", age: 2, species: "Cat", status: "pending", sex: "female", description: "Café cat, likes labs." },
		...{ externalId: "A-1001", goodWithCats: true, color: "Tortoiseshell", notes: "Bites. Sister of Mia." },
	},
	{
		...{ name: "amos", age: 3, species: "DOG", status: "adopted", sex: "male", size: "small", breed: "Épagneul" },
		...{ neutered: false, goodWithChildren: true, goodWithDogs: true, goodWithCats: true },
	},
	{
		...{ name: "Zoë", age: 0, species: "dog", status: "available", sex: "female", size: "small", breed: "Poodle" },
		...{ microchip: "ABC123456", location: "kennel 12", notes: "Poodle of Mrs. Möller" },
	},
	{ name: "Bo", age: 12, species: "Perro", status: "hold", goodWithDogs: false },
];

beforeEach(async () => {
	for (const animal of animals) await REST.create(animal);
});
afterEach(async () => {
	vi.useRealTimers();
	await reset();
});

interface Query {
	first?: number;
	after?: string | null;
	filter?: Record<string, unknown>;
	sort?: string;
}
interface Found {
	ids?: number[];
	total?: number;
	next?: string | null;
	code?: string;
	errors?: unknown;
}

const overREST = async ({ first, after, filter = {}, sort }: Query): Promise<Found> => {
	const search = new URLSearchParams();
	for (const [name, value] of Object.entries({ limit: first, cursor: after, sort, ...filter })) {
		for (const entry of [value].flat()) if (entry != null) search.append(name, String(entry));
	}
	const response = await fetchWorker(`/rescues?${search}`);
	if (!response.ok) {
		const { code, errors } = await response.json<Found>();
		return { code: code as string, errors };
	}
	const link = /^<([^>]+)>; rel="next"$/.exec(response.headers.get("Link") ?? "")?.[1];
	return {
		ids: (await response.json<{ id: number }[]>()).map(({ id }) => id),
		total: Number(response.headers.get("Total-Count")),
		next: link ? new URL(link, "http://rescue.test").searchParams.get("cursor") : null,
	};
};

const snake = (text: string) => text.replace(/[A-Z]/g, "_$&").toUpperCase();
const overGraphQL = async ({ first, after, filter, sort }: Query): Promise<Found> => {
	const capitals = (value: unknown): unknown =>
		Array.isArray(value) ? value.map(capitals) : typeof value === "string" ? value.toUpperCase() : value;
	const variables = {
		first,
		after,
		filter: filter && {
			...filter,
			...Object.fromEntries(
				["status", "sex", "size"].flatMap((name) => (name in filter ? [[name, capitals(filter[name])]] : [])),
			),
		},
		sort: sort && snake(sort.startsWith("-") ? `${sort.slice(1)}_desc` : `${sort}_asc`),
	};
	const { data, errors } = await graphql(print(FindRescuesDocument), variables);
	if (errors) return { code: errors[0].extensions.code, errors: errors[0].extensions.errors };
	const { nodes, pageInfo, totalCount } = data.rescues;
	return {
		ids: nodes.map(({ id }: { id: string }) => Number(id)),
		total: totalCount,
		next: pageInfo.hasNextPage ? pageInfo.endCursor : null,
	};
};

const finders = [
	["REST", overREST],
	["GraphQL", overGraphQL],
] as const;

describe.each(finders)("over %s a list", (_name, find) => {
	test.each<[string, Query, number[]]>([
		["of one species, whatever its case", { filter: { species: "dOg" } }, [1, 3, 4]],
		["of one species with blanks around it", { filter: { species: " dog " } }, [1, 3, 4]],
		["of one status", { filter: { status: ["available"] } }, [1, 4]],
		["of several statuses", { filter: { status: ["available", "adopted", "available"] } }, [1, 3, 4]],
		["of one sex", { filter: { sex: "female" } }, [2, 4]],
		["of one size", { filter: { size: "small" } }, [3, 4]],
		["that contains a text in name, breed or description", { filter: { q: "LAB" } }, [1, 2]],
		["that contains a text without its accents", { filter: { q: "cafe" } }, [2]],
		["that contains a text with accents the record lacks", { filter: { q: "zôe" } }, [4]],
		["of what is neutered", { filter: { neutered: true } }, [1]],
		["of what is not neutered, which isn't what is not known", { filter: { neutered: false } }, [3]],
		["good with children", { filter: { goodWithChildren: true } }, [3]],
		["good with dogs, or not", { filter: { goodWithDogs: false } }, [5]],
		["good with cats", { filter: { goodWithCats: true } }, [2, 3]],
		["of some ids, each once", { filter: { ids: [4, 2, 4, 99] } }, [2, 4]],
		["of some ids, in another order", { filter: { ids: [1, 2, 3] }, sort: "name" }, [3, 2, 1]],
		["of one externalId", { filter: { externalId: " A-1001 " } }, [2]],
		["of one externalId, exactly", { filter: { externalId: "a-1001" } }, []],
		["of one microchip", { filter: { microchip: "985112001234567" } }, [1]],
		["of one microchip as it was scanned", { filter: { microchip: " 985 112-001 234 567" } }, [1]],
		["of one microchip in small letters", { filter: { microchip: "abc-123 456" } }, [4]],
		["of one microchip that has other things as well", { filter: { microchip: "ABC123456", sex: "male" } }, []],
		["of one location, whatever its case", { filter: { location: "KENNEL 12 " } }, [1, 4]],
		["that contains words in any order, in different fields", { filter: { q: "labrador REX dog" } }, [1]],
		["that contains a color", { filter: { q: "tortoise" } }, [2]],
		["that contains an externalId", { filter: { q: "a-1001 amy" } }, [2]],
		["that contains a microchip's end", { filter: { q: "4567" } }, [1]],
		["that contains words of notes and of what all see", { filter: { q: "moller zoe" } }, [4]],
		["that contains no location", { filter: { q: "kennel" } }, []],
		["of all filters together", { filter: { species: "dog", status: ["available"], sex: "female", q: "poo" } }, [4]],
		["that nothing passes", { filter: { species: "axolotl" } }, []],
		["with an empty search", { filter: { q: "" }, sort: "-id" }, [5, 4, 3, 2, 1]],
		["by name, without case and accents", { sort: "name" }, [3, 2, 5, 1, 4]],
		["by name downwards", { sort: "-name" }, [4, 1, 5, 2, 3]],
		["by age, ties by id", { sort: "age" }, [4, 2, 1, 3, 5]],
		["by age downwards, ties by id", { sort: "-age" }, [5, 1, 3, 2, 4]],
		["by id", { sort: "id" }, [1, 2, 3, 4, 5]],
		["by id downwards", { sort: "-id" }, [5, 4, 3, 2, 1]],
		["filtered and sorted", { filter: { species: "dog" }, sort: "-name" }, [4, 1, 3]],
	])("%s, in one piece and record by record", async (_name, query, ids) => {
		expect(await find(query)).toEqual({ ids, total: ids.length, next: null });
		const walked: number[] = [];
		let after: string | null | undefined;
		for (let step = 0; step === 0 || after; step++) {
			const found = await find({ ...query, first: 1, after: after ?? null });
			expect(found.total).toBe(ids.length);
			walked.push(...(found.ids ?? []));
			after = found.next;
		}
		expect(walked).toEqual(ids);
	});

	test("by time shows what changed last first", async () => {
		// Later than all that was created, whatever the clock does meanwhile.
		vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
		await REST.update(2, { age: 4 });
		expect((await find({ sort: "-updatedAt", first: 1 })).ids).toEqual([2]);
		expect((await find({ sort: "createdAt" })).ids).toEqual([1, 2, 3, 4, 5]);
	});

	test("goes on where it was after writes in between", async () => {
		const { ids, next } = await find({ sort: "name", filter: { species: "dog" }, first: 1 });
		expect(ids).toEqual([3]);
		await REST.remove(3);
		await REST.create({ name: "Aaron", age: 1, species: "dog" });
		await REST.create({ name: "Sam", age: 1, species: "dog" });
		expect((await find({ sort: "name", filter: { species: "dog" }, after: next ?? null })).ids).toEqual([1, 7, 4]);
	});

	test("refuses a cursor of another list", async () => {
		const { next } = await find({ filter: { species: "dog" }, first: 1 });
		expect((await find({ filter: { species: "DOG" }, after: next ?? null })).ids).toEqual([3, 4]);
		for (const other of [{ filter: { species: "cat" } }, { filter: { species: "dog" }, sort: "age" }, {}]) {
			expect(await find({ ...other, after: next ?? null })).toMatchObject({ code: "MALFORMED_REQUEST" });
		}
		for (const after of ["3", "x", "", "%%%", btoa("[]"), btoa("null")]) {
			expect(await find({ sort: "name", after })).toMatchObject({ code: "MALFORMED_REQUEST" });
		}
	});
});

test("bad filters are named in the same words on both transports", async () => {
	const bad = {
		filter: {
			...{ species: " ", status: ["available", "sleeping"], sex: "yes", size: "huge", q: "x".repeat(101) },
			...{ externalId: "x".repeat(65), microchip: "98511200", location: "", ids: [0, "x", 7] },
		},
		sort: "colour",
		first: 0,
	};
	const spelt = (errors: unknown, drop: string[]) =>
		(errors as { path: string[]; message: string }[])
			.map(({ path, message }) => `${path.filter((step) => !drop.includes(step)).join(".")} ${message}`)
			.map((line) => line.replace(/must be one of: .*/, (list) => list.toLowerCase()))
			.filter((line) => !line.startsWith("sort"))
			.sort();
	const { code, errors } = await overREST(bad);
	expect(code).toBe("INVALID_INPUT");
	const ofGraphQL = await overGraphQL(bad);
	expect(ofGraphQL.code).toBe("INVALID_INPUT");
	expect(spelt(ofGraphQL.errors, ["filter"])).toEqual(
		spelt(errors, [])
			.map((line) => line.replace("limit", "first"))
			.sort(),
	);
	expect(errors).toContainEqual({
		path: ["sort"],
		message: "must be one of: id, -id, name, -name, age, -age, createdAt, -createdAt, updatedAt, -updatedAt",
	});
	expect(ofGraphQL.errors).toContainEqual({
		path: ["sort"],
		message:
			"must be one of: ID_ASC, ID_DESC, NAME_ASC, NAME_DESC, AGE_ASC, AGE_DESC, CREATED_AT_ASC, CREATED_AT_DESC, UPDATED_AT_ASC, UPDATED_AT_DESC",
	});
});

test("lists of ids and flags are judged in the same words on both transports", async () => {
	const bad = { filter: { ids: Array.from({ length: 101 }, (_, index) => index + 1), neutered: "maybe" } };
	const { errors } = await overREST(bad);
	expect(errors).toEqual([
		{ path: ["neutered"], message: "must be true or false" },
		{ path: ["ids"], message: "must be a list of 1 to 100 ids" },
	]);
	const inFilter = (errors as { path: string[]; message: string }[]).map(({ path, message }) => ({
		path: ["filter", ...path],
		message,
	}));
	expect((await overGraphQL(bad)).errors).toEqual(inFilter);
	expect(await overGraphQL({ filter: { ids: [] } })).toMatchObject({ code: "INVALID_INPUT" });
});

describe("the public", () => {
	// Pages of elsewhere are shown what the public is.
	const headers = { Origin: "https://elsewhere.example", "Content-Type": "application/json" };
	const ask = (search: string) => fetchWorker(`/rescues${search}`, { headers });
	const idsOf = async (search: string) => (await (await ask(search)).json<{ id: number }[]>()).map(({ id }) => id);
	const askGraphQL = async (filter: string) => {
		const body = JSON.stringify({ query: `{ rescues(filter: ${filter}) { nodes { id } totalCount } }` });
		const response = await fetchWorker("/graphql", { method: "POST", headers, body });
		// biome-ignore lint/suspicious/noExplicitAny: the test looks at whatever comes back
		return (await response.json()) as any;
	};

	test.each(["microchip=985112001234567", "location=kennel+12", "microchip=999999999&status=available"])(
		"may not ask for %s, in lists and exports",
		async (search) => {
			for (const path of [`?${search}`, `/export?${search}`]) {
				const response = await ask(path);
				expect(response.status).toBe(403);
				expect(await response.json()).toMatchObject({ code: "FORBIDDEN" });
			}
		},
	);

	test("may not over GraphQL", async () => {
		for (const filter of ['{ microchip: "985112001234567" }', '{ location: "Kennel 12", ids: ["1"] }']) {
			expect((await askGraphQL(filter)).errors[0].extensions.code).toBe("FORBIDDEN");
		}
		expect((await askGraphQL("{ microchip: null, ids: [4] }")).data.rescues).toEqual({
			nodes: [{ id: "4" }],
			totalCount: 1,
		});
	});

	test("finds no words in private text, and everything else", async () => {
		for (const q of ["4567", "moller", "bites", "zoe+moller"]) expect(await idsOf(`?q=${q}`)).toEqual([]);
		expect(await idsOf("?q=poodle")).toEqual([4]);
		expect(await idsOf("?q=zoe")).toEqual([4]);
		expect((await askGraphQL('{ q: "bites" }')).data.rescues.totalCount).toBe(0);
		expect(await idsOf("?ids=2&ids=1&externalId=A-1001&goodWithCats=true")).toEqual([2]);
		expect(await idsOf("/export?format=json&q=sister")).toEqual([]);
		expect(await idsOf("/export?format=json&ids=2&ids=4")).toEqual([2, 4]);
	});
});

test("REST refuses parameters it doesn't know and those given twice", async () => {
	const response = await fetchWorker("/rescues?specie=dog&species=dog&species=cat");
	expect(response.status).toBe(422);
	expect((await response.json<Found>()).errors).toEqual([
		{ path: ["specie"], message: "is not a known parameter" },
		{ path: ["species"], message: "must be given once" },
	]);
});

test("a filtered list has an ETag that changes with every write to its pages", async () => {
	const get = (etag = "") => fetchWorker("/rescues?species=dog&sort=name", { headers: { "If-None-Match": etag } });
	const first = await get();
	const etag = first.headers.get("ETag") as string;
	expect((await get(etag)).status).toBe(304);
	await REST.update(4, { name: "Abby" });
	const changed = await get(etag);
	expect(changed.status).toBe(200);
	expect((await changed.json<{ name: string }[]>())[0]?.name).toBe("Abby");
	expect(changed.headers.get("ETag")).not.toBe(etag);
});

describe("over several pages a list", () => {
	const count = 2300;
	const rows = Array.from({ length: count }, (_, index) => ({
		id: index + 10,
		name: `Animal ${(index * 7919) % 500}`,
		age: index % 16,
		species: index % 3 === 0 ? "Cat" : "dog",
	}));
	const bring = (records: unknown[]) =>
		fetchWorker("/rescues/import", {
			method: "POST",
			headers: { "Content-Type": "application/json" },
			body: JSON.stringify(records),
		}).then((response) => response.text());
	const walk = async (find: (query: Query) => Promise<Found>, query: Query, between?: () => Promise<unknown>) => {
		const ids: number[] = [];
		let after: string | null | undefined;
		for (let step = 0; step === 0 || after; step++) {
			const found = await find({ ...query, after: after ?? null });
			ids.push(...(found.ids ?? []));
			after = found.next;
			if (step === 0) await between?.();
		}
		return ids;
	};
	const byId = rows.filter(({ species }) => species === "Cat").map(({ id }) => id);
	const byName = rows
		.filter(({ species }) => species === "Cat")
		.sort((a, b) => (a.name === b.name ? a.id - b.id : a.name < b.name ? 1 : -1))
		.map(({ id }) => id);

	test("is complete and in order, however it is cut", async () => {
		await bring(rows);
		for (const [, find] of finders) {
			const filter = { species: "cat", q: "animal" };
			expect(await walk(find, { filter, first: 150 })).toEqual(byId);
			expect(await walk(find, { filter, first: 250, sort: "-name" })).toEqual(byName);
			expect((await find({ filter, first: 1 })).total).toBe(byId.length);
		}
	});

	test("holds what was there throughout exactly once, whatever is written meanwhile", async () => {
		await bring(rows);
		const gone = byName.filter((_, index) => index % 40 === 7);
		const meanwhile = async () => {
			for (const id of gone) await REST.remove(id);
			await bring(Array.from({ length: 300 }, (_, index) => ({ name: `Animal ${index}`, age: 1, species: "cat" })));
		};
		const walked = await walk(overREST, { filter: { species: "cat" }, first: 200, sort: "-name" }, meanwhile);
		expect(new Set(walked).size).toBe(walked.length);
		const stayed = byName.filter((id) => !gone.includes(id));
		expect(walked.filter((id) => stayed.includes(id))).toEqual(stayed);
	});
});
