import { grouped } from "../domain/rescue.ts";
import { DEFAULT_FEED, FEED_FIELDS, listChanges, MAX_FEED, type RescueChanges } from "../resolvers/changes.ts";
import { builder } from "./builder.ts";
import { unwrap } from "./errors.ts";
import { RescueChangeType } from "./history.ts";

const RescueChangesType = builder.objectRef<RescueChanges>("RescueChanges").implement({
	description: "What changed: for whoever keeps a copy. A deletion is a change too.",
	fields: (t) => ({
		changes: t.expose("changes", { type: [RescueChangeType], description: FEED_FIELDS.changes }),
		cursor: t.exposeString("cursor", { description: FEED_FIELDS.cursor }),
		hasMore: t.exposeBoolean("hasMore", { description: FEED_FIELDS.hasMore }),
	}),
});

builder.queryField("changes", (t) =>
	t.field({
		type: RescueChangesType,
		description: "Everything that changed since a cursor or a time, in order. It is read from the ledger.",
		args: {
			since: t.arg.string({ description: FEED_FIELDS.since }),
			first: t.arg.int({
				defaultValue: DEFAULT_FEED,
				description: `How many at most: 1 to ${grouped(MAX_FEED)}. There may be fewer: \`hasMore\` decides.`,
			}),
		},
		resolve: async (_root, { since, first }, { ctx }) =>
			unwrap(await listChanges(ctx, { since, first: first ?? DEFAULT_FEED })),
	}),
);
