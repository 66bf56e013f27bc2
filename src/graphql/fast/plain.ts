/** The way of records of which only plain properties are asked: nothing to wait for, and no place to keep track of. */
import { type GraphQLField, isLeafType, isNonNullType } from "graphql";
import { isRemembered } from "../../store/parsed-pages.ts";
import { BoundedMap } from "./bounded-map.ts";
import { isPromise } from "./execute.ts";

/** What a plain property of an object answers, without knowing where it is; throws for whatever is not as usual. */
export type Plain = (source: unknown) => unknown;

/** Caught before anybody sees it: the long way (`compile.ts`) finds out what is wrong, and where. */
const NOT_USUAL = new Error("not as usual");

/** A property that is a scalar: nothing to wait for, and nothing to prepare unless it goes wrong. */
export function compilePlain({ name, type, resolve }: GraphQLField<unknown, unknown>): Plain | undefined {
	const isNullable = !isNonNullType(type);
	const leaf = isNonNullType(type) ? type.ofType : type;
	if (resolve || !isLeafType(leaf)) return undefined;
	return (source) => {
		if (typeof source !== "object") throw NOT_USUAL;
		const value = (source as Record<string, unknown>)[name];
		if ((value === null || value === undefined) && isNullable) return null;
		const serialized = typeof value === "object" || typeof value === "function" ? undefined : leaf.serialize(value);
		if (serialized === null || serialized === undefined) throw NOT_USUAL;
		return serialized;
	};
}

/** What a list's item answers, if only plain properties are asked of it. */
export type PlainItem = (item: unknown) => object;

/** Puts the answers of plain properties together; none when one of them isn't plain. */
export function compilePlainItem(
	answers: readonly { key: string; plain?: Plain | undefined }[],
): PlainItem | undefined {
	const fields = answers.flatMap(({ key, plain }) => (plain ? { key, plain } : []));
	if (fields.length < answers.length) return undefined;
	return (item) => {
		if (typeof item !== "object" || item === null || item instanceof Error || isPromise(item)) throw NOT_USUAL;
		const object: Record<string, unknown> = {};
		for (const { key, plain } of fields) object[key] = plain(item);
		return object;
	};
}

/** What the last eight selections made of the lists that are still remembered. */
const answered = new BoundedMap<PlainItem, WeakMap<readonly unknown[], unknown[]>>(8);

/**
 * Answers a list in one go; throws when an item is not as usual. What a selection makes of a list that the isolate
 * remembers, such as a page of rescues, stays the same for as long.
 */
export function answerPlain(plain: PlainItem, items: readonly unknown[]): unknown[] {
	if (!isRemembered(items)) return items.map(plain);
	const lists = answered.get(plain) ?? new WeakMap();
	answered.set(plain, lists);
	let answer = lists.get(items);
	if (!answer) {
		answer = items.map(plain);
		lists.set(items, answer);
	}
	return answer;
}
