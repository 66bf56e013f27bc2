import { DurableObject } from "cloudflare:workers";
import { type Env, json, type Rescue } from "./records.ts";

/** The least that a write through a Durable Object can be: one SQL write and one KV put, and what a second one takes. */
export class BareObject extends DurableObject<Env> {
	#list: string | undefined;

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

	/** Puts the list as well, as it was when this object first read it. */
	async writeTwo(rescue: Rescue): Promise<Rescue> {
		this.#list ??= (await this.env.RESCUES.get("rescues:0")) ?? "";
		await Promise.all([this.write(rescue), this.env.OWN.put("rescues:0", this.#list)]);
		return rescue;
	}
}

export default {
	async fetch(request: Request, env: Env & { OBJECT: DurableObjectNamespace<BareObject> }): Promise<Response> {
		const object = env.OBJECT.getByName("rescues");
		const rescue = await request.json<Rescue>();
		const isTwo = new URL(request.url).pathname.startsWith("/two/");
		return json(await (isTwo ? object.writeTwo(rescue) : object.write(rescue)), 201);
	},
};
