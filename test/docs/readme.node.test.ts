import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newStateFolder, type Server, startServer } from "../server.ts";

const STEP = /```sh\n(curl [\s\S]+?)\n```\n\n```(json|http)\n([\s\S]*?)```/g;
/** `UPDATE_README=1 npx vitest run test/docs/readme.node.test.ts` writes what was really printed. */
const update = process.env.UPDATE_README === "1";
const hasCurl = (() => {
	try {
		return execFileSync("curl", ["--version"]).length > 0;
	} catch {
		return false;
	}
})();

let server: Server;
beforeAll(async () => {
	server = await startServer(newStateFolder());
});
afterAll(() => server.stop());

/** As the README shows JSON: a line for each value of the outermost object, and within it what doesn't fit on one. */
function layOut(value: unknown, depth = 0): string {
	const line = JSON.stringify(value, null, 1).replace(/\n\s*/g, " ");
	const isShort = line.length + 2 * depth <= 90;
	if (typeof value !== "object" || value === null || (isShort && depth > 0)) {
		return line.replace(/\[ (.*?) \]/g, "[$1]");
	}
	const margin = "  ".repeat(depth + 1);
	const parts = Array.isArray(value)
		? value.map((item) => margin + layOut(item, depth + 1))
		: Object.entries(value).map(([name, item]) => `${margin}${JSON.stringify(name)}: ${layOut(item, depth + 1)}`);
	const [open, close] = Array.isArray(value) ? "[]" : "{}";
	return `${open}\n${parts.join(",\n")}\n${"  ".repeat(depth)}${close}`;
}

const sameTime = (text: string) => text.replace(/\d{4}-\d\d-\d\d(T[\d:.]+Z)?/g, "<time>");

test.skipIf(!hasCurl)("the README's tour prints what the README says", () => {
	let readme = readFileSync("README.md", "utf8");
	const steps = [...readme.matchAll(STEP)];
	expect(steps.length).toBeGreaterThan(3);
	for (const [step, command = "", language = "", said = ""] of steps) {
		const script = command.replaceAll("http://localhost:8787", server.url);
		const printed = execFileSync("sh", ["-c", script], { encoding: "utf8" }).replaceAll("\r", "");
		const output = language === "json" ? `${layOut(JSON.parse(printed))}\n` : printed;
		if (update)
			readme = readme.replace(step, () =>
				step.replace(/```(json|http)\n[\s\S]*```$/, () => `\`\`\`${language}\n${output}\`\`\``),
			);
		else expect(sameTime(output)).toBe(sameTime(said));
	}
	if (update) writeFileSync("README.md", readme);
});
