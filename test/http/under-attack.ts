import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { newStateFolder, type Server, startServer } from "../server.ts";

let server: Server;

/** An ordinary input. */
export const rex = { name: "Rex", age: 3, species: "dog" };
/** What an ordinary body says of itself. */
export const JSON_TYPE = { "Content-Type": "application/json" };

/** Runs a service for the tests of a file, and after each looks whether it still does what it should. */
export function underAttack() {
	beforeAll(async () => {
		server = await startServer(newStateFolder());
		for (const name of ["One", "Two"]) await post(JSON.stringify({ ...rex, name }));
	});
	afterAll(() => server.stop());

	// Whatever was sent: the service answers a normal request right after, and holds what it held.
	afterEach(async () => {
		const answer = await get("/rescues/1");
		expect(answer.status).toBe(200);
		expect(await answer.json()).toMatchObject({ id: 1, name: "One", version: 1 });
	});
}

/** Asks for a path. */
export const get = (path: string, init?: RequestInit) => fetch(server.url + path, init);
/** Posts a body as it is. */
export const post = (body: RequestInit["body"], headers: Record<string, string> = JSON_TYPE, path = "/rescues") =>
	get(path, { method: "POST", body: body ?? null, headers, duplex: "half" } as RequestInit);
/** Posts to GraphQL. */
export const graphql = (body: unknown, headers: Record<string, string> = {}) =>
	post(typeof body === "string" ? body : JSON.stringify(body), { ...JSON_TYPE, ...headers }, "/graphql");
// biome-ignore lint/suspicious/noExplicitAny: the tests look at whatever comes back
export const json = (response: Response): Promise<any> => response.json();

/** Writes bytes as they are, and gives all that comes back; hangs up after a while if told so. */
export const send = (bytes: string, isCutOff = false): Promise<string> =>
	new Promise((resolve, reject) => {
		const { hostname, port } = new URL(server.url);
		const socket = connect(Number(port), hostname, () => {
			socket.write(bytes);
			if (isCutOff) setTimeout(() => socket.destroy(), 50);
		});
		let answer = "";
		socket.on("data", (data) => {
			answer += data.toString("latin1");
		});
		// A reset closes the connection, too.
		socket.on(
			"error",
			(error: NodeJS.ErrnoException) => /^(ECONNRESET|EPIPE)$/.test(error.code ?? "") || reject(error),
		);
		socket.on("close", () => resolve(answer));
	});

/** Lists in lists. */
export const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
/** Text as bytes, to put others between them. */
export const utf8 = (text: string) => new TextEncoder().encode(text);
