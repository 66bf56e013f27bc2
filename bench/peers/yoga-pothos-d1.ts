import SchemaBuilder from "@pothos/core";
import { createYoga } from "graphql-yoga";
import type { Env, Rescue } from "./records.ts";
import { fillTable } from "./rescue-table.ts";

const TEXTS = [
	"birthDate",
	"color",
	"breed",
	"description",
	"externalId",
	"specialNeeds",
	"intakeType",
	"outcomeDate",
] as const;
const FLAGS = ["neutered", "vaccinated", "houseTrained", "goodWithChildren", "goodWithDogs", "goodWithCats"] as const;
const STAMPS = ["intakeDate", "createdAt", "updatedAt"] as const;

/** A row as D1 gives it: booleans are numbers, a list is JSON. */
type Row = { id: number; name: string; age: number; species: string; version: number } & Record<
	"status" | "sex" | "photos" | (typeof STAMPS)[number],
	string
> &
	Record<"size" | (typeof TEXTS)[number], string | null> &
	Record<(typeof FLAGS)[number], number | null>;

const builder = new SchemaBuilder<{ Context: { env: Env } }>({});

const enumOf = (name: string, values: string) =>
	builder.enumType(name, {
		values: Object.fromEntries(values.split(" ").map((value) => [value.toUpperCase(), { value }])),
	});
const RescueStatus = enumOf(
	"RescueStatus",
	"intake available pending hold fostered adopted transferred returned_to_owner deceased",
);
const Sex = enumOf("Sex", "male female unknown");
const Size = enumOf("Size", "small medium large xlarge");

const AnimalRescue = builder.objectRef<Row>("AnimalRescue").implement({
	fields: (t) => ({
		id: t.exposeID("id", { nullable: false }),
		name: t.exposeString("name", { nullable: false }),
		age: t.exposeInt("age", { nullable: false }),
		species: t.exposeString("species", { nullable: false }),
		status: t.field({ type: RescueStatus, resolve: ({ status }) => status }),
		sex: t.field({ type: Sex, resolve: ({ sex }) => sex }),
		size: t.field({ type: Size, nullable: true, resolve: ({ size }) => size }),
		photos: t.stringList({ resolve: ({ photos }) => JSON.parse(photos) as string[] }),
		version: t.int({ resolve: ({ version }) => version }),
		...Object.fromEntries(STAMPS.map((name) => [name, t.string({ resolve: (row) => row[name] })])),
		...Object.fromEntries(TEXTS.map((name) => [name, t.string({ nullable: true, resolve: (row) => row[name] })])),
		...Object.fromEntries(
			FLAGS.map((name) => [
				name,
				t.boolean({ nullable: true, resolve: (row) => (row[name] === null ? null : row[name] === 1) }),
			]),
		),
	}),
});
const RescueConnection = builder.objectRef<{ nodes: Row[] }>("RescueConnection").implement({
	fields: (t) => ({ nodes: t.field({ type: [AnimalRescue], nullable: false, resolve: ({ nodes }) => nodes }) }),
});
const RescueFilter = builder.inputType("RescueFilter", { fields: (t) => ({ species: t.string() }) });
const CreateRescueInput = builder.inputType("CreateRescueInput", {
	fields: (t) => ({
		name: t.string({ required: true }),
		age: t.int({ required: true }),
		species: t.string({ required: true }),
		status: t.field({ type: RescueStatus, defaultValue: "intake" }),
		sex: t.field({ type: Sex, defaultValue: "unknown" }),
		size: t.field({ type: Size }),
		photos: t.stringList({ defaultValue: [] }),
		breed: t.string(),
		description: t.string(),
	}),
});
const UpdateRescueInput = builder.inputType("UpdateRescueInput", {
	fields: (t) => ({ name: t.string(), age: t.int(), species: t.string() }),
});

builder.queryType({
	fields: (t) => ({
		rescue: t.field({
			type: AnimalRescue,
			nullable: true,
			args: { id: t.arg.id({ required: true }) },
			resolve: (_root, { id }, { env }) =>
				env.DB.prepare("SELECT * FROM rescues WHERE id = ?").bind(Number(id)).first<Row>(),
		}),
		rescues: t.field({
			type: RescueConnection,
			args: { first: t.arg.int({ defaultValue: 100 }), filter: t.arg({ type: RescueFilter }) },
			resolve: async (_root, { first, filter }, { env }) => {
				const where = filter?.species ? "WHERE species = ?2" : "";
				const query = env.DB.prepare(`SELECT * FROM rescues ${where} ORDER BY id LIMIT ?1`);
				const { results } = await query.bind(first, ...(filter?.species ? [filter.species] : [])).all<Row>();
				return { nodes: results };
			},
		}),
	}),
});
builder.mutationType({
	fields: (t) => ({
		createRescue: t.field({
			type: AnimalRescue,
			nullable: true,
			args: { input: t.arg({ type: CreateRescueInput, required: true }) },
			resolve: (_root, { input }, { env }) => {
				const at = new Date().toISOString();
				const given = { ...input, photos: JSON.stringify(input.photos), intakeDate: at.slice(0, 10) };
				const row = { ...given, createdAt: at, updatedAt: at };
				const names = Object.keys(row);
				const query = `INSERT INTO rescues (${names}) VALUES (${names.map(() => "?")}) RETURNING *`;
				return env.DB.prepare(query)
					.bind(...Object.values(row))
					.first<Row>();
			},
		}),
		updateRescue: t.field({
			type: AnimalRescue,
			nullable: true,
			args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateRescueInput, required: true }) },
			resolve: (_root, { id, input }, { env }) => {
				const names = Object.keys(input);
				const set = ["version = version + 1", "updatedAt = ?", ...names.map((name) => `${name} = ?`)];
				return env.DB.prepare(`UPDATE rescues SET ${set} WHERE id = ? RETURNING *`)
					.bind(new Date().toISOString(), ...Object.values(input), Number(id))
					.first<Row>();
			},
		}),
	}),
});

const yoga = createYoga<{ env: Env }>({ schema: builder.toSchema() });

/** GraphQL Yoga and Pothos as their guides have them, on D1; resolvers ask the database as D1's guide does. */
export default {
	async fetch(request: Request, env: Env): Promise<Response> {
		if (request.url.endsWith("/fill")) return fillTable(env.DB, await request.json<Rescue[]>());
		return yoga.fetch(request, { env });
	},
};
