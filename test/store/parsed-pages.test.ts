import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test } from "vitest";
import { isRemembered, recallPage, rememberPage } from "../../src/store/parsed-pages.ts";
import { fetchWorker, graphql, REST } from "../transports.ts";

afterEach(reset);

/** Bytes are passed on to the public only. */
const asPublic = { headers: { Origin: "https://a.example" } };

const names = async () => {
	const { data } = await graphql("{ rescues { nodes { name } } }");
	return data.rescues.nodes.map(({ name }: { name: string }) => name);
};

test("a page is parsed anew when it has been published anew, whatever its revision says", async () => {
	await REST.create({ name: "Rex", age: 3, species: "dog" });
	expect(await names()).toEqual(["Rex"]);
	expect(await names()).toEqual(["Rex"]);
	const { value, metadata } = await env.RESCUES.getWithMetadata<object>("rescues:0");
	const edition = { metadata: { ...metadata, edition: "another" } };
	await env.RESCUES.put("rescues:0", String(value).replace("Rex", "Max"), edition);
	expect(await names()).toEqual(["Max"]);
});

test("a page's bytes are remembered for as long as it is the same publication", async () => {
	await REST.create({ name: "Rex", age: 3, species: "dog" });
	const list = async () => (await fetchWorker("/rescues", asPublic)).text();
	const first = await list();
	expect(JSON.parse(first)).toMatchObject([{ name: "Rex" }]);
	expect(first).not.toContain("microchip");
	const { value, metadata } = await env.RESCUES.getWithMetadata<object>("rescues:0");
	// Under the same edition nobody looks at what comes with it.
	await env.RESCUES.put("rescues:0", "not read", { metadata: { ...metadata } });
	expect(await list()).toBe(first);
	for (const edition of ["another", undefined, "a third"]) {
		const name = `${edition}`.padEnd(9).slice(0, 3);
		const text = String(value).replace("Rex", name);
		await env.RESCUES.put("rescues:0", text, { metadata: { ...metadata, edition } });
		for (const _ of [1, 2, 3]) expect(JSON.parse(await list())).toMatchObject([{ name }]);
	}
});

test("a page that is shorter than it says is not remembered", async () => {
	await REST.create({ name: "Rex", age: 3, species: "dog" });
	const { value, metadata } = await env.RESCUES.getWithMetadata<object>("rescues:0");
	const edition = { metadata: { ...metadata, edition: "short" } };
	await env.RESCUES.put("rescues:0", "[", edition);
	expect(await (await fetchWorker("/rescues", asPublic)).text()).toBe("[");
	await env.RESCUES.put("rescues:0", String(value), edition);
	expect(await (await fetchWorker("/rescues", asPublic)).json()).toMatchObject([{ name: "Rex" }]);
});

test("a page that names no edition is parsed each time", async () => {
	await REST.create({ name: "Rex", age: 3, species: "dog" });
	const { value, metadata } = await env.RESCUES.getWithMetadata<object>("rescues:0");
	for (const name of ["Rex", "Max"]) {
		const unnamed = { metadata: { ...metadata, edition: undefined } };
		await env.RESCUES.put("rescues:0", String(value).replace("Rex", name), unnamed);
		expect(await names()).toEqual([name]);
	}
});

test("each publication of a page has an edition of its own, although nothing has changed", async () => {
	await REST.create({ name: "Rex", age: 3, species: "dog" });
	const edition = async () =>
		(await env.RESCUES.getWithMetadata<{ edition: string }>("rescues:0")).metadata?.edition ?? "";
	const first = await edition();
	expect(first).toMatch(/^[0-9a-f-]{36}$/);
	await env.RESCUES.put("rescues:0", "damaged", { metadata: {} });
	await fetchWorker("/rescues");
	await expect.poll(edition).toMatch(/^[0-9a-f-]{36}$/);
	expect(await edition()).not.toBe(first);
});

test("what is remembered is given for its own edition only, and can't be put in another order", () => {
	rememberPage("a", "1", [3, 1, 2], 7);
	const value = recallPage("a", "1") as number[];
	expect(value).toEqual([3, 1, 2]);
	expect([isRemembered(value), isRemembered([3, 1, 2])]).toEqual([true, false]);
	expect(() => value.sort()).toThrow(TypeError);
	expect(recallPage("a", "2")).toBeUndefined();
	expect(recallPage("a", undefined)).toBeUndefined();
	expect(recallPage("b", "1")).toBeUndefined();
	expect(recallPage("b", undefined)).toBeUndefined();
});

test("what is remembered has an end: the page remembered first goes first", () => {
	for (const key of ["first", "second", "third"]) rememberPage(key, "1", [key], 3 * 1024 * 1024);
	expect(recallPage("second", "1")).toEqual(["second"]);
	expect(recallPage("first", "1")).toBeUndefined();
});
