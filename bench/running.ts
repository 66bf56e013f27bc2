/** The Workers running in one workerd process, each on a loopback socket of its own. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { miniflare, WORKERS, type WorkerName, workerdPath } from "./workers.ts";

/** The token that the service takes for writes. */
export const TOKEN = "9b1f7c52e0a94d6f8e3a";

const QUIET_WORKERD = fileURLToPath(new URL("quiet-workerd.sh", import.meta.url));

/** One workerd process with Workers in it. */
export interface Running<Name extends string = WorkerName> {
	/** Where each Worker listens. */
	urls: Record<Name, URL>;
	/** CPU time that the process has used, all its threads, in µs. */
	cpuUs(): number;
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
	const given = (options as { bindings?: object }).bindings;
	const worker = { ...options, modules, bindings: { ...given, ...bindings } };
	return startWorkers<"service">([worker], { inspectorPort: 0 });
}

/** What Miniflare is told of a Worker. */
type Options = Extract<
	Parameters<typeof miniflare.convertV4MiniflareOptions>[0],
	{ workers: unknown }
>["workers"][number];

async function startWorkers<Name extends string>(
	workers: (Options & { name: Name })[],
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
		}),
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

function toOptions<Name extends WorkerName>(name: Name, contents: string) {
	const common = {
		name,
		modules: [{ type: "ESModule" as const, path: `${name}.js`, contents }],
		unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
	};
	if (name !== "service") {
		return {
			...common,
			compatibilityDate: "2026-11-01",
			compatibilityFlags: ["nodejs_compat"],
			kvNamespaces: { RESCUES: "published", OWN: name },
			...(name === "bare-object" && { durableObjects: { OBJECT: { className: "BareObject", useSQLite: true } } }),
		};
	}
	// The deployment's bindings and a token, but for two that the platform handles elsewhere: assets are served in front of
	// the Worker, and rate limiters, counters in memory there, are a Durable Object with a SQL write a request here.
	const { workerOptions } = unstable_getMiniflareWorkerOptions("wrangler.toml");
	const { assets: _, ratelimits: __, ...options } = workerOptions as typeof workerOptions & { assets?: unknown };
	const given = options.bindings as Record<string, unknown>;
	// Each record is read first, so that reads of records are measured as they are from the second one on.
	const bindings = { ...given, READ_PUTS_PER_DAY: 1_000_000, WRITE_TOKENS: `bench:${TOKEN}` };
	return { ...options, ...common, bindings, kvNamespaces: { RESCUES: "published", PHOTOS: "photos" } };
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
function cpuUs(pid: number): number {
	return readdirSync(`/proc/${pid}/task`)
		.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8"))
		.reduce((sum, line) => sum + Number(line.split(" ")[0]) / 1000, 0);
}
