import type { Rebuilt } from "../core/context.ts";
import { builder } from "../graphql/builder.ts";
import { unwrap } from "../graphql/errors.ts";
import { idempotencyKeyDescription } from "../graphql/input.ts";
import { getSharedData, rebuildDocuments } from "./resolvers.ts";

const RebuiltType = builder.objectRef<Rebuilt>("Rebuilt").implement({
	description: "How a stretch of a rebuild went.",
	fields: (t) => ({
		checked: t.exposeInt("checked", { description: "How many documents were compared." }),
		mended: t.exposeInt("mended", {
			description: "How many of them differed from the ledger, and are published again.",
		}),
		next: t.exposeString("next", {
			nullable: true,
			description: "Pass it as `after` to go on; null when everything has been compared.",
		}),
	}),
});

builder.mutationField("rebuildDocuments", (t) =>
	t.field({
		type: RebuiltType,
		description:
			"Compares a stretch of what is published in KV with the ledger, and republishes what differs. Repeat it with `next` until that is null; on sound data it changes nothing.",
		args: {
			after: t.arg.string({ description: "The `next` of the stretch before; left out to begin." }),
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
