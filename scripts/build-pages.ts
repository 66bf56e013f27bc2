/**
 * Builds the pages for people into `dist`, which is not committed and keeps nothing else: the files of `web` where they
 * are, each page's `main.ts` or `main.tsx` as one `main.js`, and under `built` what is not ours or has its source elsewhere (GraphiQL
 * with its workers, Swagger UI, the contracts, the sample animals). Wrangler runs it before it serves or deploys (`[build]`
 * in `wrangler.toml`), Vitest before it tests; several may run at once.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, extname, join, relative } from "node:path";
import * as graphiql from "@graphql-yoga/render-graphiql/graphiql";
import { build, type Plugin } from "esbuild";

const swagger = dirname(createRequire(join(process.cwd(), "package.json")).resolve("swagger-ui-dist/package.json"));

/** Components are written for `hono/jsx`, which makes text of them on the Worker; here they become elements. */
const jsxInBrowser: Plugin = {
	name: "jsx-in-browser",
	setup({ onResolve, resolve }) {
		onResolve({ filter: /^hono\/jsx(\/jsx-runtime)?$/ }, ({ path, resolveDir, kind }) =>
			resolve(path.replace("hono/jsx", "hono/jsx/dom"), { resolveDir, kind }),
		);
	},
};

const sources = readdirSync("web", { recursive: true, encoding: "utf8" });
const asTheyAre = sources.filter(
	(name) => name === "_headers" || [".html", ".css", ".svg", ".txt"].includes(extname(name)),
);
const scripts = await build({
	entryPoints: sources.filter((name) => /^main\.tsx?$/.test(basename(name))).map((name) => join("web", name)),
	outbase: "web",
	outdir: "dist",
	bundle: true,
	minify: true,
	format: "esm",
	target: "es2022",
	write: false,
	plugins: [jsxInBrowser],
});

/** Every file of `dist`, by its path there. */
const files = new Map<string, string | Uint8Array>([
	...asTheyAre.map((name) => [name, readFileSync(join("web", name))] as const),
	...scripts.outputFiles.map(({ path, contents }) => [relative("dist", path), contents] as const),
	["built/graphiql.js", graphiql.js],
	["built/graphiql.css", graphiql.css],
	["built/editor.worker.js", graphiql.editorWorkerService],
	["built/json.worker.js", graphiql.jsonWorker],
	["built/graphql.worker.js", graphiql.graphqlWorker],
	["built/swagger-ui.js", readFileSync(join(swagger, "swagger-ui-bundle.js"))],
	["built/swagger-ui.css", readFileSync(join(swagger, "swagger-ui.css"))],
	["built/schema.graphql", readFileSync("schema/schema.graphql")],
	["built/openapi.json", JSON.stringify(JSON.parse(readFileSync("schema/openapi.json", "utf8")))],
	["built/mcp.json", JSON.stringify(JSON.parse(readFileSync("schema/mcp.json", "utf8")))],
	["built/samples.json", readFileSync("scripts/samples.json")],
]);

mkdirSync(".wrangler", { recursive: true });
for (const [name, content] of files) {
	const path = join("dist", name);
	if (isThere(path, Buffer.from(content))) continue;
	mkdirSync(dirname(path), { recursive: true });
	// Put in place whole, and written outside of `dist`: another server may be serving it, or reading what is in it.
	const temporary = `.wrangler/page.${process.pid}`;
	writeFileSync(temporary, content);
	renameSync(temporary, path);
}
for (const entry of readdirSync("dist", { recursive: true, withFileTypes: true })) {
	const path = join(entry.parentPath, entry.name);
	if (entry.isFile() && !files.has(relative("dist", path))) rmSync(path, { force: true });
}

function isThere(path: string, content: Buffer): boolean {
	try {
		return readFileSync(path).equals(content);
	} catch {
		return false;
	}
}
