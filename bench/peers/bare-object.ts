import { DurableObject } from "cloudflare:workers";
import { type Env, json, type Rescue } from "./records.ts";

/** The least that a write through a Durable Object can be: one SQL write and one KV put. */
export class BareObject extends DurableObject<Env> {
	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS rescues (id INTEGER PRIMARY KEY, document TEXT NOT NULL)");
	}

	async write(rescue: Rescue): Promise<Rescue> {
		const document = JSON.stringify(rescue);
		this.ctx.storage.sql.exec("INSERT OR REPLACE INTO rescues VALUES (?, ?)", rescue.id, document);
		await this.env.OWN.put(`rescue:${rescue.id}`, document);
		return rescue;
	}
}

export default {
	async fetch(request: Request, env: Env & { OBJECT: DurableObjectNamespace<BareObject> }): Promise<Response> {
		return json(await env.OBJECT.getByName("rescues").write(await request.json<Rescue>()), 201);
	},
};
