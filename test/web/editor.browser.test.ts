import { beforeEach, expect, test } from "vitest";
import { newStateFolder, startServer } from "../server.ts";
import { findBarriers, isStream, openPage } from "./browser.ts";
import { close, focusedOf, formOf, noticesOf, PHONE, useShelter } from "./shelter.ts";

const { open, elsewhere, browser } = useShelter();

/** An animal that each test begins with. */
let rex = { id: 0, version: 0 };
let number = 0;
beforeEach(async () => {
	rex = await elsewhere("POST", "/rescues", {
		name: `Rex ${++number}`,
		age: 3,
		species: "dog",
		microchip: `98511200${number}0`,
	});
});
const name = () => `Rex ${number}`;

test("what is wrong is said at the fields and above the button, in plain words, and goes when it is put right", async () => {
	const watched = await open();
	const { page } = watched;
	await page.getByRole("button", { name: "Add an animal" }).click();
	const form = formOf(page);
	await form.getByLabel("Age in years").fill("300");
	await form.getByLabel("Microchip").fill(`985 112-00 ${number}0`);
	await form.getByLabel("Left on").fill("2026-01-01");
	await form.getByRole("button", { name: "Save" }).click();
	await form.locator("#editor-name-error").waitFor();
	const said = (id: string) =>
		form.locator(`#editor-${id}`).evaluate((field) => {
			const ids = field.getAttribute("aria-describedby")?.split(" ") ?? [];
			return ids.map((id) => document.getElementById(id)?.textContent).at(-1);
		});
	expect(await said("name")).toBe("Name is required");
	expect(await said("age")).toBe("Age must be a whole number from 0 to 255");
	expect(await said("outcomeDate")).toContain("is for animals that have left");
	const names = () => form.locator(".to-field").allTextContents();
	expect(await names()).toEqual(["Name", "Species", "Age in years", "Left on"]);
	await expect.poll(() => focusedOf(page)).toBe("editor-name");
	expect(await findBarriers(page)).toEqual([]);
	await page.keyboard.type("Bella");
	await expect.poll(names).toEqual(["Species", "Age in years", "Left on"]);
	await form.locator(".to-field", { hasText: "Species" }).click();
	expect(await focusedOf(page)).toBe("editor-species");
	await page.keyboard.type("dog");
	await form.getByLabel("Age in years").fill("3");
	await form.getByLabel("Left on").fill("");
	await expect.poll(() => form.locator(".said").count()).toBe(0);
	await form.getByRole("button", { name: "Save" }).click();
	await expect.poll(() => said("microchip")).toBe("Microchip is another animal’s already");
	await form.getByLabel("Microchip").fill("");
	await form.getByLabel("Breed or mix").press("Enter");
	await expect.poll(() => noticesOf(page)).toEqual(["Bella is added."]);
	await close(watched);
});

test("on a phone it is the whole screen: Save is in sight, and what is wrong has the focus and is in sight too", async () => {
	const watched = await open({ ...PHONE, colorScheme: "dark" });
	const { page } = watched;
	await page.getByRole("button", { name: `Edit ${name()}` }).click();
	const form = formOf(page);
	await form.waitFor();
	expect(await form.boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 844 });
	expect(await form.locator(".editor-body").evaluate((body) => body.scrollWidth <= body.clientWidth)).toBe(true);
	expect(await findBarriers(page)).toEqual([]);
	await form.getByLabel("Age in years").fill("old");
	await form.getByLabel("Notes").fill("Pulls.");
	expect(await form.getByRole("button", { name: "Save" }).isVisible()).toBe(true);
	await form.getByRole("button", { name: "Save" }).click();
	await form.locator("#editor-age-error").waitFor();
	await expect.poll(() => focusedOf(page)).toBe("editor-age");
	for (const seen of ["#editor-age", "#editor-age-error", ".to-field"]) {
		const box = await form.locator(seen).boundingBox();
		expect(box && box.y >= 0 && box.y + box.height <= 844, seen).toBe(true);
	}
	expect(await findBarriers(page)).toEqual([]);
	await close(watched);
});

