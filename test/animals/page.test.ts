import { createExecutionContext, reset, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createApp } from "../../src/app.ts";
import type { Env } from "../../src/env.ts";
import { ledger, publish } from "../ledger/faulty-kv.ts";
import { fetchWorker, REST } from "../transports.ts";
import { select, texts } from "./reading.ts";

// What is said of an age depends on the day. (So far ahead of the real clock no alarm rings on its own.)
const TODAY = Date.UTC(2126, 10, 26, 12);
beforeEach(() => {
	vi.useFakeTimers({ toFake: ["Date"], now: TODAY });
});
afterEach(async () => {
	vi.restoreAllMocks();
	vi.useRealTimers();
	await reset();
});

const app = createApp();
const { OPEN_WRITES: _, ...rest } = env as Env;
const closed = { ...rest, WRITE_TOKENS: "anna:first-token" };
/** What a visitor's browser gets from a service that isn't open to all. */
const visit = (path: string, headers: Record<string, string> = {}) =>
	app.fetch(new Request(`https://rescue.test${path}`, { headers }), closed, createExecutionContext());

const luna = {
	name: "Luna",
	species: "cat",
	birthDate: "2120-05-01",
	breed: "European Shorthair",
	status: "available",
	sex: "female",
	color: "tortoiseshell",
	description: "She wants to sit where she sees everything.\n\nHer balcony needs a net.\nAdopters should be at home.",
	photos: ["https://photos.example/luna-1.jpg", "https://photos.example/luna-2.jpg"],
	neutered: true,
	goodWithDogs: false,
	specialNeeds: "Half a tablet with breakfast.",
	intakeType: "stray",
	intakeDate: "2126-11-20",
	microchip: "985112001234567",
	location: "Room 3",
	notes: "Bites when her belly is touched.",
};
async function facts(html: string) {
	const [labels, values] = await Promise.all([texts(html, "dt"), texts(html, "dd")]);
	return labels.map((label, index) => `${label}: ${values[index]}`);
}

