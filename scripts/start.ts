/**
 * `npm start [-- flags of wrangler dev]`: runs the service on this machine, and says where to look, who may write and where
 * the data are. Of what `wrangler dev` prints it leaves one line a request, and every warning and error; `--log-level log`
 * shows the rest, the service's own log with it. Ctrl-C stops it.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** The port when no other is asked for: wrangler would take the next that is free, and `npm run sample` another's data. */
const PORT = "8787";

const given = process.argv.slice(2);
const string = { type: "string" } as const;
const { values: flags } = parseArgs({
	args: given,
	strict: false,
	options: {
		port: string,
		ip: string,
		"persist-to": string,
		"log-level": string,
		var: { ...string, multiple: true },
	},
});
const wrangler = spawn(
	process.execPath,
	[
		fileURLToPath(new URL("../node_modules/wrangler/bin/wrangler.js", import.meta.url)),
		"dev",
		...(flags.port ? [] : ["--port", PORT]),
		...(flags["log-level"] ? [] : ["--log-level", "info"]),
		...given,
	],
	{
		// Without its keyboard shortcuts: in the background it would be stopped for asking the terminal.
		stdio: ["ignore", "pipe", "inherit", "ipc"],
		// It asks nothing of anybody: no update check, no telemetry, no `Request.cf` of the place where it runs.
		env: {
			WRANGLER_HIDE_BANNER: "true",
			WRANGLER_SEND_METRICS: "false",
			CLOUDFLARE_CF_FETCH_ENABLED: "false",
			// Nor does it keep a trace of every SQL statement for its explorer, which takes as long as the service (decision 138).
			X_LOCAL_OBSERVABILITY: "false",
			...process.env,
		},
	},
);

const asksHelp = given.includes("--help") || given.includes("-h");
console.log(asksHelp ? "Usage: npm start -- [flags of wrangler dev]\n" : "Starting: this takes some seconds …");
wrangler.on("message", (message) => {
	const { event, port } = JSON.parse(String(message));
	if (event === "DEV_SERVER_READY") console.log(welcome(port));
});
createInterface({ input: wrangler.stdout as Readable }).on("line", (line) => {
	const text = line.replace(/^\[wrangler:info\] /, "");
	if (!/^(Ready on http|✨ Parsed \d+ valid header rule)/.test(text)) console.log(text);
});
// Ctrl-C reaches wrangler too; what stops npm or this process alone does not.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => wrangler.kill());
const parent = process.ppid;
setInterval(() => process.ppid !== parent && wrangler.kill(), 500);
wrangler.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" || signal === "SIGTERM" ? 0 : 1)));

/** Where to look, what to do next, who may write, and where the data are. */
function welcome(port: number): string {
	const url = `http://localhost:${port}`;
	const samples = port === Number(PORT) ? "npm run sample" : `npm run sample -- --url ${url}`;
	const reach = ["localhost", "127.0.0.1", "::1"].includes(String(flags.ip ?? "localhost"))
		? "this machine"
		: "your network";
	const isOpen = flags.var?.map(String).findLast((text) => text.startsWith("OPEN_WRITES:")) === "OPEN_WRITES:true";
	return `
  The animals   ${url}/
  GraphiQL      ${url}/graphql
  REST docs     ${url}/docs
  Assistants    ${url}/mcp

  For a first look, in another terminal: ${samples}
  ${isOpen ? `Writes are open to every program on ${reach}, but not to pages of other origins.` : "Writes need a token."}
  The data are in ${flags["persist-to"] ?? ".wrangler/state"}. Ctrl-C stops the service.
`;
}
