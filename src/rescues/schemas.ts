/** The Zod schemas of the record and of the inputs that write it, made from the table of fields. */
import * as z from "zod/mini";
import { grouped, oneOf } from "../core/issues.ts";
import { lazily } from "../core/lazily.ts";
import { PLAIN_PHOTO_URL } from "../photos/photo.ts";
import { FIELDS, NAMES, type Name, PRIVATE, READ_ONLY, WRITABLE } from "./fields.ts";
import type { Field, Held, Kind } from "./kinds.ts";
import type { CreateRescueInput, NewRescue, ReplaceRescueInput, RescueInput, UpdateRescueInput } from "./rescue.ts";
import type { RescueView } from "./view.ts";

/** A rule as an error: "is required" when the value is missing, the rule for everything else that is wrong. */
const says = (rule: string) => ({
	error: (issue: { input?: unknown }) => (issue.input === undefined ? "is required" : rule),
});

/** Text that every store and client can hold: no lone surrogates (they have no UTF-8) and no NUL. */
const isStorable = (text: string) => text.isWellFormed() && !text.includes("\0");

/** The same as patterns, in what JavaScript, Python, Java and Go understand: something, and with `TRIMMED_` more than blanks. */
const TEXT = "^[^\\x00]+$";
const TRIMMED_TEXT = "^[^\\x00]*[^\\s\\x00][^\\x00]*$";

/** Whether there are at most `max` code points, which is how JSON Schema counts (RFC 8259 section 7). */
const isWithin = (text: string, max: number) => text.length <= max || [...text].length <= max;

const MAX_URL = 2048;
/** What is said of a photo's address that is none. */
export const URL_RULE = "must be an https URL of at most 2,048 characters";
/** Of what has no TLS the ledger takes the service's own only, which it can tell (`ledger/photos`). */
const URL_PATTERN = `^(?:[Hh][Tt][Tt][Pp][Ss]://.+|${PLAIN_PHOTO_URL})$`;
const LIKE_URL = /* @__PURE__ */ new RegExp(URL_PATTERN, "s");
const isUrl = (text: string) => isStorable(text) && LIKE_URL.test(text) && URL.canParse(text);

/**
 * A URL as RFC 3986 writes it, whatever browsers take for one: Java's and Go's clients fail on a whole list for one blank.
 * The URL Standard leaves some characters alone that no URI may have. Text that is no URL stays as it is.
 */
