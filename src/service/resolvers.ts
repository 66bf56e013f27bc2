import * as z from "zod/mini";
import type { SharedData } from "../core/context.ts";
import { defineResolver, defineWrite } from "../core/define.ts";
import { success } from "../core/errors.ts";
import type { Rebuilt } from "../ledger/command.ts";

/**
 * Compares a batch of what is published in KV with the ledger, and republishes what differs; begun without `after` and
 * repeated until there is no `next`, it repairs a wiped, half-wiped or damaged namespace, and changes nothing in a sound
 * one. Answers INVALID_INPUT, MALFORMED_REQUEST for an `after` that no rebuild gave, UNAVAILABLE.
 */
export const rebuildDocuments = defineWrite(
	() => ({ after: z.nullish(z.string("must be text")) }),
	(ctx, { after }, sender) => ctx.store.write({ do: "rebuild", from: after ?? null }, sender),
);

/** What each field of a rebuild's answer means: the descriptions in the OpenAPI document and in the GraphQL schema. */
export const REBUILT_FIELDS = {
	checked: "How many documents were compared.",
	mended: "How many of them differed from the ledger, and are published again.",
	next: "Where to go on; null when everything has been compared.",
} as const satisfies Record<keyof Rebuilt, string>;

/** The value that is made once, when the Worker starts, and handed to every request. */
export const sharedData: SharedData = { name: "Rustacean" };

/** The shared data. Always succeeds. */
export const getSharedData = defineResolver(
	() => ({}),
	async (ctx) => success(ctx.sharedData),
);
