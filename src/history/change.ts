import * as z from "zod/mini";
import { lazily } from "../core/lazily.ts";
import { rescueSchemas } from "../rescues/schemas.ts";
import { matches, type RescueFilter } from "../rescues/search.ts";
import { type RescueView, toPublic } from "../rescues/view.ts";

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

/** Which changes are wanted: those of one rescue, and those of rescues that pass a filter, before the change or after it. */
export interface Wanted {
	id: number | null;
	/** Whether private text is looked into; what isn't seen must not be found either. */
	seesAll: boolean;
	/** Normalised. */
	filter: RescueFilter;
}

/** A change with the state that the record had before it; null when there was none. */
export interface Step extends RescueChange {
	before: RescueView | null;
}

/** Whether a change is one of those that are wanted. What has no record is: whoever keeps a copy has to learn of it. */
export function isWanted({ id, filter, seesAll }: Wanted, { rescue, before }: Step): boolean {
	const states = [rescue, before].flatMap((state) => (state === null ? [] : [seesAll ? state : toPublic(state)]));
	return states.length === 0 || states.some((state) => (id === null || state.id === id) && matches(filter, state));
}

/** What the ledger tells its subscribers when something has been committed. */
export interface Told {
	/** Number of the change behind which it goes on … */
	after: number;
	/** … and of the last one that was made. */
	upTo: number;
	/** The changes in between; absent when they are more, or larger, than a message holds: then the log has them. */
	steps?: Step[];
}

/** Changes as somebody sees them: for the public, without private fields and without names. */
export function changesSeen<Change extends RescueChange & Partial<Step>>(
	changes: Change[],
	seesAll: boolean,
): Change[] {
	if (seesAll) return changes;
	return changes.map((change) => {
		const { rescue, before } = change;
		const seen = { by: null, rescue: rescue && toPublic(rescue), ...(before && { before: toPublic(before) }) };
		return { ...change, ...seen };
	});
}
