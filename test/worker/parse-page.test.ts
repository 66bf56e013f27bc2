import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test } from "vitest";
import { parsePage } from "../../src/storage/parse-page.ts";
import { graphql, REST } from "./transports.ts";

afterEach(reset);

const names = async () => {
	const { data } = await graphql("{ rescues { nodes { name } } }");
	return data.rescues.nodes.map(({ name }: { name: string }) => name);
};

test("a page is parsed anew when its text is another one, whatever its revision says", async () => {
	await REST.create({ name: "Rex", age: 3, species: "dog" });
	expect(await names()).toEqual(["Rex"]);
	expect(await names()).toEqual(["Rex"]);
	const { value, metadata } = await env.RESCUES.getWithMetadata("rescues:0");
	await env.RESCUES.put("rescues:0", String(value).replace("Rex", "Max"), { metadata });
	expect(await names()).toEqual(["Max"]);
});

test("the same text is parsed once, and what came of it can't be put in another order", () => {
	const text = "[3,1,2]";
	const value = parsePage("a", text) as number[];
	expect(parsePage("a", `${text}`)).toBe(value);
	expect(() => value.sort()).toThrow(TypeError);
	expect(parsePage("a", "[1]")).toEqual([1]);
});

test("what is remembered has an end: the page remembered first goes first", () => {
	const text = (letter: string) => JSON.stringify([letter.repeat(3 * 1024 * 1024)]);
	const first = parsePage("first", text("a"));
	const second = parsePage("second", text("b"));
	parsePage("third", text("c"));
	expect(parsePage("second", text("b"))).toBe(second);
	expect(parsePage("first", text("a"))).not.toBe(first);
});
