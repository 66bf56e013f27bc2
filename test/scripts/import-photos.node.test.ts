import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { latin1, loaded, PICTURES } from "../photos/pictures.ts";
import { newStateFolder, type Server, startServer } from "../server.ts";

const folder = mkdtempSync(join(tmpdir(), "animal-pictures-"));
const pictures = join(folder, "pictures");
let server: Server;
beforeAll(async () => {
	mkdirSync(join(pictures, "cats"), { recursive: true });
	const film = new Uint8Array(6 * 2 ** 20);
	writeFileSync(join(pictures, "rex.jpg"), Buffer.concat([loaded(PICTURES.progressive, 6), film]));
	const [head, end] = [PICTURES.restarts.subarray(0, -2), PICTURES.restarts.subarray(-2)];
	writeFileSync(join(pictures, "large.jpg"), Buffer.concat([head, film, end]));
	writeFileSync(join(pictures, "cats/tom.PNG"), loaded(PICTURES.palette, 1));
	writeFileSync(join(pictures, "with spaces.webp"), loaded(PICTURES.lossy, 1));
	writeFileSync(join(pictures, "cut off.jpg"), PICTURES.restarts.subarray(0, 300));
	writeFileSync(join(pictures, "moving.gif"), "GIF89a");
	writeFileSync(join(folder, "secret.jpg"), PICTURES.restarts);
	server = await startServer(newStateFolder());
});
afterAll(() => server.stop());

const run = (...args: string[]) =>
	new Promise<{ code: number; out: string; error: string }>((resolve) => {
		execFile(process.execPath, ["scripts/import.ts", ...args], (failed, out, error) =>
			resolve({ code: (failed?.code as number | undefined) ?? 0, out, error }),
		);
	});
const file = (name: string, lines: string[]) => {
	const path = join(folder, name);
	writeFileSync(path, lines.join("\n"));
	return path;
};
const list = async () => {
	const answer = await fetch(`${server.url}/rescues`, { headers: { "Cache-Control": "no-cache" } });
	return (await answer.json()) as AnimalRescue[];
};
const uploads = async () => (await (await fetch(`${server.url}/photos`)).json()) as { url: string }[];
const HEADINGS = "Animal ID,Name,Age,Species,Pictures";

test("pictures that rows name as files are uploaded, each once, and shown at the addresses that the rows get", async () => {
	const csv = file("good.csv", [
		HEADINGS,
		"P-1,Rex,3,dog,rex.jpg https://example.org/rex.jpg ./cats/tom.PNG",
		"P-2,Tom,3,cat,cats\\tom.PNG",
		'P-3,Mia,3,cat,"[""with spaces.webp"", ""rex.jpg""]"',
		"P-4,Bo,3,cat,",
	]);
	const dry = await run(csv, "--url", server.url, "--photos", pictures, "--dry-run");
	expect(dry).toEqual({
		code: 0,
		out: "Would be: 4 created, 0 updated, 0 unchanged, 0 refused.\n",
		error: "3 pictures are there and good. A dry run uploads none: to it they are new ones.\n",
	});
	expect([await list(), await uploads()]).toEqual([[], []]);

	const first = await run(csv, "--url", server.url, "--photos", pictures);
	expect(first).toEqual({
		code: 0,
		out: "4 created, 0 updated, 0 unchanged, 0 refused.\n",
		error: "3 pictures uploaded, 0 were there already.\n",
	});
	const [rex, tom, mia, bo] = (await list()).map(({ photos }) => photos);
	const own = (type: string) => expect.stringMatching(new RegExp(`^${server.url}/photos/[0-9a-f]{64}\\.${type}$`));
	expect(rex).toEqual([own("jpg"), "https://example.org/rex.jpg", own("png")]);
	expect(tom).toEqual([rex?.[2]]);
	expect(mia).toEqual([own("webp"), rex?.[0]]);
	expect(bo).toEqual([]);
	expect(await uploads()).toHaveLength(3);
	const shown = await fetch(rex?.[0] as string);
	expect(shown.headers.get("Content-Type")).toBe("image/jpeg");
	const bytes = new Uint8Array(await shown.arrayBuffer());
	expect(latin1(bytes)).not.toContain("SECRET");
	expect(latin1(bytes)).toContain("Exif");

	const again = await run(csv, "--url", server.url, "--photos", pictures);
	expect(again).toEqual({
		code: 0,
		out: "0 created, 0 updated, 4 unchanged, 0 refused.\n",
		error: "0 pictures uploaded, 3 were there already.\n",
	});
});

