import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import samples from "../../scripts/samples.json" with { type: "json" };
import { newStateFolder, type Server, startServer } from "../server.ts";
import { findBarriers, openPage } from "./browser.ts";
import { launchBrowser } from "./chromium.ts";

let server: Server;
let browser: Browser;
beforeAll(async () => {
	[server, browser] = await Promise.all([startServer(newStateFolder()), launchBrowser()]);
});
afterAll(() => Promise.all([browser?.close(), server?.stop()]));

const open = (path = "/", options = {}) => openPage(browser, `${server.url}${path}`, options);
const cardOf = (page: Page, name: string) =>
	page.getByRole("listitem").filter({ has: page.getByRole("heading", { name, exact: true }) });
const names = (page: Page) => page.locator("#list h3").allTextContents();
const status = (page: Page) => page.locator("#count").textContent();

/** Somebody else, at the API. */
async function elsewhere(method: string, path: string, body?: object) {
	const headers = { "Content-Type": "application/json" };
	const response = await fetch(`${server.url}${path}`, {
		method,
		headers,
		...(body && { body: JSON.stringify(body) }),
	});
	expect(response.ok).toBe(true);
	return response.status === 204 ? null : response.json();
}

// One story: each test goes on from where the one before left the service.

test("an empty service invites to add the first animal; what is wrong is said at the fields, in the API's words", async () => {
	const { page, faults } = await open();
	expect(await findBarriers(page)).toEqual([]);
	expect(await page.locator("#token").isHidden()).toBe(true);
	await page.getByRole("button", { name: "Add the first animal" }).click();
	await page.getByLabel("Age in years").fill("300");
	await page.getByLabel("Photos").fill("https://photos.example/rex.jpg\nhttp://photos.example/rex.jpg");
	await page.getByRole("button", { name: "Save" }).click();
	await page.locator("#name-error").waitFor();
	const said = async (id: string) =>
		page
			.locator(`#${id}`)
			.evaluate(
				(field) =>
					document.getElementById(field.getAttribute("aria-describedby")?.split(" ").at(-1) ?? "")?.textContent,
			);
	expect(await said("name")).toBe("Name is required");
	expect(await said("age")).toBe("Age must be a whole number from 0 to 255");
	expect(await said("photos")).toBe("Photos line 2 must be an https URL of at most 2,048 characters");
	expect(await page.evaluate(() => document.activeElement?.id)).toBe("name");
	expect(await findBarriers(page)).toEqual([]);
	await page.keyboard.type("Rex");
	await page.locator("#species").fill("dog");
	await page.getByLabel("Age in years").fill("3");
	await page.getByLabel("Photos").fill("https://photos.example/rex.jpg");
	await page.getByLabel("Breed or mix").press("Enter");
	await expect.poll(() => status(page)).toBe("Rex is added.");
	expect(await cardOf(page, "Rex").evaluate((card) => card === document.activeElement)).toBe(true);
	// The photo can't be had: a drawing takes its place.
	await cardOf(page, "Rex").locator("svg").waitFor();
	expect(await page.locator("#empty").isHidden()).toBe(true);
	expect(faults).toEqual([]);
	await page.context().close();
});

