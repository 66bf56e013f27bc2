/** A service, a browser, and somebody else at the API: what the tests of the form begin with. */
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { newStateFolder, type Server, startServer } from "../server.ts";
import { openPage, type Watched } from "./browser.ts";
import { launchBrowser } from "./chromium.ts";

/** What a phone is to a page. */
export const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** Starts a service and a browser before a file's tests, and stops them after. */
export function useShelter(flags: string[] = []) {
	let server: Server;
	let browser: Browser;
	beforeAll(async () => {
		[server, browser] = await Promise.all([startServer(newStateFolder(), flags), launchBrowser()]);
	});
	afterAll(() => Promise.all([browser?.close(), server?.stop()]));
	return {
		url: () => server.url,
		browser: () => browser,
		open: (options: BrowserContextOptions = {}, path = "/") => openPage(browser, server.url + path, options),
		/** The page of somebody who has signed in in this tab, and is told of changes. */
		async openAs(token: string, path = "/", options: BrowserContextOptions = {}) {
			const watched = await openPage(browser, `${server.url}/openapi.json`, options);
			await watched.page.evaluate((kept) => sessionStorage.setItem("token", kept), token);
			await watched.page.goto(server.url + path);
			await watched.page.getByText(/^Signed in as/).waitFor();
			await watched.told;
			return watched;
		},
		/** Somebody else, at the API. */
		// biome-ignore lint/suspicious/noExplicitAny: whatever the API answers
		async elsewhere(method: string, path: string, body?: object, token?: string): Promise<any> {
			// Not from KV, which may be behind.
			const headers = { "Content-Type": "application/json", "Cache-Control": "no-cache" };
			const response = await fetch(`${server.url}${path}`, {
				method,
				headers: { ...headers, ...(token && { Authorization: `Bearer ${token}` }) },
				...(body && { body: JSON.stringify(body) }),
			});
			expect([response.ok, response.ok ? "" : await response.text()]).toEqual([true, ""]);
			return response.status === 204 ? null : response.json();
		},
	};
}

/** Ends a page that has done nothing that it should not. */
export async function close({ page, faults }: Pick<Watched, "page" | "faults">) {
	expect(faults).toEqual([]);
	await page.context().close();
}

/** Where an element is when it has come to rest: what comes into sight gets its height only then, with the frames that follow. */
export async function restingPlace(element: Locator) {
	let [before, now] = ["", ""];
	await expect
		.poll(async () => {
			before = now;
			now = JSON.stringify(await element.boundingBox());
			await element.page().evaluate(`new Promise((done) => {
				let left = 15;
				const next = () => (left-- > 0 ? requestAnimationFrame(next) : done());
				next();
			})`);
			return now === before;
		})
		.toBe(true);
	return JSON.parse(now) as Awaited<ReturnType<Locator["boundingBox"]>>;
}

/** The form. */
export const formOf = (page: Page) => page.locator("dialog.editor");

/** What is told in notices. */
export const noticesOf = (page: Page) => page.locator(".told-now > p").allTextContents();

/** What has the focus: its label, its id or its text. */
export const focusedOf = (page: Page) =>
	page.evaluate(() => {
		const at = document.activeElement;
		return at?.getAttribute("aria-label") ?? (at?.id || at?.textContent);
	});