function toUri(text: string): string {
	if (!isUrl(text)) return text;
	const { href, hash } = new URL(text);
	const encode = (part: string, unsafe: RegExp) =>
		part.replace(unsafe, (character) => (character === "%" ? "%25" : encodeURIComponent(character)));
	const [, origin = "", rest = ""] = /^(https?:\/\/[^/]*)(.*)$/s.exec(href.slice(0, href.length - hash.length)) ?? [];
	const unsafe = /[^\w\-.~:/?@!$&'()*+,;=%]|%(?![\da-f]{2})/gi;
	return origin + encode(rest, unsafe) + hash.slice(0, 1) + encode(hash.slice(1), unsafe);
}

const DAY_RULE = "must be a day from 1900-01-01 on, written like 2026-11-22";
/** Whether a text is a day that there was or will be, as RFC 3339 writes it. */
function isDay(text: string): boolean {
	if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text < "1900") return false;
	const time = Date.parse(`${text}T00:00:00Z`);
	// There is no 30 February: some engines take it for 2 March.
	return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** The schema of what a kind holds: for a field, and for what filters by one. */
export const schemaOf = <K extends Kind>(kind: K) =>
	makeSchema(kind) as z.ZodMiniType as z.ZodMiniType<Held<K>, Held<K>>;

function makeSchema(kind: Kind) {
	switch (kind.kind) {
		case "text": {
			const { max, trim } = kind;
			const rule = `must be text of 1 to ${grouped(max)} characters${trim ? " after trimming" : ""}`;
			return z.string(says(rule)).check(
				...(trim ? [z.trim()] : []),
				z.refine((text) => text.length > 0 && isWithin(text, max), rule),
				z.refine(isStorable, "must be well-formed Unicode without NUL"),
				// Anchored, because some languages match from the start and others anywhere.
				z.meta({ minLength: 1, maxLength: max, pattern: trim ? TRIMMED_TEXT : TEXT }),
			);
		}
		case "integer": {
			const { min, max } = kind;
			const rule = `must be a whole number from ${min} to ${max}`;
			return z.int(says(rule)).check(
				z.gte(min, rule),
				z.lte(max, rule),
				// Adding 0 makes -0, which JSON can carry, an ordinary 0.
				z.overwrite((value) => value + 0),
			);
		}
		case "boolean":
			return z.boolean(says("must be true or false"));
		case "date":
			return z.string(says(DAY_RULE)).check(z.refine(isDay, DAY_RULE), z.meta({ format: "date" }));
		case "choice": {
			const values = Object.keys(kind.values);
			const choice = z.enum(values, says(oneOf(values)));
			// Not by a check: those go over to what is made of it, and one name would stand for two schemas.
			return choice.register(z.globalRegistry, { id: kind.name, description: kind.meaning });
		}
		case "urls": {
			const rule = `must be a list of at most ${kind.max} https URLs`;
			return z.array(makeUrl(), says(rule)).check(z.maxLength(kind.max, rule));
		}
		case "code": {
			const { min, max } = kind;
			const rule = `must be ${min} to ${max} characters A–Z and 0–9`;
			return z.string(says(rule)).check(
				z.overwrite((text) => text.replace(/[\s-]+/g, "").toUpperCase()),
				z.refine((text) => /^[A-Z0-9]+$/.test(text) && text.length >= min && text.length <= max, rule),
				z.meta({ pattern: `^[\\s-]*([A-Za-z0-9][\\s-]*){${min},${max}}$` }),
			);
		}
		case "timestamp":
			return z.iso.datetime();
	}
}

/** The address of a picture. */
const makeUrl = () =>
	z.string(URL_RULE).check(
		z.refine(isUrl, URL_RULE),
		z.overwrite(toUri),
		z.refine((text) => text.length <= MAX_URL, URL_RULE),
		z.meta({ format: "uri", maxLength: MAX_URL, pattern: URL_PATTERN }),
	);

/** Says something of a new schema, in place: `check(z.meta(…))` would copy it. */
function describe<Schema extends z.ZodMiniType>(schema: Schema, meta: z.core.GlobalMeta): Schema {
	z.globalRegistry.add(schema, { ...meta, ...z.globalRegistry.get(schema) });
	return schema;
}

const isNullable = (field: Field) => "default" in field && field.default === null;

/** Each field's schema, as the record has it. Pure, as all schemas are marked: a page that needs none doesn't get Zod. */
const fields = /* @__PURE__ */ lazily(
	/* @__PURE__ */ Object.fromEntries(
		/* @__PURE__ */ NAMES.map((name) => [name, () => makeField(FIELDS[name])]),
	) as Record<Name, () => z.ZodMiniType>,
);

function makeField(field: Field): z.ZodMiniType {
	const schema = makeSchema(field.holds);
	const meta = { description: field.description, ...("readOnly" in field && { readOnly: true }) };
	return describe(isNullable(field) ? z.nullable(schema) : schema, meta);
}

const writable = (adapt: (schema: z.ZodMiniType, field: Field) => z.ZodMiniType) =>
	Object.fromEntries(WRITABLE.map((name) => [name, adapt(fields[name], FIELDS[name])]));

/** All the fields that a client writes; those that can be left out with their defaults, which null stands for as well. */
const whole = () =>
	writable((schema, field) => {
		if ("required" in field) return schema;
		// Left for the ledger to settle.
		if (!("default" in field)) return z._default(z.nullable(schema), null);
		const { default: standard } = field;
		if (isNullable(field)) return z._default(schema, null);
		const given = z.nullish(schema).check(z.meta({ default: standard }));
		return z.pipe(
			given,
			z.transform((value) => value ?? standard),
		);
	});

/** Any of the fields that a client writes; null for those that have a default. */
const partial = () =>
	writable((schema, field) => {
		const hasDefault = "settled" in field || ("default" in field && !isNullable(field));
		return z.optional(hasDefault ? z.nullable(schema) : schema);
	});

/** Refuses a whole record that lacks a field and the one that could stand for it, whatever else is wrong with it. */
const complete = () =>
	WRITABLE.flatMap((name) => {
		const field: Field = FIELDS[name];
		if (!("requiredUnless" in field)) return [];
		const isLacking = ({ value }: { value: unknown }) => {
			if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
			const given = value as Record<string, unknown>;
			return given[name] == null && given[field.requiredUnless] == null;
		};
		const isBehind = ({ path = [] }: z.core.$ZodRawIssue) => NAMES.indexOf(path[0] as Name) > NAMES.indexOf(name);
		const refuse = ({ value, issues }: z.core.ParsePayload) => {
			const at = issues.findIndex(isBehind);
			const issue = { path: [name], message: "is required", input: value };
			issues.splice(at < 0 ? issues.length : at, 0, { code: "custom", ...issue });
		};
		return [z.check<unknown>(refuse, { when: isLacking })];
	});

/** The private fields, which the public doesn't get. */
const hidden = () => Object.fromEntries(PRIVATE.map((name) => [name, z.optional(fields[name])]));

/** The fields that an input may not name. */
function refused(...names: Name[]) {
	const nothing = z.optional(z.never("is read-only"));
	return Object.fromEntries([...names, ...READ_ONLY].map((name) => [name, nothing]));
}

/** The record and its inputs, as OpenAPI and GraphQL name and describe them. */
export const DESCRIPTIONS = {
	AnimalRescue: "An animal in the rescue's care, now or once.",
	CreateRescueInput: "A new rescue. `name`, `species` and `age`, or `birthDate` in its place, are enough.",
	ReplaceRescueInput: "A whole rescue: optional fields that are left out go back to their defaults.",
	UpdateRescueInput: "Changes to a rescue: what is absent stays, null puts an optional field back to its default.",
	ImportRescueInput:
		"A rescue to be brought in. The record with this `externalId`, else with this `id`, is changed: what is absent stays, null puts a field back to its default. Without one, a rescue is created.",
};

const objectRule = "must be an object";

/** Names a schema, and says what it holds: the compiler can't tell from a shape that is made in a loop. */
const named = <Output, Input>(id: keyof typeof DESCRIPTIONS, schema: z.ZodMiniObject) =>
	describe(schema, { id, description: DESCRIPTIONS[id] }) as unknown as z.ZodMiniType<Output, Input>;

const input = <Output, Input>(id: keyof typeof DESCRIPTIONS, shape: z.core.$ZodShape, checks = complete()) =>
	named<Output, Input>(id, z.strictObject(shape, objectRule).check(...checks));

/** Each is made when it is first read. */
export const rescueSchemas = /* @__PURE__ */ lazily({
	/** The address of a picture, as in a record's `photos`. */
	photo: () => makeUrl(),
	/** A record as both transports give it. */
	record: () => named<RescueView, RescueView>("AnimalRescue", z.strictObject({ ...fields, ...hidden() })),
	/** The input of `createRescue` and the body of `POST /rescues`. */
	create: () => {
		const shape = { id: z.optional(fields.id), ...whole(), ...refused() };
		return input<NewRescue, CreateRescueInput>("CreateRescueInput", shape);
	},
	/** The input of `replaceRescue` and the body of `PUT /rescues/:id`. */
	replace: () => input<RescueInput, ReplaceRescueInput>("ReplaceRescueInput", { ...whole(), ...refused("id") }),
	/** The input of `updateRescue` and the body of `PATCH /rescues/:id`: a merge patch (RFC 7396). */
	update: () =>
		input<UpdateRescueInput, UpdateRescueInput>("UpdateRescueInput", { ...partial(), ...refused("id") }, []),
	/** A row of an import. What no rescue has, or only the service writes, is left out. */
	import: () => {
		const schema = z.object({ id: z.nullish(fields.id), ...partial() }, objectRule);
		return named<UpdateRescueInput & { id?: number | null | undefined }, unknown>("ImportRescueInput", schema);
	},
});
