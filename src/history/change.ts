import * as z from "zod/mini";
import { lazily } from "../core/lazily.ts";
import { rescueSchemas } from "../rescues/schemas.ts";

/** What can happen to a record. */
export const CHANGE_KINDS = {
	created: { description: "It was created." },
	updated: { description: "Some of its fields were changed." },
	replaced: { description: "All of its fields were replaced." },
	deleted: { description: "It was deleted." },
	restored: { description: "It was brought back after a deletion." },
	purged: { description: "What was kept of it after its deletion was erased." },
};
export type ChangeKind = keyof typeof CHANGE_KINDS;

/** What each field of a change means: the descriptions in the OpenAPI document and in the GraphQL schema. */
export const CHANGE_FIELDS = {
	rescueId: "The rescue's id.",
	version: "The version that the change made. A deletion makes one too.",
	kind: "What happened.",
	at: "When it happened (RFC 3339, UTC, milliseconds).",
	by: "Name of the token that made the change, null when there was none, and for the public.",
	cursor: "The change's place among all changes. Give it as `since` to get what came after it.",
	rescue:
		"The rescue as the change left it; as it was last, with the deletion's version, when it was deleted; null when it was purged.",
} as const;

/** One change of a record, as both transports give it. */
export const historySchemas = lazily({
	change: () =>
		z
			.strictObject({
				rescueId: z.int().check(z.gte(1), z.meta({ description: CHANGE_FIELDS.rescueId })),
				version: z.int().check(z.gte(1), z.meta({ description: CHANGE_FIELDS.version })),
				kind: z
					.enum(Object.keys(CHANGE_KINDS) as ChangeKind[])
					.register(z.globalRegistry, { id: "ChangeKind", description: "What can happen to a rescue." }),
				at: z.iso.datetime().check(z.meta({ description: CHANGE_FIELDS.at })),
				by: z.nullable(z.string()).check(z.meta({ description: CHANGE_FIELDS.by })),
				cursor: z.string().check(z.meta({ description: CHANGE_FIELDS.cursor })),
				rescue: z.nullable(rescueSchemas.record),
			})
			.check(z.meta({ id: "RescueChange", description: "One change of a rescue." })),
});

export type RescueChange = z.infer<typeof historySchemas.change>;
