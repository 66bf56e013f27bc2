import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Rescue } from "./records.ts";

/** The record's public fields as a table: what `hono-d1` and `yoga-pothos-d1` keep in D1. */
export const rescues = sqliteTable("rescues", {
	id: integer("id").primaryKey({ autoIncrement: true }),
	name: text("name").notNull(),
	age: integer("age").notNull(),
	species: text("species").notNull(),
	birthDate: text("birthDate"),
	status: text("status").notNull().default("intake"),
	sex: text("sex").notNull().default("unknown"),
	size: text("size"),
	color: text("color"),
	breed: text("breed"),
	description: text("description"),
	photos: text("photos", { mode: "json" }).$type<string[]>().notNull().default([]),
	externalId: text("externalId"),
	neutered: integer("neutered", { mode: "boolean" }),
	vaccinated: integer("vaccinated", { mode: "boolean" }),
	houseTrained: integer("houseTrained", { mode: "boolean" }),
	goodWithChildren: integer("goodWithChildren", { mode: "boolean" }),
	goodWithDogs: integer("goodWithDogs", { mode: "boolean" }),
	goodWithCats: integer("goodWithCats", { mode: "boolean" }),
	specialNeeds: text("specialNeeds"),
	intakeDate: text("intakeDate")
		.notNull()
		.$defaultFn(() => new Date().toISOString().slice(0, 10)),
	intakeType: text("intakeType"),
	outcomeDate: text("outcomeDate"),
	version: integer("version").notNull().default(1),
	createdAt: text("createdAt")
		.notNull()
		.$defaultFn(() => new Date().toISOString()),
	updatedAt: text("updatedAt")
		.notNull()
		.$defaultFn(() => new Date().toISOString()),
});

const COLUMNS = `id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, age INTEGER NOT NULL, species TEXT NOT NULL,
	birthDate TEXT, status TEXT NOT NULL DEFAULT 'intake', sex TEXT NOT NULL DEFAULT 'unknown', size TEXT, color TEXT,
	breed TEXT, description TEXT, photos TEXT NOT NULL DEFAULT '[]', externalId TEXT, neutered INTEGER, vaccinated INTEGER,
	houseTrained INTEGER, goodWithChildren INTEGER, goodWithDogs INTEGER, goodWithCats INTEGER, specialNeeds TEXT,
	intakeDate TEXT NOT NULL, intakeType TEXT, outcomeDate TEXT, version INTEGER NOT NULL DEFAULT 1,
	createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL`;

/** How many records one statement takes in: D1 takes up to 100 values a statement, so they come as one JSON text. */
const FILL = `INSERT INTO rescues (%) SELECT ? FROM json_each(?1)`;

/** Makes the table with an index for the filter, and takes in what the service answers. Not measured. */
export async function fillTable(database: D1Database, records: Rescue[]): Promise<Response> {
	const names = Object.keys(records[0] ?? {});
	const values = names.map((name) => `value ->> '${name}'`).join(", ");
	await database.batch([
		database.prepare(`CREATE TABLE IF NOT EXISTS rescues (${COLUMNS})`),
		database.prepare("CREATE INDEX IF NOT EXISTS by_species ON rescues (species, id)"),
		database.prepare(FILL.replace("%", names.join(", ")).replace("?", values)).bind(JSON.stringify(records)),
	]);
	return Response.json({});
}
