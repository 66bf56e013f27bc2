import { FILTERS, SORTS, type Sort } from "../domain/finding.ts";
import { builder } from "./builder.ts";
import { toEnumName } from "./errors.ts";
import { RescueStatus, Sex, Size } from "./types.ts";

/** `RescueFilter` in the schema; its rules are in `domain/finding.ts`. */
export const RescueFilter = builder.inputType("RescueFilter", {
	description: "Which rescues. All filters must hold; what is absent or null doesn't filter.",
	fields: (t) => ({
		species: t.string({ description: FILTERS.species }),
		status: t.field({ type: [RescueStatus], description: FILTERS.status }),
		sex: t.field({ type: Sex, description: FILTERS.sex }),
		size: t.field({ type: Size, description: FILTERS.size }),
		q: t.string({ description: FILTERS.q }),
	}),
});

const describe = (sort: Sort) =>
	`By \`${sort.replace("-", "")}\`, ${sort.startsWith("-") ? "the highest first" : "the lowest first"}.`;

/** `RescueSort` in the schema: REST's `name` is NAME_ASC, its `-name` NAME_DESC. */
export const RescueSort = builder.enumType("RescueSort", {
	description: "The order of a list. Ties are in order of id.",
	values: Object.fromEntries(
		SORTS.map((sort) => [toEnumName(sort, "sort"), { value: sort, description: describe(sort) }]),
	) as Record<string, { value: Sort; description: string }>,
});
