import { DurableObject } from "cloudflare:workers";
import { type Env, json, type Rescue } from "./records.ts";

const PAGE_SIZE = 1000;
/** Where a record's private fields begin, which a page has behind the public ones of all its records. */
const PRIVATE = ',"microchip":';

/** A page as the service publishes it, record by record: the public parts, and the private ones. */
interface Page {
	lower: number;
	ids: number[];
	shown: string[];
	hidden: string[];
}

/**
 * The least that a write through a Durable Object can be when it publishes what the service does: one SQL write; a put of
 * the page that the record is in; for a change, a put of the record's own document. It keeps the pages that it has written
 * to in memory, checks nothing, has no history, no versions, and no outbox for what can't be put.
 */
export class BareObject extends DurableObject<Env> {
	#pages: Page[] = [];
	/** A record with every field. */
	#whole: Rescue | undefined;

	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS rescues (id INTEGER PRIMARY KEY, document TEXT NOT NULL)");
	}

	async write(rescue: Rescue, isChange: boolean): Promise<Rescue> {
		if (!this.#whole) await this.#begin();
		const stored = { ...(this.#whole as Rescue), ...rescue };
		const document = JSON.stringify(stored);
		this.ctx.storage.sql.exec("INSERT OR REPLACE INTO rescues VALUES (?, ?)", rescue.id, document);
		const page = this.#place(rescue.id, document);
		const body = `[${page.shown.join(",")}]\n[${page.hidden.join(",")}]`;
		const metadata = { lower: page.lower, count: page.ids.length, edition: crypto.randomUUID() };
		const puts = [this.env.OWN.put(`rescues:${page.lower}`, body, { metadata })];
		if (isChange) puts.push(this.env.OWN.put(`rescue:${rescue.id}`, document, { metadata: { version: 1 } }));
		await Promise.all(puts);
		return stored;
	}

	/** Takes the first page over as the service has published it. */
	async #begin() {
		const [shown = "[]", hidden = "[]"] = ((await this.env.RESCUES.get("rescues:0")) ?? "").split("\n");
		const parts = { shown: JSON.parse(shown) as Rescue[], hidden: JSON.parse(hidden) as object[] };
		this.#whole = { ...(parts.shown[0] as Rescue), ...parts.hidden[0] };
		const texts = {
			shown: parts.shown.map((part) => JSON.stringify(part)),
			hidden: parts.hidden.map((part) => JSON.stringify(part)),
		};
		this.#pages = [{ lower: 0, ids: parts.shown.map(({ id }) => id), ...texts }];
	}

	#place(id: number, document: string): Page {
		let page = this.#pages.find(({ ids }) => ids.includes(id)) ?? (this.#pages.at(-1) as Page);
		const at = page.ids.indexOf(id);
		if (at < 0 && page.ids.length >= PAGE_SIZE) {
			page = { lower: id, ids: [], shown: [], hidden: [] };
			this.#pages.push(page);
		}
		const place = at < 0 ? page.ids.length : at;
		const end = document.indexOf(PRIVATE);
		page.ids[place] = id;
		page.shown[place] = `${document.slice(0, end)}}`;
		page.hidden[place] = `{${document.slice(end + 1)}`;
		return page;
	}
}

export default {
	async fetch(request: Request, env: Env & { OBJECT: DurableObjectNamespace<BareObject> }): Promise<Response> {
		const rescue = await request.json<Rescue>();
		const isChange = request.method === "PUT";
		return json(await env.OBJECT.getByName("rescues").write(rescue, isChange), isChange ? 200 : 201);
	},
};
