import fc from "fast-check";

/** A JSON schema, as far as the OpenAPI document uses them. */
export interface Schema {
	$ref?: string;
	type?: string | string[];
	enum?: unknown[];
	const?: unknown;
	anyOf?: Schema[];
	oneOf?: Schema[];
	pattern?: string;
	format?: string;
	minLength?: number;
	maxLength?: number;
	minimum?: number;
	maximum?: number;
	items?: Schema;
	maxItems?: number;
	properties?: Record<string, Schema>;
	required?: string[];
}

/** Makes generators of what a schema of the document allows; `resolve` finds what a `$ref` stands for. */
export function fromSchema(schema: Schema, resolve: (ref: string) => Schema): fc.Arbitrary<unknown> {
	const of = (inner: Schema) => fromSchema(inner, resolve);
	if (schema.$ref) return of(resolve(schema.$ref));
	if ("const" in schema) return fc.constant(schema.const);
	if (schema.enum) return fc.constantFrom(...schema.enum);
	const choices = schema.anyOf ?? schema.oneOf;
	if (choices) return fc.oneof(...choices.map(of));
	if (Array.isArray(schema.type)) return fc.oneof(...schema.type.map((type) => of({ ...schema, type })));
	switch (schema.type) {
		case "null":
			return fc.constant(null);
		case "boolean":
			return fc.boolean();
		case "integer":
		case "number": {
			const { minimum = -(2 ** 40), maximum = 2 ** 40 } = schema;
			// Small ones mostly: they are there.
			const small = fc.integer({ min: minimum, max: Math.min(maximum, Math.max(minimum, 0) + 9) });
			return fc.oneof(
				{ weight: 3, arbitrary: small },
				fc.maxSafeInteger().map((n) => clamp(n, minimum, maximum)),
			);
		}
		case "string":
			return text(schema);
		case "array":
			return fc.array(of(schema.items ?? {}), { maxLength: Math.min(schema.maxItems ?? 5, 5) });
		case "object": {
			const properties = Object.entries(schema.properties ?? {}).map(([name, value]) => [name, of(value)] as const);
			return fc.record(Object.fromEntries(properties), { requiredKeys: (schema.required ?? []) as never[] });
		}
		default:
			return fc.jsonValue();
	}
}

const clamp = (n: number, min: number, max: number) => Math.min(Math.max(n, min), max);

function text({ pattern, format, minLength = 0, maxLength = 60 }: Schema): fc.Arbitrary<string> {
	if (format === "uri") return fc.webUrl({ validSchemes: ["https"] });
	if (format === "date-time") return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
	// `\S` alone says no more than that something must be there.
	if (pattern && pattern !== "\\S") return fc.stringMatching(new RegExp(pattern));
	const some = fc.string({ unit: "grapheme", minLength, maxLength: Math.min(maxLength, 60) });
	return pattern ? some.filter((value) => /\S/.test(value)) : some;
}