test("what shelters know has controls: days, and yes, no or not known", async () => {
	const { page, faults } = await open();
	await page.getByRole("button", { name: "Add an animal" }).click();
	await page.locator("#name").fill("Mia");
	await page.locator("#species").fill("cat");
	const born = new Date(Date.now() - 150 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
	await page.getByLabel("Date of birth").fill(born);
	await page.getByLabel("Neutered or spayed").selectOption("Yes");
	await page.getByLabel("Good with dogs").selectOption("No");
	await page.getByLabel("Came in as").selectOption("Found as a stray");
	await page.getByLabel("Microchip").fill("985 112-002 abc");
	expect(await findBarriers(page)).toEqual([]);
	await page.getByRole("button", { name: "Save" }).click();
	await expect.poll(() => status(page)).toBe("Mia is added.");
	expect(await cardOf(page, "Mia").locator(".facts").textContent()).toMatch(/4.months/);
	const id = await cardOf(page, "Mia").getAttribute("data-id");
	const known = {
		birthDate: born,
		age: 0,
		neutered: true,
		goodWithDogs: false,
		goodWithCats: null,
		intakeType: "stray",
	};
	expect(await elsewhere("GET", `/rescues/${id}`)).toMatchObject({ ...known, microchip: "985112002ABC", version: 1 });
	await page.getByRole("button", { name: "Edit Mia" }).click();
	await page.getByLabel("Neutered or spayed").selectOption("Not known");
	await page.getByLabel("Age in years").fill("7");
	await page.getByRole("button", { name: "Save" }).click();
	await page.getByText("Age follows from birthDate").waitFor();
	await page.getByLabel("Age in years").fill("0");
	await page.getByRole("button", { name: "Save" }).click();
	await expect.poll(() => status(page)).toBe("Mia is saved.");
	expect(await elsewhere("GET", `/rescues/${id}`)).toMatchObject({ ...known, neutered: null, version: 2 });
	await elsewhere("DELETE", `/rescues/${id}`);
	expect(faults).toEqual([]);
	await page.context().close();
});

test("an edit keeps what others changed, and a conflict is explained and can be loaded", async () => {
	const { page, faults } = await open();
	await page.getByRole("button", { name: "Edit Rex" }).click();
	await page.locator("#breed").fill("Collie");
	await elsewhere("PATCH", "/rescues/1", { status: "available", description: "Loves water." });
	await page.getByRole("button", { name: "Save" }).click();
	await page.getByText("Somebody else changed Rex while you were editing.").waitFor();
	const said = await page.locator("#editor-problem li").allTextContents();
	expect(said).toEqual(["Status is now: Available", "Description is now: Loves water."]);
	await page.getByRole("button", { name: "Load the current record" }).click();
	expect(await page.locator("#description").inputValue()).toBe("Loves water.");
	await page.locator("#breed").fill("Collie");
	await page.getByRole("button", { name: "Save" }).click();
	await expect.poll(() => status(page)).toBe("Rex is saved.");
	expect(await elsewhere("GET", "/rescues/1")).toMatchObject({ breed: "Collie", status: "available", version: 3 });

	// A page that isn't told of it.
	await page.route("**/rescues/changes", (route) => route.abort());
	await page.reload();
	await cardOf(page, "Rex").waitFor();
	await elsewhere("PATCH", "/rescues/1", { age: 4 });
	await page.getByRole("button", { name: "Mark adopted: Rex" }).click();
	await page.getByText("Somebody else changed Rex meanwhile: it is not marked adopted.").waitFor();
	await page.getByRole("button", { name: "Load the current record" }).click();
	await page.getByText("4 years").waitFor();
	await page.getByRole("button", { name: "Mark adopted: Rex" }).click();
	await expect.poll(() => status(page)).toBe("Rex is saved.");
	expect(await elsewhere("GET", "/rescues/1")).toMatchObject({ status: "adopted", age: 4, version: 5 });
	expect(await page.getByRole("button", { name: "Mark adopted: Rex" }).count()).toBe(0);
	expect(faults).toEqual([]);
	await page.context().close();
});

test("a name and a description that are markup stay text", async () => {
	const name = "<img src=x onerror=alert(1)>";
	await elsewhere("POST", "/rescues", {
		id: 66,
		name,
		age: 1,
		species: "<b>cat</b>",
		description: "<script>alert(1)</script>",
	});
	const { page, faults } = await open();
	await cardOf(page, name).waitFor();
	expect(await page.locator("#list img[src=x], #list b, #list script").count()).toBe(0);
	expect(await cardOf(page, name).locator(".text").textContent()).toBe("<script>alert(1)</script>");
	await page.getByRole("button", { name: `Edit ${name}` }).click();
	expect(await page.locator("#editor-title").textContent()).toBe(`Edit ${name}`);
	await page.keyboard.press("Escape");
	expect(faults).toEqual([]);
	await page.context().close();
});

test("a deletion is asked for, and asked again when somebody else has changed the animal", async () => {
	const { page, faults } = await open();
	await page.getByRole("button", { name: "Delete <img" }).click();
	expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Keep");
	await page.keyboard.press("Escape");
	await page.getByRole("button", { name: "Delete Rex" }).click();
	await elsewhere("PATCH", "/rescues/1", { name: "Rexi" });
	await page.locator("#remover").getByRole("button", { name: "Delete" }).click();
	await page.getByText("Somebody else changed Rexi meanwhile.").waitFor();
	expect(await names(page)).toContain("Rexi");
	await page.locator("#remover").getByRole("button", { name: "Delete" }).click();
	await expect.poll(() => status(page)).toBe("Rexi is deleted.");
	expect((await fetch(`${server.url}/rescues/1`)).status).toBe(404);
	await elsewhere("DELETE", "/rescues/66");
	expect(faults).toEqual([]);
	await page.context().close();
});

test("the sample animals are loaded, paged, searched as one types, filtered and sorted", async () => {
	const { page, faults } = await open();
	await page.getByRole("button", { name: "Load sample animals" }).click();
	await expect.poll(() => status(page), { timeout: 20_000 }).toBe("24 of 40 animals");
	expect(await findBarriers(page)).toEqual([]);
	await page.getByRole("button", { name: "Show more" }).click();
	await expect.poll(() => status(page)).toBe("40 animals");
	expect(await names(page)).toEqual(samples.map(({ name }) => name));
	expect(
		await page
			.locator("#list > li")
			.nth(24)
			.evaluate((card) => card === document.activeElement),
	).toBe(true);
	expect(await page.getByRole("button", { name: "Show more" }).isHidden()).toBe(true);

	await page.getByRole("searchbox", { name: "Search" }).pressSequentially("göttingen");
	await expect.poll(() => names(page)).toEqual(["Rosie"]);
	expect(new URL(page.url()).search).toBe("?q=g%C3%B6ttingen");
	await page.getByRole("searchbox", { name: "Search" }).fill("no such animal");
	await page.getByRole("button", { name: "Show all" }).click();
	await expect.poll(() => status(page)).toBe("24 of 40 animals");
	await page.locator("#status-filter").selectOption("pending");
	await expect.poll(() => names(page)).toEqual(["Biscuit", "Hazel"]);
	await page.locator("#sort").selectOption("age");
	await expect.poll(() => names(page)).toEqual(["Hazel", "Biscuit"]);
	await page.reload();
	await expect.poll(() => names(page)).toEqual(["Hazel", "Biscuit"]);
	await page.locator("#status-filter").selectOption("");
	await page.locator("#species-filter").fill("Rabbit");
	await page.keyboard.press("Enter");
	await expect.poll(() => names(page)).toEqual(["Clover", "Thistle", "Fern"]);
	expect(faults).toEqual([]);
	await page.context().close();
});

test("it reads well in the dark and fits a phone", async () => {
	const { page, faults } = await open("/", { colorScheme: "dark", viewport: { width: 360, height: 740 } });
	await page.locator("#list > li").first().waitFor();
	expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
	expect(await findBarriers(page)).toEqual([]);
	await page.getByRole("button", { name: "Edit Rex" }).click();
	expect(await page.locator("#editor").evaluate((dialog) => dialog.scrollWidth <= dialog.clientWidth)).toBe(true);
	expect(await findBarriers(page)).toEqual([]);
	expect(faults).toEqual([]);
	await page.context().close();
});

test("where writes are closed a token is asked for, kept in the tab and sent", async () => {
	const closed = await startServer(newStateFolder(), [
		"--var",
		"OPEN_WRITES:false",
		"--var",
		"WRITE_TOKENS:anna:correct-horse-battery",
	]);
	try {
		const { page, faults } = await openPage(browser, closed.url);
		await page.getByRole("button", { name: "Load sample animals" }).click();
		await page.getByText("Writing needs the header").waitFor();
		expect(await page.evaluate(() => document.activeElement?.id)).toBe("token-value");
		await page.getByRole("button", { name: "Add the first animal" }).click();
		await page.locator("#name").fill("Rex");
		await page.locator("#species").fill("dog");
		await page.locator("#age").fill("3");
		await page.getByRole("button", { name: "Save" }).click();
		await page.locator("#editor-problem").getByLabel("Write token").waitFor();
		expect(await findBarriers(page)).toEqual([]);
		await page.keyboard.type("correct-horse-battery");
		await page.keyboard.press("Enter");
		await expect.poll(() => status(page)).toBe("Rex is added.");
		await page.reload();
		await page.getByRole("button", { name: "Mark adopted: Rex" }).click();
		await expect.poll(() => status(page)).toBe("Rex is saved.");
		expect(faults).toEqual([]);
		await page.context().close();
	} finally {
		await closed.stop();
	}
});

test("without JavaScript it is a list of links that lead somewhere", async () => {
	const { page } = await open("/", { javaScriptEnabled: false });
	expect(await page.locator("#app").isHidden()).toBe(true);
	const links = await page.getByRole("link").evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
	expect(links).toEqual(
		expect.arrayContaining(["/graphql", "/docs", "/rescues", "/openapi.json", "/built/schema.graphql"]),
	);
	for (const link of links.filter((link) => link.startsWith("/"))) {
		expect([link, (await fetch(server.url + link, { headers: { Accept: "text/html" } })).status]).toEqual([link, 200]);
	}
	expect(await page.locator("noscript").textContent()).toContain("needs JavaScript");
	await page.context().close();
});
