import { builder } from "./builder.ts";

/** Where a connection stands. */
interface Place {
	hasNextPage: boolean;
	hasPreviousPage: boolean;
	startCursor: string | null;
	endCursor: string | null;
}

/** `PageInfo` in the schema, for every connection of every noun. */
export const PageInfo = builder.objectRef<Place>("PageInfo").implement({
	description: "Where a list stands (Relay's connection specification).",
	fields: (t) => ({
		hasNextPage: t.exposeBoolean("hasNextPage", { description: "Whether there is more behind `endCursor`." }),
		hasPreviousPage: t.exposeBoolean("hasPreviousPage", { description: "Whether there is something before this." }),
		startCursor: t.exposeString("startCursor", {
			nullable: true,
			description: "The first node's cursor, null in an empty list.",
		}),
		endCursor: t.exposeString("endCursor", {
			nullable: true,
			description: "The last node's cursor, null in an empty list.",
		}),
	}),
});
