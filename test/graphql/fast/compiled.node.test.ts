import fc from "fast-check";
import type { GraphQLNullableType, GraphQLOutputType } from "graphql";
import {
	type DocumentNode,
	type ExecutionArgs,
	execute,
	GraphQLEnumType,
	GraphQLError,
	GraphQLID,
	GraphQLInt,
	GraphQLList,
	GraphQLNonNull,
	GraphQLObjectType,
	type GraphQLResolveInfo,
	GraphQLSchema,
	GraphQLString,
	parse,
	validate,
} from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile, type Plan } from "../../../src/graphql/fast/compile.ts";
import { executePlan } from "../../../src/graphql/fast/execute.ts";
import { rememberPage } from "../../../src/store/parsed-pages.ts";

type GraphQLNullableOutput = GraphQLNullableType & GraphQLOutputType;
const required = (type: GraphQLNullableOutput) => new GraphQLNonNull(type);
const Mood = new GraphQLEnumType({ name: "Mood", values: { CALM: { value: "calm" }, WILD: { value: "wild" } } });

/** What went on in an execution: every call of a resolver, with all that it was given besides its source. */
interface Calls {
	calls: unknown[];
}

/** What a resolver is told of its surroundings, as plain data; what is one object for all is named, or there is a hole. */
function describeInfo(info: GraphQLResolveInfo) {
	const path: unknown[] = [];
	for (let place: typeof info.path | undefined = info.path; place; place = place.prev) {
		path.push([Object.keys(place), place.key, place.typename]);
	}
	return {
		keys: Object.keys(info),
		fieldName: info.fieldName,
		fieldNodes: info.fieldNodes.map(({ kind, loc }) => [kind, loc?.start]),
		returnType: String(info.returnType),
		parentType: info.parentType === schema.getType(info.parentType.name) && info.parentType.name,
		path,
		schema: info.schema === schema,
		fragments: Object.entries(info.fragments).map(([name, { loc }]) => [name, loc?.start]),
		hasPrototype: Object.getPrototypeOf(info.fragments) !== null,
		rootValue: info.rootValue === rootValue,
		operation: [info.operation.kind, info.operation.loc?.start],
		variableValues: { ...info.variableValues },
	};
}

/** A field whose argument says what becomes of it. */
const outcome = (type: GraphQLOutputType, value: () => unknown) => ({
	type,
	args: { how: { type: GraphQLString, defaultValue: "well" } },
	resolve: (_source: unknown, args: { how?: string | null }, { calls }: Calls, info: GraphQLResolveInfo) => {
		const { how } = args;
		calls.push({ args: { ...args }, info: describeInfo(info) });
		if (how === "thrown") throw new Error("thrown");
		if (how === "coded") throw new GraphQLError("coded", { extensions: { code: "NOT_FOUND" } });
		if (how === "returned") return new Error("returned");
		if (how === "rejected") return Promise.reject(new Error("rejected"));
		if (how === "null") return null;
		if (how === "later") return Promise.resolve(value());
		if (how === "laterNull") return Promise.resolve(null);
		return value();
	},
});

const animal = (depth: number): unknown => ({
	id: depth,
	name: "Rex",
	mood: "calm",
	// What no serializer takes: a value outside of the enum, a fraction for an Int, null where none may be.
	badMood: "sulky",
	age: 1.5,
	missing: null,
	tags: ["a", null, "b"],
	strictTags: ["a", null],
	// Properties that are called, as graphql-js does it.
	method: (args: object, { calls }: Calls, info: GraphQLResolveInfo) => {
		calls.push({ args: { ...args }, info: describeInfo(info) });
		return "called";
	},
	notAMethod: () => 5,
});

/** What is waited for, though it is no `Promise`: RPC's are like this. */
// biome-ignore lint/suspicious/noThenProperty: that is the point
const thenable = (value: unknown) => ({ then: (settle: (value: unknown) => void) => settle(value) });

/** A list that the isolate remembers, as it does pages: what a selection makes of it is kept. */
const sameLitter = [animal(8), animal(9)];
rememberPage("litter", "1", sameLitter, 2);

