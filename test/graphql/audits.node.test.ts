import { serverAudits } from "graphql-http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newStateFolder, type Server, startServer } from "../server.ts";

let server: Server;
beforeAll(async () => {
	server = await startServer(newStateFolder());
});
afterAll(() => server.stop());

const audits = serverAudits({ url: () => `${server.url}/graphql`, fetchFn: fetch });

describe("GraphQL over HTTP, the audits of graphql-http", () => {
	test("are 61", () => expect(audits).toHaveLength(61));

	test.each(audits.map((audit) => [`${audit.id} ${audit.name}`, audit] as const))("%s", async (_name, audit) => {
		const result = await audit.fn();
		expect(result.status === "ok" ? "ok" : `${result.status}: ${result.reason}`).toBe("ok");
		if ("response" in result) await (result.response as Response).body?.cancel().catch(() => undefined);
	});
});