test.each([[[]], [["--dry-run"]], [["--atomic"]]])(
	"what is missing or no good picture is named with its rows, and nothing is brought in %j",
	async (more) => {
		const before = [await list(), await uploads()];
		const ndjson = file("bad.ndjson", [
			'{"externalId":"B-1","name":"A","age":1,"species":"dog","photos":["rex.jpg","none.jpg"]}',
			'{"externalId":"B-2","name":"B","age":1,"species":"dog","photos":["none.jpg","cut off.jpg","large.jpg"]}',
			'{"externalId":"B-3","name":"C","age":1,"species":"dog","photos":["moving.gif","../secret.jpg","cats"]}',
			'{"externalId":"B-4","name":"D","age":1,"species":"dog","photos":[7]}',
		]);
		const { code, out, error } = await run(ndjson, "--url", server.url, "--photos", pictures, ...more);
		expect([code, out]).toEqual([1, ""]);
		expect(error.split("\n")).toEqual([
			"Row 1: none.jpg is missing",
			"Row 2: none.jpg is missing",
			"Row 2: cut off.jpg is truncated: the file ends before the picture does",
			"Row 2: large.jpg must have 5 MiB at most",
			"Row 3: moving.gif must be a JPEG, PNG or WebP picture, not a GIF",
			`Row 3: ../secret.jpg is outside of ${pictures}`,
			expect.stringMatching(/^Row 3: cats can't be read: /),
			"Nothing was brought in: every picture must be there and be good.",
			"",
		]);
		expect([await list(), await uploads()]).toEqual(before);
	},
);

test("without the folder a file is no address, as before; from a row on, only that row's pictures are looked for", async () => {
	const csv = file("from.csv", [HEADINGS, "F-1,Rex,3,dog,none.jpg", "F-2,Tom,3,cat,rex.jpg"]);
	const { code, out, error } = await run(csv, "--url", server.url, "--dry-run");
	expect([code, out]).toEqual([1, "Would be: 0 created, 0 updated, 0 unchanged, 2 refused.\n"]);
	expect(error).toContain("Row 2: photos.0 must be ");
	const later = await run(csv, "--url", server.url, "--photos", pictures, "--from", "3");
	expect(later).toMatchObject({ code: 0, out: "1 created, 0 updated, 0 unchanged, 0 refused.\n" });
});

test("a refused upload says which and why, and nothing is brought in; no more than three go up at a time", async () => {
	const names = Array.from({ length: 12 }, (_, index) => `many-${index}.jpg`);
	for (const [index, name] of names.entries()) {
		const jpeg = PICTURES.restarts.slice();
		// Another picture: another density in its JFIF.
		jpeg[15] = index + 2;
		writeFileSync(join(pictures, name), jpeg);
	}
	const csv = file("many.csv", [HEADINGS, ...names.map((name, index) => `M-${index},Rex,3,dog,${name}`)]);
	const paths: string[] = [];
	let open = 0;
	let most = 0;
	const three = Promise.withResolvers<void>();
	const door = createServer(async (request, response) => {
		// Long before the last one: what is on its way when that answer comes is sent all the same.
		const isFull = paths.push(request.url as string) === 4;
		most = Math.max(most, ++open);
		for await (const _ of request);
		// The first ones are answered when three are there, however slowly they come, and a fourth would have come.
		if (open === 3) three.resolve();
		await three.promise;
		await new Promise((resolve) => setTimeout(resolve, 20));
		open--;
		const body = isFull ? { detail: "There is no room for more photos." } : { url: "https://photos.example/1.jpg" };
		response.writeHead(isFull ? 507 : 201, { "Content-Type": "application/json" }).end(JSON.stringify(body));
	});
	await new Promise<void>((resolve) => door.listen(0, resolve));
	const { port } = door.address() as AddressInfo;
	const { code, out, error } = await run(csv, "--url", `localhost:${port}`, "--photos", pictures);
	door.close();
	expect([code, out, code === 3 ? "" : error]).toEqual([3, "", ""]);
	expect(error).toMatch(
		/^Nothing was brought in: many-\d+\.jpg, row \d+: There is no room for more photos\.\nTo go on:/,
	);
	expect(new Set(paths)).toEqual(new Set(["/photos"]));
	expect(paths.length).toBeLessThan(12);
	expect(most).toBe(3);
});
