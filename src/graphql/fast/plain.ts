import { type GraphQLField, isLeafType, isNonNullType } from "graphql";
import { LRUCache } from "../slim/lru-cache.ts";

/** What a plain property answers, without knowing where it is; throws for whatever is not as usual. */
export type Plain = (source: Record<string, unknown>) => unknown;

/** Caught before anybody sees it: the long way (`compile.ts`) finds out what is wrong, and where. */
const NOT_USUAL = new Error("not as usual");

/** A property that is a scalar: nothing to wait for, and nothing to prepare unless it goes wrong. */
export function compilePlain({ name, type, resolve }: GraphQLField<unknown, unknown>): Plain | undefined {
	const isNullable = !isNonNullType(type);
	const leaf = isNonNullType(type) ? type.ofType : type;
	if (resolve || !isLeafType(leaf)) return undefined;
	return (source) => {
		const value = source[name];
		if (value === null && isNullable) return null;
		const serialized = typeof value === "object" ? undefined : leaf.serialize(value);
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
		if (typeof item !== "object" || item === null || item instanceof Error || item instanceof Promise) throw NOT_USUAL;
		const object: Record<string, unknown> = {};
		for (const { key, plain } of fields) object[key] = plain(item as Record<string, unknown>);
		return object;
	};
}

/** What the last eight selections made of the lists that are still remembered. */
const answered = new LRUCache<PlainItem, WeakMap<readonly unknown[], unknown[]>>({ max: 8 });

/**
 * Answers a list in one go; throws when an item is not as usual. A frozen list is a page of rescues that the isolate
 * remembers (`storage/parsed-pages.ts`): what a selection makes of it stays the same for as long.
 */
export function answerPlain(plain: PlainItem, items: readonly unknown[]): unknown[] {
	if (!Object.isFrozen(items)) return items.map(plain);
	const lists = answered.get(plain) ?? new WeakMap();
	answered.set(plain, lists);
	let answer = lists.get(items);
	if (!answer) {
		answer = items.map(plain);
		lists.set(items, answer);
	}
	return answer;
}
