import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { fetchWorker } from "../transports.ts";

/** What Chromium sends when one opens an address. */
const BROWSER =
	"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7";

test.each(["/", "/docs", "/graphql"])("%s is HTML under a strict policy for a browser", async (path) => {
	const response = await fetchWorker(path, { headers: { Accept: BROWSER } });
	expect(response.status).toBe(200);
	expect(response.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
	expect(response.headers.get("Cross-Origin-Opener-Policy")).toBe("same-origin");
	expect(response.headers.get("Referrer-Policy")).toBe("no-referrer");
	expect(response.headers.get("X-Frame-Options")).toBe("DENY");
	const policy = response.headers.get("Content-Security-Policy") ?? "";
	expect(policy).toMatch(/^default-src 'none'; script-src 'self'; /);
	expect(policy).toMatch(/frame-ancestors 'none'$/);
	expect(/\bhttps:/.test(policy), "foreign images are for the front page").toBe(path === "/");
	const html = await response.text();
	expect(html).toMatch(/^<!doctype html>/);
	expect(html).not.toMatch(/<script(?![^>]* src="\/)|<style|\son\w+=|(src|href)="(https?:)?\/\//);
});

test.each([
	["application/json"],
	["application/graphql-response+json, application/json;q=0.9"],
	["*/*"],
	["application/json, text/html;q=0.5"],
	["text/html;q=0, */*"],
])("/graphql is GraphQL for a client that accepts %s", async (accept) => {
	const response = await fetchWorker("/graphql?query={sharedData{name}}", { headers: { Accept: accept } });
	expect(await response.json()).toEqual({ data: { sharedData: { name: "Rustacean" } } });
	expect(response.headers.get("Vary")).toMatch(/\bAccept\b/);
});

test("a query is answered to POST whatever it accepts besides", async () => {
	const response = await fetchWorker("/graphql", {
		method: "POST",
		headers: { Accept: "application/json, text/html", "Content-Type": "application/json" },
		body: JSON.stringify({ query: "{ sharedData { name } }" }),
	});
	expect(await response.json()).toEqual({ data: { sharedData: { name: "Rustacean" } } });
});

test.each(["/", "/docs"])("%s is there for GET and HEAD only", async (path) => {
	const refused = await fetchWorker(path, { method: "POST" });
	expect(refused.status).toBe(405);
	expect(refused.headers.get("Allow")).toBe("GET, HEAD");
	expect(await refused.json()).toMatchObject({ code: "METHOD_NOT_ALLOWED" });
	const head = await fetchWorker(path, { method: "HEAD" });
	expect([head.status, await head.text()]).toEqual([200, ""]);
});

test("/docs/ leads to /docs", async () => {
	const response = await fetchWorker("/docs/", { redirect: "manual" });
	expect([response.status, response.headers.get("Location")]).toEqual([308, "/docs"]);
});

test("every file that a page names is there", async () => {
	for (const path of ["/", "/docs", "/graphql"]) {
		const html = await (await fetchWorker(path, { headers: { Accept: BROWSER } })).text();
		const files = [...html.matchAll(/(?:src|href)="(\/[\w-]+\/[^"#]+)/g)].map(([, file]) => file as string);
		expect(files.length).toBeGreaterThan(2);
		for (const file of files) {
			const answer = await env.ASSETS.fetch(new URL(file, "http://rescue.test"));
			await answer.body?.cancel();
			expect([file, answer.status]).toEqual([file, 200]);
		}
	}
});

test("/llms.txt leads to what is there", async () => {
	const text = await (await env.ASSETS.fetch("http://rescue.test/llms.txt")).text();
	const links = [...text.matchAll(/\]\((\/[^)]*)\)/g)].map(([, link]) => link as string);
	expect(links).toEqual(expect.arrayContaining(["/openapi.json", "/built/schema.graphql", "/rescues", "/docs"]));
	for (const link of links) {
		const fromFile = await env.ASSETS.fetch(new URL(link, "http://rescue.test"));
		await fromFile.body?.cancel();
		const answer = fromFile.ok ? fromFile : await fetchWorker(link);
		expect([link, answer.status]).toEqual([link, 200]);
	}
});
