import { reset } from "cloudflare:test";
import { afterEach, describe, expect, test } from "vitest";
import { fetchWorker, REST, transports } from "../transports.ts";

afterEach(reset);

const rex = { name: "Rex", age: 3, species: "dog" };

async function send(method: string, path: string, headers: Record<string, string>, body: unknown = rex) {
	const response = await fetchWorker(path, {
		method,
		headers: { "Content-Type": "application/json", ...headers },
		...(method !== "DELETE" && { body: JSON.stringify(body) }),
	});
	const answer = response.status === 204 ? {} : await response.json<{ code?: string; currentVersion?: number }>();
	return { ...answer, status: response.status };
}

describe.each(transports)("over $name", (transport) => {
	test("of 20 concurrent writers that hold one version exactly one wins", async () => {
		await transport.create(rex);
		const writes = [
			(age: number) => transport.update(1, { age }, 1),
			(age: number) => transport.replace(1, { ...rex, age }, 1),
		];
		const answers = await Promise.all(Array.from({ length: 20 }, (_, age) => writes[age % 2]?.(age)));
		const refused = answers.filter((answer) => answer && "code" in answer);
		expect(refused).toHaveLength(19);
		for (const answer of refused) expect(answer).toMatchObject({ code: "VERSION_MISMATCH", currentVersion: 2 });
		expect(await transport.get(1)).toMatchObject({ rescue: { version: 2 } });
	});

	test.each(["microchip", "externalId"])("of 10 concurrent creates with one %s exactly one wins", async (name) => {
		const answers = await Promise.all(
			Array.from({ length: 10 }, () => transport.create({ ...rex, [name]: "985112001234567" })),
		);
		const refused = answers.filter((answer) => "code" in answer);
		expect(refused).toHaveLength(9);
		for (const answer of refused) expect(answer).toMatchObject({ code: "ALREADY_EXISTS", errors: [{ path: [name] }] });
	});
});

describe("If-Match (RFC 9110, section 13.1.1)", () => {
	/** What each value does to a write on a record at version 2. */
	test.each([
		["*", 200],
		['"2"', 200],
		['"1", "2"', 200],
		['"a,b","2"', 200],
		[' , "2",', 200],
		['"1"', 412],
		['"1", "3"', 412],
		['W/"2"', 412],
		['W/"2", "1"', 412],
		['"02"', 412],
		['"two"', 412],
		['""', 412],
		["2", 400],
		['"2', 400],
		['"1" "2"', 400],
		['*, "2"', 400],
		[",", 400],
		['w/"2"', 400],
	])("%s", async (header, expected) => {
		for (const method of ["PUT", "PATCH", "DELETE"]) {
			await reset();
			await REST.create(rex);
			await REST.update(1, { age: 4 });
			const { status, currentVersion } = await send(method, "/rescues/1", { "If-Match": header });
			expect([method, status]).toEqual([method, method === "DELETE" && expected === 200 ? 204 : expected]);
			if (status === 412) expect(currentVersion).toBe(2);
		}
	});

	test("on a record that isn't there is 404: the condition doesn't come into it (section 13.2.1)", async () => {
		expect(await send("PUT", "/rescues/1", { "If-Match": "*" })).toMatchObject({ status: 404 });
		expect(await send("DELETE", "/rescues/1", { "If-Match": '"1"' })).toMatchObject({ status: 404 });
	});

	test("on a create never holds: what would be made has no version yet", async () => {
		for (const header of ["*", '"1"']) {
			const answer = await send("POST", "/rescues", { "If-Match": header });
			expect(answer).toMatchObject({ status: 412, code: "VERSION_MISMATCH" });
		}
	});
});

describe("If-None-Match (RFC 9110, section 13.1.2)", () => {
	test("* refuses a PUT on a record that is there, and PUT never creates one", async () => {
		await REST.create(rex);
		const answer = await send("PUT", "/rescues/1", { "If-None-Match": "*" });
		expect(answer).toMatchObject({ status: 412, code: "VERSION_MISMATCH", currentVersion: 1 });
		expect(await send("PUT", "/rescues/2", { "If-None-Match": "*" })).toMatchObject({ status: 404 });
	});

	test("compares weakly, and refuses when any tag is the record's", async () => {
		await REST.create(rex);
		expect(await send("PUT", "/rescues/1", { "If-None-Match": 'W/"1", "7"' })).toMatchObject({ status: 412 });
		expect(await send("PUT", "/rescues/1", { "If-None-Match": '"2"' })).toMatchObject({ status: 200, version: 2 });
	});

	test("* on a POST creates, unless the id has a record", async () => {
		const post = (body: object) => send("POST", "/rescues", { "If-None-Match": "*" }, body);
		expect(await post({ id: 5, ...rex })).toMatchObject({ status: 201, id: 5 });
		expect(await post({ id: 5, ...rex })).toMatchObject({ status: 412, code: "VERSION_MISMATCH", currentVersion: 1 });
		expect(await post(rex)).toMatchObject({ status: 201, id: 1 });
		await REST.remove(5);
		expect(await post({ id: 5, ...rex })).toMatchObject({ status: 409 });
	});
});
