/** The service under measurement by `--scale`: its meter (peers/counted.ts), its heap. */
import { type Answer, type Client, connect, type Exchange } from "./load.ts";
import { type Running, startAround } from "./running.ts";

/** The service under measurement. */
export class Service {
	readonly #running: Running<"service">;
	readonly #client: Client;
	readonly heap: Heap;

	/** Starts the service on empty storage, with this Worker around it. */
	static async start(around: string, service: string): Promise<Service> {
		const bindings = { SEARCH_ROWS_PER_DAY: 10_000_000 };
		const running = await startAround(around, service, bindings);
		await fetch(new URL("/rescues", running.urls.service));
		return new Service(running, await Heap.of(running));
	}

	private constructor(running: Running<"service">, heap: Heap) {
		this.#running = running;
		this.#client = connect(running.urls.service);
		this.heap = heap;
	}

	async send(exchange: Exchange): Promise<Answer> {
		const answer = await this.#client.send(exchange);
		if (answer.status >= 400) throw new Error(`${exchange.path} answered ${answer.status}: ${answer.body}`);
		return answer;
	}

	/** Asks the meter. */
	async meter<T>(what: string, content?: unknown): Promise<T> {
		const method = content === undefined ? "GET" : "POST";
		const sent = { method, path: `/meter/${what}`, ...(content !== undefined && { body: JSON.stringify(content) }) };
		return JSON.parse((await this.send(sent)).body) as T;
	}

	get cpuUs() {
		return this.#running.cpuUs();
	}

	async stop() {
		this.#client.close();
		this.heap.close();
		await this.#running.stop();
	}
}

/** What storage did, as peers/counted.ts counts it. */
export interface Counts {
	reads: number;
	lists: number;
	puts: number;
	tooSoon: number;
	bytes: number;
	rowsRead: number;
	rowsWritten: number;
	mostOnTheWay: number;
	landedAt: number;
}
/** What the ledger has still to do, and the size of its database. */
export interface Look {
	waiting: number;
	unindexed: number;
	isIndexed: boolean;
	pages: number;
	bytes: number;
}

/** How much of the isolate's heap is used, which holds the Worker and the ledger: asked of V8's inspector. */
class Heap {
	#socket: WebSocket;
	#id = 0;
	#waiting = new Map<number, (result: unknown) => void>();
	#most = 0;
	#timer: NodeJS.Timeout | undefined;

	static async of(running: Running<"service">): Promise<Heap> {
		const url = new URL("/core:user:service", await running.inspectorUrl());
		const socket = new WebSocket(url);
		await new Promise((resolve, reject) => {
			socket.onopen = resolve;
			socket.onerror = reject;
		});
		return new Heap(socket);
	}

	constructor(socket: WebSocket) {
		this.#socket = socket;
		socket.onmessage = ({ data }) => {
			const { id, result } = JSON.parse(String(data)) as { id?: number; result?: unknown };
			if (id !== undefined) this.#waiting.get(id)?.(result);
		};
	}

	async #ask(method: string): Promise<unknown> {
		const id = ++this.#id;
		const answer = new Promise((resolve) => this.#waiting.set(id, resolve));
		this.#socket.send(JSON.stringify({ id, method }));
		return answer;
	}

	async #look() {
		const { usedSize } = (await this.#ask("Runtime.getHeapUsage")) as { usedSize: number };
		this.#most = Math.max(this.#most, usedSize);
	}

	/** Begins to look, every 20 ms. What nothing refers to any more counts until V8 throws it away. */
	async begin() {
		this.#most = 0;
		await this.#look();
		this.#timer = setInterval(() => this.#look(), 20);
	}

	/** The most that was seen since then, in MiB. */
	async end(): Promise<number> {
		clearInterval(this.#timer);
		await this.#look();
		return this.#most / 2 ** 20;
	}

	close() {
		clearInterval(this.#timer);
		this.#socket.close();
	}
}
