import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";

/** The Chromium that comes from npm, on Linux x64; elsewhere the Chrome that is installed. */
export async function launchBrowser(): Promise<Browser> {
	if (process.platform !== "linux" || process.arch !== "x64") return chromium.launch({ channel: "chrome" });
	const folder = await unpack();
	// The package's own flags are for a lambda (one process, no web security); root needs this one.
	const launch = (env = {}) =>
		chromium.launch({
			executablePath: join(folder, "chromium"),
			args: ["--no-sandbox"],
			env: { ...process.env, ...(!existsSync("/etc/fonts") && { FONTCONFIG_PATH: join(folder, "fonts") }), ...env },
		});
	try {
		return await launch();
	} catch {
		// Not every machine has NSS, which Chromium needs: the package brings that too.
		return launch({ LD_LIBRARY_PATH: join(folder, "al2023/lib") });
	}
}

/** Unpacks the package, once for each of its versions, and gives the folder. */
async function unpack(): Promise<string> {
	const { default: packed, inflate } = await import("@sparticuz/chromium");
	const root = join(dirname(fileURLToPath(import.meta.resolve("@sparticuz/chromium"))), "..");
	const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
	const folder = resolve("node_modules/.cache", `chromium-${version}`);
	if (existsSync(folder)) return folder;
	// The package unpacks into the folder for temporary files and takes what is there for whole: it gets one of its own,
	// which is put in place when it is.
	const temporary = `${folder}.${process.pid}`;
	const { TMPDIR } = process.env;
	mkdirSync(temporary, { recursive: true });
	process.env.TMPDIR = temporary;
	try {
		await Promise.all([packed.executablePath(), inflate(join(root, "bin/al2023.tar.br"))]);
		renameSync(temporary, folder);
	} catch (error) {
		rmSync(temporary, { recursive: true });
		// Another test was faster.
		if (!existsSync(folder)) throw error;
	} finally {
		if (TMPDIR === undefined) delete process.env.TMPDIR;
		else process.env.TMPDIR = TMPDIR;
	}
	return folder;
}
