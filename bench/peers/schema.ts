import {
	GraphQLID,
	GraphQLInt,
	GraphQLList,
	GraphQLNonNull,
	GraphQLObjectType,
	GraphQLSchema,
	GraphQLString,
} from "graphql";
import type { Env, Rescue } from "./records.ts";

/** What the GraphQL peers hand to every resolver. */
export interface PeerContext {
	env: Env;
}

const AnimalRescue = new GraphQLObjectType({
	name: "AnimalRescue",
	fields: {
		id: { type: new GraphQLNonNull(GraphQLID) },
		name: { type: new GraphQLNonNull(GraphQLString) },
		age: { type: new GraphQLNonNull(GraphQLInt) },
		species: { type: new GraphQLNonNull(GraphQLString) },
	},
});

const RescueConnection = new GraphQLObjectType({
	name: "RescueConnection",
	fields: { nodes: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(AnimalRescue))) } },
});

/**
 * One schema for every GraphQL peer, with nothing but default resolvers below the root: what differs is the server. It
 * reads what the public sees of the service's documents, so the storage costs the same as well.
 */
export const schema = new GraphQLSchema({
	query: new GraphQLObjectType<unknown, PeerContext>({
		name: "Query",
		fields: {
			rescue: {
				type: AnimalRescue,
				args: { id: { type: new GraphQLNonNull(GraphQLID) } },
				resolve: (_root, { id }, { env }) => env.PUBLIC.get<Rescue>(`rescue:${id}`, "json"),
			},
			rescues: {
				type: new GraphQLNonNull(RescueConnection),
				args: { first: { type: GraphQLInt, defaultValue: 100 } },
				resolve: async (_root, { first }, { env }) => {
					const nodes = (await env.PUBLIC.get<Rescue[]>("rescues:0", "json")) ?? [];
					return { nodes: nodes.slice(0, first) };
				},
			},
		},
	}),
});
