/** The browser of the tests: the Chromium that comes from npm, on Linux x64; elsewhere the Chrome that is installed. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Browser, chromium } from "playwright-core";

const comesFromNpm = process.platform === "linux" && process.arch === "x64";

/** How long a start may take, in milliseconds: four test files begin at once. */
const SLOW = 80_000;

/** Starts the browser, which runs no page yet. */
export async function launchBrowser(): Promise<Browser> {
	if (!comesFromNpm) return chromium.launch({ channel: "chrome", timeout: SLOW });
	const folder = unpack();
	// The package's own flags are for a lambda (one process, no web security); root needs this one.
	const launch = (env = {}) =>
		chromium.launch({
			executablePath: join(folder, "chromium"),
			args: ["--no-sandbox"],
			timeout: SLOW,
			env: { ...process.env, ...(!existsSync("/etc/fonts") && { FONTCONFIG_PATH: join(folder, "fonts") }), ...env },
		});
	try {
		return await launch();
	} catch {
		// Not every machine has NSS, which Chromium needs: the package brings that too.
		return launch({ LD_LIBRARY_PATH: join(folder, "al2023/lib") });
	}
}

/** Vitest calls it once, before the tests (`globalSetup`): several files would unpack it at the same time. */
export function setup(): void {
	if (comesFromNpm) unpack();
}

/** Unpacks the package, once for each of its versions, and gives the folder. */
function unpack(): string {
	const root = resolve("node_modules/@sparticuz/chromium");
	const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
	const folder = resolve("node_modules/.cache", `chromium-${version}`);
	if (existsSync(folder)) return folder;
	// The package unpacks into the folder for temporary files and takes what is there for whole: it gets a new one, in a
	// process of its own, and that is put in place when all is in it.
	const temporary = `${folder}.part`;
	rmSync(temporary, { recursive: true, force: true });
	mkdirSync(temporary, { recursive: true });
	const code = `import chromium, { inflate } from "@sparticuz/chromium";
		await Promise.all([chromium.executablePath(), inflate(process.argv[1])]);`;
	execFileSync(process.execPath, ["--input-type=module", "--eval", code, join(root, "bin/al2023.tar.br")], {
		env: { ...process.env, TMPDIR: temporary },
	});
	renameSync(temporary, folder);
	return folder;
}
