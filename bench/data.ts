/**
 * `npm run bench:data [-- records…]`: what bringing in, finding and taking out 600-byte records takes, in one workerd:
 * CPU of the whole process, local storage included, and its memory at the peak. docs/deploying.md holds a run.
 */
import { readdirSync, readFileSync } from "node:fs";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { animal } from "./records.ts";
import { buildService, miniflare } from "./workers.ts";

const sizes = process.argv.slice(2).map(Number);
const contents = await buildService();

for (const n of sizes.length > 0 ? sizes : [1000, 10_000]) {
	const { workerOptions } = unstable_getMiniflareWorkerOptions("wrangler.toml");
	const { assets: _, ratelimits: __, ...options } = workerOptions as typeof workerOptions & { assets?: unknown };
	const before = new Set(children());
	const running = new miniflare.Miniflare(
		miniflare.convertV4MiniflareOptions({
			workers: [
				{
					...options,
					name: "service",
					modules: [{ type: "ESModule" as const, path: "service.js", contents }],
					unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
					bindings: { ...(options.bindings as Record<string, string>), OPEN_WRITES: "true" },
					kvNamespaces: { RESCUES: "published" },
				},
			],
			handleStructuredLogs: () => {},
		}),
	);
	await running.ready;
	const pid = children().find((child) => !before.has(child)) as number;
	const url = await running.unsafeGetDirectURL("service");
	const at = (path: string) => fetch(new URL(path, url)).then((response) => response.arrayBuffer());

	const say = (what: string, ms: number, cpuMs: number) =>
		console.log(`${n} | ${what} | ${cpuMs.toFixed(1)} ms CPU | ${ms.toFixed(1)} ms | ${peakMiB(pid)} MiB at the peak`);
	const measure = async (what: string, times: number, run: () => Promise<unknown>) => {
		if (times > 1) await run();
		const [cpu, start] = [cpuMs(pid), performance.now()];
		for (let time = 0; time < times; time++) await run();
		say(what, (performance.now() - start) / times, (cpuMs(pid) - cpu) / times);
	};

	say("started", 0, 0);
	const lines = Array.from({ length: n }, (_, index) =>
		JSON.stringify({ ...animal(index + 1, "real"), externalId: `E-${index}` }),
	);
	const bring = async () => {
		// What fits in 8 MiB goes in one request.
		for (let from = 0; from < n; from += 10_000) {
			const body = lines.slice(from, from + 10_000).join("\n");
			const headers = { "Content-Type": "application/x-ndjson" };
			const response = await fetch(new URL("/rescues/import", url), { method: "POST", headers, body });
			const report = (await response.json()) as { failed?: number };
			if (report.failed !== 0) throw new Error(JSON.stringify(report));
		}
	};
	await measure("import", 1, bring);
	// Publication goes on after the answer: until the process has nothing to do any more.
	for (let before = -1; cpuMs(pid) > before + 20; ) {
		before = cpuMs(pid);
		await new Promise((resolve) => setTimeout(resolve, 2000));
	}
	say("its publication ended", 0, 0);
	const csv = Buffer.from(await at("/rescues/export?format=csv"));
	await measure("export as CSV", 3, () => at("/rescues/export?format=csv"));
	const headers = { "Content-Type": "text/csv" };
	if (csv.length < 8 * 1024 * 1024) {
		await measure("import of that CSV, which changes nothing", 3, async () => {
			const response = await fetch(new URL("/rescues/import", url), { method: "POST", headers, body: csv });
			const report = (await response.json()) as { unchanged?: number };
			if (report.unchanged !== n) throw new Error(JSON.stringify(report));
		});
	}
	const times = Math.max(3, Math.min(100, 100_000 / n));
	await measure("plain list of 1,000", times, () => at("/rescues"));
	await measure("species, 25 of them", times, () => at("/rescues?species=dog&limit=25"));
	await measure("search in all texts, 25 of them", times, () => at("/rescues?q=calm&limit=25"));
	await measure("sorted by name, 25 of them", times, () => at("/rescues?sort=name&limit=25"));
	await measure("sorted by name, 1,000 of them", times, () => at("/rescues?sort=name"));
	await running.dispose();
}

function children(): number[] {
	return readdirSync("/proc")
		.filter((name) => /^\d+$/.test(name))
		.filter((pid) => {
			try {
				const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
				return stat.includes("(workerd)") && stat.split(") ")[1]?.split(" ")[1] === String(process.pid);
			} catch {
				return false;
			}
		})
		.map(Number);
}

/** CPU time that a process has used, user and system, in ms: /proc counts hundredths of a second. */
function cpuMs(pid: number): number {
	const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
	return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** The most memory that a process has held. */
function peakMiB(pid: number): number {
	const [, kib] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
	return Math.round(Number(kib) / 1024);
}
