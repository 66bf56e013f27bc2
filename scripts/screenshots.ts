/** `npm run screenshots`: makes the README's pictures, `docs/images/*.png`, of a service of its own with the sample animals. */
import { execFileSync } from "node:child_process";
import type { Page } from "playwright-core";
import { newStateFolder, startServer } from "../test/server.ts";
import { launchBrowser } from "../test/web/chromium.ts";

/** Without cursors and times, which would be others with each run. */
const QUERY = `# Who is to be adopted?
query ToAdopt($filter: RescueFilter) {
  rescues(filter: $filter, sort: NAME_ASC) {
    totalCount
    nodes {
      id
      name
      species
      breed
      age
      status
    }
  }
}
`;
const DESK = { width: 1200, height: 860 };
const PHONE = { width: 390, height: 844 };
const listed = (page: Page) => page.getByText("40 animals", { exact: true }).waitFor();
const variables = JSON.stringify({ filter: { status: ["AVAILABLE", "FOSTERED"] } }, null, 2);

const [server, browser] = await Promise.all([startServer(newStateFolder()), launchBrowser()]);
try {
	execFileSync(process.execPath, ["scripts/sample.ts", "--url", server.url]);
	await shoot("front-page", "/", DESK, "light", listed);
	await shoot("table", "/?view=table", DESK, "light", listed);
	await shoot("phone", "/?species=dog", PHONE, "dark", async (page) => {
		await page.locator("#list > li").first().waitFor();
	});
	await shoot("animal", "/animals/1", DESK, "light", async (page) => {
		await page.getByRole("heading", { level: 1 }).waitFor();
	});
	const link = `/graphql?${new URLSearchParams({ query: QUERY, variables })}`;
	await shoot("graphiql", link, { width: 1440, height: 820 }, "dark", async (page) => {
		await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
		await page.locator(".graphiql-doc-explorer").getByText("Query", { exact: true }).click();
		await page.getByRole("button", { name: /^Execute query/ }).click();
		await page.locator(".graphiql-response").getByText('"totalCount"').waitFor();
		await page.mouse.move(0, 0);
		// Monaco's cursor blinks.
		await page.addStyleTag({ content: ".monaco-editor .cursor { visibility: hidden !important }" });
	});
} finally {
	await Promise.all([browser.close(), server.stop()]);
}

async function shoot(
	name: string,
	path: string,
	viewport: { width: number; height: number },
	colorScheme: "light" | "dark",
	prepare: (page: Page) => Promise<void>,
) {
	const page = await browser.newPage({ viewport, colorScheme });
	await page.goto(server.url + path);
	await prepare(page);
	await page.waitForTimeout(1000);
	const file = `docs/images/${name}.png`;
	await page.screenshot({ path: file, animations: "disabled" });
	console.log(`${file}, ${viewport.width} × ${viewport.height}`);
}
