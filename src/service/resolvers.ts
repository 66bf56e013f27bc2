import * as z from "zod/mini";
import { type Role, roleOf } from "../core/access.ts";
import type { SharedData } from "../core/context.ts";
import { defineAdminRead, defineAdminWrite, defineResolver } from "../core/define.ts";
import { success } from "../core/errors.ts";
import { oneOf } from "../core/issues.ts";
import type { LedgerState } from "../ledger/command.ts";
import { CLAIMS, type Claim, type Rebuilt } from "../ledger/command.ts";

/**
 * Compares a batch of what is published in KV with the ledger, and republishes what differs; begun without `after` and
 * repeated until there is no `next`, it repairs a wiped, half-wiped or damaged namespace, and changes nothing in a sound
 * one. When the documents are another ledger's it changes nothing without a `claim`: `adopt` takes them into this one, if it is
 * new, `replace` puts this one's in their place. Answers INVALID_INPUT, MALFORMED_REQUEST for an `after` that no rebuild gave,
 * ALREADY_EXISTS for documents or records that are in the way, UNAVAILABLE.
 */
export const rebuildDocuments = defineAdminWrite(
	() => ({ after: z.nullish(z.string("must be text")), claim: z.nullish(z.enum(CLAIMS, oneOf(CLAIMS))) }),
	(ctx, { after, claim }, sender) =>
		ctx.store.write({ do: "rebuild", from: after ?? null, ...(claim && { claim }) }, sender),
);

/** What can be done about another ledger's documents. */
export const CLAIM = {
	adopt: { description: "Takes them into this ledger, which must be new, with their ids, versions and times." },
	replace: { description: "Puts this ledger's in their place, and removes the rest." },
} as const satisfies Record<Claim, { description: string }>;

/** What each part of the ledger's state means: the descriptions in the OpenAPI document and in the GraphQL schema. */
export const STATE_FIELDS = {
	id: "The ledger's id, which every page that it publishes carries.",
	records: "How many rescues it has.",
	namespace: "Whose the documents in KV are: `foreign` when they are another ledger's; writes are refused then.",
	backlog: "How many documents are waiting to be published.",
	breaker: "`open` while KV takes no writes: then publishing waits.",
	photoBytes: "How many bytes all photos take; `PHOTOS_MAX_BYTES` is the most.",
} as const satisfies Record<keyof LedgerState, string>;

/** Whose the documents in KV are. */
export const NAMESPACE = {
	own: { description: "This ledger's." },
	foreign: { description: "Another ledger's: nothing is written or published until an admin says whose they are." },
	unknown: { description: "KV can't be read." },
} as const satisfies Record<LedgerState["namespace"], { description: string }>;

/** Whether KV takes what is published. */
export const BREAKER = {
	closed: { description: "It does." },
	open: { description: "It doesn't: publishing waits until it takes a probe." },
} as const satisfies Record<LedgerState["breaker"], { description: string }>;

/** The ledger's state. Answers UNAVAILABLE when the ledger can't be reached. */
export const getLedger = defineAdminRead(
	() => ({}),
	(ctx) => ctx.store.ledgerState(),
);

/** Who asks. */
export interface Me {
	name: string | null;
	role: Role;
}

/** What each part of it means: the descriptions in the OpenAPI document and in the GraphQL schema. */
export const ME_FIELDS = {
	name: "Name of the token that the request carries; null when it carries none, or one that isn't known.",
	role: "What the request may do.",
} as const satisfies Record<keyof Me, string>;

/** What each role means. */
export const ROLE = {
	public: { description: "Read what is public." },
	read: { description: "Read everything: private fields too, and the names of tokens." },
	write: { description: "Read everything, and write." },
	admin: { description: "Everything: also rebuild, purge, back up and restore." },
} as const satisfies Record<Role, { description: string }>;

/** Who asks, and what they may do. Always succeeds. */
export const getMe = defineResolver(
	() => ({}),
	async ({ access: { caller } }) => success<Me>({ name: caller.name, role: roleOf(caller) }),
);

/** What each field of a rebuild's answer means: the descriptions in the OpenAPI document and in the GraphQL schema. */
export const REBUILT_FIELDS = {
	checked: "How many documents were compared.",
	mended: "How many of them differed from the ledger, and are published again.",
	adopted: "How many rescues were taken in from another ledger's documents.",
	photosMissing:
		"The names of photos that KV has lost: the same pictures, uploaded again, are there again under the same addresses.",
	photosAdopted:
		"How many photos were found in KV that the ledger didn't know: those that no rescue refers to are deleted in a week.",
	next: "Where to go on; null when everything has been compared.",
} as const satisfies Record<keyof Rebuilt, string>;

/** The value that is made once, when the Worker starts, and handed to every request. */
export const sharedData: SharedData = { name: "Rustacean" };

/** The shared data. Always succeeds. */
export const getSharedData = defineResolver(
	() => ({}),
	async (ctx) => success(ctx.sharedData),
);
