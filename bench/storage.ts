/**
 * Workers KV and D1 in this process, spoken to by workerd over sockets: what storage takes is then not in the CPU of the
 * process that is measured. workerd's bindings speak HTTP; Miniflare's simulators (workers/kv, workers/d1) show what.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";

/** What a namespace was told to put since somebody last looked. */
export interface Puts {
	count: number;
	bytes: number;
}

/** Answers a request whose body has been read. */
type Answer = (request: IncomingMessage, url: URL, body: Buffer, response: ServerResponse) => void;

/** A service on a socket. */
export interface Served {
	/** As workerd's configuration names it. */
	address: string;
	close(): void;
}

/** A KV namespace. */
export interface Namespace extends Served {
	/** What was put since this was last asked. */
	takePuts(): Puts;
	/** With true, each read of a key finds it published anew, so that nobody has seen it before. */
	publishAnew(is: boolean): void;
}

const serve = (answer: Answer, path: string) =>
	new Promise<Server>((resolve) => {
		const server = createServer((request, response) => {
			const url = new URL(request.url ?? "/", "http://storage");
			if (request.method === "GET") return answer(request, url, Buffer.alloc(0), response);
			const chunks: Buffer[] = [];
			request.on("data", (chunk: Buffer) => chunks.push(chunk));
			request.on("end", () => answer(request, url, Buffer.concat(chunks), response));
		});
		server.keepAliveTimeout = 600_000;
		server.listen(path, () => resolve(server));
	});

const LIST_LIMIT = 1000;

/** Serves a KV namespace in memory on a Unix socket. */
export async function serveKV(path: string): Promise<Namespace> {
	const entries = new Map<string, { value: Buffer; metadata: string | undefined }>();
	let puts: Puts = { count: 0, bytes: 0 };
	let isAnew = false;
	let editions = 0;
	const list = ({ searchParams }: URL) => {
		const prefix = searchParams.get("prefix") ?? "";
		const after = searchParams.get("cursor") ?? "";
		const names = [...entries.keys()].filter((name) => name.startsWith(prefix) && name > after).sort();
		const given = names.slice(0, Number(searchParams.get("key_count_limit") ?? LIST_LIMIT));
		const keys = given.map((name) => ({ name, metadata: entries.get(name)?.metadata }));
		const isComplete = given.length === names.length;
		return { keys, list_complete: isComplete, ...(!isComplete && { cursor: given.at(-1) }), cacheStatus: null };
	};
	const answer: Answer = (request, url, body, response) => {
		const key = decodeURIComponent(url.pathname.slice(1));
		const { method, headers } = request;
		if (method === "PUT") {
			puts = { count: puts.count + 1, bytes: puts.bytes + body.length };
			entries.set(key, { value: body, metadata: headers["cf-kv-metadata"] as string | undefined });
			return response.end();
		}
		if (method === "DELETE") {
			entries.delete(key);
			return response.end();
		}
		if (method !== "GET") return response.writeHead(501).end("not a thing that the benchmark asks of KV");
		if (key === "") return response.end(JSON.stringify(list(url)));
		const entry = entries.get(key);
		if (!entry) return response.writeHead(404).end();
		let { metadata } = entry;
		if (isAnew && metadata) metadata = JSON.stringify({ ...JSON.parse(metadata), edition: `anew-${editions++}` });
		response.writeHead(200, {
			...(metadata !== undefined && { "CF-KV-Metadata": metadata }),
			"Content-Length": entry.value.length,
		});
		response.end(entry.value);
	};
	const server = await serve(answer, path);
	return {
		address: `unix:${path}`,
		close: () => server.close(),
		takePuts: () => {
			const taken = puts;
			puts = { count: 0, bytes: 0 };
			return taken;
		},
		publishAnew: (is) => {
			isAnew = is;
		},
	};
}

interface Query {
	sql: string;
	params?: SQLInputValue[] | null;
}

/** Serves a D1 database in memory on a Unix socket. */
export async function serveD1(path: string): Promise<Served> {
	const database = new DatabaseSync(":memory:");
	const statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
	const run = ({ sql, params }: Query, asRows: boolean) => {
		const statement = statements.get(sql) ?? database.prepare(sql);
		statements.set(sql, statement);
		const objects = statement.all(...(params ?? [])) as Record<string, unknown>[];
		const columns = statement.columns().map(({ name }) => name);
		const results = asRows ? { columns, rows: objects.map((row) => columns.map((name) => row[name])) } : objects;
		const meta = { served_by: "bench", duration: 0, changes: 0, last_row_id: 0, changed_db: false, size_after: 0 };
		return { success: true, results, meta: { ...meta, rows_read: 0, rows_written: 0 } };
	};
	const answer: Answer = (_request, url, body, response) => {
		const asked = JSON.parse(body.toString()) as Query | Query[];
		const asRows = url.searchParams.get("resultsFormat") === "ROWS_AND_COLUMNS";
		response.setHeader("Content-Type", "application/json");
		try {
			response.end(JSON.stringify([asked].flat().map((query) => run(query, asRows))));
		} catch (error) {
			response.end(JSON.stringify({ success: false, error: String(error) }));
		}
	};
	const server = await serve(answer, path);
	return { address: `unix:${path}`, close: () => server.close() };
}
