import { builder } from "../graphql/builder.ts";
import { unwrap } from "../graphql/errors.ts";
import { idempotencyKeyDescription, unpack } from "../graphql/input.ts";
import { findRescues, isPlainList } from "./find.ts";
import {
	AnimalRescueType,
	CreateRescueInput,
	ReplaceRescueInput,
	RescueConnection,
	RescueFilterInput,
	RescueSort,
	UpdateRescueInput,
} from "./graphql-types.ts";
import {
	createRescue,
	deleteRescue,
	getRescue,
	replaceRescue,
	restoreRescue,
	updateRescue,
	walkRescues,
} from "./resolvers.ts";
import { SORTING } from "./search.ts";

const idDescription = "The rescue's id.";
const freshDescription =
	"Read the ledger instead of KV: every write that was answered is there. It costs a call to the one ledger, wherever that is.";
const ifVersionDescription = "Change it only if this is still its version; VERSION_MISMATCH otherwise.";

builder.queryType({
	description: "Everything that can be read, by anyone.",
	fields: (t) => ({
		rescue: t.field({
			type: AnimalRescueType,
			nullable: true,
			description: "One rescue, null when there is none with this id.",
			args: {
				id: t.arg.id({ required: true, description: idDescription }),
				fresh: t.arg.boolean({ defaultValue: false, description: freshDescription }),
			},
			resolve: async (_root, args, { ctx }) => {
				const found = await getRescue(ctx, args);
				if (!found.ok && found.code === "NOT_FOUND") return null;
				return unwrap(await unwrap(found).parse()).value;
			},
		}),
		rescues: t.field({
			type: RescueConnection,
			description: "The rescues, by id unless sorted otherwise, `first` at a time.",
			args: {
				first: t.arg.int({ defaultValue: 100, description: "How many: 1 to 1,000." }),
				after: t.arg.string({ description: "The cursor behind which to go on." }),
				filter: t.arg({ type: RescueFilterInput, description: "Which rescues; all of them when left out." }),
				sort: t.arg({ type: RescueSort, description: SORTING }),
				fresh: t.arg.boolean({ defaultValue: false, description: freshDescription }),
			},
			resolve: async (_root, args, { ctx }) => {
				const first = args.first ?? 100;
				if (isPlainList(args)) return unwrap(await walkRescues(ctx, { first, after: args.after, fresh: args.fresh }));
				return unwrap(await findRescues(ctx, unpack({ ...args, first })));
			},
		}),
	}),
});

builder.mutationType({
	description:
		"Everything that can be changed. A field that failed is null, so that it doesn't hide another that was made.",
	fields: (t) => ({
		createRescue: t.field({
			type: AnimalRescueType,
			nullable: true,
			description: "Creates a rescue, under the given id or the next free one.",
			args: {
				input: t.arg({ type: CreateRescueInput, required: true, description: "The new rescue." }),
				idempotencyKey: t.arg.string({ description: idempotencyKeyDescription }),
			},
			resolve: async (_root, args, { ctx }) => unwrap(await createRescue(ctx, unpack(args))),
		}),
		replaceRescue: t.field({
			type: AnimalRescueType,
			nullable: true,
			description: "Replaces a whole rescue; never creates one.",
			args: {
				id: t.arg.id({ required: true, description: idDescription }),
				input: t.arg({ type: ReplaceRescueInput, required: true, description: "The rescue as it will be." }),
				ifVersion: t.arg.int({ description: ifVersionDescription }),
				idempotencyKey: t.arg.string({ description: idempotencyKeyDescription }),
			},
			resolve: async (_root, args, { ctx }) => unwrap(await replaceRescue(ctx, args)),
		}),
		updateRescue: t.field({
			type: AnimalRescueType,
			nullable: true,
			description: "Changes the given fields of a rescue.",
			args: {
				id: t.arg.id({ required: true, description: idDescription }),
				input: t.arg({ type: UpdateRescueInput, required: true, description: "What to change." }),
				ifVersion: t.arg.int({ description: ifVersionDescription }),
				idempotencyKey: t.arg.string({ description: idempotencyKeyDescription }),
			},
			resolve: async (_root, args, { ctx }) => unwrap(await updateRescue(ctx, args)),
		}),
		deleteRescue: t.field({
			type: AnimalRescueType,
			nullable: true,
			description: "Deletes a rescue and gives what was deleted. Its id is never given again.",
			args: {
				id: t.arg.id({ required: true, description: idDescription }),
				ifVersion: t.arg.int({ description: ifVersionDescription }),
				idempotencyKey: t.arg.string({ description: idempotencyKeyDescription }),
			},
			resolve: async (_root, args, { ctx }) => unwrap(await deleteRescue(ctx, args)),
		}),
		restoreRescue: t.field({
			type: AnimalRescueType,
			nullable: true,
			description: "Brings a deleted rescue back as it was, its version continued.",
			args: {
				id: t.arg.id({ required: true, description: idDescription }),
				ifVersion: t.arg.int({
					description: "Restore it only if this is the version that its deletion made; VERSION_MISMATCH otherwise.",
				}),
				idempotencyKey: t.arg.string({ description: idempotencyKeyDescription }),
			},
			resolve: async (_root, args, { ctx }) => unwrap(await restoreRescue(ctx, args)),
		}),
	}),
});
