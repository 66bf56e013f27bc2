import { expect, test } from "vitest";
import { FIELDS, type Name } from "../../src/rescues/fields.ts";
import type { Field } from "../../src/rescues/kinds.ts";
import { type RescueFields, toRescue } from "../../src/rescues/rescue.ts";

const fields = Object.entries<Field>(FIELDS) as [Name, Field][];

test("what people call a column in CSV stands for one field", () => {
	const plain = (heading: string) => heading.toLowerCase().replace(/[^a-z]/g, "");
	const headings = fields.flatMap(([name, { headings = [] }]) => [name, ...headings].map(plain));
	expect(headings).toEqual([...new Set(headings)]);
});

test("a record that was stored before a field existed has its default from its next change on", () => {
	const { externalId: _, ...before } = {
		...Object.fromEntries(fields.map(([name, { example }]) => [name, example])),
		status: "adopted",
	} as unknown as RescueFields;
	const rescue = toRescue(1, before as RescueFields, 2, "then", "now");
	expect(rescue).toMatchObject({ status: "adopted", externalId: null, version: 2, updatedAt: "now" });
	expect(Object.keys(rescue)).toEqual(Object.keys(FIELDS));
});