describe("an animal's page for a visitor", () => {
	test("says in words what everyone may know, and nothing else", async () => {
		await REST.create(luna);
		const response = await visit("/animals/1");
		expect(response.status).toBe(200);
		const html = await response.text();
		expect(html).toMatch(/^<!doctype html>\n<html lang="en" data-writes="token">/);
		expect(await texts(html, "h1")).toEqual(["Luna"]);
		expect(await texts(html, ".summary")).toEqual(["cat · European Shorthair · 6\u00a0years"]);
		expect(await texts(html, ".status")).toEqual(["Available"]);
		expect(await texts(html, ".needs p")).toEqual(["Half a tablet with breakfast."]);
		expect(await texts(html, ".story p")).toEqual([
			"She wants to sit where she sees everything.",
			"Her balcony needs a net.\nAdopters should be at home.",
		]);
		expect(await facts(html)).toEqual([
			"Dogs: No",
			"Date of birth: 1 May 2120",
			"Sex: Female",
			"Color: tortoiseshell",
			"Neutered: Yes",
			"Came in on: 20 November 2126",
			"Came in as: Found as a stray",
		]);
		for (const hidden of [luna.microchip, luna.location, luna.notes, "rescue only"]) expect(html).not.toContain(hidden);
	});

	test("has every photo, the first one large, each a link to the whole picture", async () => {
		await REST.create(luna);
		const html = await (await visit("/animals/1")).text();
		const [first, second] = luna.photos;
		const sources = async (selector: string, name: string) =>
			(await select(html, selector)).map(({ attributes }) => attributes[name]);
		expect(await sources(".large", "href")).toEqual([first]);
		expect(await sources(".large img", "src")).toEqual([first]);
		expect(await sources(".thumbs a", "href")).toEqual([first, second]);
		expect(await sources(".thumbs img", "src")).toEqual([first, second]);
		expect(await sources("img", "alt")).toEqual(["Luna", "Luna, 1 of 2", "Luna, 2 of 2"]);
	});

	test("takes one read of KV, and no call to the ledger", async () => {
		await REST.create(luna);
		await publish(1);
		const response = await visit("/animals/1?fbclid=abc&utm_source=x");
		expect(response.status).toBe(200);
		expect(response.headers.get("Server-Timing")).toMatch(/^kv;desc="1 read";dur=\d+, ledger;desc="0 calls"/);
		const told = await visit("/animals/1?history=1");
		expect(told.headers.get("Server-Timing")).toMatch(/^kv;desc="1 read";dur=\d+, ledger;desc="1 call"/);
	});

	test("sets no cookie, and may load nothing but this origin's files and photos", async () => {
		await REST.create(luna);
		const { headers } = await visit("/animals/1");
		expect(headers.get("Set-Cookie")).toBeNull();
		expect(headers.get("Content-Type")).toBe("text/html; charset=utf-8");
		expect(headers.get("Cache-Control")).toBe("no-cache");
		expect(headers.get("Content-Security-Policy")).toBe(
			"default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'none'; connect-src 'self'; img-src 'self' https: blob:; font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		);
		expect(headers.get("X-Frame-Options")).toBe("DENY");
		expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
		expect(headers.get("Referrer-Policy")).toBe("no-referrer");
		expect(headers.get("Cross-Origin-Opener-Policy")).toBe("same-origin");
		expect(headers.get("Cross-Origin-Resource-Policy")).toBe("same-origin");
		// What a page shows no script of elsewhere reads.
		expect(headers.get("Access-Control-Allow-Origin")).toBeNull();
	});

	test("names files that are there", async () => {
		await REST.create(luna);
		const html = await (await visit("/animals/1")).text();
		const files = [...html.matchAll(/(?:src|href)="(\/[\w-]+\/[^"#]+\.\w+)[#"]/g)].map(([, file]) => file as string);
		expect(files.length).toBeGreaterThan(5);
		for (const file of files) {
			const answer = await env.ASSETS.fetch(new URL(file, "http://rescue.test"));
			await answer.body?.cancel();
			expect([file, answer.status]).toEqual([file, 200]);
		}
	});

	test("isn't sent again to who has it, until the animal, or what is said of it, is another", async () => {
		// Born eight weeks ago: in a week its age is said otherwise, though nothing was changed.
		const born = new Date(TODAY - 56 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
		await REST.create({ ...luna, birthDate: born });
		await publish(1);
		const first = await visit("/animals/1");
		const tag = first.headers.get("ETag") ?? "";
		expect(tag).toMatch(/^W\/"[0-9a-f]{32}"$/);
		const again = await visit("/animals/1", { "If-None-Match": tag });
		expect([again.status, await again.text(), again.headers.get("ETag")]).toEqual([304, "", tag]);
		expect(again.headers.get("Content-Security-Policy")).toBe(first.headers.get("Content-Security-Policy"));
		vi.setSystemTime(TODAY + 8 * 24 * 60 * 60 * 1000);
		expect((await visit("/animals/1", { "If-None-Match": tag })).status).toBe(200);
		await REST.update(1, { status: "adopted" });
		const changed = await visit("/animals/1", { "If-None-Match": tag, "Cache-Control": "no-cache" });
		expect(changed.status).toBe(200);
		expect(await texts(await changed.text(), ".status")).toEqual(["Adopted"]);
	});

	test("is there for HEAD, and for nothing that writes", async () => {
		await REST.create(luna);
		const head = await fetchWorker("/animals/1", { method: "HEAD" });
		expect([head.status, await head.text(), head.headers.get("ETag") !== null]).toEqual([200, "", true]);
		const post = await fetchWorker("/animals/1", { method: "POST" });
		expect([post.status, post.headers.get("Allow")]).toEqual([405, "GET, HEAD"]);
	});
});

test("on a service that is open to all the page has everything, but not for pages of elsewhere", async () => {
	await REST.create(luna);
	const html = await (await fetchWorker("/animals/1")).text();
	expect(html).toContain('data-writes="open"');
	expect((await facts(html)).slice(-2)).toEqual(["Microchip: 985112001234567", "Location: Room 3"]);
	expect(await texts(html, ".inside .prose")).toEqual([luna.notes]);
	const foreign = await (await fetchWorker("http://rebound.example/animals/1")).text();
	expect(foreign).not.toContain(luna.notes);
});

describe("a shared link", () => {
	test("shows name, text and first photo", async () => {
		await REST.create(luna);
		const html = await (await visit("/animals/1?fbclid=abc")).text();
		expect(await texts(html, "title")).toEqual(["Luna: cat, European Shorthair, 6 years · Animal Rescue"]);
		const metas = await select(html, "meta[property], meta[name]");
		const meta = Object.fromEntries(
			metas.map(({ attributes: { property, name, content } }) => [property ?? name, content]),
		);
		const text = "She wants to sit where she sees everything. Her balcony needs a net. Adopters should be at home.";
		expect(meta).toMatchObject({
			description: text,
			"og:type": "website",
			"og:site_name": "Animal Rescue",
			"og:title": "Luna: cat, European Shorthair, 6 years",
			"og:description": text,
			"og:url": "https://rescue.test/animals/1",
			"og:image": luna.photos[0],
			"og:image:alt": "Luna",
			"twitter:card": "summary_large_image",
		});
		expect(meta).not.toHaveProperty("robots");
		expect((await select(html, "link[rel=canonical]"))[0]?.attributes.href).toBe("https://rescue.test/animals/1");
		const [block, ...more] = await texts(html, "script[type='application/ld+json']");
		expect(more).toEqual([]);
		expect(JSON.parse(block ?? "")).toEqual({
			"@context": "https://schema.org",
			"@type": "WebPage",
			name: "Luna: cat, European Shorthair, 6 years",
			url: "https://rescue.test/animals/1",
			dateModified: expect.stringMatching(/Z$/),
			mainEntity: {
				"@type": "Thing",
				name: "Luna",
				disambiguatingDescription: "cat, European Shorthair, 6 years",
				description: luna.description,
				image: luna.photos,
				identifier: "1",
				url: "https://rescue.test/animals/1",
			},
		});
	});

	test("of an animal without photo and text says what it is, and a long text is cut between words", async () => {
		await REST.create({ name: "Rex", species: "dog", age: 3 });
		await REST.create({ name: "Max", species: "dog", age: 3, description: "word ".repeat(900) });
		const content = async (path: string, name: string) =>
			(await select(await (await visit(path)).text(), `meta[property="${name}"]`)).map((one) => one.attributes.content);
		expect(await content("/animals/1", "og:description")).toEqual(["Rex: dog, 3 years."]);
		expect(await content("/animals/1", "og:image")).toEqual([]);
		const [cut = ""] = await content("/animals/2", "og:description");
		expect(cut).toMatch(/^(word )+…$/);
		expect(cut.length).toBeLessThan(205);
	});

	test("can't be made to carry markup, scripts or addresses of another kind", async () => {
		const evil = `</script><script>alert(1)</script>"'><img src=x onerror=alert(1)>`;
		await REST.create({
			name: evil.slice(0, 100),
			species: "<b>cat</b>",
			breed: evil.slice(0, 100),
			age: 3,
			description: `${evil}\n\n<!-- ]]> -->`,
			specialNeeds: evil,
			color: "<i>red</i>",
			notes: evil,
		});
		await REST.update(1, { description: evil.repeat(3), color: "</li><script>" });
		// No API takes such a photo; what is stored may be older than the rule.
		await publish(1);
		const { value, metadata } = await env.RESCUES.getWithMetadata("rescue:1");
		const photos = ["javascript:alert(1)", "data:text/html,x", 'https://photos.example/a.jpg?"><script>'];
		await env.RESCUES.put("rescue:1", (value ?? "").replace('"photos":[]', `"photos":${JSON.stringify(photos)}`), {
			metadata,
		});
		for (const path of ["/animals/1", "/animals/1?history=1"]) {
			const html = await (await fetchWorker(path)).text();
			const scripts = await select(html, "script");
			expect(scripts.map(({ attributes: { type, src } }) => [type, src])).toEqual([
				["application/ld+json", undefined],
				["module", "/animal/main.js"],
			]);
			const [block] = scripts;
			expect(block?.text).not.toContain("<");
			expect(JSON.parse(block?.text ?? "").mainEntity.name).toBe(evil.slice(0, 100));
			expect(await texts(html, "h1")).toEqual([evil.slice(0, 100)]);
			expect(await select(html, "b[class], i, img[onerror], main script")).toEqual([]);
			expect(html).not.toMatch(/javascript:|data:text/);
			const [large] = await select(html, ".large");
			expect(large?.attributes.href).toMatch(/^https:\/\/photos\.example\//);
		}
	});
});

describe("a page for what isn't there", () => {
	const gone = async (path: string) => {
		const response = await visit(path);
		const html = await response.text();
		return { status: response.status, response, html, said: await texts(html, "h1, .missing p") };
	};

	test("of a deleted animal is 410, and says when that was", async () => {
		await REST.create(luna);
		await REST.remove(1);
		const { status, html, said } = await gone("/animals/1");
		expect(status).toBe(410);
		expect(said[0]).toBe("Luna is no longer listed");
		expect(said[1]).toMatch(/^It was taken out of the list on \d+ \w+ \d{4} at \d\d:\d\d UTC\.$/);
		expect((await select(html, "main"))[0]?.attributes).toMatchObject({ "data-id": "1", "data-gone": "deleted" });
		expect(await select(html, "script[type='application/ld+json'], meta[property]")).toEqual([]);
		expect((await select(html, "meta[name=robots]"))[0]?.attributes.content).toBe("noindex");
		await REST.restore(1);
		expect((await visit("/animals/1", { "Cache-Control": "no-cache" })).status).toBe(200);
	});

	test("of an erased one is 410 and has no name any more", async () => {
		await REST.create(luna);
		await REST.remove(1);
		await REST.purge(1);
		const { status, html, said } = await gone("/animals/1?history=1");
		expect([status, said[0]]).toEqual([410, "This animal is no longer listed"]);
		expect(html).not.toContain("Luna");
		expect(await texts(html, ".steps h3")).toEqual(["What was kept of it is erased for good"]);
	});

	test.each([
		"/animals/7",
		"/animals/0",
		"/animals/rex",
		"/animals/-1",
		"/animals/9007199254740993",
		"/animals/%3Cb%3E",
	])("%s, which never was, is 404", async (path) => {
		const { status, response, said } = await gone(path);
		expect([status, said[0]]).toEqual([404, "There is no such animal"]);
		expect(response.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
		expect(response.headers.get("ETag")).toBeNull();
	});

	test("is 503 when storage can't answer, and the history alone may be missing", async () => {
		vi.spyOn(console, "error").mockImplementation(() => {});
		await REST.create(luna);
		await publish(1);
		await runInDurableObject(ledger(), (instance) => {
			const fail = () => {
				throw new Error("the object is overloaded");
			};
			Object.assign(instance, { readRescue: fail, readPage: fail, readHistories: fail });
		});
		const there = await visit("/animals/1?history=1");
		expect(there.status).toBe(200);
		expect(await texts(await there.text(), ".trouble")).toEqual([
			"What changed can’t be shown right now. Try again in a moment.",
		]);
		await env.RESCUES.delete("rescue:1");
		await env.RESCUES.delete("rescues:0");
		const { status, response, said } = await gone("/animals/1");
		expect([status, said[0]]).toEqual([503, "This animal can’t be shown right now"]);
		expect(response.headers.get("Retry-After")).toBe("2");
		expect(response.headers.get("Content-Security-Policy")).toContain("script-src 'self'");
	});
});
