import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { concat, exifSegment, insert, latin1, PICTURES, SECRET } from "../photos/pictures.ts";
import { newStateFolder, type Server, startServer } from "../server.ts";

const folder = mkdtempSync(join(tmpdir(), "animal-photos-"));
const [file, photos] = [join(folder, "animals.ndjson"), join(folder, "photos")];
let server: Server;
let other: Server;
beforeAll(async () => {
	[server, other] = await Promise.all([startServer(newStateFolder()), startServer(newStateFolder())]);
});
afterAll(async () => {
	await Promise.all([server.stop(), other.stop()]);
	rmSync(folder, { recursive: true });
});

const run = (script: string, ...args: string[]) =>
	new Promise<{ code: number; out: string; error: string }>((resolve) => {
		execFile(process.execPath, [`scripts/${script}.ts`, ...args], (failed, out, error) =>
			resolve({ code: (failed?.code as number | undefined) ?? 0, out, error }),
		);
	});

const upload = async (body: Uint8Array<ArrayBuffer>, path = "/photos") => {
	const answer = await fetch(`${server.url}${path}`, {
		method: "POST",
		body,
		headers: { "Content-Type": "image/jpeg" },
	});
	expect([answer.status, answer.ok]).toEqual([answer.status, true]);
	return (await answer.json()) as { url: string; sha256: string; photos: string[] };
};
const create = (photos: string[]) =>
	fetch(`${server.url}/rescues`, {
		method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify({ name: "Rex", age: 3, species: "dog", photos }),
	});

test("a backup takes the photos along that it refers to, and a restore brings them back before it", async () => {
	const taken = insert(PICTURES.progressive, 2, exifSegment(6));
	expect(latin1(taken)).toContain(SECRET);
	const used = await upload(taken);
	const unused = await upload(concat(PICTURES.lossy));
	await create([used.url, `https://partner.example/photos/${"0".repeat(64)}.png`]);
	const added = await upload(concat(PICTURES.alpha), "/rescues/1/photos");
	expect(added.photos).toHaveLength(3);

	const backedUp = await run("backup", file, "--photos", photos, "--url", server.url);
	expect(backedUp).toMatchObject({ code: 0, out: expect.stringContaining(`${photos}: 2 photos, 2 new.\n`) });
	expect(backedUp.error).toContain("Not on this service, but purged since or another's: 1\n");
	const names = readdirSync(photos);
	expect(names.sort()).toEqual([`${used.sha256}.jpg`, added.photos[2]?.split("/").at(-1)].sort());
	for (const name of names) {
		const bytes = readFileSync(join(photos, name));
		expect(createHash("sha256").update(bytes).digest("hex")).toBe(name.split(".")[0]);
		expect(bytes.toString("latin1")).not.toContain(SECRET);
	}

	// What is there already isn't fetched again.
	const was = statSync(join(photos, names[0] as string)).mtimeMs;
	const again = await run("backup", file, "--photos", photos, "--url", server.url);
	expect(again).toMatchObject({ code: 0, out: expect.stringContaining(": 2 photos, 0 new.\n") });
	expect(statSync(join(photos, names[0] as string)).mtimeMs).toBe(was);

	writeFileSync(join(photos, "notes.txt"), "What is no photo is left alone.");
	const restored = await run("restore", file, "--photos", photos, "--url", other.url);
	expect(restored).toMatchObject({
		code: 0,
		out: expect.stringMatching(/^2 photos there, 2 new\.\n2 changes and 1 record are back/),
	});
	const served = (sha256: string, ending: string) => fetch(`${other.url}/photos/${sha256}.${ending}`);
	expect((await served(used.sha256, "jpg")).status).toBe(200);
	expect((await served(unused.sha256, "webp")).status).toBe(404);
	const list = (await (await fetch(`${other.url}/photos`)).json()) as { used: boolean }[];
	expect(list.map(({ used }) => used)).toEqual([true, true]);

	// Later, too: what is there stays.
	const later = await run("restore", file, "--photos", photos, "--url", other.url);
	expect(later).toMatchObject({ code: 0, out: `2 photos there, 0 new.\n${file} is restored already.\n` });
});

test("a rebuild says nothing of photos that are sound", async () => {
	const rebuilt = await run("rebuild", "--url", server.url);
	expect(rebuilt).toMatchObject({
		code: 0,
		out: expect.stringMatching(/^\d+ documents compared, 0 published again\.\n$/),
	});
});

test("a folder that can't be uploaded stops the restore before it begins", async () => {
	writeFileSync(join(photos, `${"1".repeat(64)}.png`), "no picture");
	const stopped = await run("restore", file, "--photos", photos, "--url", server.url);
	expect(stopped).toMatchObject({ code: 3, error: expect.stringContaining(`${"1".repeat(64)}.png: Not valid: `) });
});
