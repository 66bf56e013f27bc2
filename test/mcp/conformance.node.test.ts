import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newStateFolder, type Server, startServer } from "../server.ts";

/**
 * What of the official suite doesn't apply to a server that has tools only, and tools of its own: why, what the suite says then,
 * and which scenarios they are. After a colon, the one check of a scenario whose others pass.
 */
const NOT_APPLICABLE: [reason: string, said: RegExp, scenarios: string[]][] = [
	[
		"it calls a tool that only the suite's own example server has",
		/Unknown tool|^Not testable|Available tools|InputRequiredResult/,
		[
			"tools-call-simple-text",
			"tools-call-image",
			"tools-call-audio",
			"tools-call-embedded-resource",
			"tools-call-mixed-content",
			"tools-call-error",
			"tools-call-with-progress",
			"tools-call-sampling",
			"tools-call-elicitation",
			"elicitation-sep1034-defaults",
			"elicitation-sep1330-enums",
			"json-schema-2020-12",
			"input-required-result-basic-elicitation",
			"input-required-result-basic-sampling",
			"input-required-result-basic-list-roots",
			"input-required-result-request-state",
			"input-required-result-multiple-input-requests",
			"input-required-result-multi-round",
			"input-required-result-result-type",
			"input-required-result-tampered-state",
			"input-required-result-capability-check",
			"server-stateless:sep-2575-server-rejects-undeclared-capability",
			"server-stateless:sep-2575-missing-capability-http-400",
			"server-stateless:sep-2575-http-server-no-independent-requests-on-stream",
			"server-stateless:sep-2575-server-no-log-without-loglevel",
		],
	],
	[
		"there are no resources, prompts, completions or log messages here: tools only",
		/Method not found/,
		[
			"resources-list",
			"resources-read-text",
			"resources-read-binary",
			"resources-templates-read",
			"resources-subscribe",
			"resources-unsubscribe",
			"prompts-list",
			"prompts-get-simple",
			"prompts-get-with-args",
			"prompts-get-embedded-resource",
			"prompts-get-with-image",
			"completion-complete",
			"logging-set-level",
			"tools-call-with-logging",
			"input-required-result-non-tool-request",
			"caching:sep-2549-prompts-list-caching-hints",
			"caching:sep-2549-resources-list-caching-hints",
			"caching:sep-2549-resources-templates-list-caching-hints",
		],
	],
	["no argument is mirrored in a header here", /x-mcp-header/, ["http-custom-header-server-validation"]],
	[
		"tasks are an extension, for calls that take long",
		/Unknown tool|^Not testable|tasks?\b|fixture|-3260[12]|-32021|extensions/,
		[
			"tasks-lifecycle",
			"tasks-capability-negotiation",
			"tasks-wire-fields",
			"tasks-request-state-removal",
			"tasks-mrtr-input",
			"tasks-request-headers",
			"tasks-dispatch-and-envelope",
			"tasks-required-task-error",
			"tasks-mrtr-composition",
		],
	],
];

/** How many checks pass in those scenarios that a server with tools is about: what stays away is noticed, too. */
const PASSED = {
	"2025-11-25": { "server-initialize": 2, ping: 2, "tools-list": 3, "dns-rebinding-protection": 2 },
	"2026-07-28": {
		"server-stateless": 21,
		"tools-list": 4,
		"http-header-validation": 14,
		"dns-rebinding-protection": 2,
		caching: 4,
		"server-sse-multiple-streams": 1,
	},
};

interface Check {
	id: string;
	status: "SUCCESS" | "FAILURE" | "WARNING" | "SKIPPED" | "INFO";
	errorMessage?: string;
}

const suite = dirname(createRequire(import.meta.url).resolve("@modelcontextprotocol/conformance/package.json"));

let server: Server;
beforeAll(async () => {
	server = await startServer(newStateFolder());
});
afterAll(() => server.stop());

/** Runs every scenario of a revision, what its requirements don't count included. Gives each one's checks. */
async function runSuite(revision: string): Promise<Map<string, Check[]>> {
	const folder = mkdtempSync(join(tmpdir(), "animal-conformance-"));
	const args = ["--url", `${server.url}/mcp`, "--requirements", revision, "-o", folder, "--timeout", "120000"];
	// It fails for what doesn't apply; what it found is in its files.
	await promisify(execFile)(process.execPath, [join(suite, "dist/index.js"), "server", ...args]).catch(() => {});
	const checks = readdirSync(folder).map((name): [string, Check[]] => [
		name.replace(/^server-(.*)-\d{4}-\d\d-\d\dT.*$/, "$1"),
		JSON.parse(readFileSync(join(folder, name, "checks.json"), "utf8")),
	]);
	rmSync(folder, { recursive: true });
	return new Map(checks);
}

describe.each(Object.entries(PASSED))("of the official suite for %s", (revision, passed) => {
	let ran: Map<string, Check[]>;
	beforeAll(async () => {
		ran = await runSuite(revision);
	});

	test("everything passes that applies to a server with tools only", () => {
		expect(ran.size).toBeGreaterThan(30);
		const failed = [...ran].flatMap(([scenario, checks]) =>
			checks
				.filter(({ status }) => status === "FAILURE")
				.map(({ id, errorMessage = "" }) => ({ scenario, id, errorMessage })),
		);
		const unexplained = failed.filter(
			({ scenario, id, errorMessage }) =>
				!NOT_APPLICABLE.some(
					([, said, scenarios]) =>
						said.test(errorMessage) && (scenarios.includes(scenario) || scenarios.includes(`${scenario}:${id}`)),
				),
		);
		expect(unexplained).toEqual([]);
		// What is sent is what the revision's schema says, whatever was asked.
		expect(failed.filter(({ id }) => id.startsWith("wire-schema"))).toEqual([]);
	});

	test("nothing is listed as not applicable that passes", () => {
		const isFailing = (listed: string) => {
			const [scenario = "", id] = listed.split(":");
			const checks = ran.get(scenario);
			return checks?.some((check) => check.status === "FAILURE" && (id === undefined || check.id === id)) ?? true;
		};
		expect(NOT_APPLICABLE.flatMap(([, , scenarios]) => scenarios).filter((listed) => !isFailing(listed))).toEqual([]);
	});

	test.each(Object.entries(passed))("%s passes %i checks", (scenario, count) => {
		expect(ran.get(scenario)?.filter(({ status }) => status === "SUCCESS")).toHaveLength(count);
	});
});

test("nothing is listed as not applicable that neither revision has", async () => {
	const { stdout } = await promisify(execFile)(process.execPath, [join(suite, "dist/index.js"), "list", "--server"]);
	const known = [...stdout.matchAll(/^ +- (\S+)/gm)].map(([, name]) => name);
	const listed = NOT_APPLICABLE.flatMap(([, , scenarios]) => scenarios.map((scenario) => scenario.split(":")[0]));
	expect(listed.filter((scenario) => !known.includes(scenario))).toEqual([]);
});
