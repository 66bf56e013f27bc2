import { builder } from "../graphql/builder.ts";
import { inCapitals } from "../graphql/enums.ts";
import { unwrap } from "../graphql/errors.ts";
import { idempotencyKeyDescription } from "../graphql/input.ts";
import type { LedgerState, Rebuilt } from "../ledger/command.ts";
import {
	BREAKER,
	CLAIM,
	getLedger,
	getMe,
	getSharedData,
	ME_FIELDS,
	type Me,
	NAMESPACE,
	REBUILT_FIELDS,
	ROLE,
	rebuildDocuments,
	STATE_FIELDS,
} from "./resolvers.ts";

const RebuiltType = builder.objectRef<Rebuilt>("Rebuilt").implement({
	description: "How a batch of a rebuild went.",
	fields: (t) => ({
		checked: t.exposeInt("checked", { description: REBUILT_FIELDS.checked }),
		mended: t.exposeInt("mended", { description: REBUILT_FIELDS.mended }),
		adopted: t.exposeInt("adopted", { description: REBUILT_FIELDS.adopted }),
		photosMissing: t.exposeStringList("photosMissing", { description: REBUILT_FIELDS.photosMissing }),
		photosAdopted: t.exposeInt("photosAdopted", { description: REBUILT_FIELDS.photosAdopted }),
		next: t.exposeString("next", { nullable: true, description: REBUILT_FIELDS.next }),
	}),
});

const RebuildClaim = builder.enumType("RebuildClaim", {
	description: "What can be done about documents in KV that are another ledger's.",
	values: inCapitals(CLAIM),
});

builder.mutationField("rebuildDocuments", (t) =>
	t.field({
		type: RebuiltType,
		nullable: true,
		description:
			"Compares a batch of what is published in KV with the ledger, and republishes what differs. Repeat it with `next` as `after` until that is null; on sound data it changes nothing. Documents of another ledger it leaves alone, unless a `claim` says what to do.",
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
	values: inCapitals(NAMESPACE),
});

const Breaker = builder.enumType("Breaker", {
	description: "Whether KV takes what is published.",
	values: inCapitals(BREAKER),
});

const Ledger = builder.objectRef<LedgerState>("Ledger").implement({
	description: "The ledger's state.",
	fields: (t) => ({
		id: t.exposeID("id", { description: STATE_FIELDS.id }),
		records: t.exposeInt("records", { description: STATE_FIELDS.records }),
		namespace: t.expose("namespace", { type: Namespace, description: STATE_FIELDS.namespace }),
		backlog: t.exposeInt("backlog", { description: STATE_FIELDS.backlog }),
		breaker: t.expose("breaker", { type: Breaker, description: STATE_FIELDS.breaker }),
		photoBytes: t.exposeFloat("photoBytes", { description: STATE_FIELDS.photoBytes }),
	}),
});

builder.queryField("ledger", (t) =>
	t.field({
		type: Ledger,
		nullable: true,
		description: "The ledger's state, for admins.",
		resolve: async (_root, _args, { ctx }) => unwrap(await getLedger(ctx, {})),
	}),
);

const Role = builder.enumType("Role", {
	description: "What a request may do, each more than the one before.",
	values: inCapitals(ROLE),
});

const MeType = builder.objectRef<Me>("Me").implement({
	description: "Who asks.",
	fields: (t) => ({
		name: t.exposeString("name", { nullable: true, description: ME_FIELDS.name }),
		role: t.expose("role", { type: Role, description: ME_FIELDS.role }),
	}),
});

builder.queryField("me", (t) =>
	t.field({
		type: MeType,
		description: "Who asks, and what they may do.",
		resolve: async (_root, _args, { ctx }) => unwrap(await getMe(ctx, {})),
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