const Animal: GraphQLObjectType = new GraphQLObjectType({
	name: "Animal",
	fields: () => ({
		id: { type: required(GraphQLID) },
		name: { type: GraphQLString },
		mood: { type: required(Mood) },
		badMood: { type: Mood },
		age: { type: GraphQLInt },
		missing: { type: required(GraphQLString) },
		tags: { type: new GraphQLList(GraphQLString) },
		strictTags: { type: new GraphQLList(required(GraphQLString)) },
		method: { type: GraphQLString, args: { how: { type: GraphQLString } } },
		notAMethod: { type: GraphQLInt },
		friend: outcome(Animal, () => animal(1)),
		owner: outcome(required(Animal), () => animal(2)),
		litter: outcome(new GraphQLList(Animal), () => [animal(3), null, new Error("in a list"), animal(4)]),
		strictLitter: outcome(required(new GraphQLList(required(Animal))), () => [animal(5), animal(6)]),
		brokenLitter: outcome(new GraphQLList(required(Animal)), () => [animal(7), null]),
		sameLitter: outcome(new GraphQLList(Animal), () => sameLitter),
		notALitter: outcome(new GraphQLList(Animal), () => "no list"),
		litterSet: outcome(new GraphQLList(Animal), () => new Set([animal(10), 5, "text"])),
		laterLitter: outcome(new GraphQLList(Animal), () => [
			animal(11),
			Promise.resolve(animal(12)),
			Promise.reject(new Error("rejected in a list")),
			thenable(animal(13)),
		]),
		strictLaterLitter: outcome(new GraphQLList(required(Animal)), () => [Promise.resolve(null), thenable(animal(14))]),
		thenable: outcome(Animal, () => thenable(animal(15))),
	}),
});

const schema = new GraphQLSchema({
	query: new GraphQLObjectType({
		name: "Query",
		fields: {
			animal: outcome(Animal, () => animal(0)),
			always: outcome(required(Animal), () => animal(0)),
			count: outcome(GraphQLInt, () => 3),
			planet: { type: GraphQLString },
		},
	}),
});

const hows = ["well", "thrown", "coded", "returned", "rejected", "null", "later", "laterNull"];
const leaves = ["id", "name", "mood", "badMood", "age", "missing", "tags", "strictTags", "__typename"];
const methods = ["method", "method(how: $how)", "notAMethod"];
const branches = ["friend", "owner", "litter", "strictLitter", "brokenLitter", "sameLitter", "notALitter"];
const laterBranches = ["litterSet", "laterLitter", "strictLaterLitter", "thenable"];

const alias = fc.constantFrom("", "", "", "a: ", "b: ", "__proto__: ");
const directive = fc.oneof(
	{ weight: 40, arbitrary: fc.constant("") },
	fc.constantFrom(" @skip(if: $no)", " @include(if: $no)", " @include(if: true)"),
);
const how = fc.oneof(
	{ weight: 3, arbitrary: fc.constant("") },
	fc.constantFrom(...hows).map((value) => `(how: "${value}")`),
	fc.constantFrom("(how: $how)", "(how: $unset)", "(how: null)"),
);

/** Selections on `Animal`, at most so deep. */
const selections: fc.Memo<string> = fc.memo((depth) => {
	const leaf = fc.tuple(alias, fc.constantFrom(...leaves, ...methods), directive).map((parts) => parts.join(""));
	if (depth <= 1) return fc.array(leaf, { minLength: 1, maxLength: 4 }).map((all) => `{ ${all.join(" ")} }`);
	const inner = selections(depth - 1);
	const name = fc.constantFrom(...branches, ...laterBranches);
	const branch = fc.tuple(alias, name, how, directive, inner).map((parts) => parts.join(""));
	const inline = fc.tuple(fc.constantFrom("...", "... on Animal"), directive, inner).map((parts) => parts.join(" "));
	const spread = fc.tuple(fc.constantFrom("...F", "...G"), directive).map((parts) => parts.join(""));
	const one = fc.oneof({ weight: 4, arbitrary: leaf }, { weight: 4, arbitrary: branch }, inline, spread);
	return fc.array(one, { minLength: 1, maxLength: 4 }).map((all) => `{ ${all.join(" ")} }`);
});

const root = fc.oneof(
	{ weight: 5, arbitrary: fc.tuple(alias, fc.constantFrom("animal", "always"), how, directive, selections(3)) },
	fc.tuple(alias, fc.constant("count"), how, directive, fc.constant("")),
	fc.constant(["__typename"]),
	fc.constant(["planet"]),
	fc.constant(["__schema { queryType { name } }"]),
);

const document = fc
	.tuple(fc.array(root, { minLength: 1, maxLength: 3 }), selections(1), selections(2))
	.map(([roots, f, g]) => {
		const body = roots.map((parts) => parts.join("")).join(" ");
		const query = `query Q($no: Boolean = false, $how: String, $unset: String) { ${body} }`;
		return `${query} fragment F on Animal ${f} fragment G on Animal ${g.replaceAll("...G", "...F")}`;
	});

const variables = fc.record(
	{ how: fc.oneof(fc.constantFrom(...hows), fc.constant(null), fc.constant(5)), no: fc.boolean() },
	{ requiredKeys: [] },
);

/** Unused variables and fragments are no matter here. */
const isValid = (source: string) =>
	validate(schema, parse(source)).every(({ message }) => /never used/.test(message) || / is not used/.test(message));

const rootValue = { planet: "Earth" };
const plans = new WeakMap<DocumentNode, Plan | null>();

