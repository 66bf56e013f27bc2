/** A load of a given number of requests, over connections that stay open. */
import { Agent, request as httpRequest } from "node:http";

/** One HTTP request. */
export interface Exchange {
	method: string;
	path: string;
	headers?: Record<string, string>;
	body?: string;
}

/** One HTTP answer. */
export interface Answer {
	status: number;
	headers: Record<string, string | string[] | undefined>;
	body: string;
}

/** A client of one Worker. */
export interface Client {
	send(exchange: Exchange): Promise<Answer>;
	close(): void;
}

/** Opens a client; it keeps as many connections as it has requests under way. */
export function connect(url: URL): Client {
	const agent = new Agent({ keepAlive: true });
	const send = (exchange: Exchange) =>
		new Promise<Answer>((resolve, reject) => {
			const { method, path, headers, body } = exchange;
			const options = {
				agent,
				host: url.hostname,
				port: url.port,
				method,
				path,
				headers: { ...headers, ...(body !== undefined && { "Content-Length": Buffer.byteLength(body) }) },
			};
			const sent = httpRequest(options, (response) => {
				const chunks: Buffer[] = [];
				response.on("data", (chunk: Buffer) => chunks.push(chunk));
				response.on("error", reject);
				response.on("end", () =>
					resolve({
						status: response.statusCode ?? 0,
						headers: response.headers,
						body: Buffer.concat(chunks).toString(),
					}),
				);
			});
			// A connection that was closed while nobody used it hasn't taken the request: another one will.
			sent.on("error", (error: NodeJS.ErrnoException) => {
				if (sent.reusedSocket && error.code === "ECONNRESET") send(exchange).then(resolve, reject);
				else reject(error);
			});
			sent.end(body);
		});
	return { send, close: () => agent.destroy() };
}

/** What a load took. */
export interface Driven {
	/** Wall-clock time in ms. */
	ms: number;
	/** Each turn's latency in ms. */
	latencies: number[];
}

/**
 * Takes `count` turns, `lanes` at a time.
 * @param turn one turn: a request, or several in a row
 */
export async function drive(count: number, lanes: number, turn: () => Promise<unknown>): Promise<Driven> {
	const latencies: number[] = [];
	let left = count;
	const started = performance.now();
	const lane = async () => {
		while (left-- > 0) {
			const begun = performance.now();
			await turn();
			latencies.push(performance.now() - begun);
		}
	};
	await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane));
	return { ms: performance.now() - started, latencies };
}
