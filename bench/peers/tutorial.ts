import { type Env, json, type Rescue } from "./records.ts";

/** The tutorial's Worker: a key for each record, a list is one KV list and then a get for each key. */
export default {
	async fetch(request: Request, env: Env): Promise<Response> {
		const id = new URL(request.url).pathname.split("/")[2];
		if (request.method === "POST" || request.method === "PUT") {
			const rescue = await request.json<Rescue>();
			await env.OWN.put(String(rescue.id), JSON.stringify(rescue));
			return json(rescue);
		}
		if (id !== undefined) {
			const rescue = await env.OWN.get<Rescue>(id, "json");
			return rescue ? json(rescue) : json({ error: "not found" }, 404);
		}
		const { keys } = await env.OWN.list();
		const rescues: (Rescue | null)[] = [];
		for (const key of keys) rescues.push(await env.OWN.get<Rescue>(key.name, "json"));
		return json(rescues);
	},
};
