/** What generators of clients stumble over, as rules on `schema/openapi.json`; each was seen with one. */
import { readFileSync } from "node:fs";
import { isInputObjectType, isIntrospectionType, isNonNullType, isObjectType } from "graphql";
import { expect, test } from "vitest";
import { schema as graphql } from "../../src/graphql/schema.ts";

type Node = Record<string, unknown>;

const document = JSON.parse(readFileSync("schema/openapi.json", "utf8"));

/** Everything in the document that is a schema, with its place; examples aside. */
function* schemas(node: unknown, place = "#"): Generator<[string, Node]> {
	if (typeof node !== "object" || node === null) return;
	if (!Array.isArray(node) && ("type" in node || "enum" in node || "anyOf" in node)) yield [place, node as Node];
	for (const [key, value] of Object.entries(node)) {
		if (key !== "example" && key !== "examples") yield* schemas(value, `${place}/${key}`);
	}
}
const all = [...schemas(document)].filter(([, { type }]) => typeof type !== "object" || Array.isArray(type));
const places = (is: (schema: Node, place: string) => boolean) =>
	all.filter(([place, schema]) => is(schema, place)).map(([place]) => place);

test("no list of types but of one and null: oapi-codegen stops at others", () => {
	expect(
		places(({ type }) => Array.isArray(type) && !(type.length === 2 && type[0] !== "null" && type[1] === "null")),
	).toEqual([]);
});

test("whole numbers that 32 bits may not hold are int64: Go doesn't compile, Java overflows", () => {
	const isWide = ({ type, maximum }: Node) => type === "integer" && !(Number(maximum) < 2 ** 31);
	expect(places(isWide).length).toBeGreaterThan(10);
	expect(places((schema) => isWide(schema) && schema.format !== "int64")).toEqual([]);
	const { AnimalRescue, ImportReport } = document.components.schemas;
	for (const { format } of [
		AnimalRescue.properties.id,
		AnimalRescue.properties.version,
		ImportReport.properties.created,
	]) {
		expect(format).toBe("int64");
	}
});

test("every closed list is one component, called as in GraphQL if it is there: others come out twice, under numbers", () => {
	expect(places(({ enum: values }, place) => Boolean(values) && !/^#\/components\/schemas\/\w+$/.test(place))).toEqual(
		[],
	);
	for (const name of [
		"RescueStatus",
		"Sex",
		"Size",
		"ChangeKind",
		"RescueSort",
		"RebuildClaim",
		"Namespace",
		"Breaker",
	]) {
		expect(document.components.schemas).toHaveProperty(name);
		expect(graphql.getType(name)).toBeDefined();
	}
});

test("every pattern is anchored at both ends and means the same in Python, Java and Go", () => {
	const patterns = all.flatMap(([, { pattern }]) => (pattern === undefined ? [] : [String(pattern)]));
	expect(patterns.length).toBeGreaterThan(10);
	for (const pattern of patterns) {
		expect(pattern).toMatch(/^\^.*\$$/s);
		// Neither look-around, nor Unicode escapes and classes, nor named groups.
		expect(pattern).not.toMatch(/\(\?[^:]|\\u|\\p/);
		expect(() => new RegExp(pattern, "u")).not.toThrow();
	}
});

test("a time has its format and no pattern: openapi-generator's Python can't be loaded with both", () => {
	expect(places(({ format }) => format === "date-time").length).toBeGreaterThan(2);
	expect(places(({ format, pattern }) => format === "date-time" && pattern !== undefined)).toEqual([]);
});

test("a write takes one media type, or several of the same JSON", () => {
	for (const [path, item] of Object.entries<Node>(document.paths)) {
		for (const [method, operation] of Object.entries(item)) {
			const { content = {} } = ((operation as Node).requestBody ?? {}) as { content?: Record<string, Node> };
			const bodies = new Set(Object.values(content).map(({ schema }) => JSON.stringify(schema)));
			expect(bodies.size, `${method} ${path}`).toBeLessThan(2);
		}
	}
});

test("what is refused doesn't pass the schemas: empty, NUL, blank", () => {
	const { components, paths } = document;
	const matches = (schema: { pattern: string; minLength?: number }, text: string) =>
		text.length >= (schema.minLength ?? 0) && new RegExp(schema.pattern, "u").test(text);
	const { name, description } = components.schemas.AnimalRescue.properties;
	for (const bad of ["", " \t", "a\0b"]) expect(matches(name, bad)).toBe(false);
	expect(matches(name, " Ålesund\n")).toBe(true);
	const text = description.anyOf[0];
	for (const bad of ["", "a\0b"]) expect(matches(text, bad)).toBe(false);
	expect(matches(text, " ")).toBe(true);
	const parameter = (path: string, method: string, called: string) =>
		paths[path][method].parameters.find((one: { name: string }) => one.name === called).schema;
	for (const bad of ["", "a b", "ä"]) expect(matches(parameter("/rescues", "get", "cursor"), bad)).toBe(false);
	for (const bad of ["", "01", "-1", "yesterday", "2026-01-01"]) {
		expect(matches(parameter("/rescues/changes", "get", "since"), bad)).toBe(false);
	}
	for (const good of ["0", "17", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5+01:00"]) {
		expect(matches(parameter("/rescues/changes", "get", "since"), good)).toBe(true);
	}
	for (const bad of ["", "3", '"3', '"3" "4"']) {
		expect(matches(parameter("/rescues/{id}", "patch", "If-Match"), bad)).toBe(false);
	}
	for (const good of ["*", '"3"', 'W/"3", "4"']) {
		expect(matches(parameter("/rescues/{id}", "patch", "If-Match"), good)).toBe(true);
	}
});

test("what has a default in the GraphQL schema is nullable: genqlient sends a zero value else, ariadne-codegen asks for one", () => {
	const types = Object.values(graphql.getTypeMap()).filter((type) => !isIntrospectionType(type));
	const inputs = types.filter(isInputObjectType).flatMap((type) => Object.values(type.getFields()));
	const fields = types.filter(isObjectType).flatMap((type) => Object.values(type.getFields()));
	const defaulted = [...inputs, ...fields.flatMap(({ args }) => args)].filter((of) => of.defaultValue !== undefined);
	expect(defaulted.length).toBeGreaterThan(5);
	expect(defaulted.filter(({ type }) => isNonNullType(type)).map(({ name }) => name)).toEqual([]);
});
