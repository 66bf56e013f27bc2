/** Puts the OpenAPI document together from what each noun says of its routes, as `rest.ts` does with the routes. */
import * as backup from "./backup/openapi.ts";
import * as history from "./history/openapi.ts";
import * as shared from "./http/openapi.ts";
import * as photos from "./photos/openapi.ts";
import * as rescues from "./rescues/openapi.ts";
import * as service from "./service/openapi.ts";
import * as transfer from "./transfer/openapi.ts";

/** The OpenAPI 3.1 document of the REST side; `schema/openapi.json` is its committed text. */
export const openapi = sizeIntegers({
	openapi: "3.1.0",
	info: {
		title: "Animal Rescue API",
		version: "1.0.0",
		description:
			"A rescue's animals over REST. The same data, rules and codes are at `/graphql`. Errors are problems (RFC 9457): switch on `code`.",
		contact: { name: "The maintainers of this service" },
		license: { name: "MIT", identifier: "MIT" },
	},
	servers: [{ url: "/", description: "This server." }],
	tags: [
		{ name: "Rescues", description: "The animals." },
		{ name: "Photos", description: "Pictures of the animals, uploaded." },
		{ name: "Service", description: "The service itself." },
	],
	paths: { ...rescues.paths, ...history.paths, ...transfer.paths, ...photos.paths, ...backup.paths, ...service.paths },
	components: {
		securitySchemes: shared.securitySchemes,
		schemas: {
			...rescues.components,
			...history.components,
			...transfer.components,
			...photos.components,
			...service.components,
			...shared.components,
		},
	},
});

/** Says of every whole number that may be beyond 32 bits that it is: generators take 32 for granted. */
function sizeIntegers<T>(document: T): T {
	const isWide = (schema: shared.Schema) => schema.type === "integer" && !(Number(schema.maximum) < 2 ** 31);
	const visit = (_key: string, value: unknown) =>
		typeof value === "object" && value !== null && !Array.isArray(value) && isWide(value as shared.Schema)
			? { ...value, format: "int64" }
			: value;
	return JSON.parse(JSON.stringify(document), visit);
}
