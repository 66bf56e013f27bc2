/** The animals that every Worker is filled with. */
import { FILTER, FILTERED, get, graphqlQuery, LIST } from "./exchanges.ts";
import { type Client, connect, type Exchange } from "./load.ts";
import { type Running, TOKEN } from "./running.ts";

/** `small`: what the tutorial's records hold, 50 bytes as sent; `real`: with breed, description and photo, 380 bytes. */
export type Size = "small" | "real";

/** What the floor has as KV documents besides what is published: the very answers of these requests. */
const ANSWERS: Record<string, Exchange> = {
	"answer:list": graphqlQuery(LIST, { first: 1000 }),
	"answer:filtered": get(FILTER.path),
	"answer:filtered-graphql": graphqlQuery(FILTERED, FILTER.variables),
};

/** Side by side, so that the service publishes many creates at once. */
const LANES = 128;
const SPECIES = ["dog", "cat", "rabbit", "guinea pig", "horse"];
/** A text of 160 characters. */
export const DESCRIPTION =
	"Came in as a stray and has settled well. Walks nicely on the lead, is fine with other animals after a calm introduction, and likes people who take their time.";

/** The `index`th animal, without an id. */
export function animal(index: number, size: Size) {
	const least = { name: `Rescue ${index}`, age: index % 16, species: SPECIES[index % SPECIES.length] };
	if (size === "small") return least;
	const more = { status: "available", sex: index % 2 ? "male" : "female", size: "medium", breed: "Mixed breed" };
	return {
		...least,
		...more,
		description: DESCRIPTION,
		photos: [`https://photos.example.org/rescues/${index}.jpg`],
		microchip: `98511200${String(index).padStart(7, "0")}`,
	};
}

/** What a run is about: `n` animals of one size. */
export interface Dataset {
	n: number;
	size: Size;
	/** Where the service's list is, page by page. */
	pages: string[];
}

/** Fills the service with `n` animals through its own API, by an import, then its peers with what the service has made of them. */
export async function fill(running: Running, n: number, size: Size): Promise<Dataset> {
	const service = connect(running.urls.service);
	const rows = Array.from({ length: n }, (_, index) => JSON.stringify(animal(index + 1, size)));
	await send(service, "POST", "/rescues/import", rows.join("\n"), "application/x-ndjson");
	// A record's own document is published by the first read of it.
	await inLanes(n, async (index) => void (await service.send({ method: "GET", path: `/rescues/${index + 1}` })));
	const peers = (["tutorial", "kv-list-metadata"] as const).map((name) => connect(running.urls[name]));
	const onD1 = (["hono-d1", "yoga-pothos-d1"] as const).map((name) => connect(running.urls[name]));
	const floor = connect(running.urls.floor);
	const pages: string[] = [];
	let listed = 0;
	for (let path: string | undefined = "/rescues"; path !== undefined; ) {
		pages.push(path);
		const page = await service.send({ method: "GET", path });
		path = /<(.*)>/.exec(String(page.headers.link ?? ""))?.[1];
		const rescues = JSON.parse(page.body) as { id: number }[];
		listed += rescues.length;
		// Only the first page is read from there.
		if (pages.length === 1) await send(floor, "PUT", "/kv/rescues:0", page.body);
		for (const peer of onD1) await send(peer, "POST", "/fill", page.body);
		await inLanes(rescues.length, async (index) => {
			const rescue = JSON.stringify(rescues[index]);
			await send(floor, "PUT", `/kv/rescue:${rescues[index]?.id}`, rescue);
			for (const peer of peers) await post(peer, rescue);
		});
	}
	if (listed !== n) throw new Error(`the service lists ${listed} records of ${n}`);
	for (const [key, exchange] of Object.entries(ANSWERS)) {
		const { body } = await service.send(exchange);
		await send(floor, "PUT", `/kv/${key}`, body);
	}
	for (const client of [service, floor, ...peers, ...onD1]) client.close();
	return { n, size, pages };
}

const post = (client: Client, body: string) => send(client, "POST", "/rescues", body);

async function send(client: Client, method: string, path: string, body: string, type = "application/json") {
	const headers = { "Content-Type": type, Authorization: `Bearer ${TOKEN}` };
	const { status, body: text } = await client.send({ method, path, headers, body });
	if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${text}`);
}

async function inLanes(count: number, act: (index: number) => Promise<void>) {
	let next = 0;
	const lane = async () => {
		while (next < count) await act(next++);
	};
	await Promise.all(Array.from({ length: LANES }, lane));
}
