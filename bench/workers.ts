/** The Workers that are measured: the bundle that would be deployed, and its peers, built with the same flags. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { builtinModules, createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Plugin } from "esbuild";

const bench = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const project = bench("..");

/** Every Worker; `service` is ours. */
export const WORKERS = [
	"service",
	"floor",
	"bare-object",
	"execute",
	"tutorial",
	"kv-list-metadata",
	"apollo",
	"graphql-http",
	"yoga",
	"hono-d1",
	"yoga-pothos-d1",
] as const;
/** A Worker's name. */
export type WorkerName = (typeof WORKERS)[number];

const METAFILE = bench("dist/service.json");

/** What `npm run deploy` would upload. */
export async function buildService(): Promise<string> {
	const outdir = bench("dist/service");
	const args = ["run", "deploy", "--", "--dry-run", "--minify", "--outdir", outdir, "--metafile", METAFILE];
	await promisify(execFile)("npm", args, { cwd: project });
	return readFile(`${outdir}/index.js`, "utf8");
}

/** The Worker that counts what the service does; it imports the service as `./service.js`. */
export async function buildMeter(): Promise<string> {
	const { transform } = await import("esbuild");
	return (await transform(await readFile(bench("peers/counted.ts"), "utf8"), { loader: "ts" })).code;
}

/** Node's modules under their short names, which wrangler's bundler accepts as well. */
const nodeModules: Plugin = {
	name: "node-modules",
	setup(build) {
		build.onResolve({ filter: /^[a-z_/]+$/ }, ({ path }) =>
			builtinModules.includes(path) ? { path: `node:${path}`, external: true } : undefined,
		);
	},
};

/** Wrangler's flags for a deployment, minified and without `keep_names`, as the service has them. */
async function buildPeer(name: WorkerName): Promise<string> {
	const { build } = await import("esbuild");
	const { outputFiles } = await build({
		entryPoints: [bench(`peers/${name}.ts`)],
		bundle: true,
		minify: true,
		write: false,
		format: "esm",
		target: "es2024",
		conditions: ["workerd", "worker", "browser"],
		mainFields: ["browser", "module", "main"],
		define: { "process.env.NODE_ENV": '"production"' },
		external: ["cloudflare:*", "node:*"],
		plugins: [nodeModules],
		// For CommonJS that requires Node's modules: Apollo's.
		banner: { js: 'import { createRequire } from "node:module"; const require = createRequire("/");' },
	});
	return outputFiles[0]?.text ?? "";
}

/** Builds all of them; each is one module. */
export async function buildWorkers(): Promise<Record<WorkerName, string>> {
	const built = WORKERS.map(async (name) => [name, await (name === "service" ? buildService() : buildPeer(name))]);
	return Object.fromEntries(await Promise.all(built));
}

/** What wrangler itself requires: the Miniflare of the very release that deploys. */
const wrangler = createRequire(createRequire(import.meta.url).resolve("wrangler/package.json"));
/** Miniflare as wrangler has it. */
export const miniflare = wrangler("miniflare") as typeof import("miniflare");
const fromMiniflare = createRequire(wrangler.resolve("miniflare"));
/** Where that Miniflare's workerd is. */
export const workerdPath = () => (fromMiniflare("workerd") as { default: string }).default;
/** Versions, for the table's foot. */
export const versions = () => ({
	workerd: (fromMiniflare("workerd/package.json") as { version: string }).version,
	wrangler: (wrangler("./package.json") as { version: string }).version,
});

/** How many bytes of the service's upload come from which package, minified but not compressed, most first. */
export async function packages(): Promise<[string, number][]> {
	const { outputs } = JSON.parse(await readFile(METAFILE, "utf8")) as {
		outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>;
	};
	const bytes = new Map<string, number>();
	for (const { inputs } of Object.values(outputs)) {
		for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
			const name = /.*node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(path)?.[1] ?? "our own";
			bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput);
		}
	}
	return [...bytes].sort(([, a], [, b]) => b - a);
}
