import { reset, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { PAGE_LIMITS } from "../../src/ledger/pages.ts";
import type { PageMeta } from "../../src/rescues/page.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { readPage } from "../../src/rescues/view.ts";
import { forgetPages } from "../../src/store/bounds.ts";
import { alarmNow, importRows, ledger } from "../ledger/faulty-kv.ts";
import { holdClock } from "../platform/clock.ts";
import { fetchWorker, graphql, transports } from "../transports.ts";

const rex = { name: "Rex", age: 3, species: "dog" };
const limits = { ...PAGE_LIMITS };
const { list, getWithMetadata } = env.RESCUES;
let lists = 0;

/** Twelve records in three pages, and only the first one's own document; then a ledger that can't answer. */
beforeEach(async () => {
	holdClock();
	forgetPages();
	PAGE_LIMITS.records = 4;
	await importRows(Array.from({ length: 12 }, (_, row) => ({ row, patch: { ...rex, name: `No. ${row + 1}` } })));
	await alarmNow();
	for (let id = 2; id <= 12; id++) await env.RESCUES.delete(`rescue:${id}`);
	await runInDurableObject(ledger(), (instance) => {
		const fail = () => {
			throw new Error("the object is overloaded");
		};
		Object.assign(instance, { readRescue: fail, readPage: fail, write: fail, readHistory: fail });
	});
	lists = 0;
	env.RESCUES.list = ((...args: never[]) => {
		lists++;
		return (list as (...args: never[]) => unknown).apply(env.RESCUES, args);
	}) as never;
});
afterEach(async () => {
	Object.assign(PAGE_LIMITS, limits);
	Object.assign(env.RESCUES, { list, getWithMetadata });
	vi.useRealTimers();
	await reset();
});

describe("while the ledger can't answer", () => {
	test.each(transports)(
		"a record whose own document isn't in KV is read out of its page, over $name",
		async (transport) => {
			for (const id of [1, 2, 6, 12]) {
				expect(await transport.get(id)).toMatchObject({ rescue: { id, name: `No. ${id}`, version: 1 } });
			}
			expect(await transport.get(13)).toMatchObject({ code: "NOT_FOUND" });
			expect(await transport.get(Number.MAX_SAFE_INTEGER)).toMatchObject({ code: "NOT_FOUND" });
			expect(lists).toBe(1);
		},
	);

	test("it has its ETag, and is answered with 304", async () => {
		const response = await fetchWorker("/rescues/6");
		expect([response.status, response.headers.get("ETag")]).toEqual([200, '"1"']);
		const page = readPage((await env.RESCUES.get("rescues:5")) as string);
		const body = page.find(({ id }) => id === 6);
		expect(await response.text()).toBe(JSON.stringify(body));
		expect((await fetchWorker("/rescues/6", { headers: { "If-None-Match": '"1"' } })).status).toBe(304);
		expect(response.headers.get("Server-Timing")).toMatch(/^kv;desc="3 reads"/);
	});

	test("an id that no page covers is 503, and so is everything when KV can't be listed or read", async () => {
		await env.RESCUES.delete("rescues:5");
		expect((await fetchWorker("/rescues/6")).status).toBe(503);
		forgetPages();
		env.RESCUES.list = () => Promise.reject(new Error("KV list() limit exceeded for the day."));
		expect((await fetchWorker("/rescues/2")).status).toBe(503);
		env.RESCUES.list = list;
		expect((await fetchWorker("/rescues/2")).status).toBe(200);
		env.RESCUES.getWithMetadata = () => Promise.reject(new Error("KV GET failed: 500"));
		expect((await fetchWorker("/rescues/2")).status).toBe(503);
	});

	test("a damaged document is read out of its page, and a damaged page is 503", async () => {
		await env.RESCUES.put("rescue:6", "{", { metadata: {} });
		expect(await (await fetchWorker("/rescues/6")).json()).toMatchObject({ name: "No. 6" });
		await env.RESCUES.put("rescue:6", "{", { metadata: { version: 1 } });
		expect((await graphql("{ rescue(id: 6) { name } }")).data.rescue).toEqual({ name: "No. 6" });
		const { metadata } = await env.RESCUES.getWithMetadata<PageMeta>("rescues:5");
		await env.RESCUES.put("rescues:5", "[{", { metadata: { ...metadata, edition: undefined } });
		expect((await fetchWorker("/rescues/7")).status).toBe(503);
	});

	test("lists, filters and cursors go on, one whose page has gone as well", async () => {
		const names = async (path: string) =>
			(await (await fetchWorker(path)).json<AnimalRescue[]>()).map(({ name }) => name);
		expect(await names("/rescues?sort=-id&limit=2")).toEqual(["No. 12", "No. 11"]);
		expect(await names("/rescues?cursor=8.9")).toEqual(["No. 9", "No. 10", "No. 11", "No. 12"]);
		// A cursor of before the pages were split.
		expect(await names("/rescues?cursor=6.3")).toEqual(["No. 7", "No. 8"]);
		expect(await names("/rescues?cursor=6")).toEqual(["No. 7", "No. 8"]);
	});

	test("fresh data are 503: KV isn't what was asked for", async () => {
		for (const path of ["/rescues/1", "/rescues"]) {
			expect((await fetchWorker(path, { headers: { "Cache-Control": "no-cache" } })).status).toBe(503);
		}
	});

	test("when KV can't be listed any more, an isolate goes by the list that it has", async () => {
		await fetchWorker("/rescues/2");
		env.RESCUES.list = () => Promise.reject(new Error("KV list() limit exceeded for the day."));
		vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 11_000 });
		expect((await fetchWorker("/rescues/6")).status).toBe(200);
		expect((await fetchWorker("/rescues/13")).status).toBe(404);
	});

	test("an isolate goes by its list of the pages for ten seconds, or until a page of it is gone", async () => {
		await fetchWorker("/rescues/2");
		await fetchWorker("/rescues/6");
		expect(lists).toBe(1);
		vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 11_000 });
		await fetchWorker("/rescues/6");
		expect(lists).toBe(2);
		const { value, metadata } = await env.RESCUES.getWithMetadata<PageMeta>("rescues:5", "text");
		await env.RESCUES.delete("rescues:5");
		await env.RESCUES.put("rescues:6", value as string, { metadata: { ...metadata, lower: 6 } });
		expect((await fetchWorker("/rescues/6")).status).toBe(503);
		expect((await fetchWorker("/rescues/6")).status).toBe(200);
		expect(lists).toBe(3);
	});
});
