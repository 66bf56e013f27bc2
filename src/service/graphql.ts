import { builder } from "../graphql/builder.ts";
import { unwrap } from "../graphql/errors.ts";
import { idempotencyKeyDescription } from "../graphql/input.ts";
import type { Rebuilt } from "../ledger/command.ts";
import { getSharedData, REBUILT_FIELDS, rebuildDocuments } from "./resolvers.ts";

const RebuiltType = builder.objectRef<Rebuilt>("Rebuilt").implement({
	description: "How a batch of a rebuild went.",
	fields: (t) => ({
		checked: t.exposeInt("checked", { description: REBUILT_FIELDS.checked }),
		mended: t.exposeInt("mended", { description: REBUILT_FIELDS.mended }),
		next: t.exposeString("next", { nullable: true, description: REBUILT_FIELDS.next }),
	}),
});

builder.mutationField("rebuildDocuments", (t) =>
	t.field({
		type: RebuiltType,
		nullable: true,
		description:
			"Compares a batch of what is published in KV with the ledger, and republishes what differs. Repeat it with `next` as `after` until that is null; on sound data it changes nothing.",
		args: {
			after: t.arg.string({ description: "The `next` of the batch before; left out to begin." }),
			idempotencyKey: t.arg.string({ description: idempotencyKeyDescription }),
		},
		resolve: async (_root, args, { ctx }) => unwrap(await rebuildDocuments(ctx, args)),
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
