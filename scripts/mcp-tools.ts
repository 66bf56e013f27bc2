/**
 * What clients of `/mcp` are told of the tools (`tools/list`): made of the resolvers' schemas and the components of the OpenAPI
 * document. `npm run codegen` writes it to `schema/mcp.json`, which the Worker serves as it is.
 */
import { IDEMPOTENCY_KEY } from "../src/core/define.ts";
import { FEED_FIELDS } from "../src/history/resolvers.ts";
import { component, list, ref, type Schema } from "../src/http/openapi.ts";
import { READS, WRITES } from "../src/mcp/tools.ts";
import { openapi } from "../src/openapi.ts";
import { MAX_ID } from "../src/rescues/rescue.ts";
import { FILTERS, SORTING, searchSchemas } from "../src/rescues/search.ts";

/** What is said of an argument besides its schema; with a `type` in place of it, where it says nothing or more than a model needs. */
const ARGUMENTS: Record<string, Schema> = {
	id: { type: "integer", minimum: 1, maximum: MAX_ID, description: "The rescue's id." },
	filter: { description: "Which rescues; all of them when left out.", properties: filters() },
	sort: { description: `${SORTING} \`-\` in front turns the order round.` },
	first: { description: "How many at most." },
	after: { type: "string", description: "Where to go on: the `next` of the answer before." },
	since: { type: "string", description: FEED_FIELDS.since },
	fresh: {
		type: "boolean",
		description: "Whether every write that was answered must be there already. Ask for it right after a write.",
	},
	input: {},
	url: { type: "string", maxLength: 2048, description: "The photo's address (https), as in the rescue's `photos`." },
	ifVersion: {
		type: "integer",
		minimum: 1,
		description: "Do it only if this is still the rescue's version; VERSION_MISMATCH otherwise.",
	},
	idempotencyKey: {
		type: "string",
		pattern: IDEMPOTENCY_KEY.source,
		description:
			"Your own name for this call. For 24 hours a repeat under it gets the same answer and changes nothing.",
	},
	rows: { description: "The rescues to bring in.", items: ref("ImportRescueInput") },
	dryRun: { type: "boolean", description: "Only say what would happen." },
	atomic: { type: "boolean", description: "All rows or, if one is refused, none." },
};
const REQUIRED = ["id", "input", "rows", "url"];

const record = { rescue: ref("AnimalRescue") };
const next = { type: ["string", "null"], description: "Give it as `after` to go on; null at the end." };

/** What is said of a tool. */
interface Saying {
	title: string;
	description: string;
	/** Those of its resolver's arguments that it shows. */
	takes: string[];
	/** What its answer's data hold. */
	gives: Record<string, Schema>;
	/** Of one that changes something: whether it may take something away, and whether a repeat changes nothing more. */
	does?: { isDestructive: boolean; isIdempotent: boolean };
}

const reads: Record<keyof typeof READS, Saying> = {
	find_rescues: {
		title: "Find rescues",
		description:
			"The rescues that pass a filter, in order. Without arguments, all of them by id. Search with `filter.q` for what has no filter of its own.",
		takes: ["filter", "sort", "first", "after", "fresh"],
		gives: {
			rescues: list("AnimalRescue"),
			total: { type: "integer", description: "How many there are in all." },
			isTotalExact: { type: "boolean", description: "False when there may be more than `total`." },
			next,
		},
	},
	get_rescue: {
		title: "Get a rescue",
		description: "One rescue with all that is known of it. Its `version` is what `ifVersion` takes.",
		takes: ["id", "fresh"],
		gives: record,
	},
	list_history: {
		title: "List a rescue's changes",
		description:
			"Every change of one rescue, newest first, also of a deleted one: who made it, when, and the rescue as it left it.",
		takes: ["id", "first", "after"],
		gives: { changes: list("RescueChange"), next },
	},
	list_deleted: {
		title: "List what is deleted",
		description:
			"The rescues that are deleted and that restore_rescue brings back, the last one first: who deleted it, when, and the rescue as it was.",
		takes: ["first", "after"],
		gives: { changes: list("RescueChange"), next },
	},
	list_changes: {
		title: "List what changed",
		description: "What changed in all rescues since a time or a cursor, oldest first, deletions too.",
		takes: ["since", "first"],
		gives: {
			changes: list("RescueChange"),
			cursor: { type: "string", description: FEED_FIELDS.cursor },
			hasMore: { type: "boolean", description: FEED_FIELDS.hasMore },
		},
	},
};

