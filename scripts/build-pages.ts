/**
 * Builds what the pages load into `public/built`: our scripts, GraphiQL with its workers, Swagger UI, the contracts'
 * text. Wrangler runs it before it serves or deploys (`[build]` in `wrangler.toml`), Vitest before it tests.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as graphiql from "@graphql-yoga/render-graphiql/graphiql";
import { build } from "esbuild";

const folder = "public/built";
const swagger = dirname(createRequire(join(process.cwd(), "package.json")).resolve("swagger-ui-dist/package.json"));

const scripts = await build({
	entryPoints: { front: "web/front/main.ts", playground: "web/playground/main.ts", docs: "web/docs.ts" },
	outdir: folder,
	bundle: true,
	minify: true,
	format: "esm",
	target: "es2022",
	write: false,
});

const files: Record<string, string | Uint8Array> = {
	...Object.fromEntries(scripts.outputFiles.map(({ path, contents }) => [path.slice(path.indexOf(folder)), contents])),
	[`${folder}/graphiql.js`]: graphiql.js,
	[`${folder}/graphiql.css`]: graphiql.css,
	[`${folder}/editor.worker.js`]: graphiql.editorWorkerService,
	[`${folder}/json.worker.js`]: graphiql.jsonWorker,
	[`${folder}/graphql.worker.js`]: graphiql.graphqlWorker,
	[`${folder}/swagger-ui.js`]: readFileSync(join(swagger, "swagger-ui-bundle.js")),
	[`${folder}/swagger-ui.css`]: readFileSync(join(swagger, "swagger-ui.css")),
	[`${folder}/schema.graphql`]: readFileSync("schema/schema.graphql"),
	[`${folder}/openapi.json`]: JSON.stringify(JSON.parse(readFileSync("schema/openapi.json", "utf8"))),
	[`${folder}/samples.json`]: readFileSync("scripts/samples.json"),
};

mkdirSync(folder, { recursive: true });
for (const [path, content] of Object.entries(files)) {
	if (isThere(path, Buffer.from(content))) continue;
	// Put in place whole: another server may be serving it.
	const temporary = `${path}.${process.pid}`;
	writeFileSync(temporary, content);
	renameSync(temporary, path);
}

function isThere(path: string, content: Buffer): boolean {
	try {
		return readFileSync(path).equals(content);
	} catch {
		return false;
	}
}