/** Undefined when that is for graphql-js. */
function executeCompiled(args: ExecutionArgs) {
	let plan = plans.get(args.document);
	if (plan === undefined) plan = compile(args.schema, args.document);
	plans.set(args.document, plan);
	return plan ? executePlan(plan, args) : undefined;
}

async function run(executor: (args: ExecutionArgs) => unknown, args: Omit<ExecutionArgs, "contextValue">) {
	const contextValue: Calls = { calls: [] };
	const result = await executor({ rootValue, ...args, contextValue });
	return result === undefined ? undefined : { answer: JSON.stringify(result), calls: contextValue.calls };
}

/** Rejections that nobody heard. graphql-js leaves some behind, when a promise rejects next to what has thrown already. */
let unheard: unknown[] = [];
const tick = () => new Promise((resolve) => setTimeout(resolve, 10));
const hear = (reason: unknown) => unheard.push(reason);
const others = process.listeners("unhandledRejection");
beforeAll(() => void process.removeAllListeners("unhandledRejection").on("unhandledRejection", hear));
afterAll(() => {
	process.off("unhandledRejection", hear);
	for (const other of others) process.on("unhandledRejection", other);
});

const documents = new Map<string, DocumentNode>();

describe("a compiled query", () => {
	test("gives what graphql-js gives, byte for byte, and calls the same resolvers as often", async () => {
		let covered = 0;
		let failed = 0;
		await fc.assert(
			fc.asyncProperty(document, variables, async (source, variableValues) => {
				fc.pre(isValid(source));
				const args = { schema, document: parse(source), variableValues };
				const compiled = await run(executeCompiled, args);
				if (!compiled) return;
				covered++;
				if (compiled.answer.includes('"errors"')) failed++;
				expect(compiled).toEqual(await run(execute, args));
			}),
			{ numRuns: 2500, ...(process.env.SEED && { seed: Number(process.env.SEED) }) },
		);
		// Or it would say nothing.
		expect(covered).toBeGreaterThan(200);
		expect(failed).toBeGreaterThan(100);
	});

	test("names a fragment's field once in an error, though two merged selections spread it", async () => {
		const source = "{ always { ...F } always { ...F id } } fragment F on Animal { missing }";
		const args = { schema, document: parse(source) };
		const compiled = await run(executeCompiled, args);
		expect(compiled).toEqual(await run(execute, args));
		expect(JSON.parse(compiled?.answer ?? "").errors[0].locations).toHaveLength(1);
	});

	test("answers a remembered list by what it was for the same selection, and only for that", async () => {
		const same = "{ animal { sameLitter { id name } } }";
		const other = "{ animal { sameLitter { name id: mood } } }";
		for (const source of [same, other, same, other]) {
			const args = { schema, document: documents.get(source) ?? parse(source) };
			documents.set(source, args.document);
			expect(await run(executeCompiled, args)).toEqual(await run(execute, args));
		}
		const litterOf = async (source: string, list: "sameLitter" | "strictLitter") => {
			const document = documents.get(source) ?? parse(source);
			documents.set(source, document);
			const result = await executeCompiled({ schema, document, contextValue: { calls: [] } });
			return (result?.data?.animal as Record<string, unknown> | undefined)?.[list];
		};
		expect(await litterOf(same, "sameLitter")).toBe(await litterOf(same, "sameLitter"));
		const another = "{ animal { strictLitter { id name } } }";
		expect(await litterOf(another, "strictLitter")).not.toBe(await litterOf(another, "strictLitter"));
	});

	test.each([
		["an item of a list", '{ animal { brokenLitter { owner(how: "rejected") { id } } } }'],
		["a field of an object", '{ animal { friend { owner(how: "rejected") { id } missing } } }'],
	])("leaves no rejection unheard next to %s that throws", async (_what, source) => {
		await tick();
		unheard = [];
		const answer = await executeCompiled({ schema, document: parse(source), contextValue: { calls: [] } });
		expect(answer?.errors).toHaveLength(1);
		await tick();
		expect(unheard).toEqual([]);
	});

	test.each([
		["a mutation's", "mutation { a }"],
		["several operations'", "query A { count } query B { count }"],
		["an introspection's", "{ __schema { queryType { name } } }"],
		["directives'", "{ count @include(if: true) }"],
		["variables' that don't fit", "query ($how: String!) { count(how: $how) }"],
	])("leaves %s document to graphql-js, before any resolver runs", async (_whose, source) => {
		const contextValue: Calls = { calls: [] };
		expect(executeCompiled({ schema, document: parse(source), contextValue })).toBeUndefined();
		expect(contextValue.calls).toEqual([]);
	});

	test("leaves an operation by another name to graphql-js", () => {
		expect(
			executeCompiled({
				schema,
				document: parse("query A { count }"),
				operationName: "B",
				contextValue: { calls: [] },
			}),
		).toBeUndefined();
	});
});
