/** The Workers running in one workerd process, each on a loopback socket of its own. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import type { Namespace } from "./storage.ts";
import { miniflare, WORKERS, type WorkerName, workerdPath } from "./workers.ts";

/** The token that the service takes for writes. */
export const TOKEN = "9b1f7c52e0a94d6f8e3a";

const WITH_D1: ReadonlySet<WorkerName> = new Set(["floor", "hono-d1", "yoga-pothos-d1"]);

const QUIET_WORKERD = fileURLToPath(new URL("quiet-workerd.sh", import.meta.url));

/** One workerd process with Workers in it. */
export interface Running<Name extends string = WorkerName> {
	/** Where each Worker listens. */
	urls: Record<Name, URL>;
	/** CPU time that the process has used, all its threads, in µs. */
	cpuUs(): number;
	/** A KV namespace by its id, if storage is outside of the process (apart.ts). */
	namespace?(id: string): Namespace;
	/** Where a Worker's inspector listens, when they were started with one. */
	inspectorUrl(): Promise<URL>;
	stop(): Promise<void>;
}

/**
 * Starts workerd with these Workers on empty storage. Nothing stands between a socket and its Worker: what
 * `wrangler dev` puts there costs more than what is measured.
 */
export function start(modules: Record<WorkerName, string>, names: readonly WorkerName[] = WORKERS): Promise<Running> {
	return startWorkers(names.map((name) => toOptions(name, modules[name])));
}

/** The service alone, with another Worker around it whose module imports `./service.js`; both as bundled. */
export function startAround(around: string, service: string, bindings: object): Promise<Running<"service">> {
	const options = toOptions("service", service);
	const modules = [{ type: "ESModule" as const, path: "around.js", contents: around }, ...options.modules];
	const worker = { ...options, modules, bindings: { ...options.bindings, ...bindings } };
	return startWorkers<"service">([worker], { inspectorPort: 0 });
}

/** A Worker with its bindings, as Miniflare takes it. */
export interface WorkerOptions<Name extends string = WorkerName> {
	name: Name;
	modules: { type: "ESModule"; path: string; contents: string }[];
	compatibilityDate: string;
	compatibilityFlags: string[];
	bindings?: Record<string, unknown>;
	kvNamespaces?: Record<string, string | { id: string }>;
	d1Databases?: Record<string, string | { id: string }>;
	durableObjects?: Record<string, { className: string; useSQLite?: boolean }>;
}

type MiniflareOptions = Parameters<typeof miniflare.convertV4MiniflareOptions>[0];

async function startWorkers<Name extends string>(
	workers: WorkerOptions<Name>[],
	shared: { inspectorPort?: number } = {},
): Promise<Running<Name>> {
	Object.assign(process.env, { WORKERD: workerdPath(), MINIFLARE_WORKERD_PATH: QUIET_WORKERD });
	const before = new Set(workerdChildren());
	const running = new miniflare.Miniflare(
		miniflare.convertV4MiniflareOptions({
			...shared,
			workers,
			// What a Worker logs costs it CPU, as anywhere; nobody reads it (quiet-workerd.sh).
			handleStructuredLogs: () => {},
		} as unknown as MiniflareOptions),
	);
	await running.ready;
	const pid = workerdChildren().find((child) => !before.has(child));
	if (pid === undefined) throw new Error("no workerd process was started");
	const urls = await Promise.all(workers.map(async ({ name }) => [name, await running.unsafeGetDirectURL(name)]));
	return {
		urls: Object.fromEntries(urls) as Record<Name, URL>,
		cpuUs: () => cpuUs(pid),
		inspectorUrl: () => running.getInspectorURL(),
		stop: () => running.dispose(),
	};
}

/** A Worker's options: ours as deployed, the others with what they store in. */
export function toOptions<Name extends WorkerName>(name: Name, contents: string): WorkerOptions<Name> {
	const common = {
		name,
		modules: [{ type: "ESModule" as const, path: `${name}.js`, contents }],
		unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
	};
	if (name !== "service") {
		return {
			...common,
			compatibilityDate: "2026-11-01",
			compatibilityFlags: [],
			kvNamespaces: { RESCUES: "published", PUBLIC: "public", OWN: name },
			...(WITH_D1.has(name) && { d1Databases: { DB: name } }),
			...(name === "bare-object" && { durableObjects: { OBJECT: { className: "BareObject", useSQLite: true } } }),
		};
	}
	// The deployment's bindings and a token, but for two that the platform handles elsewhere: assets are served in front of
	// the Worker, and rate limiters, counters in memory there, are a Durable Object with a SQL write a request here.
	const deployed = unstable_getMiniflareWorkerOptions("wrangler.toml").workerOptions;
	const { assets: _, ratelimits: __, ...options } = deployed as unknown as WorkerOptions & Record<string, unknown>;
	// Each record is read first, so that reads of records are measured as they are from the second one on.
	const perDay = { READ_PUTS_PER_DAY: 1_000_000, SEARCH_ROWS_PER_DAY: 10_000_000 };
	const bindings = { ...options.bindings, ...perDay, WRITE_TOKENS: `bench:${TOKEN}` };
	return { ...options, ...common, bindings, kvNamespaces: { ...options.kvNamespaces, RESCUES: "published" } };
}

/** workerd processes that this process has started. */
function workerdChildren(): number[] {
	return readdirSync("/proc")
		.filter((name) => /^\d+$/.test(name))
		.map(Number)
		.filter((pid) => {
			try {
				const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
				return stat.includes("(workerd)") && Number(stat.split(") ")[1]?.split(" ")[1]) === process.pid;
			} catch {
				return false;
			}
		});
}

/**
 * The first number in a thread's schedstat is the time it has spent on a CPU in ns (Linux, sched-stats.rst): the same
 * as utime + stime in /proc/<pid>/stat, which only counts in ticks of 10 ms.
 */
export function cpuUs(pid: number): number {
	return readdirSync(`/proc/${pid}/task`)
		.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8"))
		.reduce((sum, line) => sum + Number(line.split(" ")[0]) / 1000, 0);
}
