import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";

// A copy of what the pages are built from: the project's own `dist` is being served by other tests.
const folder = mkdtempSync(join(tmpdir(), "animal-pages-"));
for (const name of ["web", "scripts", "schema", "src"]) cpSync(name, join(folder, name), { recursive: true });
for (const name of ["package.json", "tsconfig.json", "node_modules"]) symlinkSync(resolve(name), join(folder, name));

afterAll(() => rmSync(folder, { recursive: true }));

const build = () => promisify(execFile)(process.execPath, ["scripts/build-pages.ts"], { cwd: folder });
const built = (name: string) => join(folder, "dist", name);
const builtFiles = () =>
	readdirSync(built("."), { recursive: true, withFileTypes: true }).flatMap((entry) =>
		entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
	);

test("several builds at once make every page, and leave nothing else", async () => {
	await Promise.all([build(), build(), build(), build()]);
	for (const page of ["front", "graphiql", "docs"]) {
		const html = readFileSync(built(`${page}/${page}.html`), "utf8");
		const files = [...html.matchAll(/(?:src|href)="(\/[\w-]+\/[^"#]+)/g)].map(([, file]) => file as string);
		expect(files).toContain(`/${page}/main.js`);
		for (const file of files) expect(statSync(built(file)).size).toBeGreaterThan(0);
	}
	expect(
		builtFiles().filter((path) => !/\/(_headers|[\w.-]+\.(html|css|svg|txt|js|json|graphql))$/.test(path)),
	).toEqual([]);
	expect(readdirSync(join(folder, ".wrangler"))).toEqual([]);
});

test("a build writes what differs, and removes what has no source any more", async () => {
	const times = () => new Map(builtFiles().map((path) => [path, statSync(path).mtimeMs]));
	const before = times();
	await build();
	expect(times()).toEqual(before);
	writeFileSync(join(folder, "web/front/front.css"), "p {}");
	rmSync(join(folder, "web/shared/animals.css"));
	writeFileSync(built("built/old.js"), "");
	await build();
	expect(readFileSync(built("front/front.css"), "utf8")).toBe("p {}");
	const after = times();
	expect([...after.keys()].filter((path) => after.get(path) !== before.get(path))).toEqual([built("front/front.css")]);
	expect([...before.keys()].filter((path) => !after.has(path))).toEqual([built("shared/animals.css")]);
	expect(after.has(built("built/old.js"))).toBe(false);
});
