/**
 * The Workers in one workerd process with Workers KV and D1 outside of it (storage.ts), in the benchmark's own: what is
 * left in the process is what the platform would bill, and workerd's HTTP. Written for workerd's own configuration, which
 * Miniflare otherwise writes (workerd.capnp).
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { cpuUs, type Running, toOptions, type WorkerOptions } from "./running.ts";
import { type Namespace, type Served, serveD1, serveKV } from "./storage.ts";
import { WORKERS, type WorkerName, workerdPath } from "./workers.ts";

/** Starts these Workers on empty storage that is outside of their process. */
export async function startApart(
	modules: Record<WorkerName, string>,
	names: readonly WorkerName[] = WORKERS,
): Promise<Running> {
	const folder = mkdtempSync(join(tmpdir(), "bench-"));
	const workers = names.map((name) => toOptions(name, modules[name]));
	const namespaces = new Map<string, Namespace>();
	const databases = new Map<string, Served>();
	for (const { kvNamespaces, d1Databases } of workers) {
		for (const id of idsOf(kvNamespaces)) {
			if (!namespaces.has(id)) namespaces.set(id, await serveKV(join(folder, `kv-${id}`)));
		}
		for (const id of idsOf(d1Databases)) {
			if (!databases.has(id)) databases.set(id, await serveD1(join(folder, `d1-${id}`)));
		}
	}
	for (const { name } of workers) writeFileSync(join(folder, `${name}.js`), modules[name]);
	const config = join(folder, "config.capnp");
	const external = [
		...[...namespaces].map(([id, { address }]) => [`kv-${id}`, address] as const),
		...[...databases].map(([id, { address }]) => [`d1-${id}`, address] as const),
	];
	writeFileSync(config, toConfig(folder, workers, external));
	const args = ["serve", "--experimental", "--control-fd=3", config];
	const child = spawn(workerdPath(), args, { stdio: ["ignore", "ignore", "inherit", "pipe"] });
	const urls = await portsOf(child.stdio[3] as Readable, names);
	const pid = child.pid as number;
	return {
		urls,
		cpuUs: () => cpuUs(pid),
		namespace: (id) => namespaces.get(id) as Namespace,
		inspectorUrl: () => Promise.reject(new Error("started without an inspector")),
		stop: async () => {
			const ended = new Promise((resolve) => child.once("exit", resolve));
			child.kill();
			await ended;
			for (const served of [...namespaces.values(), ...databases.values()]) served.close();
			rmSync(folder, { recursive: true });
		},
	};
}

type Ids = WorkerOptions["kvNamespaces"];
const idOf = (id: string | { id: string }) => (typeof id === "string" ? id : id.id);
const idsOf = (bound: Ids) => Object.values(bound ?? {}).map(idOf);
const entriesOf = (bound: Ids) => Object.entries(bound ?? {}).map(([name, id]) => [name, idOf(id)] as const);

/** Cap'n Proto's text form of a struct, a list and a text. */
const struct = (fields: Record<string, string>) =>
	`(${Object.entries(fields)
		.map(([name, value]) => `${name} = ${value}`)
		.join(", ")})`;
const list = (items: string[]) => `[${items.join(", ")}]`;
const text = (value: string) => JSON.stringify(value);

function toConfig(folder: string, workers: WorkerOptions[], external: (readonly [string, string])[]): string {
	const services = workers.map((worker) => struct({ name: text(worker.name), worker: toWorker(worker) }));
	const storage = external.map(([name, address]) =>
		struct({ name: text(name), external: struct({ address: text(address), http: "()" }) }),
	);
	const disk = struct({ name: text("disk"), disk: struct({ path: text(folder), writable: "true" }) });
	const sockets = workers.map(({ name }) =>
		struct({ name: text(name), address: text("127.0.0.1:0"), http: "()", service: text(name) }),
	);
	const config = struct({ services: list([...services, ...storage, disk]), sockets: list(sockets) });
	return `using Workerd = import "/workerd/workerd.capnp";\nconst config :Workerd.Config = ${config};\n`;
}

function toWorker({ name, compatibilityDate, compatibilityFlags, ...bound }: WorkerOptions): string {
	const objects = Object.entries(bound.durableObjects ?? {});
	const bindings = [
		...Object.entries(bound.bindings ?? {}).map(([name, value]) => [name, { json: text(JSON.stringify(value)) }]),
		...entriesOf(bound.kvNamespaces).map(([name, id]) => [name, { kvNamespace: text(`kv-${id}`) }]),
		...entriesOf(bound.d1Databases).map(([name, id]) => {
			const inner = list([struct({ name: text("fetcher"), service: text(`d1-${id}`) })]);
			return [name, { wrapped: struct({ moduleName: text("cloudflare-internal:d1-api"), innerBindings: inner }) }];
		}),
		...objects.map(([name, { className }]) => [name, { durableObjectNamespace: text(className) }]),
	] as [string, Record<string, string>][];
	const classes = objects.map(([, { className }]) =>
		struct({ className: text(className), uniqueKey: text(`${name}-${className}`), enableSql: "true" }),
	);
	return struct({
		compatibilityDate: text(compatibilityDate),
		compatibilityFlags: list(compatibilityFlags.map(text)),
		modules: list([struct({ name: text(`${name}.js`), esModule: `embed ${text(`${name}.js`)}` })]),
		bindings: list(bindings.map(([name, binding]) => struct({ name: text(name), ...binding }))),
		...(classes.length > 0 && {
			durableObjectNamespaces: list(classes),
			durableObjectStorage: struct({ localDisk: text("disk") }),
		}),
	});
}

/** Where the Workers listen, as workerd tells on its control pipe. */
async function portsOf(control: Readable, names: readonly WorkerName[]): Promise<Record<WorkerName, URL>> {
	const urls: Partial<Record<string, URL>> = {};
	for await (const line of createInterface(control)) {
		const { socket, port } = JSON.parse(line) as { socket?: string; port?: number };
		if (socket !== undefined && port !== undefined) urls[socket] = new URL(`http://127.0.0.1:${port}`);
		if (names.every((name) => urls[name])) return urls as Record<WorkerName, URL>;
	}
	throw new Error("workerd ended before it listened");
}
