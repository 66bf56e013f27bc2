import { builder } from "../graphql/builder.ts";
import { unwrap } from "../graphql/errors.ts";
import { CLAIMS, type Rebuilt } from "../ledger/command.ts";
import type { LedgerState } from "../ledger/namespace.ts";
import { idempotencyKeyDescription, inCapitals } from "../rescues/graphql-types.ts";
import { getLedger, getSharedData, rebuildDocuments, STATE_FIELDS } from "./resolvers.ts";

const RebuiltType = builder.objectRef<Rebuilt>("Rebuilt").implement({
	description: "How a batch of a rebuild went.",
	fields: (t) => ({
		checked: t.exposeInt("checked", { description: "How many documents were compared." }),
		mended: t.exposeInt("mended", {
			description: "How many of them differed from the ledger, and are published again.",
		}),
		adopted: t.exposeInt("adopted", { description: "How many rescues were taken in, with `claim: ADOPT`." }),
		next: t.exposeString("next", {
			nullable: true,
			description: "Pass it as `after` to go on; null when everything has been compared.",
		}),
	}),
});

const RebuildClaim = builder.enumType("RebuildClaim", {
	description: "What can be done about documents in KV that are another ledger's.",
	values: inCapitals(CLAIMS, {
		adopt: "Takes them into this ledger, which must be new, with their ids, versions and times.",
		replace: "Puts this ledger's in their place, and removes the rest.",
	}),
});

builder.mutationField("rebuildDocuments", (t) =>
	t.field({
		type: RebuiltType,
		description:
			"Compares a batch of what is published in KV with the ledger, and republishes what differs. Repeat it with `next` until that is null; on sound data it changes nothing. Documents of another ledger it leaves alone, unless a `claim` says what to do.",
		args: {
			after: t.arg.string({ description: "The `next` of the batch before; left out to begin." }),
			claim: t.arg({ type: RebuildClaim, description: "What to do about another ledger's documents." }),
			idempotencyKey: t.arg.string({ description: idempotencyKeyDescription }),
		},
		resolve: async (_root, args, { ctx }) => unwrap(await rebuildDocuments(ctx, args)),
	}),
);

const Namespace = builder.enumType("Namespace", {
	description: "Whose the documents in KV are.",
	values: inCapitals(["own", "foreign", "unknown"] as const, {
		own: "This ledger's.",
		foreign: "Another ledger's: nothing is written or published until an admin says whose they are.",
		unknown: "KV can't be read.",
	}),
});

const Breaker = builder.enumType("Breaker", {
	description: "Whether KV takes what is published.",
	values: inCapitals(["closed", "open"] as const, {
		closed: "It does.",
		open: "It doesn't: publishing waits until it takes a probe.",
	}),
});

const Ledger = builder.objectRef<LedgerState>("Ledger").implement({
	description: "The ledger's state.",
	fields: (t) => ({
		id: t.exposeID("id", { description: STATE_FIELDS.id }),
		records: t.exposeInt("records", { description: STATE_FIELDS.records }),
		namespace: t.expose("namespace", { type: Namespace, description: STATE_FIELDS.namespace }),
		backlog: t.exposeInt("backlog", { description: STATE_FIELDS.backlog }),
		breaker: t.expose("breaker", { type: Breaker, description: STATE_FIELDS.breaker }),
	}),
});

builder.queryField("ledger", (t) =>
	t.field({
		type: Ledger,
		nullable: true,
		description: "The ledger's state, for whoever may write.",
		resolve: async (_root, _args, { ctx }) => unwrap(await getLedger(ctx, {})),
	}),
);

const SharedData = builder.objectRef<{ name: string }>("SharedData").implement({
	description: "A value that is made once, when the Worker starts, and handed to every request.",
	fields: (t) => ({ name: t.exposeString("name", { description: "Its name." }) }),
});

builder.queryField("sharedData", (t) =>
	t.field({
		type: SharedData,
		description: "The shared data.",
		resolve: async (_root, _args, { ctx }) => unwrap(await getSharedData(ctx, {})),
	}),
);
