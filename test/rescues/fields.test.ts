import { expect, test } from "vitest";
import { FIELDS, type Name } from "../../src/rescues/fields.ts";
import type { Field } from "../../src/rescues/kinds.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { upgrade } from "../../src/rescues/upgrade.ts";

const fields = Object.entries<Field>(FIELDS) as [Name, Field][];

test("what people call a column in CSV stands for one field", () => {
	const plain = (heading: string) => heading.toLowerCase().replace(/[^a-z]/g, "");
	const headings = fields.flatMap(([name, { headings = [] }]) => [name, ...headings].map(plain));
	expect(headings).toEqual([...new Set(headings)]);
});

test("a record that was stored before a field existed has its default", () => {
	const examples = Object.fromEntries(fields.map(([name, { example }]) => [name, example])) as unknown as AnimalRescue;
	const { externalId: _, ...before } = { ...examples, status: "adopted" as const };
	const rescue = upgrade(before);
	expect(rescue).toMatchObject({ status: "adopted", externalId: null });
	expect(Object.keys(rescue)).toEqual(Object.keys(FIELDS));
});

test("private fields are behind all others", () => {
	const isPrivate = fields.map(([, field]) => "isPrivate" in field);
	expect(isPrivate).toEqual(isPrivate.toSorted());
	expect(fields.filter(([, field]) => "isPrivate" in field).map(([name]) => name)).toEqual([
		"microchip",
		"location",
		"notes",
	]);
});

test("no value that a choice has, or that people write for one, stands for two", () => {
	for (const [, { holds }] of fields) {
		if (holds.kind !== "choice") continue;
		const { values, spellings = {} } = holds;
		for (const [spelling, value] of Object.entries(spellings)) {
			expect(Object.keys(values)).toContain(value);
			expect(Object.keys(values)).not.toContain(spelling);
		}
	}
});
