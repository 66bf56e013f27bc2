import { readFileSync } from "node:fs";
import type { ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newStateFolder, type Server, startServer } from "../server.ts";
import { fromSchema, type Schema } from "./from-schema.ts";

interface Parameter {
	name: string;
	in: "path" | "query" | "header";
	required?: boolean;
	schema: Schema;
	example?: unknown;
}
type Content = Record<string, { schema: Schema; example?: unknown }>;
interface Operation {
	operationId: string;
	parameters?: Parameter[];
	requestBody?: { content: Content };
	responses: Record<string, { content?: Content }>;
}
type Item = Record<string, Operation> & { parameters?: Parameter[] };

const document = JSON.parse(readFileSync("schema/openapi.json", "utf8"));
const resolve = (ref: string): Schema => document.components.schemas[ref.split("/").at(-1) as string];
const operations = Object.entries(document.paths as Record<string, Item>).flatMap(([path, { parameters, ...item }]) =>
	Object.entries(item).map(([method, operation]) => ({
		...operation,
		method: method.toUpperCase(),
		path,
		parameters: [...(parameters ?? []), ...(operation.parameters ?? [])],
	})),
);

/** `SEED=… npx vitest run test/contracts/openapi.node.test.ts` drives it with other inputs. */
const settings = { seed: Number(process.env.SEED ?? 4), numRuns: Number(process.env.RUNS ?? 40) };

const ajv = new Ajv2020({ strict: false, allErrors: true });
(formats as unknown as (ajv: Ajv2020) => void)(ajv);
ajv.addSchema({ $id: "openapi", components: document.components });
const validators = new Map<string, ValidateFunction>();
function validator(schema: Schema): ValidateFunction {
	const text = JSON.stringify(schema).replaceAll('"#/components', '"openapi#/components');
	const known = validators.get(text) ?? ajv.compile(JSON.parse(text));
	validators.set(text, known);
	return known;
}

/**
 * What a service that has records refuses whatever is sent, and what takes one address of all that there are;
 * `backup/backup.test.ts` and `photos/references.test.ts` have them succeed.
 */
const REFUSED = ["restoreBackup", "removeRescuePhoto"];

let server: Server;
beforeAll(async () => {
	server = await startServer(newStateFolder());
	const headers = { "Content-Type": "application/octet-stream" };
	await fetch(`${server.url}/photos`, { method: "POST", body: PICTURE, headers });
	for (let i = 0; i < 5; i++) {
		const body = JSON.stringify({ name: "Rex", age: i, species: "dog" });
		await fetch(`${server.url}/rescues`, { method: "POST", body, headers: { "Content-Type": "application/json" } });
	}
});
afterAll(() => server.stop());

/** What a parameter may be by its schema, what the document gives as an example, and now and then anything at all. */
const value = ({ schema, example }: Parameter) =>
	fc.oneof(
		{ weight: 8, arbitrary: fromSchema(schema, resolve) },
		...(example === undefined ? [] : [fc.constant(example)]),
		{ weight: 2, arbitrary: fc.oneof(fc.string(), fc.integer(), fc.constantFrom('"1"', 'W/"2"', "*", "", "0", "-1")) },
	);

/** The smallest picture: red, one pixel. Its name in the service is an example of the document's. */
const PICTURE = Uint8Array.from(
	atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"),
	(character) => character.charCodeAt(0),
);

/** What can stand in a header: the rest never reaches the service. */
const toHeader = (value: unknown) =>
	String(value)
		.replace(/[^\x20-\x7e]/g, "")
		.trim();
const toBody = (type: string, value: unknown) => {
	if (type.includes("ndjson"))
		return (Array.isArray(value) ? value : [value]).map((line) => JSON.stringify(line)).join("\n");
	return type.includes("json") ? JSON.stringify(value) : String(value);
};

function requests({ method, path, parameters, requestBody }: (typeof operations)[number]) {
	const needed = parameters.filter(({ required }) => required);
	const optional = parameters.filter(({ required }) => !required);
	// Some at a time: of many together one is nearly always refused.
	const given = fc
		.subarray(optional, { maxLength: Math.min(optional.length, 5) })
		.chain((some) =>
			fc.record(Object.fromEntries([...needed, ...some].map((one) => [`${one.in} ${one.name}`, value(one)]))),
		);
	const bodies = Object.entries(requestBody?.content ?? {}).map(([type, { schema, example }]) => {
		if (schema.format === "binary") {
			const bytes = fc.oneof(fc.constant(PICTURE), fc.uint8Array());
			return bytes.map((text) => ({ type, text: text as Uint8Array<ArrayBuffer> | string }));
		}
		return fc
			.oneof(
				{ weight: 6, arbitrary: fromSchema(schema, resolve) },
				{ weight: 1, arbitrary: fc.constant(example ?? "") },
				{ weight: 2, arbitrary: fc.jsonValue() },
			)
			.map((value) => ({ type, text: toBody(type, value) as Uint8Array<ArrayBuffer> | string }));
	});
	const body = bodies.length > 0 ? fc.oneof(...bodies) : fc.constant(undefined);
	return fc.record({ given, body }).map(({ given, body }) => {
		const url = new URL(server.url);
		const headers: Record<string, string> = body ? { "Content-Type": body.type } : {};
		let filled = path;
		for (const [key, value] of Object.entries(given)) {
			const [place, name] = key.split(" ") as [string, string];
			// A dot segment is the client's to resolve.
			if (place === "path")
				filled = filled.replace(`{${name}}`, () => encodeURIComponent(String(value)).replace(/^\.{0,2}$/, "0"));
			else if (place === "header") headers[name] = toHeader(value);
			else for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(one));
		}
		url.pathname = filled;
		return { url: url.href, init: { method, headers, redirect: "manual" as const, ...(body && { body: body.text }) } };
	});
}

describe("whatever is sent to", () => {
	test.each(operations.map((operation) => [operation.operationId, operation] as const))(
		"%s, the answer is a documented one",
		async (_id, operation) => {
			const seen = new Set<number>();
			await fc.assert(
				fc.asyncProperty(requests(operation), async ({ url, init }) => {
					const response = await fetch(url, init);
					const text = await response.text();
					seen.add(response.status);
					expect(response.status, text).toBeLessThan(500);
					const documented = operation.responses[response.status];
					expect(documented, `${response.status} is not documented: ${text}`).toBeDefined();
					const type = response.headers.get("Content-Type")?.split(";")[0] ?? "";
					if (!documented?.content) {
						expect(text).toBe("");
						return;
					}
					expect(Object.keys(documented.content)).toContain(type);
					const { schema } = documented.content[type] as { schema: Schema };
					const validate = validator(schema);
					const body = /[/+]json$/.test(type) ? JSON.parse(text) : text;
					expect(validate(body) || validate.errors, text).toBe(true);
				}),
				settings,
			);
			// Inputs that are all refused would prove little.
			expect(
				[...seen].some((status) => status < 400) || REFUSED.includes(operation.operationId),
				`only ${[...seen]}`,
			).toBe(true);
		},
	);
});
