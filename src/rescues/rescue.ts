/** The record: its types, all of which follow from the table of fields, and how one is made. */
import { FIELDS, type Name, type NameOf, type Writable } from "./fields.ts";
import type { ValueOf } from "./kinds.ts";

/** A record as both transports give it. */
export type AnimalRescue = { [N in Name]: ValueOf<(typeof FIELDS)[N]> };
/** All the fields that a client can write, complete. */
export type RescueFields = Pick<AnimalRescue, Writable>;

type RequiredName = NameOf<{ required: true }>;
/** The name of a field that is null in an input until the ledger has settled it (`settle.ts`). */
type SettledName = NameOf<{ settled: true } | { requiredUnless: string }>;
type OptionalName = NameOf<{ default: unknown }> | SettledName;
/** A whole record's input after validation: every optional field has its default, or is to be settled. */
export type RescueInput = { [N in Writable]: AnimalRescue[N] | (N extends SettledName ? null : never) };
/** A create's input after validation; `id` may be missing. */
export type NewRescue = RescueInput & { id?: number | undefined };
/** A partial change after validation, nulls already turned into defaults. */
export type RescuePatch = Partial<RescueInput>;
/** What a client sends to replace a record. */
export type ReplaceRescueInput = Pick<AnimalRescue, RequiredName> & { [N in OptionalName]?: AnimalRescue[N] | null };
/** What a client sends to create one. */
export type CreateRescueInput = ReplaceRescueInput & { id?: number | undefined };
/** What a client sends to change one: a merge patch (RFC 7396). */
export type UpdateRescueInput = Partial<
	Pick<AnimalRescue, RequiredName | NameOf<{ requiredUnless: string }>> & {
		[N in Exclude<OptionalName, NameOf<{ requiredUnless: string }>>]: AnimalRescue[N] | null;
	}
>;

/** The highest id, and so page bound. */
export const MAX_ID = FIELDS.id.holds.max;

/** All of a record's fields, in its order, with the defaults of those that can be left out; null for what is to be settled. */
const BLANK: Record<string, unknown> = Object.fromEntries(
	Object.entries(FIELDS).map(([name, field]) => [name, "default" in field ? field.default : null]),
);

/** Puts defaults in place of a merge patch's nulls. */
export const toPatch = (input: UpdateRescueInput): RescuePatch =>
	Object.fromEntries(Object.entries(input).map(([name, value]) => [name, value === null ? BLANK[name] : value]));

/**
 * Builds the record in the field order that is stored and served.
 * @param now RFC 3339 time of this change; `createdAt` the time of the first
 */
export const toRescue = (
	id: number,
	fields: RescueFields,
	version: number,
	createdAt: string,
	now: string,
): AnimalRescue => ({ ...(BLANK as AnimalRescue), ...fields, id, version, createdAt, updatedAt: now });

/** Reads an id from a URL or a GraphQL `ID`: canonical decimal only; null for one that can't exist. */
export function parseId(given: unknown): number | null {
	const id = typeof given === "string" && /^[1-9]\d{0,15}$/.test(given) ? Number(given) : given;
	return typeof id === "number" && Number.isSafeInteger(id) && id >= 1 ? id : null;
}
