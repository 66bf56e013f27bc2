/** The cursors of lists that are filtered or sorted. */
import * as z from "zod/mini";
import { lazily } from "../core/lazily.ts";
import type { Rank, Sort } from "./search.ts";

/** A place in such a list: a rank, and the lower bound of the page it is in; 0 when that isn't known. */
type Place = Rank & { lower: number };

const schemas = lazily({
	cursor: () => z.tuple([z.string(), z.union([z.string(), z.number()]), z.int(), z.int()]),
});

/** Writes a place as a cursor, bound to the list that is named so: other filters, other cursors. */
export function toSortCursor({ key, id, lower }: Place, list: string): string {
	const bytes = new TextEncoder().encode(JSON.stringify([list, key, id, lower]));
	return btoa(String.fromCharCode(...bytes))
		.replaceAll("+", "-")
		.replaceAll("/", "_")
		.replaceAll("=", "");
}

/** Reads such a cursor; undefined when it isn't one of this list. */
export function parseSortCursor(cursor: string, list: string, sort: Sort): Place | undefined {
	try {
		const text = atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
		const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
		const [of, key, id, lower] = schemas.cursor.parse(JSON.parse(new TextDecoder().decode(bytes)));
		const isKey = /^-?(id|age)$/.test(sort) === (typeof key === "number");
		return of === list && isKey && id >= 1 && lower >= 0 && lower <= id ? { key, id, lower } : undefined;
	} catch {
		return undefined;
	}
}