const writes: Record<keyof typeof WRITES, Saying> = {
	create_rescue: {
		title: "Create a rescue",
		description: "A new rescue, under the given id or the next free one.",
		takes: ["input", "idempotencyKey"],
		gives: record,
		does: { isDestructive: false, isIdempotent: false },
	},
	update_rescue: {
		title: "Change a rescue",
		description: "Changes the given fields: what is left out stays, null puts an optional field back to its default.",
		takes: ["id", "input", "ifVersion", "idempotencyKey"],
		gives: record,
		does: { isDestructive: true, isIdempotent: false },
	},
	replace_rescue: {
		title: "Replace a rescue",
		description:
			"Replaces a whole rescue: optional fields that are left out go back to their defaults. Never creates one.",
		takes: ["id", "input", "ifVersion", "idempotencyKey"],
		gives: record,
		does: { isDestructive: true, isIdempotent: false },
	},
	delete_rescue: {
		title: "Delete a rescue",
		description:
			"Deletes a rescue and gives what was deleted. restore_rescue brings it back; its id is never given again.",
		takes: ["id", "ifVersion", "idempotencyKey"],
		gives: record,
		does: { isDestructive: true, isIdempotent: true },
	},
	restore_rescue: {
		title: "Restore a deleted rescue",
		description: "Brings a deleted rescue back as it was. `ifVersion` is the version that its deletion made.",
		takes: ["id", "ifVersion", "idempotencyKey"],
		gives: record,
		does: { isDestructive: false, isIdempotent: true },
	},
	add_rescue_photo: {
		title: "Add a photo",
		description: "Puts a photo behind the others of a rescue, unless it is among them. The first one is the cover.",
		takes: ["id", "url", "ifVersion", "idempotencyKey"],
		gives: record,
		does: { isDestructive: false, isIdempotent: true },
	},
	remove_rescue_photo: {
		title: "Remove a photo",
		description: "Takes a photo out of a rescue's.",
		takes: ["id", "url", "ifVersion", "idempotencyKey"],
		gives: record,
		does: { isDestructive: true, isIdempotent: true },
	},
	import_rescues: {
		title: "Import rescues",
		description:
			"Brings several rescues in. A row changes the rescue with its `externalId`, else with its `id`, else it creates one. Bad rows are listed, good ones land. Try it with `dryRun` first.",
		takes: ["rows", "dryRun", "atomic", "idempotencyKey"],
		gives: { report: ref("ImportReport") },
		does: { isDestructive: true, isIdempotent: false },
	},
};

/** What `tools/list` gives, to whoever may write. */
export const tools = [
	...Object.entries(reads).map(([name, saying]) => describe(name, saying, READS[name as keyof typeof READS].schema())),
	...Object.entries(writes).map(([name, saying]) =>
		describe(name, saying, WRITES[name as keyof typeof WRITES].schema()),
	),
];

function describe(
	name: string,
	{ title, description, takes, gives, does }: Saying,
	schema: Parameters<typeof component>[0],
) {
	const known = component(schema).properties as Record<string, Schema>;
	const properties = takes.map((argument) => {
		const [own, said] = [known[argument], ARGUMENTS[argument]];
		if (!own || !said) throw new Error(`${name} has no argument ${argument}`);
		return [argument, "type" in said ? said : inline({ ...withoutNull(own), ...said })];
	});
	const replayed = { type: "boolean", description: "True when this repeats an answer that was given before." };
	return {
		name,
		title,
		description,
		annotations: {
			readOnlyHint: !does,
			// They say something of a tool that changes something only.
			...(does && { destructiveHint: does.isDestructive, idempotentHint: does.isIdempotent }),
			openWorldHint: false,
		},
		inputSchema: {
			type: "object",
			properties: Object.fromEntries(properties),
			required: takes.filter((argument) => REQUIRED.includes(argument)),
			additionalProperties: false,
		},
		outputSchema: {
			type: "object",
			properties: inline({ ...gives, ...(does && { replayed }) }),
			required: Object.keys(gives),
			additionalProperties: false,
		},
	};
}

/** Each filter's schema, with its description. */
function filters(): Schema {
	const properties = Object.entries(component(searchSchemas.filter).properties as Record<string, Schema>);
	return Object.fromEntries(
		properties.map(([name, schema]) => [
			name,
			{ ...withoutNull(schema), description: FILTERS[name as keyof typeof FILTERS] },
		]),
	);
}

/** A schema without null as another way to leave something out. */
function withoutNull(schema: Schema): Schema {
	const { anyOf, ...rest } = schema as { anyOf?: Schema[] };
	const other = anyOf?.find(({ type }) => type !== "null");
	return other ? { ...other, ...rest } : schema;
}

/** A schema with the components that it refers to in their places: assistants don't follow references. */
function inline<T>(schema: T): T {
	if (Array.isArray(schema)) return schema.map(inline) as T;
	if (typeof schema !== "object" || schema === null) return schema;
	const { $ref, ...rest } = schema as Schema;
	const component = openapi.components.schemas[String($ref).split("/").at(-1) as "AnimalRescue"];
	const own = Object.entries(rest).map(([name, value]) => [name, inline(value)]);
	return { ...($ref !== undefined && inline(component)), ...Object.fromEntries(own) };
}
