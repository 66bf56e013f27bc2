/** A real browser on the real service, and what must hold of every page: nothing foreign, no violation, no error. */
import axe, { type AxeResults } from "axe-core";
import type { Browser, BrowserContextOptions, Page, Response } from "playwright-core";

/** A page with a record of what it should not do. */
export interface Watched {
	page: Page;
	/** Errors in the console, policy violations, requests to other hosts. None of them is expected of any page. */
	faults: string[];
	/** Resolves when the page's stream of changes has begun, or the next page's if this one has none: an earlier change may be missed. */
	told: Promise<unknown>;
}

/** What a page is told of changes by. */
export const isStream = (response: Response) => new URL(response.url()).pathname === "/rescues/changes";

/** How long a notice stays by itself, in milliseconds; `undo.browser.test.ts` measures it. */
const STAY = 10_000;

/** Opens a page that is watched from its first request on. */
export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Watched> {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
	// Nothing here is about how fast a machine is.
	context.setDefaultTimeout(60_000);
	const faults: string[] = [];
	// Photos are the one thing from elsewhere; here they come from nowhere.
	await context.route(/^https:/, (route) => route.abort());
	context.on("request", (request) => {
		const isPhoto = request.resourceType() === "image" && request.url().startsWith("https://photos.example/");
		const isOwn = /^(data|blob):/.test(request.url()) || new URL(request.url()).origin === new URL(url).origin;
		if (!isOwn && !isPhoto) faults.push(`request to ${request.url()}`);
	});
	// What the API refuses the browser logs as well: it belongs to the tests that ask for it.
	context.on("console", (message) => {
		if (["error", "warning"].includes(message.type()) && !message.text().startsWith("Failed to load resource")) {
			faults.push(`${message.type()}: ${message.text()}`);
		}
	});
	context.on("weberror", (thrown) => faults.push(String(thrown.error())));
	const page = await context.newPage();
	await page.exposeFunction("reportViolation", (text: string) => faults.push(text));
	// Text, because Vitest would put names of its own into a function.
	await page.addInitScript(`document.addEventListener("securitypolicyviolation", (event) =>
		reportViolation("violation of " + event.violatedDirective + ": " + event.blockedURI))`);
	// A notice is there for as long as a test needs to look at it, however slow the machine is.
	await page.addInitScript(`((wait) => {
		window.setTimeout = (run, after, ...more) => wait(run, after === ${STAY} ? ${STAY} * 60 : after, ...more);
	})(setTimeout)`);
	const told = page.waitForResponse(isStream, { timeout: 0 });
	// Not every page has one, and not every test waits for it.
	told.catch(() => {});
	await page.goto(url);
	return { page, faults, told };
}

/** From now on the page's frames come late, as on a slow phone. */
export const delayFrames = (page: Page) =>
	page.evaluate(`((frame) => {
		window.requestAnimationFrame = (run) => setTimeout(() => frame(run), 300);
	})(requestAnimationFrame)`);

/**
 * What axe-core finds wrong with a page as it is.
 * @param upstream rules that a package's own markup breaks
 */
export async function findBarriers(page: Page, upstream: string[] = []): Promise<string[]> {
	// What fades in is pale until it is there; what goes on for ever isn't waited for.
	await page.evaluate(`Promise.all(document.getAnimations()
		.filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
		.map((one) => one.finished.catch(() => {}))).then(() => {})`);
	// As DevTools evaluate it: the page's policy allows no foreign script.
	await page.evaluate(axe.source);
	const rules = Object.fromEntries(upstream.map((rule) => [rule, { enabled: false }]));
	const { violations } = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify({ rules })})`);
	return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("\n")}`);
}