test("what shelters know has controls: days, yes, no or not known; the age follows from the date of birth", async () => {
	const watched = await open();
	const { page } = watched;
	await page.getByRole("button", { name: "Add an animal" }).click();
	const form = formOf(page);
	await expect.poll(() => focusedOf(page)).toBe("editor-name");
	await page.keyboard.type("Mia");
	await form.getByLabel("Species").fill("cat");
	const born = new Date(Date.now() - 800 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
	await form.getByLabel("Date of birth").fill(born);
	expect(await form.getByLabel("Age in years").inputValue()).toBe("2");
	expect(await form.getByLabel("Age in years").isDisabled()).toBe(true);
	await form.getByLabel("Neutered or spayed").selectOption("Yes");
	await form.getByLabel("Good with dogs").selectOption("No");
	await form.getByLabel("Came in as").selectOption("Found as a stray");
	await form.getByLabel("Microchip").fill("985 112-002 abc");
	expect(await findBarriers(page)).toEqual([]);
	await form.getByRole("button", { name: "Save" }).click();
	await expect.poll(() => noticesOf(page)).toEqual(["Mia is added."]);
	const [mia] = await elsewhere("GET", "/rescues?microchip=985112002ABC");
	const known = {
		birthDate: born,
		age: 2,
		neutered: true,
		goodWithDogs: false,
		goodWithCats: null,
		intakeType: "stray",
	};
	expect(mia).toMatchObject({ ...known, version: 1 });
	await page.getByRole("button", { name: "Edit Mia" }).click();
	await form.getByLabel("Neutered or spayed").selectOption("Not known");
	await form.getByLabel("Date of birth").fill("");
	await form.getByLabel("Age in years").fill("7");
	await form.getByRole("button", { name: "Save" }).click();
	await expect.poll(() => noticesOf(page)).toEqual(["Mia is saved."]);
	expect(await elsewhere("GET", `/rescues/${mia.id}`)).toMatchObject({
		...known,
		neutered: null,
		birthDate: null,
		age: 7,
		version: 2,
	});
	await close(watched);
});

test("Escape, Cancel, the cross, a click outside and Back ask when something isn't saved, and close when all is", async () => {
	const watched = await open();
	const { page } = watched;
	const form = formOf(page);
	const ways = {
		Escape: () => page.keyboard.press("Escape"),
		Cancel: () => form.getByRole("button", { name: "Cancel" }).click(),
		cross: () => form.getByRole("button", { name: "Close", exact: true }).first().click(),
		outside: () => page.mouse.click(5, 5),
		Back: () => page.evaluate("history.back()"),
		// As a browser does that asks no page.
		force: () => page.evaluate("document.querySelector('dialog.editor').close()"),
	};
	const edit = page.getByRole("button", { name: `Edit ${name()}` });
	for (const [way, go] of Object.entries(ways)) {
		await edit.click();
		await form.waitFor();
		await go();
		await expect.poll(() => form.count(), { message: way }).toBe(0);
		expect(await focusedOf(page), way).toBe(`Edit ${name()}`);
	}
	await edit.click();
	await form.getByLabel("Color").fill("black");
	for (const [way, go] of Object.entries(ways)) {
		await go();
		await page.getByRole("alertdialog").waitFor();
		if (way === "Escape") expect(await findBarriers(page)).toEqual([]);
		expect(await focusedOf(page), way).toBe("Keep editing");
		// Twice, as one does who didn't look.
		await page.keyboard.press("Escape");
		await expect.poll(() => page.getByRole("alertdialog").count(), { message: way }).toBe(0);
		expect(await form.getByLabel("Color").inputValue(), way).toBe("black");
	}
	await page.keyboard.press("Escape");
	await page.getByRole("button", { name: "Give it up" }).click();
	await expect.poll(() => form.count()).toBe(0);
	expect(await focusedOf(page)).toBe(`Edit ${name()}`);
	expect(await elsewhere("GET", `/rescues/${rex.id}`)).toMatchObject({ color: null, version: 1 });
	await edit.click();
	expect(await form.getByLabel("Color").inputValue()).toBe("");
	await close(watched);
});

test("a page that is loaded again asks before, and fills in again what was typed", async () => {
	const watched = await open();
	const { page } = watched;
	const form = formOf(page);
	await page.getByRole("button", { name: `Edit ${name()}` }).click();
	await form.getByLabel("Color").fill("black");
	await watched.told;
	const told = page.waitForResponse(isStream);
	const asked = page.waitForEvent("dialog");
	const reloaded = page.reload();
	const question = await asked;
	expect(question.type()).toBe("beforeunload");
	await question.accept();
	await reloaded;
	await told;
	await elsewhere("PATCH", `/rescues/${rex.id}`, { breed: "Collie" });
	await page.getByText("Collie").waitFor();
	await page.getByRole("button", { name: `Edit ${name()}` }).click();
	await form.getByText("What you had typed before is filled in again.").waitFor();
	expect(await findBarriers(page)).toEqual([]);
	expect(await form.getByLabel("Color").inputValue()).toBe("black");
	expect(await form.getByLabel("Breed or mix").inputValue()).toBe("Collie");
	await form.getByRole("button", { name: "Save" }).click();
	await expect.poll(() => noticesOf(page)).toEqual([`${name()} is saved.`]);
	expect(await elsewhere("GET", `/rescues/${rex.id}`)).toMatchObject({ color: "black", breed: "Collie" });
	await page.getByRole("button", { name: `Edit ${name()}` }).click();
	await form.waitFor();
	expect(await form.getByText("What you had typed before").count()).toBe(0);
	await close(watched);
});

test("when the network is gone the form stays; trying again adds one animal, whether or not the first try arrived", async () => {
	const watched = await open();
	const { page } = watched;
	const form = formOf(page);
	await page.getByRole("button", { name: "Add an animal" }).click();
	await form.getByLabel("Name").fill(`Nora ${number}`);
	await form.getByLabel("Species").fill("cat");
	await form.getByLabel("Age in years").fill("2");
	// It arrives, and the answer doesn't.
	await page.route("**/rescues", async (route) => {
		if (route.request().method() !== "POST") return route.fallback();
		await route.fetch();
		await route.abort();
	});
	await form.getByRole("button", { name: "Save" }).click();
	await form.getByText("Not saved. The service can’t be reached.").waitFor();
	expect(await findBarriers(page)).toEqual([]);
	await page.unroute("**/rescues");
	await form.getByLabel("Color").fill("grey");
	await form.getByRole("button", { name: "Try again" }).click();
	await expect.poll(() => noticesOf(page)).toEqual([`Nora ${number} is added.`]);
	const found = await elsewhere("GET", `/rescues?q=${encodeURIComponent(`Nora ${number}`)}`);
	expect(found).toMatchObject([{ name: `Nora ${number}`, color: "grey", version: 2 }]);
	await close(watched);
});

test("a write that isn't taken is tried again as it was; what was typed wrongly since is said then", async () => {
	const watched = await open();
	const { page } = watched;
	const form = formOf(page);
	await page.getByRole("button", { name: "Add an animal" }).click();
	await form.getByLabel("Name").fill(`Pia ${number}`);
	await form.getByLabel("Species").fill("cat");
	await form.getByLabel("Age in years").fill("2");
	const body = JSON.stringify({ code: "UNAVAILABLE", detail: "Storage can't be reached right now." });
	await page.route("**/rescues", (route) =>
		route.request().method() === "POST"
			? route.fulfill({ status: 503, contentType: "application/problem+json", body })
			: route.fallback(),
	);
	await form.getByRole("button", { name: "Save" }).click();
	await form.getByText("Not saved. Storage can't be reached right now.").waitFor();
	await page.unroute("**/rescues");
	await form.getByLabel("Age in years").fill("300");
	await form.getByRole("button", { name: "Try again" }).click();
	await form.getByText("Age must be a whole number from 0 to 255").waitFor();
	await form.getByLabel("Age in years").fill("4");
	await form.getByRole("button", { name: "Save" }).click();
	await expect.poll(() => noticesOf(page)).toEqual([`Pia ${number} is added.`]);
	const found = await elsewhere("GET", `/rescues?q=${encodeURIComponent(`Pia ${number}`)}`);
	expect(found).toMatchObject([{ age: 4, version: 2 }]);
	await close(watched);
});

test("what is typed while it is being saved is saved too; given up meanwhile, the next form is its own", async () => {
	const watched = await open();
	const { page } = watched;
	const form = formOf(page);
	const other = await elsewhere("POST", "/rescues", { name: `Tom ${number}`, age: 3, species: "cat" });
	let held: (() => void)[] = [];
	await page.route(`**/rescues/${rex.id}`, async (route) => {
		if (route.request().method() === "PATCH") await new Promise<void>((resolve) => held.push(resolve));
		await route.continue();
	});
	const letGo = async () => {
		await expect.poll(() => held.length).toBe(1);
		for (const go of held) go();
		held = [];
	};
	await page.getByRole("button", { name: `Edit ${name()}` }).click();
	await form.getByLabel("Color").fill("black");
	await form.getByLabel("Color").press("Enter");
	await expect.poll(() => held.length).toBe(1);
	// Once more, as impatient people do.
	await form.getByLabel("Color").press("Enter");
	await form.getByLabel("Special needs").fill("A pill.");
	await letGo();
	await letGo();
	await expect.poll(() => noticesOf(page)).toEqual([`${name()} is saved.`]);
	expect(await elsewhere("GET", `/rescues/${rex.id}`)).toMatchObject({
		color: "black",
		specialNeeds: "A pill.",
		version: 3,
	});

	await page.getByRole("button", { name: `Edit ${name()}` }).click();
	await form.getByLabel("Color").fill("white");
	await form.getByLabel("Color").press("Enter");
	await expect.poll(() => held.length).toBe(1);
	await page.keyboard.press("Escape");
	await page.getByRole("button", { name: "Give it up" }).click();
	await page.getByRole("button", { name: `Edit Tom ${number}` }).click();
	await form.getByLabel("Color").fill("grey");
	await letGo();
	await expect.poll(() => elsewhere("GET", `/rescues/${rex.id}`)).toMatchObject({ color: "white" });
	expect(await form.getByRole("heading", { name: `Edit Tom ${number}` }).count()).toBe(1);
	expect(await form.getByLabel("Color").inputValue()).toBe("grey");
	await form.getByRole("button", { name: "Save" }).click();
	await expect.poll(() => noticesOf(page)).toEqual([`Tom ${number} is saved.`]);
	expect(await elsewhere("GET", `/rescues/${other.id}`)).toMatchObject({ color: "grey", version: 2 });
	await close(watched);
});

test("with the keyboard alone an animal is edited and saved, and the focus is back where it was", async () => {
	const watched = await open();
	const { page } = watched;
	await page.getByRole("button", { name: `Edit ${name()}` }).focus();
	await page.keyboard.press("Enter");
	await expect.poll(() => focusedOf(page)).toBe("editor-name");
	await page.keyboard.press("Tab");
	await page.keyboard.press("Tab");
	await page.keyboard.press("Shift+Tab");
	expect(await focusedOf(page)).toBe("editor-species");
	await page.keyboard.type("wolf");
	await page.keyboard.press("Enter");
	await expect.poll(() => noticesOf(page)).toEqual([`${name()} is saved.`]);
	expect(await formOf(page).count()).toBe(0);
	expect(await elsewhere("GET", `/rescues/${rex.id}`)).toMatchObject({ species: "wolf" });
	await close(watched);
});

test("whose key is no longer good is asked to sign in when saving, and goes on with what was typed; signing out forgets it", async () => {
	const tokens = ["WRITE_TOKENS:anna:correct-horse-battery", "READ_TOKENS:rita:only-looking-here"];
	const closed = await startServer(
		newStateFolder(),
		["OPEN_WRITES:false", ...tokens].flatMap((value) => ["--var", value]),
	);
	try {
		const Authorization = "Bearer correct-horse-battery";
		const headers = { Authorization, "Content-Type": "application/json" };
		const body = JSON.stringify({ name: "Rex", age: 3, species: "dog", notes: "Pulls." });
		await fetch(`${closed.url}/rescues`, { method: "POST", headers, body });
		const watched = await openPage(browser(), closed.url);
		const { page } = watched;
		const form = formOf(page);
		const signIn = page.locator("dialog.sign-in");
		const signInAs = async (key: string) => {
			await signIn.getByLabel("Your access key").fill(key);
			await page.keyboard.press("Enter");
		};
		await page.getByRole("button", { name: "Sign in" }).click();
		await signInAs("correct-horse-battery");
		await page.getByRole("button", { name: "Edit Rex" }).click();
		await form.getByLabel("Color").fill("black");
		await form.getByLabel("Notes").fill("Pulls no more.");
		await page.evaluate(`sessionStorage.setItem("token", "no-longer-good")`);
		await form.getByRole("button", { name: "Save" }).click();
		await signIn.getByText("To save this, sign in. What you have typed stays.").waitFor();
		await signIn.getByRole("button", { name: "Cancel" }).click();
		await form.getByText("Not saved: that takes signing in as somebody who may.").waitFor();
		expect(await findBarriers(page)).toEqual([]);
		await form.getByRole("button", { name: "Sign in" }).click();
		await signInAs("only-looking-here");
		// That one may look, and is asked again.
		await signIn.getByText("Signed in as rita (read).").waitFor();
		await signInAs("correct-horse-battery");
		await expect.poll(() => noticesOf(page)).toEqual(["Rex is saved."]);
		const now = await (await fetch(`${closed.url}/rescues/1`, { headers: { Authorization } })).json();
		expect(now).toMatchObject({ color: "black", notes: "Pulls no more.", version: 2 });
		await page.getByRole("button", { name: "Edit Rex" }).click();
		await form.getByLabel("Notes").fill("Secret.");
		page.on("dialog", (question) => void question.accept());
		await page.reload();
		await page.getByRole("button", { name: "Sign out" }).click();
		await expect.poll(() => page.getByRole("button", { name: "Edit Rex" }).count()).toBe(0);
		expect(await page.evaluate("JSON.stringify(sessionStorage)")).not.toContain("Secret.");
		await close(watched);
	} finally {
		await closed.stop();
	}
});
