import { asc, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { Hono } from "hono";
import type { Rescue } from "./records.ts";
import { fillTable, rescues } from "./rescue-table.ts";

const app = new Hono<{ Bindings: { DB: D1Database } }>();

/** A REST service as the guides of Hono and Drizzle have it, on D1; it checks no input, which is to its advantage. */
export default app;

app.post("/fill", async (c) => fillTable(c.env.DB, await c.req.json<Rescue[]>()));

app.get("/health", (c) => c.json({}));

app.get("/rescues", async (c) => {
	const species = c.req.query("species");
	const limit = Number(c.req.query("limit") ?? 1000);
	const found = await drizzle(c.env.DB)
		.select()
		.from(rescues)
		.where(species === undefined ? undefined : eq(rescues.species, species))
		.orderBy(asc(rescues.id))
		.limit(limit);
	return c.json(found);
});

app.get("/rescues/:id", async (c) => {
	const id = Number(c.req.param("id"));
	const found = await drizzle(c.env.DB).select().from(rescues).where(eq(rescues.id, id)).get();
	return found ? c.json(found) : c.json({ error: "not found" }, 404);
});

app.post("/rescues", async (c) => {
	const given = await c.req.json<typeof rescues.$inferInsert>();
	return c.json(await drizzle(c.env.DB).insert(rescues).values(given).returning().get(), 201);
});

app.patch("/rescues/:id", async (c) => {
	const given = await c.req.json<Partial<typeof rescues.$inferInsert>>();
	const changed = await drizzle(c.env.DB)
		.update(rescues)
		.set({ ...given, version: sql`${rescues.version} + 1`, updatedAt: new Date().toISOString() })
		.where(eq(rescues.id, Number(c.req.param("id"))))
		.returning()
		.get();
	return changed ? c.json(changed) : c.json({ error: "not found" }, 404);
});
