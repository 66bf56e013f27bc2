import { readFileSync } from "node:fs";
import { CriticalityLevel, diff } from "@graphql-inspector/core";
import { buildSchema, isInputObjectType, isIntrospectionType, isObjectType, isScalarType, printSchema } from "graphql";
import { expect, test } from "vitest";
import { tools } from "../../scripts/mcp-tools.ts";
import { schema } from "../../src/graphql/schema.ts";
import { openapi } from "../../src/openapi.ts";

const stale = "is out of date: run `npm run codegen` and commit what changes";

test("schema/schema.graphql says what the code says, and whether a difference breaks clients", async () => {
	const committed = buildSchema(readFileSync("schema/schema.graphql", "utf8"));
	const changes = await diff(committed, buildSchema(printSchema(schema)));
	const named = changes.map(({ criticality, message }) =>
		criticality.level === CriticalityLevel.Breaking ? `BREAKS CLIENTS: ${message}` : `compatible: ${message}`,
	);
	expect(named, `schema/schema.graphql ${stale}`).toEqual([]);
	expect(printSchema(schema), `schema/schema.graphql ${stale}`).toBe(printSchema(committed));
});

test.each(Object.entries({ openapi, mcp: tools }))("schema/%s.json says what the code says", (name, contract) => {
	const committed = readFileSync(`schema/${name}.json`, "utf8");
	expect(`${JSON.stringify(contract, null, "\t")}\n`, `schema/${name}.json ${stale}`).toBe(committed);
});

test("every type, field and argument in the schema is described", () => {
	const undescribed: string[] = [];
	for (const type of Object.values(schema.getTypeMap())) {
		if (isIntrospectionType(type) || isScalarType(type)) continue;
		if (!type.description) undescribed.push(type.name);
		if (!isObjectType(type) && !isInputObjectType(type)) continue;
		for (const field of Object.values(type.getFields())) {
			if (!field.description) undescribed.push(`${type.name}.${field.name}`);
			for (const arg of "args" in field ? field.args : []) {
				if (!arg.description) undescribed.push(`${type.name}.${field.name}(${arg.name})`);
			}
		}
	}
	expect(undescribed).toEqual([]);
});
